import json
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseRedirect,
    JsonResponse,
)
from django.http.response import HttpResponseRedirectBase
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.utils.translation import get_language
from django.views.decorators.cache import cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from users.links import restore_link
from web import manifest
from web.assets import current_build, describe_worker
from web.browsers import OLDEST


def restores_links(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """
    Make a view redirect an emailed link to the original link if a mail program has rewritten the "#".

    The redirect must have no side effects, because mail programs open links before people do.
    """

    @wraps(view)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        is_read = request.method in ("GET", "HEAD")
        if is_read and (link := restore_link(request.get_full_path())):
            return HttpResponseRedirect(link, headers={"Cache-Control": "no-store"})
        return view(request, *args, **kwargs)

    return wrapper


@restores_links
@require_safe
@gzip_page
@cache_control(no_cache=True)
def shell(
    request: HttpRequest, screen: str, status: int = 200, **path_parameters: Any
) -> HttpResponse:
    """
    Return the client's page. Its router shows the screen for the path.

    The page links the style sheets of `screen` and preloads its modules.
    """
    build = current_build()
    # The server can have a language that the client lacks.
    texts = build.texts.get(get_language() or "", build.texts[settings.LANGUAGE_CODE])
    context = {
        "build": build,
        "styles": build.styles[screen],
        "preloads": build.preloads[screen] + texts[screen],
        "manifest": manifest,
        "oldest": OLDEST,
        "product_version": settings.VERSION,
    }
    return render(request, "web/shell.html", context, status=status)


@csrf_exempt
@restores_links
def unknown(request: HttpRequest) -> HttpResponse:
    """Return the not-found page, with status 404, for a GET that accepts HTML. Otherwise raise Http404."""
    if request.method in ("GET", "HEAD") and "text/html" in request.headers.get("accept", ""):
        return shell(request, "screens/not-found.js", status=404)
    raise Http404


@require_safe
@cache_control(no_cache=True)
def service_worker(request: HttpRequest) -> HttpResponse:
    """Return the service worker, with no-cache so that browsers find updates at once."""
    worker = json.dumps(describe_worker(current_build()))
    response = render(request, "web/sw.js", {"worker": worker}, content_type="text/javascript")
    response["Service-Worker-Allowed"] = "/"
    return response


@require_safe
@cache_control(no_cache=True)
def web_manifest(request: HttpRequest) -> HttpResponse:
    """Return the web app manifest."""
    return JsonResponse(manifest.describe_app(), content_type="application/manifest+json")


@require_safe
def favicon(request: HttpRequest) -> HttpResponseRedirectBase:
    """Redirect /favicon.ico, which browsers request for pages without an icon link (as in the admin)."""
    return redirect(static("web/icons/favicon.svg"))
