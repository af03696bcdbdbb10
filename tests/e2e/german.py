"""Finds English texts of the client on pages that are in German."""

import re

from tests.translations import list_texts
from tests.web.test_texts import FILES, texts_of

PLURAL_FORM = re.compile(r'(?:one|other):\s*"((?:[^"\\]|\\.)*)"')
# What a person sees, reads in an empty field, or hears.
SHOWN = """() => {
    const attributes = ["aria-label", "placeholder", "title", "alt", "label"];
    const values = [...document.querySelectorAll("body *")].flatMap((each) =>
        attributes.map((name) => each.getAttribute(name)).filter(Boolean));
    return [document.title, ...document.body.innerText.split("\\n"), ...values].map((each) => each.trim());
}"""


def sentences(source: str) -> list[str]:
    """Return the forms of a text in a language file."""
    return PLURAL_FORM.findall(source) or [source.strip('"')]


def english_patterns() -> list[re.Pattern[str]]:
    """Return a pattern for each English text with words that German does not share."""
    german = {
        each for other in FILES.values() for name in other for each in texts_of(name).values()
    }
    found = [
        sentence
        for name in FILES
        for source in texts_of(name).values()
        if source not in german
        for sentence in sentences(source)
    ]
    worded = [each for each in found if re.search(r"[A-Za-z]{2}", re.sub(r"\{\w+\}", "", each))]
    return [
        re.compile(".+".join(map(re.escape, re.split(r"\{\w+\}", sentence)))) for sentence in worded
    ]


ENGLISH = english_patterns()


# Texts of the server's pages are from gettext.
SERVER = [re.compile(re.escape(each)) for text in list_texts() for each in text if " " in each]
TIMES = re.compile(
    r"\d ?[AP]M\b|\b(?:Just now|Yesterday|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day)\b|\d[mh] ago"
    r"|\b(?:Jan|Feb|Mar|May|Oct|Dec)\w* \d|\b(?:Apr|Jun|Jul|Aug|Sep|Nov)\w* \d{1,2}\b"
)


def english_among(shown: list[str]) -> list[str]:
    """Return those of the texts that `SHOWN` has found that are in English, or have an English time."""
    known = ENGLISH + SERVER
    return [
        text for text in shown if TIMES.search(text) or any(each.fullmatch(text) for each in known)
    ]
