from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class JobsConfig(AppConfig):
    name = "jobs"

    def ready(self) -> None:
        """Import each app's `jobs.py`, which registers the handlers of its jobs."""
        autodiscover_modules("jobs")
