"""
Describes the program behind a User-Agent header in plain words, such as "Firefox 128 on Android".

Anybody can send any header, so the words help to recognise a device, and prove nothing.
"""

import re

MAX_LENGTH = 300
_SYSTEMS = (
    ("iPhone", r"iPhone|iPod"),
    ("iPad", r"iPad"),
    ("Android", r"Android|okhttp/"),
    ("an Apple device", r"CFNetwork/"),
    ("ChromeOS", r"CrOS"),
    ("Windows", r"Windows"),
    ("macOS", r"Macintosh|Mac OS X"),
    ("Linux", r"Linux|X11"),
)
# Most browsers also claim to be Chrome and Safari, so those come last.
_BROWSERS = (
    ("Edge", r"Edg(?:A|iOS|e)?"),
    ("Opera", r"OPR|OPT|OPiOS"),
    ("Samsung Internet", r"SamsungBrowser"),
    ("Vivaldi", r"Vivaldi"),
    ("Yandex Browser", r"YaBrowser"),
    ("DuckDuckGo", r"DuckDuckGo|Ddg"),
    ("Firefox", r"Firefox|FxiOS"),
    ("Chrome", r"(?:Headless)?Chrome|CriOS"),
    ("Safari", r"Version(?=/[\d.]+ (?:Mobile/\w+ )?Safari/)"),
)
_PROGRAM = re.compile(r"(?P<name>[A-Za-z][\w .-]{0,39})/(?P<version>\d{1,9})", re.ASCII)


def clean_user_agent(header: str) -> str:
    """Return what is stored of a User-Agent header: its first 300 characters, of printable ASCII only."""
    return "".join(each for each in header[:MAX_LENGTH] if " " <= each <= "~").strip()


def describe_browser(user_agent: str) -> str:
    """
    Return the browser or app, and its system, as far as they are known; "unknown" if neither is.

    Browsers hide parts of the truth: Safari on an iPad claims to run on macOS.
    """
    system = next((name for name, token in _SYSTEMS if re.search(token, user_agent)), "")
    program = _name_program(user_agent)
    if not system:
        return program or "unknown"
    return f"{program or 'unknown browser'} on {system}"


def _name_program(user_agent: str) -> str:
    """Return the name and version of a known browser, or else of the app that the header begins with."""
    for name, token in _BROWSERS:
        if found := re.search(rf"\b(?:{token})/(\d{{1,9}})", user_agent, re.ASCII):
            return f"{name} {found[1]}"
    app = _PROGRAM.match(user_agent)
    return f"{app['name']} {app['version']}" if app and app["name"] != "Mozilla" else ""
