from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class JobsConfig(AppConfig):
    name = "jobs"

    def ready(self) -> None:
        """Import `jobs.py` of every app: each registers the kinds of jobs that it runs."""
        autodiscover_modules("jobs")
