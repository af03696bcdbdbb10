"""User-Agent headers in plain words, for support staff and for people who look at their sign-ins."""

import pytest

from users.browsers import clean_user_agent, describe_browser

pytestmark = pytest.mark.without_servers

IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
ANDROID = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko)"
WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        (
            "Mozilla/5.0 (Android 14; Mobile; rv:128.0) Gecko/128.0 Firefox/128.0",
            "Firefox 128 on Android",
        ),
        (
            "Mozilla/5.0 (X11; Linux x86_64; rv:109.0) Gecko/20100101 Firefox/115.0",
            "Firefox 115 on Linux",
        ),
        (f"{IPHONE} Version/17.5 Mobile/15E148 Safari/604.1", "Safari 17 on iPhone"),
        (f"{IPHONE} CriOS/126.0.6478.35 Mobile/15E148 Safari/604.1", "Chrome 126 on iPhone"),
        (f"{IPHONE} FxiOS/128.0 Mobile/15E148 Safari/605.1.15", "Firefox 128 on iPhone"),
        (f"{IPHONE} Mobile/15E148", "unknown browser on iPhone"),
        (f"{ANDROID} Chrome/126.0.0.0 Mobile Safari/537.36", "Chrome 126 on Android"),
        (
            f"{ANDROID} SamsungBrowser/25.0 Chrome/121.0.0.0 Mobile Safari/537.36",
            "Samsung Internet 25 on Android",
        ),
        (f"{WINDOWS} Chrome/126.0.0.0 Safari/537.36 Edg/126.0.0.0", "Edge 126 on Windows"),
        (f"{WINDOWS} Chrome/126.0.0.0 Safari/537.36 OPR/112.0.0.0", "Opera 112 on Windows"),
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)"
            " Version/17.4.1 Safari/605.1.15",
            "Safari 17 on macOS",
        ),
        ("okhttp/4.9.2", "okhttp 4 on Android"),
        ("TrainerApp/42 CFNetwork/1485 Darwin/23.1.0", "TrainerApp 42 on an Apple device"),
        ("Dart/3.1 (dart:io)", "Dart 3"),
        ("Mozilla/5.0", "unknown"),
        ("<script>alert(1)</script>", "unknown"),
        ("", "unknown"),
    ],
)
def test_header_is_described_in_words(user_agent: str, words: str) -> None:
    assert describe_browser(user_agent) == words


def test_stored_header_is_short_and_printable() -> None:
    assert clean_user_agent(" Firefox/1\0\x1b\né " + "x" * 10_000) == "Firefox/1 " + "x" * 285
