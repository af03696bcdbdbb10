"""
SQL conditions for the conversations that a user may see, and for unread messages.

The querysets in `messaging.models` express the same rules, and a test checks that both agree. The
placeholders `{user}` and `{reader}` take an SQL expression for a user's id; `{side}` takes "trainer" or
"trainee".
"""

# A trainer sees all of their conversations, a trainee only the active ones.
VISIBLE_TO = "(c.trainer_id = {user} OR (c.trainee_id = {user} AND NOT c.is_archived))"
# Only active conversations appear in the default list, count towards badges and accept sockets.
ACTIVE_OF = f"{VISIBLE_TO} AND NOT c.is_archived"
# For a user whose role is known. With a single column, the index supplies the rows in order.
ON_SIDE = "c.{side}_id = %s AND c.is_archived = %s"
# Unread messages from the other person, even if that person's account was deleted (no sender).
UNREAD_BY = "m.read_at IS NULL AND (m.sender_id IS NULL OR m.sender_id <> {reader})"

VISIBLE = VISIBLE_TO.format(user="%s")
"""Parameters: the user, twice."""
UNREAD = UNREAD_BY.format(reader="%s")
"""Parameter: the reader."""
