"""Probes of folders and files: pictures, static files, and certificates of the database."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryFile

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from config.probes.finding import Finding, fault, ok, reason_of
from media.files import delete_files, store_files
from web.assets import current_build

# Options of DATABASE_URL that name a file.
PROBE = "incoming/probe"
FILE_OPTIONS = ("sslrootcert", "sslcert", "sslkey", "sslcrl", "passfile")


def find_writable(variable: str, folder: str, subject: str) -> Finding:
    """Create the folder if it is missing, and a file in it that is deleted at once."""
    try:
        Path(folder).mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=folder):
            pass
    except OSError as error:
        return fault(
            f"{variable} is not writable: {error}. Use a folder that the server's user may write."
        )
    return ok(f"{subject}: {folder} is writable.")


def probe_pictures() -> Iterator[Finding]:
    """Write to the folder of pictures, into which uploads arrive, and to the bucket if there is one."""
    yield find_writable("MEDIA_ROOT", settings.MEDIA_ROOT, "Pictures")
    options = settings.STORAGES["default"].get("OPTIONS", {})
    if bucket := options.get("bucket_name"):
        yield _probe_bucket(bucket)


def _probe_bucket(bucket: str) -> Finding:
    try:
        store_files([(PROBE, b"")])
        delete_files([PROBE])
    except Exception as error:  # noqa: BLE001 - the libraries raise many kinds
        return fault(
            f"STORAGE_URL: the bucket {bucket} cannot be written: {reason_of(error)}. "
            "Check that it exists, and the address, key, secret and region in STORAGE_URL."
        )
    return ok(f"Bucket: {bucket} is writable.")


def probe_static_files() -> Finding:
    """Look for the collected files of the browser client, which production needs."""
    try:
        current_build()
    except (ImproperlyConfigured, OSError):
        return fault(
            "Static files are missing or out of date: run `python manage.py collectstatic --noinput`."
        )
    return ok("Static files: complete.")


def probe_certificates() -> Iterator[Finding]:
    """Yield a fault for each file in DATABASE_URL that cannot be read; libpq ignores some of them."""
    options = settings.DATABASES["default"]["OPTIONS"]
    for name in FILE_OPTIONS:
        path = options.get(name, "")
        if path and path != "system" and not Path(path).is_file():
            yield fault(f"DATABASE_URL: {name} is {path}, which is not a file.")
