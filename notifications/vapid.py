"""The key pair that identifies this server to browsers' push services (RFC 8292)."""

from base64 import urlsafe_b64decode, urlsafe_b64encode

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings


def get_private_key() -> ec.EllipticCurvePrivateKey:
    raw = urlsafe_b64decode(settings.VAPID_PRIVATE_KEY.rstrip("=") + "=")
    return ec.derive_private_key(int.from_bytes(raw), ec.SECP256R1())


def get_public_key() -> str | None:
    """Return the public key with which browsers subscribe, in base64url; None if Web Push is off."""
    if not settings.VAPID_PRIVATE_KEY:
        return None
    point = get_private_key().public_key()
    raw = point.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return urlsafe_b64encode(raw).decode().rstrip("=")
