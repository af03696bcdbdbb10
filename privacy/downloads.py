"""Sends the zip files of data exports, part by part."""

from collections.abc import AsyncIterator

from asgiref.sync import sync_to_async
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

from privacy.links import find_export
from privacy.models import DataExport, DataExportPart


def download_export(request: HttpRequest, signed: str) -> HttpResponseBase:
    """Send the file of an export whose signed link was opened; 404 if the link is not valid."""
    export = find_export(signed)
    if export is None or request.method not in {"GET", "HEAD"}:
        raise Http404
    return send_export(request, export)


def send_export(request: HttpRequest, export: DataExport) -> HttpResponseBase:
    headers = {
        "Content-Type": "application/zip",
        "Content-Length": str(export.size),
        "Content-Disposition": f'attachment; filename="my-data-{export.pk}.zip"',
        "Cache-Control": "no-store",
    }
    if request.method == "HEAD":
        return HttpResponse(headers=headers)
    return StreamingHttpResponse(_iterate_parts(export.pk), headers=headers)


async def _iterate_parts(export_id: int) -> AsyncIterator[bytes]:
    """Yield one part after the other, each with a query of its own."""
    number = 0
    while (part := await sync_to_async(_read_part)(export_id, number)) is not None:
        yield part
        number += 1


def _read_part(export_id: int, number: int) -> bytes | None:
    part = DataExportPart.objects.filter(export=export_id, number=number).first()
    return bytes(part.content) if part else None
