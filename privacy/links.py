"""Links with which an export can be downloaded without a token, as browsers do when they save a file."""

from django.conf import settings
from django.core.signing import BadSignature, Signer

from privacy.models import DataExport

_signer = Signer(salt="privacy.export", sep="~")


def make_download_link(export: DataExport) -> str | None:
    """
    Return the link of an export; None if it is not ready.

    The link is valid until the export expires, or the access of the person ends: it contains their epoch.
    """
    if not DataExport.objects.ready().filter(pk=export.pk).exists():
        return None
    signed = _signer.sign(f"{export.pk}~{export.user.access_epoch}")
    return f"{settings.PUBLIC_URL}/exports/{signed}/"


def find_export(signed: str) -> DataExport | None:
    """Return the export of a link, or None if the link is not valid or no longer so."""
    try:
        export_id, epoch = _signer.unsign(signed).split("~")
    except (BadSignature, ValueError):
        return None
    ready = DataExport.objects.ready().filter(user__is_active=True)
    return ready.filter(pk=export_id, user__access_epoch=epoch).first()
