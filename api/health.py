from django.http import HttpRequest, JsonResponse


def healthz(request: HttpRequest) -> JsonResponse:
    """Say that this process answers; it asks no other server, so that none can take it down."""
    return JsonResponse({"status": "ok"})
