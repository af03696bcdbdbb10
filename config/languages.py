from pathlib import Path

from django.conf.locale import LANG_INFO


def list_languages(folder: Path) -> list[tuple[str, str]]:
    """Return (code, native name) of each language with a compiled file in `folder`, sorted by code."""
    locales = sorted(path.parents[1].name for path in folder.glob("*/LC_MESSAGES/django.mo"))
    codes = [each.replace("_", "-").lower() for each in locales]
    return [(code, LANG_INFO.get(code, {}).get("name_local", code)) for code in codes]
