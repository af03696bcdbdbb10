from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class ClosedAdminConfig(AdminConfig):
    default_site = "users.admin_site.ClosedAdminSite"


class ConfigApp(AppConfig):
    """Makes the commands of this package known."""

    name = "config"
