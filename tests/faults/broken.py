"""
Serves a sabotaged product, to show that the checker detects the sabotage.

Run `SABOTAGE=drop_events,lose_jobs python -m tests.faults.broken`, with any names from `SABOTAGES`.
This module tests the checker, so it is the only one that patches the product.
"""

import os
import random
from collections import Counter
from typing import Any

import django
from django.db.models import F


def drop_events() -> None:
    """Lose one event in a hundred, and never check for gaps."""
    from messaging.consumers.conversation import ConversationConsumer  # noqa: PLC0415 - needs the apps

    rng = random.Random(1)

    def pass_on(self: Any, event: dict[str, Any]) -> None:
        is_due = event["conversation_id"] == self.conversation_id and event["frame"]
        if is_due and rng.random() > 0.01 and event["version"] > self.version:
            self.push(event["frame"])
            self.version = event["version"]

    async def ignore_gap(self: Any, *args: Any) -> None:
        return

    ConversationConsumer.handle_conversation_changed = pass_on  # type: ignore[method-assign]
    ConversationConsumer._fill_gap = ignore_gap  # type: ignore[method-assign]
    ConversationConsumer._catch_up = ignore_gap  # type: ignore[method-assign]


def ignore_client_id() -> None:
    """Store every send, even if its `client_id` was used before."""
    from messaging.services import posting, sending  # noqa: PLC0415 - needs the apps

    post = posting.post_message

    def forget(**message: Any) -> Any:
        return post(**{**message, "client_id": None})

    sending.post_message = forget  # type: ignore[attr-defined]  # imported there


def lose_jobs() -> None:
    """Lose the first, third, fifth … job of each kind."""
    from jobs.services import enqueueing  # noqa: PLC0415 - needs the apps

    insert, count = enqueueing.insert, Counter[str]()

    def forget(rows: Any, **options: Any) -> None:
        for row in rows:
            count[row[0]] += 1
            if count[row[0]] % 2 == 0:
                insert([row], **options)

    enqueueing.insert = forget


def mail_before_commit() -> None:
    """E-mail each invitation during its request, then fail, so that the invitation is not committed."""
    from django.db import OperationalError  # noqa: PLC0415 - needs the apps

    from trainer.services import invitations  # noqa: PLC0415 - needs the apps

    def mail(*, args: dict[str, Any], **_: Any) -> None:
        invitations.mail_invitation(**args)
        raise OperationalError

    invitations.enqueue = mail  # type: ignore[attr-defined, assignment]  # imported there


def leave_jobs() -> None:
    """Run jobs, but never record their outcomes."""
    from jobs import worker  # noqa: PLC0415 - needs the apps

    def forget(**_: Any) -> None:
        return

    worker.record_outcomes = forget  # type: ignore[attr-defined]  # imported there


def forget_edits() -> None:
    """Answer and announce each edit, but do not store its text."""
    from messaging.models import MessageQuerySet  # noqa: PLC0415 - needs the apps

    change = MessageQuerySet.change_content

    def forget(self: Any, **values: Any) -> int:
        is_edit = "edited_at" in values and "removed_at" not in values
        return change(self, **({**values, "content": F("content")} if is_edit else values))

    MessageQuerySet.change_content = forget  # type: ignore[method-assign]


def keep_deleted() -> None:
    """Announce each deletion, but leave the message as it was."""
    from messaging.services import deleting  # noqa: PLC0415 - needs the apps

    def keep(messages: Any, *, version: int, **_: Any) -> None:
        messages.update(version=version)

    deleting.empty_messages = keep  # type: ignore[attr-defined]  # imported there


def quote_old_texts() -> None:
    """Show in quotes the first text that this process has read of a message."""
    from messaging import details  # noqa: PLC0415 - needs the apps

    read, first = details._quote, dict[int, Any]()

    def repeat(message: Any) -> Any:
        return first.setdefault(message.pk, read(message))

    details._quote = repeat


def notify_of_old_texts() -> None:
    """Show in all notifications of a conversation the first text that this process has read."""
    from notifications import contents  # noqa: PLC0415 - needs the apps

    first: dict[int, str] = {}

    def repeat(conversation: Any, other: Any) -> str:
        return first.setdefault(conversation.pk, str(conversation.text))

    contents._text = repeat


def lose_copies() -> None:
    """Never store the middle copy of a photo."""
    from messaging.services import uploading  # noqa: PLC0415 - needs the apps

    store = uploading.store_files  # type: ignore[attr-defined]  # imported there

    def lose(files: Any) -> None:
        store([(name, content) for name, content in files if "medium" not in name])

    uploading.store_files = lose  # type: ignore[attr-defined]  # imported there


def open_links() -> None:
    """Serve files without a look at the signatures of their links."""
    from media import serving  # noqa: PLC0415 - needs the apps

    serving.is_signed = lambda name, query: True  # type: ignore[attr-defined]  # imported there


def share_uploads() -> None:
    """Let everybody send everybody's uploads, also those that were sent."""
    from messaging.models import Attachment  # noqa: PLC0415 - needs the apps

    found = type(Attachment.objects.all())
    found.sendable_by = lambda self, user_id: self  # type: ignore[method-assign]


def leave_files() -> None:
    """Store a file that belongs to no photo with each copy, and never delete files."""
    from messaging import jobs  # noqa: PLC0415 - needs the apps
    from messaging.services import sweeping_uploads, uploading  # noqa: PLC0415 - needs the apps

    store = uploading.store_files  # type: ignore[attr-defined]  # imported there

    def leave(files: Any) -> None:
        found = list(files)
        store([*found, *((f"{name[:-4]}-small.jpg", content) for name, content in found)])

    uploading.store_files = leave  # type: ignore[attr-defined]  # imported there
    for module in (jobs, sweeping_uploads):
        module.delete_files = lambda names: None  # type: ignore[attr-defined]  # imported there


SABOTAGES = (
    drop_events,
    ignore_client_id,
    lose_jobs,
    mail_before_commit,
    leave_jobs,
    forget_edits,
    keep_deleted,
    quote_old_texts,
    notify_of_old_texts,
    lose_copies,
    open_links,
    share_uploads,
    leave_files,
)


def main() -> None:
    """Sabotage the product, then serve it as usual."""
    from config import serve  # noqa: PLC0415 - reads the settings

    django.setup()
    sabotages = {each.__name__: each for each in SABOTAGES}
    for name in os.environ["SABOTAGE"].split(","):
        sabotages[name]()
    serve.main()


if __name__ == "__main__":
    main()
