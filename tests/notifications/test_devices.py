"""users/device-token/: a push token belongs to one user at a time."""

import json
from typing import Any

import pytest

from notifications.models import DeviceToken
from notifications.services.devices import DEVICES_PER_USER, register_device
from tests.conftest import Client
from tests.failing import failing_at
from users.models import User

URL = "/api/users/device-token/"
PHONE = {"token": "phone-1", "platform": "ios"}
KEYS = {
    "p256dh": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
    "auth": "BTBZMqHH6r4Tts7J_aSIgg",
}
SUBSCRIPTION = {"endpoint": "https://push.example.com/p/a?b=c", "keys": KEYS}


def owners() -> list[tuple[str, str, str]]:
    rows = DeviceToken.objects.order_by("token")
    return list(rows.values_list("user__email", "token", "platform"))


def device_body(**changes: Any) -> dict[str, Any]:
    """Return the response body for the only device."""
    return {"id": DeviceToken.objects.get().pk, **PHONE, "is_active": True, **changes}


def test_new_token_is_201_and_a_known_one_200(api: Client, bob: User) -> None:
    api.as_user(bob)

    first, again = api.post(URL, PHONE), api.post(URL, {**PHONE, "platform": "web"})

    assert (first.status_code, first.json()) == (201, device_body())
    assert (again.status_code, again.json()) == (200, device_body(platform="web"))
    assert owners() == [("bob@example.com", "phone-1", "web")]


def test_token_moves_to_the_last_user_who_registers_it(
    api: Client, bob: User, charlie: User
) -> None:
    api.as_user(bob).post(URL, PHONE)

    response = api.as_user(charlie).post(URL, PHONE)

    assert response.status_code == 200
    assert owners() == [("charlie@example.com", "phone-1", "ios")]


def test_token_is_deleted_by_its_owner_only(api: Client, bob: User, charlie: User) -> None:
    api.as_user(bob).post(URL, PHONE)

    strangers = api.as_user(charlie).delete(URL, {"token": "phone-1"})
    assert (strangers.status_code, len(owners())) == (204, 1)

    own = api.as_user(bob).delete(URL, {"token": "phone-1"})
    assert (own.status_code, own.content, owners()) == (204, b"", [])


def test_token_is_forgotten_by_post_for_clients_that_send_no_body_with_delete(
    api: Client, bob: User, charlie: User
) -> None:
    api.as_user(bob).post(URL, PHONE)

    strangers = api.as_user(charlie).post(f"{URL}forget/", {"token": "phone-1"})
    assert (strangers.status_code, len(owners())) == (204, 1)

    own = api.as_user(bob).post(f"{URL}forget/", {"token": "phone-1"})
    without = api.post(f"{URL}forget/", {})
    assert (own.status_code, own.content, owners()) == (204, b"", [])
    assert without.json() == {"token": ["This field is required."]}


def test_deleting_a_token_keeps_the_other_devices_of_its_owner(api: Client, bob: User) -> None:
    for token in ("phone-1", "phone-2"):
        register_device(user=bob, token=token, platform="ios")

    api.as_user(bob).delete(URL, {"token": "phone-1"})

    assert [token for _, token, _ in owners()] == ["phone-2"]


@pytest.mark.parametrize(
    ("body", "answer"),
    [
        (
            {},
            {"token": ["This field is required."], "platform": ["This field is required."]},
        ),
        ({**PHONE, "platform": "fax"}, {"platform": ['"fax" is not a valid choice.']}),
        ({**PHONE, "token": 5}, {"token": ["Not a valid string."]}),
        ({**PHONE, "token": "é"}, {"token": ["Enter a valid value."]}),
        (
            {**PHONE, "token": "x" * 2049},
            {"token": ["Ensure this field has no more than 2048 characters."]},
        ),
    ],
)
def test_invalid_token_is_refused(
    api: Client, bob: User, body: dict[str, Any], answer: dict[str, list[str]]
) -> None:
    response = api.as_user(bob).post(URL, body)

    assert (response.status_code, response.json()) == (400, answer)


def test_longest_token_fits(api: Client, bob: User) -> None:
    # Without repetitions, since PostgreSQL compresses a value before it checks the index's size limit.
    token = "".join(chr(33 + (n * n * 7919 + n) % 94) for n in range(2048))

    response = api.as_user(bob).post(URL, {**PHONE, "token": token})

    assert response.status_code == 201


def test_long_token_outside_ascii_is_refused_without_an_index_error(api: Client, bob: User) -> None:
    token = "".join(chr(0x10000 + n * 7919 % 60_000) for n in range(2048))

    response = api.as_user(bob).post(URL, {**PHONE, "token": token})

    assert (response.status_code, list(response.json())) == (400, ["token"])


# Browsers
# ------------------------------------------------------------------------------
def web(**changes: Any) -> dict[str, str]:
    return {"token": json.dumps({**SUBSCRIPTION, **changes}), "platform": "web"}


def test_browser_registers_its_subscription(api: Client, bob: User) -> None:
    body = web(expirationTime=None)

    response = api.as_user(bob).post(URL, body)

    assert (response.status_code, response.json()) == (201, device_body(**body))


def test_subscription_with_reordered_keys_is_one_device(
    api: Client, bob: User, charlie: User
) -> None:
    api.as_user(bob).post(URL, web(expirationTime=None))

    turned = {"keys": {name: f"{key}==" for name, key in KEYS.items()}}
    response = api.as_user(charlie).post(URL, web(**turned))

    assert response.status_code == 200
    assert [email for email, *_ in owners()] == ["charlie@example.com"]

    api.delete(URL, {"token": json.dumps(SUBSCRIPTION, indent=1)})
    assert owners() == []


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        (
            {"endpoint": "http://push.example.com/p/a"},
            "The endpoint must be an https URL on port 443.",
        ),
        (
            {"endpoint": "https://push.example.com:8443/p"},
            "The endpoint must be an https URL on port 443.",
        ),
        *(
            ({"endpoint": endpoint}, "The endpoint must have a public host name.")
            for endpoint in (
                "https://localhost/p",
                "https://127.0.0.1/p",
                "https://2130706433/p",
                "https://169.254.169.254/latest/meta-data",
                "https://intranet/p",
                "https://push.example.com./p",
            )
        ),
        *(
            ({"endpoint": endpoint}, "The endpoint is not a valid URL.")
            for endpoint in (
                "ftp://push.example.com/p",
                "https://[::1]/p",
                "https://user@push.example.com/p",
                "https://push.example.com\\@127.0.0.1/p",
                "https://push.example.com/p#127.0.0.1",
                "https://push.example.com/a b",
                "",
                5,
            )
        ),
        ({"keys": {}}, "This is not the JSON of a PushSubscription."),
        ({"keys": None}, "This is not the JSON of a PushSubscription."),
        (
            {"keys": {**KEYS, "p256dh": "BA" + "A" * 85}},
            'The keys must be in base64url, and "p256dh" must be a point on the P-256 curve.',
        ),
        (
            {"keys": {**KEYS, "p256dh": "!"}},
            'The keys must be in base64url, and "p256dh" must be a point on the P-256 curve.',
        ),
        ({"keys": {**KEYS, "auth": "AAAA"}}, 'The key "auth" must be 16 bytes long, in base64url.'),
    ],
)
def test_subscription_with_an_invalid_endpoint_is_refused(
    api: Client, bob: User, changes: dict[str, Any], reason: str
) -> None:
    response = api.as_user(bob).post(URL, web(**changes))

    assert (response.status_code, response.json()) == (400, {"token": [reason]})
    assert owners() == []


@pytest.mark.parametrize("token", ["{", "{}", "[]", "https://push.example.com/p", "a b"])
def test_web_token_without_a_subscription_is_refused(api: Client, bob: User, token: str) -> None:
    response = api.as_user(bob).post(URL, {"token": token, "platform": "web"})

    assert (response.status_code, list(response.json())) == (400, ["token"])


def test_subscription_that_would_be_refused_can_be_deleted(api: Client, bob: User) -> None:
    DeviceToken.objects.create(user=bob, token="{old}", platform="web")

    response = api.as_user(bob).delete(URL, {"token": "{old}"})

    assert (response.status_code, owners()) == (204, [])


def test_device_belongs_to_the_sign_in_that_registered_it(api: Client, bob: User) -> None:
    api.as_user(bob).post(URL, PHONE)
    first = DeviceToken.objects.get().session
    api.as_user(bob).post(URL, PHONE)

    second = DeviceToken.objects.get().session

    assert first
    assert second
    assert first != second


def test_oldest_device_is_deleted_past_the_limit(bob: User, charlie: User) -> None:
    register_device(user=charlie, token="charlies", platform="ios")

    for number in range(DEVICES_PER_USER + 1):
        register_device(user=bob, token=f"phone-{number:02}", platform="ios")

    tokens = [token for _, token, _ in owners()]
    assert tokens == ["charlies", *(f"phone-{number:02}" for number in range(1, 21))]


def test_registration_that_fails_halfway_stores_no_device(bob: User) -> None:
    for number in range(DEVICES_PER_USER):
        register_device(user=bob, token=f"phone-{number:02}", platform="ios")

    with failing_at("DELETE FROM"):
        register_device(user=bob, token="one-more", platform="ios")

    assert [token for _, token, _ in owners()] == [f"phone-{number:02}" for number in range(20)]
