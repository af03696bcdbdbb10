"""
The two ways in which browsers take WebDriver commands.

WebKit has the driver of the W3C's standard, over HTTP. Firefox has no driver in Debian: geckodriver
would only translate that standard into Marionette, the browser's own protocol, whose commands have the
same names and parameters. So Firefox is spoken to directly.
"""

import json
import socket
from typing import Any, Protocol

import httpx

COMMAND_SECONDS = 60
# The standard's method and path of each command; `{id}` is an element.
PATHS = {
    "NewSession": ("POST", "/session"),
    "DeleteSession": ("DELETE", ""),
    "Navigate": ("POST", "/url"),
    "Back": ("POST", "/back"),
    "ExecuteScript": ("POST", "/execute/sync"),
    "ElementClick": ("POST", "/element/{id}/click"),
    "ElementSendKeys": ("POST", "/element/{id}/value"),
    "PerformActions": ("POST", "/actions"),
    "AddCookie": ("POST", "/cookie"),
    "SetWindowRect": ("POST", "/window/rect"),
    "TakeScreenshot": ("GET", "/screenshot"),
}


class CommandFailed(Exception):
    """The browser could not do something. `code` is one of the standard, such as "no such element"."""

    def __init__(self, error: dict[str, Any]) -> None:
        super().__init__(f"{error['error']}: {error['message']}")
        self.code: str = error["error"]


class Connection(Protocol):
    def send(self, command: str, **parameters: Any) -> Any:
        """Run a command of the standard, and return its value. Raise CommandFailed."""


class HttpConnection:
    """A connection to a driver at `url`."""

    def __init__(self, url: str) -> None:
        self._http = httpx.Client(base_url=url, timeout=COMMAND_SECONDS, trust_env=False)
        self._session = ""

    def send(self, command: str, **parameters: Any) -> Any:
        method, path = PATHS[command]
        if command == "NewSession":
            parameters = {"capabilities": {"alwaysMatch": parameters}}
        url = self._session + path.format(id=parameters.pop("id", ""))
        response = self._http.request(method, url, json=parameters if method == "POST" else None)
        value = response.json()["value"]
        if response.is_error:
            raise CommandFailed(value)
        if command == "NewSession":
            self._session = f"/session/{value['sessionId']}"
        return value


class MarionetteConnection:
    """
    A connection to the Firefox that listens at a port.

    Each message is `<length>:<JSON>`: a command is `[0, id, name, parameters]`, and its response
    `[1, id, error, result]`.
    """

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=COMMAND_SECONDS)
        self._received = self._socket.makefile("rb")
        self._id = 0
        self._receive()  # the greeting

    def send(self, command: str, **parameters: Any) -> Any:
        self._id += 1
        message = json.dumps([0, self._id, f"WebDriver:{command}", parameters]).encode()
        self._socket.sendall(b"%d:%b" % (len(message), message))
        _, _, error, result = self._receive()
        if error:
            raise CommandFailed(error)
        return result["value"] if isinstance(result, dict) and "value" in result else result

    def _receive(self) -> Any:
        length = b""
        while (digit := self._received.read(1)) not in (b":", b""):
            length += digit
        return json.loads(self._received.read(int(length)))
