from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NotificationsConfig(AppConfig):
    name = "notifications"
    label = "push"  # the prefix of its tables, and its name in recorded migrations
    verbose_name = _("Notifications")
