from django.contrib.admin.apps import AdminConfig


class ClosedAdminConfig(AdminConfig):
    default_site = "users.admin_site.ClosedAdminSite"
