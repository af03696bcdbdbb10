"""
The triggers that note which messages have to be indexed, and delete what removed texts have left.

The database runs them, so they also see what the previous release writes, and what SQL changes by hand.
"""

# Locks the row of `messaging_searchpending` before it deletes the entry. So if the job is indexing this
# message, the trigger waits for it, and no entry with the old text is left over.
_NOTE = """
CREATE OR REPLACE FUNCTION messaging_search_note() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        DELETE FROM messaging_searchpending WHERE message_id = OLD.id;
        DELETE FROM messaging_searchentry WHERE message_id = OLD.id;
        RETURN NULL;
    END IF;
    INSERT INTO messaging_searchpending (message_id, conversation_id) VALUES (NEW.id, NEW.conversation_id)
    ON CONFLICT (message_id) DO UPDATE SET conversation_id = excluded.conversation_id;
    IF TG_OP = 'UPDATE' THEN
        DELETE FROM messaging_searchentry WHERE message_id = NEW.id;
        IF NEW.removed_at IS NOT NULL OR NEW.content = '' THEN
            DELETE FROM messaging_searchpending WHERE message_id = NEW.id;
        END IF;
    END IF;
    RETURN NULL;
END $$
"""
POSTGRESQL = (
    _NOTE,
    "CREATE TRIGGER messaging_search_added AFTER INSERT ON messaging_message FOR EACH ROW"
    " WHEN (NEW.removed_at IS NULL AND NEW.content <> '') EXECUTE FUNCTION messaging_search_note()",
    "CREATE TRIGGER messaging_search_changed AFTER UPDATE OF content, removed_at ON messaging_message"
    " FOR EACH ROW WHEN (OLD.content <> NEW.content OR OLD.removed_at IS DISTINCT FROM NEW.removed_at)"
    " EXECUTE FUNCTION messaging_search_note()",
    "CREATE TRIGGER messaging_search_deleted AFTER DELETE ON messaging_message FOR EACH ROW"
    " EXECUTE FUNCTION messaging_search_note()",
)
POSTGRESQL_DROP = (
    "DROP TRIGGER IF EXISTS messaging_search_added ON messaging_message",
    "DROP TRIGGER IF EXISTS messaging_search_changed ON messaging_message",
    "DROP TRIGGER IF EXISTS messaging_search_deleted ON messaging_message",
    "DROP FUNCTION IF EXISTS messaging_search_note()",
)

_NOTE_NEW = (
    "INSERT OR REPLACE INTO messaging_searchpending (message_id, conversation_id)"
    " SELECT NEW.id, NEW.conversation_id WHERE NEW.removed_at IS NULL AND NEW.content <> '';"
)
_FORGET_OLD = (
    "DELETE FROM messaging_searchpending WHERE message_id = OLD.id;"
    " DELETE FROM messaging_searchentry WHERE message_id = OLD.id;"
)
SQLITE = (
    "CREATE TRIGGER IF NOT EXISTS messaging_search_added AFTER INSERT ON messaging_message"
    f" BEGIN {_NOTE_NEW} END",
    "CREATE TRIGGER IF NOT EXISTS messaging_search_changed AFTER UPDATE OF content, removed_at"
    " ON messaging_message WHEN OLD.content <> NEW.content OR OLD.removed_at IS NOT NEW.removed_at"
    f" BEGIN {_FORGET_OLD} {_NOTE_NEW} END",
    "CREATE TRIGGER IF NOT EXISTS messaging_search_deleted AFTER DELETE ON messaging_message"
    f" BEGIN {_FORGET_OLD} END",
)
"""Created again after each run of `migrate`: they vanish when Django rebuilds the table of messages."""
SQLITE_DROP = tuple(
    f"DROP TRIGGER IF EXISTS messaging_search_{name}" for name in ("added", "changed", "deleted")
)

_REMOVE_FOLDED = (
    "INSERT INTO messaging_searchindex (messaging_searchindex, rowid, folded)"
    " VALUES ('delete', OLD.message_id, OLD.folded);"
)
_ADD_FOLDED = (
    "INSERT INTO messaging_searchindex (rowid, folded) VALUES (NEW.message_id, NEW.folded);"
)
SQLITE_INDEX = (
    "CREATE VIRTUAL TABLE messaging_searchindex USING fts5(folded, content='messaging_searchentry',"
    " content_rowid='message_id', tokenize='trigram')",
    "CREATE TRIGGER messaging_searchindex_added AFTER INSERT ON messaging_searchentry"
    f" BEGIN {_ADD_FOLDED} END",
    "CREATE TRIGGER messaging_searchindex_deleted AFTER DELETE ON messaging_searchentry"
    f" BEGIN {_REMOVE_FOLDED} END",
)
"""FTS5 finds parts of words of three characters or more. Entries are never updated."""
SQLITE_INDEX_DROP = (
    "DROP TRIGGER IF EXISTS messaging_searchindex_added",
    "DROP TRIGGER IF EXISTS messaging_searchindex_deleted",
    "DROP TABLE IF EXISTS messaging_searchindex",
)
