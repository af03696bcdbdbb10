from django.conf import settings
from django.http import HttpRequest, JsonResponse


def healthz(request: HttpRequest) -> JsonResponse:
    """Return 200 and the version while this process is alive, without contacting other servers."""
    return JsonResponse({"status": "ok", "version": settings.VERSION})
