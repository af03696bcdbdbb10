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


SABOTAGES = (drop_events, ignore_client_id, lose_jobs, mail_before_commit, leave_jobs)


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
