"""For any data, hand-written SQL and querysets agree on who may see a conversation, and what is unread."""

from typing import Any

from django.db import transaction
from django.db.models import F
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from db.sql import fetch_all
from messaging.models import Conversation, Message
from messaging.selectors import count_unread, get_inbox_versions
from messaging.sql.rules import ACTIVE_OF, ON_SIDE, UNREAD, VISIBLE
from tests.factories import make_trainee, make_trainer
from users.models import User

TRAINERS, TRAINEES = ("alice", "dora"), ("bob", "charlie")
PAIRS = [(trainer, trainee) for trainer in (*TRAINERS, None) for trainee in (*TRAINEES, None)]

messages = st.lists(
    st.tuples(st.sampled_from(["trainer", "trainee", None]), st.booleans()), max_size=4
)
conversations = st.dictionaries(st.sampled_from(PAIRS), st.tuples(st.booleans(), messages))


def fill(data: dict[Any, Any]) -> dict[str, User]:
    """Store generated conversations and messages, and return the people."""
    people = {name: make_trainer(name) for name in TRAINERS}
    people |= {name: make_trainee(name, None) for name in TRAINEES}
    for (trainer, trainee), (is_archived, lines) in data.items():
        pair = {"trainer": people.get(trainer), "trainee": people.get(trainee)}
        conversation = Conversation.objects.create(is_archived=is_archived, **pair)
        for number, (sender, is_read) in enumerate(lines, start=1):
            conversation.messages.create(
                sender=pair.get(sender),
                content="Hi",
                version=number,
                created_version=number,
                read_at=conversation.created_at if is_read else None,
                read_version=number if is_read else None,
            )
    return people


def select(table: str, where: str, params: list[Any]) -> set[int]:
    return {pk for (pk,) in fetch_all(f"SELECT id FROM {table} WHERE {where}", params)}  # noqa: S608 - the rules are constants


def check_may_see(user: User) -> None:
    table = "messaging_conversation c"
    visible = set(Conversation.objects.visible_to(user).values_list("pk", flat=True))
    active = set(Conversation.objects.of(user).active().values_list("pk", flat=True))

    assert select(table, VISIBLE, [user.pk, user.pk]) == visible
    assert select(table, ACTIVE_OF.format(user="%s"), [user.pk, user.pk]) == active
    assert set(get_inbox_versions(user)) == active <= visible
    side = ON_SIDE.format(side="trainer" if user.is_trainer else "trainee")
    assert select(table, side, [user.pk, False]) == active
    if user.is_trainer:
        assert select(table, side, [user.pk, True]) == visible - active


def check_unread(user: User) -> None:
    unread = Message.objects.unread_by(user)
    side = F("conversation__trainer" if user.is_trainer else "conversation__trainee")
    mine = Message.objects.filter(conversation__in=Conversation.objects.of(user).active())

    assert select("messaging_message m", UNREAD, [user.pk]) == set(
        unread.values_list("pk", flat=True)
    )
    assert count_unread(user) == mine.unread_by(user).count() == mine.unread_by(side).count()


@hypothesis_settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
@given(data=conversations)
def test_statements_and_querysets_have_the_same_rules(db: None, data: dict[Any, Any]) -> None:
    with transaction.atomic():
        for user in fill(data).values():
            check_may_see(user)
            check_unread(user)
        transaction.set_rollback(True)
