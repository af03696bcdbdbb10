"""Error pages in HTML, for people who use a browser outside the API."""

from django.utils.html import format_html
from django.utils.translation import get_language, get_language_bidi
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

# Programs read responses of these paths. Requests too malformed to have a path come from programs, too.
FOR_PROGRAMS = ("/api/", "/ws/", "/static/", "/healthz", "/readyz", "/metrics")
ADMIN = "/admin/"

TITLES = {
    400: _("This address or form is not valid"),
    403: _("You cannot open this"),
    404: _("Page not found"),
    405: _("This page cannot do that"),
    413: _("That is too large"),
    429: _("Please wait a moment"),
    503: _("Please try again in a moment"),
}
SOMETHING_WENT_WRONG = _("Something went wrong")

PAGE = """<!doctype html>
<html lang="{language}" dir="{direction}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
</head>
<body>
<main>
<h1>{title}</h1>
<p>{detail}</p>
<p><a href="{start}">{back}</a></p>
</main>
</body>
</html>
"""


def is_for_people(path: str) -> bool:
    """Return whether people open this path in a browser, so that its errors should be HTML."""
    return bool(path) and not path.startswith(FOR_PROGRAMS)


def error_page(status: int, detail: StrOrPromise, *, path: str) -> str:
    """Return the HTML of an error, with a link to the admin's start page, or to the product's."""
    in_admin = path.startswith(ADMIN)
    return format_html(
        PAGE,
        language=get_language() or "en",
        direction="rtl" if get_language_bidi() else "ltr",
        title=TITLES.get(status, SOMETHING_WENT_WRONG),
        detail=detail,
        start=ADMIN if in_admin else "/",
        back=_("Go to the admin") if in_admin else _("Go to the start page"),
    )
