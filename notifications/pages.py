"""The page behind the links that stop emails about unread messages. It needs no sign-in and no script."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from notifications.services.preferences import stop_unread_emails
from notifications.unsubscribe_links import read_unsubscribe_token
from users.languages import in_language_of
from users.models import User


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
    if request.method == "POST":
        stop_unread_emails(user_id=user_id)
    user = User.objects.filter(pk=user_id).first()
    with in_language_of(user, get_language() or ""):
        return _page(request, "done" if request.method == "POST" else "ask")


def _page(request: HttpRequest, state: str, status: int = 200) -> HttpResponse:
    response = render(request, "notifications/unsubscribe.html", {"state": state}, status=status)
    response["X-Robots-Tag"] = "noindex"
    return response
