"""
SQL conditions: a conversation is visible to a user; a message is unread.

The querysets in `messaging.models` express the same rules; a test keeps both equal. The placeholders
in braces take the SQL of a user's id.
"""

# A trainer sees all of their conversations, a trainee the active ones.
VISIBLE_TO = "(c.trainer_id = {user} OR (c.trainee_id = {user} AND NOT c.is_archived))"
# Only active conversations appear in the default list, count towards badges and accept sockets.
ACTIVE_OF = f"{VISIBLE_TO} AND NOT c.is_archived"
# The same for a user whose role is known; uses the index on that column, in its order.
ON_SIDE = "c.{side}_id = %s AND c.is_archived = %s"
# Unread messages of the other person. A message of a deleted account counts as theirs.
UNREAD_BY = "m.read_at IS NULL AND (m.sender_id IS NULL OR m.sender_id <> {reader})"

VISIBLE = VISIBLE_TO.format(user="%s")
"""Parameters: the user, twice."""
UNREAD = UNREAD_BY.format(reader="%s")
"""Parameter: the reader."""
