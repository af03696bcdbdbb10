"""The floor's statements: the fewest and simplest for each endpoint."""

SESSION = """
SELECT u.id FROM users_authsession s JOIN users_user u ON u.id = s.user_id
WHERE s.id = $1 AND s.user_id = $2 AND s.ended_at IS NULL AND s.expires_at > $3
  AND u.is_active AND s.user_epoch = u.access_epoch AND s.kind = 'SIGN_IN'
"""
COUNT = "SELECT count(*) FROM messaging_conversation WHERE trainer_id = $1 AND NOT is_archived"
LIST = """
SELECT c.id, c.last_message_at, c.created_at, c.version, substr(l.content, 1, 100),
    (SELECT count(*) FROM messaging_message m
     WHERE m.conversation_id = c.id AND m.read_at IS NULL AND m.sender_id <> $1),
    a.id, a.first_name, a.last_name, a.email, b.id, b.first_name, b.last_name, b.email
FROM (
    SELECT * FROM messaging_conversation WHERE trainer_id = $1 AND NOT is_archived
    ORDER BY last_message_at DESC NULLS LAST, id DESC LIMIT 50
) c
JOIN users_user a ON a.id = c.trainer_id
JOIN users_user b ON b.id = c.trainee_id
LEFT JOIN messaging_message l ON l.id = c.last_message_id
ORDER BY c.last_message_at DESC NULLS LAST, c.id DESC
"""
UNREAD = """
SELECT count(*) FROM messaging_conversation c
JOIN messaging_message m ON m.conversation_id = c.id AND m.read_at IS NULL AND m.sender_id <> $1
WHERE c.trainer_id = $1 AND NOT c.is_archived
"""
CONVERSATION = """
SELECT c.version, c.message_count, a.id, a.first_name, a.last_name, b.id, b.first_name, b.last_name
FROM messaging_conversation c
JOIN users_user a ON a.id = c.trainer_id
JOIN users_user b ON b.id = c.trainee_id
WHERE c.id = $1 AND (c.trainer_id = $2 OR c.trainee_id = $2 AND NOT c.is_archived)
"""
_MESSAGES = """
SELECT id, conversation_id, sender_id, content, read_at, created_at, version, client_id
FROM messaging_message WHERE conversation_id = $1
"""
PAGE = f"{_MESSAGES} ORDER BY id DESC LIMIT 20"
CHANGES = f"{_MESSAGES} AND version > $2 ORDER BY version, id LIMIT 101"
LOCK = """
SELECT version, trainer_id, trainee_id FROM messaging_conversation
WHERE id = $1 AND (trainer_id = $2 OR trainee_id = $2 AND NOT is_archived) FOR NO KEY UPDATE
"""
MARK = """
WITH marked AS (
    UPDATE messaging_message SET read_at = $4, version = $5, read_version = $5
    WHERE conversation_id = $1 AND read_at IS NULL AND sender_id <> $2 AND id <= $3 RETURNING id
), bumped AS (
    UPDATE messaging_conversation SET version = $5 WHERE id = $1 AND EXISTS (SELECT 1 FROM marked)
)
SELECT count(*) FROM marked
"""
NEXT = """
UPDATE messaging_conversation SET version = version + 1, message_count = message_count + 1,
    last_message_id = nextval(pg_get_serial_sequence('messaging_message', 'id')),
    last_message_at = $3
WHERE id = $1 AND (trainer_id = $2 OR trainee_id = $2) AND NOT is_archived
RETURNING last_message_id, version, trainer_id, trainee_id
"""
INSERT = """
INSERT INTO messaging_message
    (id, conversation_id, sender_id, content, client_id, created_at, version, created_version)
VALUES ($1, $2, $3, $4, $5, $6, $7, $7)
RETURNING id, conversation_id, sender_id, content, read_at, created_at, version, client_id
"""
