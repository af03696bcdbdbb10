from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "notifications"
    label = "push"  # as in the names of tables and recorded migrations
    verbose_name = "notifications"
