"""HTTP requests to push services, with a time limit. Hosts that clients choose must be public."""

import re
import socket
from collections.abc import Mapping
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Any

import aiohttp
from aiohttp.typedefs import StrOrURL

from notifications.outcomes import DELIVERED, Outcome, Verdict
from notifications.senders.resolver import BoundedResolver

# The limit is for the whole request, so that a server that answers byte by byte does not block other
# notifications.
TIMEOUT = aiohttp.ClientTimeout(total=5)
# The range assigned for public use. Python's is_global also accepts other addresses, such as
# `::127.0.0.1`.
_GLOBAL_UNICAST = IPv6Network("2000::/3")
# A NAT64 gateway translates these addresses to the IPv4 address in their last 32 bits.
_TRANSLATED = IPv6Network("64:ff9b::/96")
_GONE = {404, 410}
_TEMPORARY = {408, 425, 429}
_SUCCESS = 2
_FIRST_SERVER_ERROR = 500


class NotPublic(OSError):
    """The address does not belong to the public internet."""


def open_session(*, may_be_private: bool = False) -> aiohttp.ClientSession:
    """Return a session that connects to public addresses only, unless `may_be_private`."""
    if may_be_private:
        connector = aiohttp.TCPConnector(limit=0)
    else:
        connector = aiohttp.TCPConnector(
            limit=0, socket_factory=public_socket, resolver=BoundedResolver()
        )
    return aiohttp.ClientSession(
        connector=connector, timeout=TIMEOUT, cookie_jar=aiohttp.DummyCookieJar()
    )


def public_socket(address_info: Any) -> socket.socket:
    """
    Create the socket for a resolved address; raise NotPublic if the address is not public.

    Checking the host name earlier is not enough, because it may resolve to another address later.
    """
    family, kind, protocol, _, address = address_info
    if not is_public(address[0]):
        raise NotPublic
    return socket.socket(family, kind, protocol)


def is_public(host: str) -> bool:
    """Return whether an address belongs to the public internet."""
    address = ip_address(host.partition("%")[0])
    if isinstance(address, IPv6Address):
        inside = _ipv4_inside(address)
        if inside is None:
            return address.is_global and address in _GLOBAL_UNICAST
        address = inside
    return address.is_global and not address.is_multicast


def _ipv4_inside(address: IPv6Address) -> IPv4Address | None:
    """Return the IPv4 address that an IPv6 address embeds, if any."""
    if address in _TRANSLATED:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour


async def post(
    session: aiohttp.ClientSession, url: StrOrURL, *, data: bytes, headers: Mapping[str, str]
) -> Outcome:
    """Send a POST request and return its outcome. Ignore redirects and the response's body."""
    try:
        async with session.post(url, data=data, headers=headers, allow_redirects=False) as response:
            return outcome_of(response)
    except (aiohttp.ClientError, OSError, TimeoutError) as error:
        return outcome_of_error(error)


def outcome_of(response: aiohttp.ClientResponse) -> Outcome:
    """Return the outcome for a push service's status code."""
    status, reason = response.status, f"HTTP {response.status}"
    if status // 100 == _SUCCESS:
        return DELIVERED
    if status in _GONE:
        return Outcome(Verdict.GONE, reason)
    if status in _TEMPORARY or status >= _FIRST_SERVER_ERROR:
        return Outcome(Verdict.LATER, reason, _retry_after(response))
    return Outcome(Verdict.REFUSED, reason)


def outcome_of_error(error: Exception) -> Outcome:
    """Return the outcome of a request that failed without a response."""
    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, NotPublic):
        cause = cause.__cause__ or getattr(cause, "os_error", None)
    if cause is not None:
        return Outcome(Verdict.GONE, "not a public address")
    return Outcome(Verdict.LATER, type(error).__name__)


def _retry_after(response: aiohttp.ClientResponse) -> int:
    """Return `Retry-After` in seconds; 0 if it is missing, a date, or longer than 100 years."""
    text = response.headers.get("Retry-After", "")
    return int(text) if re.fullmatch("[0-9]{1,10}", text) else 0
