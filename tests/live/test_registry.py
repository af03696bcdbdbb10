"""Which of a user's sockets is closed to make room for a new one."""

import asyncio
import time
from dataclasses import replace
from typing import Any

import pytest

from live.close_codes import CloseCode, SocketRefused
from live.publisher import Event
from live.registry import SocketRegistry
from users.tokens import Claims

BOB = Claims(user_id=2, session_id=1, impersonating=False, expires_at=2**31)


class Tab:
    """A socket of Bob's whose client has been idle for `idle` seconds."""

    def __init__(
        self, sockets: SocketRegistry, idle: float = 0, *, is_evicted_last: bool = False
    ) -> None:
        self.access = BOB
        self.is_evicted_last = is_evicted_last
        self.active_at = time.monotonic() - idle
        self.closed_with: CloseCode | None = None
        self._sockets = sockets

    def close_soon(self, code: CloseCode) -> None:
        self.closed_with = code
        self._sockets.remove(self)

    def on_event(self, event: Event) -> None: ...

    async def check_access(self) -> None: ...

    async def reconcile(self, actual: Any) -> None: ...


@pytest.fixture
def sockets(settings: Any) -> SocketRegistry:
    """A registry with the limits SOCKETS_PER_USER = 2 and SOCKETS_PER_USER_AT_MOST = 4."""
    settings.SOCKETS_PER_USER = 2
    settings.SOCKETS_PER_USER_AT_MOST = 4
    return SocketRegistry()


def open_tab(sockets: SocketRegistry, tab: Tab) -> None:
    sockets.add(tab)
    sockets.make_room(tab)


def open_tabs(sockets: SocketRegistry, *idle: float) -> list[Tab]:
    tabs = [Tab(sockets, seconds) for seconds in idle]
    for tab in tabs:
        open_tab(sockets, tab)
    return tabs


def test_longest_idle_socket_makes_room(sockets: SocketRegistry) -> None:
    tabs = open_tabs(sockets, 3, 20, 0)

    assert [tab.closed_with for tab in tabs] == [None, CloseCode.TOO_MUCH, None]
    assert sockets.of_user(BOB.user_id) == {tabs[0], tabs[2]}


def test_socket_that_does_not_open_closes_no_other(sockets: SocketRegistry) -> None:
    tabs, refused = open_tabs(sockets, 3, 20), Tab(sockets)

    sockets.add(refused)
    sockets.remove(refused)

    assert [tab.closed_with for tab in tabs] == [None, None]
    assert sockets.of_user(BOB.user_id) == set(tabs)


def test_inbox_is_the_last_to_make_room(sockets: SocketRegistry) -> None:
    inbox = Tab(sockets, 1000, is_evicted_last=True)
    open_tab(sockets, inbox)

    thread, newest = open_tabs(sockets, 1, 0)

    assert thread.closed_with == CloseCode.TOO_MUCH
    assert sockets.of_user(BOB.user_id) == {inbox, newest}


def test_one_socket_per_minute_makes_room(sockets: SocketRegistry) -> None:
    tabs = open_tabs(sockets, 20, 10, 0, 0, 0)

    assert [tab.closed_with for tab in tabs] == [CloseCode.TOO_MUCH, None, None, None, None]


def test_socket_is_refused_past_the_maximum_if_none_is_idle_for_a_minute(
    sockets: SocketRegistry,
) -> None:
    tabs = open_tabs(sockets, 59, 50, 50, 50, 0)

    with pytest.raises(SocketRefused) as refused:
        sockets.add(Tab(sockets))

    assert refused.value.code == CloseCode.TOO_MUCH
    assert sockets.of_user(BOB.user_id) == set(tabs[1:])


def test_socket_idle_for_a_minute_makes_room_past_the_limit(
    sockets: SocketRegistry,
) -> None:
    tabs = open_tabs(sockets, 300, 200, 100, 0, 0)

    tabs += open_tabs(sockets, 0, 0)

    assert [tab.closed_with is not None for tab in tabs] == [True] * 3 + [False] * 4


def test_reconnecting_clients_past_the_limit_do_not_churn(
    sockets: SocketRegistry,
) -> None:
    tabs, closings = open_tabs(sockets, 0, 0, 0, 0), 0

    for _ in range(100):
        closed = [number for number, tab in enumerate(tabs) if tab.closed_with]
        closings += len(closed)
        for number in closed:
            (tabs[number],) = open_tabs(sockets, 0)

    assert closings == 1
    assert sockets.of_user(BOB.user_id) == set(tabs)


def test_nothing_is_kept_about_disconnected_users(sockets: SocketRegistry) -> None:
    for tab in open_tabs(sockets, 0, 0, 0, 0):
        sockets.remove(tab)

    assert vars(sockets) == vars(SocketRegistry())


def test_draining_closes_every_socket_and_refuses_new_ones(sockets: SocketRegistry) -> None:
    tabs = open_tabs(sockets, 1, 2)

    asyncio.run(sockets.drain(0.01))

    assert [tab.closed_with for tab in tabs] == [CloseCode.RESTARTING] * 2
    with pytest.raises(SocketRefused) as refused:
        sockets.add(Tab(sockets))
    assert refused.value.code == CloseCode.RESTARTING


def test_sockets_of_an_impersonation_are_counted_apart(sockets: SocketRegistry) -> None:
    own = open_tabs(sockets, 3, 2)
    guest = Tab(sockets)
    guest.access = replace(BOB, impersonating=True)

    open_tab(sockets, guest)

    assert [each.closed_with for each in (*own, guest)] == [None] * 3
    assert set(sockets.of_user(BOB.user_id)) == {*own, guest}


def test_sockets_that_are_being_closed_count_until_they_are_gone(sockets: SocketRegistry) -> None:
    stuck = open_tabs(sockets, 3, 2)
    for each in (*stuck, stuck[0]):
        sockets.leave(each)

    with pytest.raises(SocketRefused):
        sockets.add(Tab(sockets))

    sockets.remove(stuck[0])
    sockets.add(Tab(sockets))
