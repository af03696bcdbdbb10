from django.http import HttpRequest, JsonResponse


def healthz(request: HttpRequest) -> JsonResponse:
    """Return 200 while this process is alive, without contacting other servers."""
    return JsonResponse({"status": "ok"})
