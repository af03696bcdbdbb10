"""Push messages, which Chromium delivers without a push service."""

import json
from typing import Any

from playwright.sync_api import Page

from messaging.models import Conversation
from tests.e2e.devices import wait_until


def deliver_push(
    page: Page, conversation: Conversation, title: str, body: str, **more: object
) -> None:
    """Deliver a push message with these texts."""
    data = {
        "title": title,
        "body": body,
        "conversation_id": conversation.pk,
        "unread_count": 1,
        **more,
    }
    deliver(page, data)


def deliver(page: Page, data: dict[str, Any]) -> None:
    """Deliver a push message to the service worker, as the browser would."""
    session = page.context.new_cdp_session(page)
    registrations: list[dict[str, Any]] = []
    session.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda event: registrations.extend(event["registrations"]),
    )
    session.send("ServiceWorker.enable")
    wait_until(page, lambda: bool(registrations))
    session.send(
        "ServiceWorker.deliverPushMessage",
        {
            "origin": page.evaluate("location.origin"),
            "registrationId": registrations[-1]["registrationId"],
            "data": json.dumps(data),
        },
    )
