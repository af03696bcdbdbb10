"""Web Push (RFC 8030). Contents are encrypted for the browser, so push services cannot read them."""

import json
import time
from urllib.parse import urlsplit

import aiohttp
from django.conf import settings
from py_vapid import Vapid02
from pywebpush import WebPusher
from yarl import URL

from api.formats import utc
from notifications.contents import Notification
from notifications.outcomes import Outcome, Verdict
from notifications.senders.http import open_session, post
from notifications.subscriptions import BadSubscription, Subscription, parse_subscription
from notifications.vapid import get_private_key

# How long the push service stores a notification while the device is offline.
KEEP_SECONDS = 24 * 60 * 60
CLAIM_LIFETIME_SECONDS = 12 * 60 * 60


class WebPushSender:
    """Sends notifications through push services at public hosts, or at hosts in `PUSH_PRIVATE_HOSTS`."""

    def __init__(self) -> None:
        self._public = open_session()
        self._private = open_session(may_be_private=True)
        self._vapid = Vapid02(get_private_key())

    async def close(self) -> None:
        await self._public.close()
        await self._private.close()

    async def send(self, notification: Notification) -> Outcome:
        try:
            subscription = parse_subscription(notification.token)
        except BadSubscription as error:
            return Outcome(Verdict.GONE, str(error))
        return await post(
            self._session_for(subscription),
            URL(subscription.endpoint, encoded=True),
            data=_encrypt(subscription, notification),
            headers=self._headers(subscription, notification),
        )

    def _session_for(self, subscription: Subscription) -> aiohttp.ClientSession:
        return self._private if subscription.is_private else self._public

    def _headers(self, subscription: Subscription, notification: Notification) -> dict[str, str]:
        address = urlsplit(subscription.endpoint)
        claims = {
            "aud": f"{address.scheme}://{address.netloc}",
            "exp": int(time.time()) + CLAIM_LIFETIME_SECONDS,
            "sub": settings.VAPID_SUBJECT,
        }
        return {
            **self._vapid.sign(claims),
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(KEEP_SECONDS),
            "Urgency": "high",
            # While the device is offline, a later notification for the conversation replaces this one.
            "Topic": f"conversation-{notification.conversation_id}",
        }


def _encrypt(subscription: Subscription, notification: Notification) -> bytes:
    keys = {"p256dh": subscription.p256dh, "auth": subscription.auth}
    pusher = WebPusher({"endpoint": subscription.endpoint, "keys": keys})
    body: bytes = pusher.encode(payload_of(notification))["body"]
    return body


def payload_of(notification: Notification) -> bytes:
    """Return the payload for the service worker, below the push services' limit; see `contents`."""
    payload = {
        "title": notification.title,
        "body": notification.body,
        "conversation_id": notification.conversation_id,
        "unread_count": notification.unread_count,
        "unread_conversations": notification.unread_conversations,
        "composed_at": utc(notification.composed_at),
        "deleted_version": notification.deleted_version,
    }
    return json.dumps(payload, ensure_ascii=False).encode()
