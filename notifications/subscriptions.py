"""Web Push subscriptions. Each has an endpoint to send notifications to, and keys to encrypt them."""

import binascii
import json
import re
from base64 import urlsafe_b64decode
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from django.conf import settings
from django.utils.translation import gettext_lazy as _

# Strict, so that all URL parsers find the same host in an endpoint.
_ENDPOINT = re.compile(
    r"(?P<scheme>https?)://(?P<host>[a-z0-9.-]+)(?P<port>:\d{1,5})?(/[\w.~!$&'()*+,;=:@%/?-]*)?",
    re.ASCII | re.IGNORECASE,
)
# A dotted name whose last label begins with a letter, so neither an IP address nor an intranet name.
_PUBLIC_NAME = re.compile(r"([a-z0-9-]+\.)+[a-z][a-z0-9-]*", re.ASCII | re.IGNORECASE)
# Tokens that FCM's library issues in a browser.
_FCM_TOKEN = re.compile(r"[\w:.~%-]+", re.ASCII)
_AUTH_BYTES = 16


class BadSubscription(ValueError):
    """No notifications can be sent to a token; the exception's message gives the reason."""


@dataclass(frozen=True)
class Subscription:
    """The endpoint of a browser's push service, and keys to encrypt notifications for this browser."""

    endpoint: str
    p256dh: str
    auth: str

    @property
    def origin(self) -> str:
        return "/".join(self.endpoint.split("/")[:3])

    @property
    def is_private(self) -> bool:
        """
        Return whether the endpoint's host, with the port if the URL has one, is in `PUSH_PRIVATE_HOSTS`.

        For these hosts, private addresses and plain HTTP are allowed.
        """
        return self.origin.partition("://")[2].lower() in settings.PUSH_PRIVATE_HOSTS

    def as_token(self) -> str:
        """Return the canonical JSON to store, because browsers order the fields differently."""
        keys = {"auth": self.auth, "p256dh": self.p256dh}
        return json.dumps({"endpoint": self.endpoint, "keys": keys}, separators=(",", ":"))


def is_subscription(token: str) -> bool:
    """Return whether a token is a subscription's JSON rather than an FCM token."""
    return token.lstrip().startswith("{")


def check_web_token(token: str) -> None:
    """Raise BadSubscription unless the token is a valid subscription or may be an FCM token."""
    if is_subscription(token):
        parse_subscription(token)
    elif not _FCM_TOKEN.fullmatch(token):
        raise BadSubscription(_("This is neither the JSON of a PushSubscription nor an FCM token."))


def stored_form(token: str) -> str:
    """
    Return the form in which a token is stored, so that each browser has only one row.

    Invalid tokens are returned unchanged.
    """
    try:
        return parse_subscription(token).as_token() if is_subscription(token) else token
    except BadSubscription:
        return token


def parse_subscription(token: str) -> Subscription:
    """Parse and check the JSON of a subscription; raise BadSubscription if it is invalid."""
    try:
        data: Any = json.loads(token)
        keys = data["keys"]
        subscription = Subscription(
            *(str(each).rstrip("=") for each in (data["endpoint"], keys["p256dh"], keys["auth"]))
        )
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise BadSubscription(_("This is not the JSON of a PushSubscription.")) from error
    _check_endpoint(subscription)
    _check_keys(subscription)
    return subscription


def _check_endpoint(subscription: Subscription) -> None:
    """
    Raise BadSubscription unless the endpoint is an https URL on port 443 of a public host name.

    For the hosts in `PUSH_PRIVATE_HOSTS`, any valid http or https URL is accepted.
    """
    found = _ENDPOINT.fullmatch(subscription.endpoint)
    if not found:
        raise BadSubscription(_("The endpoint is not a valid URL."))
    if subscription.is_private:
        return
    if found["scheme"].lower() != "https" or found["port"] not in (None, ":443"):
        raise BadSubscription(_("The endpoint must be an https URL on port 443."))
    if not _PUBLIC_NAME.fullmatch(found["host"]):
        raise BadSubscription(_("The endpoint must have a public host name."))


def _check_keys(subscription: Subscription) -> None:
    try:
        point, secret = _decode(subscription.p256dh), _decode(subscription.auth)
        EllipticCurvePublicKey.from_encoded_point(SECP256R1(), point)
    except ValueError as error:
        raise BadSubscription(
            _('The keys must be in base64url, and "p256dh" must be a point on the P-256 curve.')
        ) from error
    if len(secret) != _AUTH_BYTES:
        raise BadSubscription(_('The key "auth" must be 16 bytes long, in base64url.'))


def _decode(text: str) -> bytes:
    if not re.fullmatch(r"[\w-]+", text, re.ASCII):
        raise binascii.Error
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
