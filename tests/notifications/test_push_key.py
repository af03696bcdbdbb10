from base64 import urlsafe_b64decode
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey

from tests.conftest import Client
from users.models import User

URL = "/api/users/push-key/"


def test_key_is_an_uncompressed_point(api: Client, bob: User) -> None:
    response = api.as_user(bob).get(URL)

    assert (response.status_code, list(response.json())) == (200, ["public_key"])
    raw = urlsafe_b64decode(response.json()["public_key"] + "=")
    assert (len(raw), raw[0]) == (65, 4)
    assert EllipticCurvePublicKey.from_encoded_point(SECP256R1(), raw).key_size == 256


def test_key_is_null_if_web_push_is_off(api: Client, bob: User, settings: Any) -> None:
    settings.VAPID_PRIVATE_KEY = ""

    assert api.as_user(bob).get(URL).json() == {"public_key": None}


def test_key_requires_a_sign_in(api: Client, db: None) -> None:
    assert api.get(URL).status_code == 401
