"""The erasure of a person with many messages works in batches, beside other people's requests."""

import signal
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, connections

from jobs.models import Job
from messaging.exceptions import ConversationNotFound
from messaging.models import Conversation, Message
from messaging.services.erasing import _unlink
from messaging.services.posting import post_message
from messaging.services.reading import mark_read
from privacy.services.erasing import erase
from tests.factories import open_conversation
from tests.jobs.processes import eventually, working
from tests.messaging.parallel import overlapping, run_at_once, run_before_commit
from tests.privacy.people import ERASE, KEEP, begin
from users.models import User
from users.services.sessions import impersonate_trainer

pytestmark = pytest.mark.django_db(transaction=True)

MESSAGES = 3000
BATCH = 1000


def fill(conversation: Conversation, sender: User, count: int = MESSAGES) -> None:
    """Add messages of a sender, without events."""
    first = conversation.version + 1
    rows = [
        Message(
            conversation=conversation,
            sender=sender,
            content="Secret",
            version=version,
            created_version=version,
            content_version=version,
        )
        for version in range(first, first + count)
    ]
    Message.objects.bulk_create(rows, batch_size=500)
    Conversation.objects.filter(pk=conversation.pk).update(
        version=first + count - 1, message_count=count + 1
    )


class RowCounts:
    """Records how many rows each writing statement touched, and what ran in the meantime."""

    def __init__(self, after_write: Callable[[], object]) -> None:
        self.counts: list[int] = []
        self._after_write = after_write

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        result = execute(sql, params, many, context)
        if sql.startswith(("UPDATE", "DELETE", "INSERT")):
            self.counts.append(context["cursor"].rowcount)
            self._after_write()
        return result


def args_of(user: User) -> dict[str, Any]:
    return {"user_id": user.pk, "email": user.email, "picture": "", "messages": KEEP}


@overlapping
@pytest.mark.parametrize("choice", [KEEP, ERASE])
def test_no_statement_touches_more_than_a_batch_and_others_go_on(
    alice: User, bob: User, dora: User, charlie: User, conversation: Conversation, choice: Any
) -> None:
    other = open_conversation(dora, charlie)
    fill(conversation, alice)
    begin(alice, choice)

    def others() -> None:
        """Send in another conversation, and read the one that is being changed, in another thread."""
        post_message(sender=dora, conversation_id=other.pk, content="Meanwhile")
        assert Message.objects.filter(conversation=conversation).count() == MESSAGES + 1
        connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        counts = RowCounts(after_write=lambda: pool.submit(others).result(30))
        with connection.execute_wrapper(counts):
            erase(**{**args_of(alice), "messages": choice})

    assert max(counts.counts) == BATCH
    assert not Message.objects.filter(sender=alice.pk).exists()
    assert Message.objects.filter(conversation=other).count() == len(counts.counts) + 1


@overlapping
def test_reader_of_the_conversation_waits_for_one_batch_only(
    alice: User, bob: User, conversation: Conversation
) -> None:
    fill(conversation, alice)
    begin(alice)

    def read() -> int:
        return mark_read(reader=bob, conversation_id=conversation.pk).messages_marked

    calls: list[Callable[[], Any]] = [partial(erase, **args_of(alice)), read]
    outcomes, refused = run_at_once(calls)

    assert (refused, outcomes[1]) == ([], MESSAGES + 1)
    conversation.refresh_from_db()
    newest = Message.objects.order_by("-version").values_list("version", flat=True)[0]
    assert newest <= conversation.version


def test_two_runs_of_an_erasure_at_once_end_in_the_same_state(
    alice: User, bob: User, conversation: Conversation
) -> None:
    fill(conversation, alice, 10)
    begin(alice)

    _, refused = run_at_once([partial(erase, **args_of(alice))] * 2)

    assert refused == []
    assert not User.objects.filter(pk=alice.pk).exists()
    assert not Message.objects.filter(sender=alice.pk).exists()


def test_two_requests_at_once_begin_one_erasure(alice: User) -> None:
    run_at_once([partial(begin, alice)] * 2)

    assert Job.objects.count() == 1


@overlapping
def test_message_sent_while_the_erasure_begins_is_erased_too(
    bob: User, conversation: Conversation
) -> None:
    send = partial(post_message, sender=bob, conversation_id=conversation.pk, content="Late")

    run_before_commit(partial(begin, bob), send)
    erase(**{**args_of(bob), "email": "bob@example.com"})

    assert Message.objects.get(content="Late").sender is None


@overlapping
def test_message_sent_while_the_conversation_is_unlinked_is_refused(
    bob: User, conversation: Conversation
) -> None:
    begin(bob)
    send = partial(post_message, sender=bob, conversation_id=conversation.pk, content="Late")

    outcome = run_before_commit(partial(_unlink, conversation.pk, bob.pk), send)

    assert isinstance(outcome, ConversationNotFound)


@overlapping
def test_impersonation_that_starts_during_the_erasure_is_refused(alice: User, root: User) -> None:
    look = partial(impersonate_trainer, trainer_id=alice.pk, by=root)

    outcome = run_before_commit(partial(begin, alice), look)

    assert type(outcome).__name__ == "NotFound"


@pytest.mark.unmeasured
def test_erasure_survives_the_death_of_its_worker(
    alice: User, bob: User, conversation: Conversation, tmp_path: Path
) -> None:
    fill(conversation, alice, 10 * BATCH)
    before = Conversation.objects.get().version
    begin(alice, ERASE)

    with working(tmp_path, JOB_LEASE_SECONDS="1") as worker:
        eventually(lambda: Conversation.objects.get().version > before + 1 or None, pause=0.001)
        worker.signal(signal.SIGKILL)
        worker.wait()
        worker.start()
        eventually(lambda: None if User.objects.filter(pk=alice.pk).exists() else True)

    assert not Message.objects.filter(sender=alice.pk).exists()
    assert set(Message.objects.values_list("content", flat=True)) == {""}
    versions = Message.objects.values_list("version", flat=True)
    assert max(versions) <= Conversation.objects.get().version
