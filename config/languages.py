"""
Compiles the translations of `locale/`, because gettext reads only binary files.

Nothing compiled is in the repository, and no program of gettext is needed.
"""

import hashlib
import tempfile
from pathlib import Path

from django.conf.locale import LANG_INFO

CATALOGUES = "*/LC_MESSAGES/django.po"


def list_languages(folder: Path) -> list[tuple[str, str]]:
    """Return (code, native name) of each language with translations in `folder`, sorted by code."""
    locales = sorted(path.parents[1].name for path in folder.glob(CATALOGUES))
    codes = [each.replace("_", "-").lower() for each in locales]
    return [(code, LANG_INFO.get(code, {}).get("name_local", code)) for code in codes]


def compile_languages(source: Path, target: Path) -> Path:
    """
    Return the folder below `target` with the compiled translations of `source`; write what is missing.

    Its name is a hash of the sources, so a process never reads translations of another version.
    """
    found = sorted(source.glob(CATALOGUES))
    digest = hashlib.sha256(b"\0".join(path.read_bytes() for path in found)).hexdigest()[:12]
    folder = target / digest
    for path in found:
        compiled = folder / path.relative_to(source).with_suffix(".mo")
        if not compiled.exists():
            _compile(path, compiled)
    return folder


def _compile(source: Path, target: Path) -> None:
    """Write in one step, because several processes may start at the same time."""
    from polib import pofile  # noqa: PLC0415 - rarely needed

    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=target.parent, delete=False) as file:
        file.write(pofile(str(source)).to_binary())
    Path(file.name).chmod(0o644)
    Path(file.name).replace(target)
