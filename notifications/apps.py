from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "notifications"
    label = "push"  # in the names of tables, and in the record of applied migrations
    verbose_name = "notifications"
