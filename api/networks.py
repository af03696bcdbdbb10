"""Network addresses of clients, as text."""

import ipaddress
from functools import lru_cache

IPV6_NETWORK_BITS = 64


@lru_cache(maxsize=4096)  # the same clients and proxies in each request
def read_address(text: str) -> str | None:
    """
    Return an address in its usual form, or None if `text` is none.

    An IPv4 address that is written as IPv6 (`::ffff:192.0.2.1`) becomes IPv4. A zone (`%eth0`) is dropped.
    """
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return str(mapped or address)


def network_of(text: str) -> str:
    """
    Return what limits count as one client: an IPv4 address, or the /64 network of an IPv6 address.

    Everybody with IPv6 has at least 2**64 addresses, and could use another one for each request. Return
    `text` unchanged if it is no address.
    """
    address = read_address(text)
    if address is None or ":" not in address:
        return address or text
    return str(ipaddress.ip_network((address, IPV6_NETWORK_BITS), strict=False))
