from django.urls import path, re_path

from web import views

# The screen of each path. A test compares this with static/web/core/routes.js and ui/screens.js.
PAGES = {
    "": "messages",
    "sign-in": "sign-in",
    "forgot-password": "forgot-password",
    "reset-password": "reset-password",
    "join": "join",
    "messages": "messages",
    "messages/<id:id>": "messages",
    "messages/archived": "messages",
    "messages/archived/<id:id>": "messages",
    "trainees": "trainees",
    "trainees/<id:id>": "trainee",
    "invitations": "invitations",
    "settings": "settings",
}

urlpatterns = [
    *(path(page, views.shell, {"screen": f"screens/{name}.js"}) for page, name in PAGES.items()),
    path("sw.js", views.service_worker),
    path("favicon.ico", views.favicon),
    path("manifest.webmanifest", views.web_manifest),
    re_path(r"", views.unknown),
]
