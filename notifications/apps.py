from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NotificationsConfig(AppConfig):
    name = "notifications"
    label = "push"  # as in the names of tables and recorded migrations
    verbose_name = _("notifications")
