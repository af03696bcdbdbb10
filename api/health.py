from django.http import HttpRequest, JsonResponse


def healthz(request: HttpRequest) -> JsonResponse:
    """Answer that this process is alive, without asking any other server."""
    return JsonResponse({"status": "ok"})
