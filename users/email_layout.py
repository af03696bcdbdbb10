"""
Lays out emails. The same blocks become a plain text and an HTML document, so both say the same.

The HTML has inline styles, because many mail programs ignore others, and no remote images: a picture
that is loaded from our server would tell it when the email was read.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from django.template.loader import render_to_string
from django.utils.translation import get_language_bidi

# The Content-ID of the picture, by which the HTML refers to it.
PICTURE_ID = "picture"


@dataclass(frozen=True)
class Email:
    """An email that is ready to send. `picture` is a JPEG for the HTML, or None."""

    subject: str
    text: str
    html: str
    picture: bytes | None = None


@dataclass(frozen=True)
class Card:
    """The person whom an email is about. `detail` is a second line, such as their business, or ""."""

    name: str
    detail: str
    initials: str
    picture: bytes | None
    kind: ClassVar[str] = "card"
    picture_id: ClassVar[str] = PICTURE_ID

    @property
    def plain(self) -> str:
        """Return both lines; "" without a second one, because the sentences below have the name."""
        return f"{self.name}\n{self.detail}" if self.detail else ""


@dataclass(frozen=True)
class Paragraph:
    text: str
    kind: ClassVar[str] = "paragraph"

    @property
    def plain(self) -> str:
        return self.text


class Note(Paragraph):
    """A sentence in small letters."""

    kind = "note"


class Quote(Paragraph):
    """What a person wrote, with line breaks."""

    kind = "quote"


@dataclass(frozen=True)
class Button:
    """A link. `lead` introduces it in the plain text, and in the HTML where the button does not work."""

    lead: str
    label: str
    link: str
    kind: ClassVar[str] = "button"

    @property
    def plain(self) -> str:
        return f"{self.lead}\n\n{self.link}"


@dataclass(frozen=True)
class Lines:
    """Short lines, one below the other."""

    lines: tuple[str, ...]
    kind: ClassVar[str] = "lines"

    @property
    def plain(self) -> str:
        return "\n".join(self.lines)


@dataclass(frozen=True)
class SmallLink:
    """A link in small letters, for what few people look for. `lead` introduces it in the plain text."""

    lead: str
    label: str
    link: str
    kind: ClassVar[str] = "small_link"

    @property
    def plain(self) -> str:
        return f"{self.lead} {self.link}"


Block = Card | Paragraph | Button | Lines | SmallLink


def lay_out(*, subject: str, blocks: Sequence[Block]) -> Email:
    """Return an email that consists of these blocks, in the active language."""
    plain = [each.plain for each in blocks if each.plain]
    direction = "rtl" if get_language_bidi() else "ltr"
    context = {"subject": subject, "blocks": blocks, "direction": direction}
    cards = [each for each in blocks if isinstance(each, Card)]
    return Email(
        subject=subject,
        text="\n\n".join(plain) + "\n",
        html=render_to_string("email/layout.html", context),
        picture=next((each.picture for each in cards), None),
    )
