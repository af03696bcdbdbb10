"""The page behind the links that stop emails about unread messages. It needs no sign-in and no script."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from notifications.services.preferences import stop_unread_emails
from notifications.unsubscribe_links import read_unsubscribe_token


# The link is the permission, and a mail provider that follows it has no cookie and no page of ours.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def unsubscribe(request: HttpRequest) -> HttpResponse:
    """
    Turn emails about unread messages off, for the person whose link it is; 404 for any other link.

    A GET only asks, because mail programs open links before people do. A POST can be repeated.
    """
    user_id = read_unsubscribe_token(request.GET.get("token", ""))
    if user_id is None:
        return _page(request, "invalid", status=404)
    if request.method != "POST":
        return _page(request, "ask")
    stop_unread_emails(user_id=user_id)
    return _page(request, "done")


def _page(request: HttpRequest, state: str, status: int = 200) -> HttpResponse:
    response = render(request, "notifications/unsubscribe.html", {"state": state}, status=status)
    response["X-Robots-Tag"] = "noindex"
    return response
