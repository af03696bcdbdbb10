from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from backoffice.pages import ReadOnlyAdmin
from jobs.models import Job
from jobs.services.administration import discard_jobs, retry_jobs


@admin.register(Job)
class JobAdmin(ReadOnlyAdmin):
    """Work to be done later: what waits, runs, was done, or was given up, with its last error."""

    list_display = ("kind", "key", "state", "due_at", "attempts", "last_error", "finished_at")
    list_filter = ("state", "kind", "created_at")
    search_fields = ("kind", "key")
    search_help_text = "Kind or key"
    show_full_result_count = False  # would count every row for each page
    fields = (
        "kind",
        "key",
        "args",
        "state",
        "priority",
        "due_at",
        "attempts",
        "claimed_by",
        "last_error",
        "created_at",
        "finished_at",
    )
    actions = ("retry", "discard")

    def has_run_permission(self, request: HttpRequest) -> bool:
        return self.may_change_rows(request)

    @admin.action(description="Run now, with all retries", permissions=["run"])
    def retry(self, request: HttpRequest, jobs: QuerySet[Job]) -> None:
        retried = retry_jobs(job_ids=jobs.values_list("pk", flat=True))
        self.message_user(request, f"{retried} will run now.")

    @admin.action(description="Discard: never run", permissions=["run"])
    def discard(self, request: HttpRequest, jobs: QuerySet[Job]) -> None:
        discarded = discard_jobs(job_ids=jobs.values_list("pk", flat=True))
        self.message_user(request, f"{discarded} discarded.")
