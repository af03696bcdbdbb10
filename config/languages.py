from pathlib import Path

from django.conf.locale import LANG_INFO


def list_languages(folder: Path) -> list[tuple[str, str]]:
    """Return the code and the own name of each language that has a compiled file in `folder`, sorted."""
    locales = sorted(path.parents[1].name for path in folder.glob("*/LC_MESSAGES/django.mo"))
    codes = [each.replace("_", "-").lower() for each in locales]
    return [(code, LANG_INFO.get(code, {}).get("name_local", code)) for code in codes]
