"""The shared state of the story's chapters: its people, their messages and their e-mails."""

import re
from html import unescape
from pathlib import Path
from typing import Any

import httpx

from tests.factories import PASSWORD
from tests.system.contract.shapes import PAIR, Body, message
from tests.system.people import Person, eventually
from tests.system.server import WebServer
from users.tokens import TokenPair

CONVERSATIONS = "messaging/conversations/"


class Story:
    """Alice invites Bob; each chapter continues from the one before."""

    alice: Person
    bob: Person
    her: Body
    his: Body
    pk: int
    line: Body
    hello: Body
    reply: Body

    def __init__(self, first: WebServer, second: WebServer, mailbox: Path) -> None:
        self.first, self.second, self.mailbox = first, second, mailbox
        self.guest = Person(first, TokenPair("", ""))

    def enter(self, name: str, password: str = PASSWORD) -> Person:
        credentials = {"email": f"{name}@example.com", "password": password}
        tokens = expect(self.guest.post("auth/jwt/create/", **credentials), 200, PAIR)
        return Person(self.first, TokenPair(**tokens))

    def mail_code(self, pattern: str, number: int) -> list[Any]:
        """Wait for the nth e-mail with a link that matches this pattern, and return the link's code."""

        def probe() -> list[Any] | None:
            mails = sorted(self.mailbox.iterdir(), key=lambda path: path.stat().st_mtime_ns)
            # The link is in the text and in the HTML.
            texts = [unescape(path.read_text()) for path in mails]
            found = [list(dict.fromkeys(re.findall(pattern, text))) for text in texts]
            found = [each for each in found if each]
            return found[-1] if len(found) == number else None

        return list(eventually(probe))

    def message(self, pk: int, by: Body, content: str, version: int, **changes: Any) -> Body:
        return message(pk, by, content, version, conversation_id=self.pk, **changes)


def expect(answer: httpx.Response, status: int, body: Body | None = None) -> Any:
    """Compare a response's status and, if given, its whole body; return the body."""
    assert answer.status_code == status, answer.text[:500]
    assert answer.headers["content-type"] == "application/json"
    if body is not None:
        assert answer.json() == body
    return answer.json()
