from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.db.backends.signals import connection_created

from server.kept_connections import replace_if_cut


class ClosedAdminConfig(AdminConfig):
    default_site = "users.admin_site.ClosedAdminSite"


class ConfigApp(AppConfig):
    """Makes the commands of this package known, and replaces dead connections of the pool."""

    name = "config"

    def ready(self) -> None:
        connection_created.connect(replace_if_cut)
