"""
Who may see a conversation and which messages are unread, as SQL.

The querysets in `messaging.models` express the same rules; a test compares the two. Braces are
placeholders for the SQL of a user's id.
"""

# A trainer sees all of their conversations, a trainee the active ones.
VISIBLE_TO = "(c.trainer_id = {user} OR (c.trainee_id = {user} AND NOT c.is_archived))"
# Conversations that appear in lists, count towards badges and allow sockets.
ACTIVE_OF = f"{VISIBLE_TO} AND NOT c.is_archived"
# The same for a user whose side is known; uses the index of that side, in its order.
ON_SIDE = "c.{side}_id = %s AND c.is_archived = %s"
# Unread messages of the other side; those of a deleted account count as the other side's.
UNREAD_BY = "m.read_at IS NULL AND (m.sender_id IS NULL OR m.sender_id <> {reader})"

VISIBLE = VISIBLE_TO.format(user="%s")
"""Parameters: the user, twice."""
UNREAD = UNREAD_BY.format(reader="%s")
"""Parameter: the reader."""
