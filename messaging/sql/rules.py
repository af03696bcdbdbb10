"""
Who may see a conversation and what is unread, as SQL: the querysets of `messaging.models` say the same.

A test holds one against the other. In place of the braces stands the SQL for a user's id.
"""

# The trainer sees all of their own, the trainee those that are active.
VISIBLE_TO = "(c.trainer_id = {user} OR (c.trainee_id = {user} AND NOT c.is_archived))"
# Those that stand in lists, count for badges and have sockets.
ACTIVE_OF = f"{VISIBLE_TO} AND NOT c.is_archived"
# The same for a user who is known to be on one side; over the index of that side, in its order.
ON_SIDE = "c.{side}_id = %s AND c.is_archived = %s"
# The other side's, unread. A deleted account is the other side.
UNREAD_BY = "m.read_at IS NULL AND (m.sender_id IS NULL OR m.sender_id <> {reader})"

VISIBLE = VISIBLE_TO.format(user="%s")
"""Parameters: the user, twice."""
UNREAD = UNREAD_BY.format(reader="%s")
"""Parameter: the reader."""
