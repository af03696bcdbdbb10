"""Gives the messages that quote another one new versions."""

from db.sql import execute

# One statement, because a message can have thousands of replies, and their conversation is locked.
_RENEW = """
UPDATE messaging_message AS m SET version = renewed.version, content_version = renewed.version
FROM (
    SELECT id, %s + row_number() OVER (ORDER BY id) AS version FROM messaging_message
    WHERE reply_to_id = %s AND removed_at IS NULL
) renewed WHERE m.id = renewed.id
"""


def renew_replies(message_id: int, *, after: int) -> int:
    """
    Give each reply to a message that is not deleted a version of its own; return their number.

    The versions follow `after`, in the order of the ids. The caller has locked the conversation.
    """
    return execute(_RENEW, [after, message_id])
