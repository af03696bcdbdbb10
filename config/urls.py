from django.contrib import admin
from django.urls import include, path, re_path

from api import errors, health
from api.docs import DocsView
from api.schema import SchemaView
from config.readiness import readyz
from media.serving import file_view
from messaging import photos
from notifications.pages import unsubscribe
from privacy.downloads import download_export
from users import pictures

FILES = {
    photos.FOLDER: photos.is_readable,
    pictures.FOLDER: pictures.is_current,
    pictures.OLD_FOLDER: pictures.is_old_name,
}
urlpatterns = [
    # First, because Django tries the patterns in order, and most requests are about messages.
    path("api/messaging/", include("messaging.urls")),
    path("api/", include("users.urls")),
    path("api/", include("notifications.urls")),
    path("api/", include("trainer.urls")),
    path("api/", include("privacy.urls")),
    path("api/schema/", SchemaView.as_view(), name="schema"),
    path("api/docs/", DocsView.as_view()),
    # Otherwise, with DEBUG, Django would return an HTML page for unknown paths.
    re_path(r"^api/", errors.unknown_endpoint),
    path("admin/", admin.site.urls),
    path("exports/<str:signed>/", download_export),
    path("unsubscribe/", unsubscribe),
    path("healthz", health.healthz),
    path("readyz", readyz),
    re_path(r"^media/(?P<name>.*)$", file_view(FILES, unsigned=[pictures.OLD_FOLDER])),
    path("", include("web.urls")),
]

handler400 = errors.bad_request
handler403 = errors.permission_denied
handler404 = errors.page_not_found
handler500 = errors.server_error
