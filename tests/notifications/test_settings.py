from typing import Any

import pytest

from config.environment import InvalidEnvironment
from config.start_warnings import list_warnings
from tests.config.loading import PRODUCTION, load

pytestmark = pytest.mark.without_servers

KEY = "A" * 42 + "E"


def test_push_is_off_in_production_without_keys() -> None:
    loaded = load(PRODUCTION)

    assert (loaded.VAPID_PRIVATE_KEY, loaded.FCM_CREDENTIALS_FILE) == ("", "")


def test_development_key_is_generated_once() -> None:
    keys = [load({}).VAPID_PRIVATE_KEY for _ in range(2)]

    assert keys[0] == keys[1]
    assert len(keys[0]) == 43


def test_subject_is_the_public_url() -> None:
    loaded = load(
        {**PRODUCTION, "PUBLIC_URL": "https://gym.example.com", "ALLOWED_HOSTS": ".example.com"}
    )

    assert loaded.VAPID_SUBJECT == "https://gym.example.com"


@pytest.mark.parametrize(
    ("name", "value", "complaint"),
    [
        (
            "VAPID_PRIVATE_KEY",
            "short",
            "VAPID_PRIVATE_KEY is not a key: use 32 random bytes in base64url, as made by ",
        ),
        (
            "VAPID_SUBJECT",
            "ops",
            "VAPID_SUBJECT is 'ops': use mailto:ops@example.com or https://example.com.",
        ),
        (
            "FCM_CREDENTIALS_FILE",
            "/nowhere.json",
            "FCM_CREDENTIALS_FILE cannot be read (No such file or directory): use the path of an ",
        ),
    ],
)
def test_impossible_settings_are_named(name: str, value: str, complaint: str) -> None:
    with pytest.raises(InvalidEnvironment) as refusal:
        load({**PRODUCTION, "VAPID_PRIVATE_KEY": KEY, name: value})

    assert str(refusal.value).startswith(complaint)


def test_variable_of_the_previous_release_is_a_warning(settings: Any) -> None:
    settings.DEBUG, settings.PUSH_IN_WEB = False, False

    warnings = [each for each in list_warnings() if "PUSH_IN_WEB=0" in each]

    assert len(warnings) == 1
    assert "JOBS_IN_WEB=0" in warnings[0]
