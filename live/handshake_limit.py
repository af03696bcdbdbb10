"""Limits how many sockets open at the same time, in the whole process and per network."""

from collections import Counter
from typing import Any

from django.conf import settings

from live.close_codes import CloseCode
from live.handshake import refusal_messages
from server.client_address import client_network

ENDING = "end_handshake"


class LimitHandshakes:
    """
    An ASGI app that refuses handshakes with 503 while too many sockets are being opened.

    Anybody can start a handshake, and verifying its token takes a query. So the sockets that are being
    opened are limited, in total and per network. A socket counts until `end_handshake` is called for it;
    open sockets are limited per user.
    """

    def __init__(self, app: Any) -> None:
        self._app = app
        self._opening: dict[object, str] = {}
        self._of_network: Counter[str] = Counter()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        network = client_network(scope)
        if self._is_full(network):
            for message in refusal_messages(scope, CloseCode.TRY_AGAIN_LATER):
                await send(message)
            return
        handshake = self._begin(network)
        scope[ENDING] = lambda: self._end(handshake)
        try:
            await self._app(scope, receive, send)
        finally:
            self._end(handshake)

    def _is_full(self, network: str) -> bool:
        has_many = self._of_network[network] >= settings.SOCKET_HANDSHAKES_PER_NETWORK
        return has_many or len(self._opening) >= settings.SOCKET_HANDSHAKES

    def _begin(self, network: str) -> object:
        handshake = object()
        self._opening[handshake] = network
        self._of_network[network] += 1
        return handshake

    def _end(self, handshake: object) -> None:
        """Stop counting a socket, if it still counts."""
        network = self._opening.pop(handshake, None)
        if network is not None:
            self._of_network[network] -= 1
            if not self._of_network[network]:
                del self._of_network[network]


def end_handshake(scope: Any) -> None:
    """Stop counting a socket as being opened, if it was counted."""
    if end := scope.get(ENDING):
        end()
