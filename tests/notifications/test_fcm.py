"""Firebase Cloud Messaging, with a test server in place of Google's."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from jobs.registry import get_kind
from messaging.models import Conversation
from notifications.outcomes import Outcome, Verdict
from notifications.senders import Senders
from notifications.senders.dispatch import SEND_SECONDS
from notifications.services.devices import register_device
from notifications.services.sweeping import sweep
from tests.notifications.conftest import Later
from tests.notifications.push_service import PushService
from tests.notifications.running import DELIVER, begin
from tests.notifications.test_web_push import make_notification, send
from users.models import User

PATH = "/v1/projects/gym/messages:send"
SIGN_IN = "/sign-in"


@pytest.fixture(autouse=True)
def google(service: PushService, settings: Any, tmp_path: Path) -> PushService:
    key = rsa.generate_private_key(65537, 2048).private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )
    credentials = {
        "type": "service_account",
        "project_id": "gym",
        "client_email": "push@gym.example.com",
        "private_key": key.decode(),
        "token_uri": f"{service.url}{SIGN_IN}",
    }
    file = tmp_path / "credentials.json"
    file.write_text(json.dumps(credentials))
    settings.FCM_CREDENTIALS_FILE, settings.FCM_URL = str(file), service.url
    token = {"access_token": "secret-1", "expires_in": 3600, "token_type": "Bearer"}
    service.will_answer(SIGN_IN, 200, token)
    return service


def error(code: int, **detail: Any) -> dict[str, Any]:
    return {"error": {"code": code, "details": [detail]}}


def test_message_is_sent_as_the_service_account(google: PushService) -> None:
    assert send("phone-1", platform="android").verdict is Verdict.DELIVERED

    (received,) = google.at(PATH)
    assert received.headers["Authorization"] == "Bearer secret-1"
    assert json.loads(received.body) == {
        "message": {
            "token": "phone-1",
            "notification": {"title": "Tina Torres", "body": "How was the run? 🏃"},
            "data": {
                "type": "direct_message",
                "conversation_id": "7",
                "sender_id": "5",
                "unread_count": "3",
            },
            "android": {
                "collapse_key": "conversation-7",
                "priority": "high",
                "ttl": "86400s",
                "notification": {"tag": "conversation-7"},
            },
            "apns": {
                "headers": {"apns-collapse-id": "conversation-7"},
                "payload": {"aps": {"badge": 3, "sound": "default", "thread-id": "conversation-7"}},
            },
        }
    }


@pytest.mark.parametrize(
    ("status", "body", "verdict", "fault"),
    [
        (404, error(404, errorCode="UNREGISTERED"), Verdict.GONE, " UNREGISTERED"),
        (403, error(403, errorCode="SENDER_ID_MISMATCH"), Verdict.GONE, " SENDER_ID_MISMATCH"),
        (
            400,
            error(400, fieldViolations=[{"field": "message.token"}]),
            Verdict.GONE,
            " invalid token",
        ),
        (400, error(400, fieldViolations=[{"field": "message.android"}]), Verdict.REFUSED, ""),
        (404, {"error": {"code": 404, "status": "NOT_FOUND"}}, Verdict.REFUSED, ""),
        (401, {}, Verdict.REFUSED, ""),
        (429, error(429, errorCode="QUOTA_EXCEEDED"), Verdict.LATER, ""),
        (503, error(503, errorCode="UNAVAILABLE"), Verdict.LATER, ""),
    ],
)
def test_responses_have_their_documented_outcomes(
    google: PushService, status: int, body: dict[str, Any], verdict: Verdict, fault: str
) -> None:
    google.will_answer(PATH, status, body)

    assert send("phone-1") == Outcome(verdict, f"HTTP {status}{fault}")


def test_invalid_json_switches_no_device_off(google: PushService) -> None:
    google.answers[PATH] = [(400, {}, b"<html>")]

    assert send("phone-1") == Outcome(Verdict.REFUSED, "HTTP 400")


def test_google_that_is_away_is_tried_again(google: PushService, settings: Any) -> None:
    settings.FCM_URL = "http://127.0.0.1:9"

    assert send("phone-1").verdict is Verdict.LATER
    assert google.at(PATH) == []


def test_sign_in_is_good_for_the_messages_of_an_hour(google: PushService) -> None:
    async def run() -> list[Outcome]:
        senders = Senders()
        try:
            return [await senders.send(make_notification(f"phone-{n}")) for n in range(3)]
        finally:
            await senders.close()

    outcomes = asyncio.run(run())

    assert [each.verdict for each in outcomes] == [Verdict.DELIVERED] * 3
    assert len(google.at(SIGN_IN)) == 1


def test_failed_sign_in_is_retried_later(google: PushService) -> None:
    google.answers[SIGN_IN] = [(400, {}, b'{"error": "invalid_grant"}')]

    assert send("phone-1").verdict is Verdict.LATER
    assert google.at(PATH) == []


def send_to_all(count: int) -> list[Outcome]:
    """Send to `count` phones concurrently, as the worker does."""

    async def run() -> list[Outcome]:
        senders = Senders()
        try:
            phones = [make_notification(f"phone-{number}") for number in range(count)]
            return await asyncio.gather(*map(senders.send, phones))
        finally:
            await senders.close()

    return asyncio.run(run())


@pytest.mark.parametrize("fails", [False, True])
def test_concurrent_sends_share_one_sign_in_and_its_failure(
    google: PushService, fails: bool
) -> None:
    if fails:
        google.answers[SIGN_IN] = [(400, {}, b'{"error": "invalid_grant"}')]

    outcomes = send_to_all(20)

    expected = Verdict.LATER if fails else Verdict.DELIVERED
    assert [each.verdict for each in outcomes] == [expected] * 20
    assert len(google.at(SIGN_IN)) == 1


def test_hanging_sign_in_ends_within_the_time_limit_of_a_send(
    google: PushService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("notifications.senders.dispatch.SEND_SECONDS", 0.2)
    monkeypatch.setattr("notifications.senders.fcm.SIGN_IN_TIMEOUT_SECONDS", 1)
    google.close_gate()

    outcomes = send_to_all(20)

    assert outcomes == [Outcome(Verdict.LATER, "TimeoutError")] * 20
    assert len(google.at(SIGN_IN)) == 1


def test_attempt_ends_well_before_the_time_limit_of_its_job() -> None:
    assert get_kind(DELIVER).timeout.total_seconds() / 2 >= SEND_SECONDS


def test_native_device_is_notified(
    cursor: None, conversation: Conversation, bob: User, later: Later
) -> None:
    register_device(user=bob, token="phone-1", platform="ios")
    later(6)

    sweep()

    assert [each.notification.token for each in begin()] == ["phone-1"]
