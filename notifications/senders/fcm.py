"""Firebase Cloud Messaging (HTTP v1), for native apps and for browsers that use its library."""

import asyncio
import json
from functools import partial
from typing import Any

import aiohttp
from django.conf import settings
from google.auth.exceptions import GoogleAuthError
from google.auth.transport.requests import Request
from google.oauth2.service_account import Credentials

from notifications.contents import Notification
from notifications.outcomes import Outcome, Verdict
from notifications.senders.http import open_session, outcome_of, outcome_of_error

SCOPE = "https://www.googleapis.com/auth/firebase.messaging"
SIGN_IN_TIMEOUT_SECONDS = 5
KEEP = "86400s"
# The token is no longer registered, or belongs to another project.
_GONE_CODES = {"UNREGISTERED", "SENDER_ID_MISMATCH"}


class FcmSender:
    """Sends notifications through the project of the service account in `FCM_CREDENTIALS_FILE`."""

    def __init__(self) -> None:
        # The operator configures this host, so it may be in a private network.
        self._session = open_session(may_be_private=True)
        self._credentials: Any = Credentials.from_service_account_file(  # type: ignore[no-untyped-call]
            settings.FCM_CREDENTIALS_FILE, scopes=[SCOPE]
        )
        self._signing_in: asyncio.Task[None] | None = None
        project = self._credentials.project_id
        self._url = f"{settings.FCM_URL}/v1/projects/{project}/messages:send"

    async def close(self) -> None:
        await self._session.close()

    async def send(self, notification: Notification) -> Outcome:
        try:
            headers = {"Authorization": f"Bearer {await self._access_token()}"}
            async with self._session.post(
                self._url, json={"message": message_of(notification)}, headers=headers
            ) as response:
                return await _outcome(response)
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            return outcome_of_error(error)
        except GoogleAuthError as error:
            return Outcome(Verdict.LATER, f"sign-in to Google failed: {type(error).__name__}")

    async def _access_token(self) -> str:
        """Return an access token; get a new one when it expires, after about an hour."""
        if not self._credentials.valid:
            await self._sign_in()
        token: str = self._credentials.token
        return token

    async def _sign_in(self) -> None:
        """
        Sign in once for all notifications that are being sent; if this fails, all of them fail.

        Signing in for one notification after another, each with its own timeout, would exceed
        `SEND_SECONDS`.
        """
        if self._signing_in is None or self._signing_in.done():
            request = partial(Request(), timeout=SIGN_IN_TIMEOUT_SECONDS)
            # Google's library blocks, so it runs in a thread.
            refresh = asyncio.to_thread(self._credentials.refresh, request)
            self._signing_in = asyncio.create_task(refresh)
        await asyncio.shield(self._signing_in)


async def _outcome(response: aiohttp.ClientResponse) -> Outcome:
    outcome = outcome_of(response)
    if outcome.verdict in (Verdict.DELIVERED, Verdict.LATER):
        return outcome
    if fault := _fault_of_token(await response.read()):
        return Outcome(Verdict.GONE, f"{outcome.reason} {fault}")
    # Any other refusal is our own error, not a reason to switch the device off.
    return Outcome(Verdict.REFUSED, outcome.reason)


def _fault_of_token(body: bytes) -> str:
    """Return why FCM refuses the token itself, or "" if it refuses something else."""
    try:
        details = json.loads(body)["error"]["details"]
    except (ValueError, KeyError, TypeError):
        return ""
    fields = [field.get("field") for each in details for field in each.get("fieldViolations", ())]
    codes = [code for each in details if (code := each.get("errorCode")) in _GONE_CODES]
    return "invalid token" if "message.token" in fields else "".join(codes[:1])


def message_of(notification: Notification) -> dict[str, Any]:
    """
    Return FCM's message for all platforms.

    On Android and iOS, a later notification for the same conversation replaces this one.
    """
    topic = f"conversation-{notification.conversation_id}"
    return {
        "token": notification.token,
        "notification": {"title": notification.title, "body": notification.body},
        "data": {
            "type": "direct_message",
            "conversation_id": str(notification.conversation_id),
            "sender_id": str(notification.sender_id),
            "unread_count": str(notification.unread_count),
        },
        "android": {
            "collapse_key": topic,
            "priority": "high",
            "ttl": KEEP,
            "notification": {"tag": topic},
        },
        "apns": {
            "headers": {"apns-collapse-id": topic},
            "payload": {
                "aps": {"badge": notification.unread_count, "sound": "default", "thread-id": topic}
            },
        },
    }
