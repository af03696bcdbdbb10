"""The columns that this package's SQL selects, and the conversion of rows to instances and tuples."""

from db.sql import Columns, Row, RowType
from messaging.models import Conversation, Message
from messaging.rows import ConversationEntry, MessageRow
from users.models import User

THREAD = Columns(
    Conversation,
    "id",
    "trainer",
    "trainee",
    "version",
    "message_count",
    "is_archived",
    "last_known",
)
SENDER = Columns(
    User, "id", "first_name", "last_name", "profile_image", "erased_at", "parent_trainer"
)
MESSAGE = RowType(Message, MessageRow)
ENTRY = RowType(Conversation, ConversationEntry)
PERSON = Columns(
    User, "id", "email", "first_name", "last_name", "profile_image", "erased_at", "parent_trainer"
)

# The columns of a locked conversation that services need to change it.
LOCKED = Columns(Conversation, "id", "trainer", "trainee", "version", "is_archived")

People = dict[int, User]


def cut(limit: int, offset: int) -> str:
    """
    Return LIMIT and OFFSET clauses with literal numbers.

    If the limit were a parameter, PostgreSQL would estimate that a generic plan returns a tenth of all
    rows. It would therefore plan each execution separately, and reading a page would take twice as long.
    """
    return f"LIMIT {limit:d} OFFSET {offset:d}" if offset else f"LIMIT {limit:d}"


def load_people(
    columns: Columns[User], row: Row, people: People
) -> tuple[User | None, User | None]:
    """
    Return the trainer and the trainee, with None in place of a deleted account.

    `row` contains only the columns of these two people, the trainer's first. `people` caches instances by
    id, because every row of a user's list contains that user.
    """
    size = columns.count
    return _load(columns, row[:size], people), _load(columns, row[size:], people)


def _load(columns: Columns[User], row: Row, people: People) -> User | None:
    user_id = row[0]
    if user_id and user_id not in people:
        people[user_id] = columns.load(row)
    return people.get(user_id)
