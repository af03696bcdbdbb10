from typing import Any

from django.templatetags.static import static
from django.utils.translation import gettext_lazy as _

NAME = _("Trainer Messaging")
SHORT_NAME = _("Messaging")
DESCRIPTION = _("Messages between personal trainers and their trainees.")
# The values of --color-bg in styles/tokens.css, in the light and the dark theme.
LIGHT, DARK = "#f7f4ef", "#161412"


def describe_app() -> dict[str, Any]:
    """Return the web app manifest."""
    return {
        "id": "/",
        "name": NAME,
        "short_name": SHORT_NAME,
        "description": DESCRIPTION,
        "start_url": "/messages",
        "scope": "/",
        "display": "standalone",
        "background_color": LIGHT,
        "theme_color": LIGHT,
        "categories": ["fitness", "productivity"],
        "icons": [
            _icon("icon-192.png", 192),
            _icon("icon-512.png", 512),
            _icon("icon-maskable-512.png", 512, purpose="maskable"),
            {"src": static("web/icons/favicon.svg"), "sizes": "any", "type": "image/svg+xml"},
        ],
    }


def _icon(name: str, size: int, purpose: str = "any") -> dict[str, str]:
    src = static(f"web/icons/{name}")
    return {"src": src, "sizes": f"{size}x{size}", "type": "image/png", "purpose": purpose}
