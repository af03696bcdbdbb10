"""Finds the address of each client, behind proxies too."""

import ipaddress
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from api.networks import network_of, read_address

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
EVERY_PEER = "*"
SCHEMES = {"http": "http", "https": "https", "ws": "http", "wss": "https"}


def client_network(scope: Any) -> str:
    """Return the network that limits count as one client; empty if the address is unknown."""
    client = scope.get("client")
    return network_of(client[0]) if client else ""


class ClientAddress:
    """
    Sets `client` and `scheme` of each request and socket.

    The headers X-Forwarded-For and X-Forwarded-Proto count only from `proxies`: addresses and networks
    separated by commas, or `*` for every peer. Each proxy appends the address of its client, so the last
    address that is not a proxy's is believed. Those before it come from the client, who can write
    anything. With `*`, only the peer is a proxy, and the last address is believed.

    `Forwarded` and `X-Real-IP` are ignored, because most proxies pass on what the client sent.
    """

    def __init__(self, app: Any, proxies: str) -> None:
        self._app = app
        texts = [each.strip() for each in proxies.split(",") if each.strip()]
        self._trusts_every_peer = EVERY_PEER in texts
        self._networks = tuple(ipaddress.ip_network(each) for each in texts if each != EVERY_PEER)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope.get("client"):
            host, port = scope["client"]
            scope["client"] = (read_address(host) or host, port)
            if self._trusts_every_peer or self._is_proxy(host):
                self._believe(scope)
        await self._app(scope, receive, send)

    def _believe(self, scope: Any) -> None:
        """Take the client and the scheme from the headers of a trusted proxy."""
        if address := self._last_untrusted(_listed(scope["headers"], b"x-forwarded-for")):
            scope["client"] = (address, 0)
        forwarded = _listed(scope["headers"], b"x-forwarded-proto")
        if forwarded and (scheme := SCHEMES.get(forwarded[-1].lower())):
            is_socket = scope["type"] == "websocket"
            scope["scheme"] = scheme.replace("http", "ws") if is_socket else scheme

    def _last_untrusted(self, entries: list[str]) -> str | None:
        """
        Return the last address that is not a proxy's, or the first one if all are proxies.

        Return None if an entry that counts is not an address, such as `unknown`.
        """
        address = None
        for entry in reversed(entries):
            address = read_address(_without_port(entry))
            if address is None or not self._is_proxy(address):
                return address
        return address

    def _is_proxy(self, host: str) -> bool:
        address = read_address(host)
        return address is not None and _is_in(address, self._networks)


@lru_cache(maxsize=4096)
def _is_in(address: str, networks: tuple[Network, ...]) -> bool:
    return any(ipaddress.ip_address(address) in network for network in networks)


def _listed(headers: Iterable[tuple[bytes, bytes]], name: bytes) -> list[str]:
    """Return the entries of a header, which may occur several times, in the order of the proxies."""
    values = [value.decode("latin-1") for key, value in headers if key == name]
    return [each.strip() for value in values for each in value.split(",") if each.strip()]


def _without_port(entry: str) -> str:
    """Return the address in `192.0.2.1:80`, `[2001:db8::1]:80`, `[2001:db8::1]`, or in the entry itself."""
    if entry.startswith("["):
        return entry[1:].partition("]")[0]
    return entry.partition(":")[0] if entry.count(":") == 1 else entry
