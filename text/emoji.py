"""Recognizes emoji."""

import regex

MAX_LENGTH = 64
"""Code points. The longest emoji of Unicode have ten."""

_PICTURE = r"\p{Extended_Pictographic}(?:\uFE0F|\p{Emoji_Modifier})?"
_EMOJI = regex.compile(
    r"\p{Regional_Indicator}{2}"  # the flag of a country
    r"|[0-9#*]\uFE0F?\u20E3"  # a key
    r"|\U0001F3F4[\U000E0020-\U000E007E]+\U000E007F"  # the flag of a region
    rf"|{_PICTURE}(?:\u200D{_PICTURE})*"
)


def is_emoji(text: str) -> bool:
    """Return whether a text is exactly one emoji, which may be a sequence, such as a family."""
    return len(text) <= MAX_LENGTH and _EMOJI.fullmatch(text) is not None
