"""users/device-token/: a push token belongs to one user at a time."""

from typing import Any

import pytest

from tests.conftest import Client
from users.models import DeviceToken, User

URL = "/api/users/device-token/"
PHONE = {"token": "phone-1", "platform": "ios"}


def owners() -> list[tuple[str, str, str]]:
    rows = DeviceToken.objects.order_by("token")
    return list(rows.values_list("user__email", "token", "platform"))


def test_new_token_is_201_and_a_known_one_200(api: Client, bob: User) -> None:
    api.as_user(bob)

    first, again = api.post(URL, PHONE), api.post(URL, {**PHONE, "platform": "web"})

    assert (first.status_code, first.json()) == (201, PHONE)
    assert (again.status_code, again.json()) == (200, {**PHONE, "platform": "web"})
    assert owners() == [("bob@example.com", "phone-1", "web")]


def test_token_moves_to_who_signed_in_last(api: Client, bob: User, charlie: User) -> None:
    api.as_user(bob).post(URL, PHONE)

    response = api.as_user(charlie).post(URL, PHONE)

    assert response.status_code == 200
    assert owners() == [("charlie@example.com", "phone-1", "ios")]


def test_token_is_forgotten_by_its_owner_alone(api: Client, bob: User, charlie: User) -> None:
    api.as_user(bob).post(URL, PHONE)

    strangers = api.as_user(charlie).delete(URL, {"token": "phone-1"})
    assert (strangers.status_code, len(owners())) == (204, 1)

    own = api.as_user(bob).delete(URL, {"token": "phone-1"})
    assert (own.status_code, own.content, owners()) == (204, b"", [])


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
def test_token_that_is_none_is_refused(
    api: Client, bob: User, body: dict[str, Any], answer: dict[str, list[str]]
) -> None:
    response = api.as_user(bob).post(URL, body)

    assert (response.status_code, response.json()) == (400, answer)


def test_longest_token_fits(api: Client, bob: User) -> None:
    # Nothing that repeats: PostgreSQL would compress it before it measures it for the index.
    token = "".join(chr(33 + (n * n * 7919 + n) % 94) for n in range(2048))

    response = api.as_user(bob).post(URL, {**PHONE, "token": token})

    assert response.status_code == 201


def test_long_token_outside_ascii_is_refused_and_not_too_much_for_the_index(
    api: Client, bob: User
) -> None:
    token = "".join(chr(0x10000 + n * 7919 % 60_000) for n in range(2048))

    response = api.as_user(bob).post(URL, {**PHONE, "token": token})

    assert (response.status_code, list(response.json())) == (400, ["token"])
