from django.contrib import admin
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from backoffice.pages import ReadOnlyAdmin
from jobs.models import Job
from jobs.services.administration import discard_jobs, retry_jobs

# Arguments whose texts staff may see.
SHOWN_TEXTS = ("email",)


@admin.register(Job)
class JobAdmin(ReadOnlyAdmin):
    """Background jobs with their state and last error. Staff can run or discard them."""

    list_display = ("kind", "key", "state", "due_at", "attempts", "last_error", "finished_at")
    list_filter = ("state", "created_at")
    search_fields = ("kind", "key")
    search_help_text = _("Kind or key")
    fields = (
        "kind",
        "key",
        "arguments",
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

    @admin.display(description=_("arguments"))
    def arguments(self, job: Job) -> str:
        """Show numbers, and addresses of emails. Other texts may be private."""
        shown = (f"{name}: {_shown(name, value)}" for name, value in job.args.items())
        return ", ".join(shown)

    def has_run_permission(self, request: HttpRequest) -> bool:
        return self.may_change_rows(request)

    @admin.action(description=_("Run now and reset attempts"), permissions=["run"])
    @transaction.atomic
    def retry(self, request: HttpRequest, jobs: QuerySet[Job]) -> None:
        ids = list(jobs.values_list("pk", flat=True))
        retried = retry_jobs(job_ids=ids)
        waiting = Job.objects.filter(pk__in=ids, state=Job.State.WAITING)
        self.log_rows(request, waiting, _("Run now"))
        text = ngettext("%(count)s job will run now.", "%(count)s jobs will run now.", retried)
        self.message_user(request, text % {"count": retried})

    @admin.action(description=_("Discard (do not run)"), permissions=["run"])
    @transaction.atomic
    def discard(self, request: HttpRequest, jobs: QuerySet[Job]) -> None:
        ids = list(jobs.exclude(state=Job.State.DISCARDED).values_list("pk", flat=True))
        discarded = discard_jobs(job_ids=ids)
        gone = Job.objects.filter(pk__in=ids, state=Job.State.DISCARDED)
        self.log_rows(request, gone, _("Discarded"))
        text = ngettext("%(count)s job discarded.", "%(count)s jobs discarded.", discarded)
        self.message_user(request, text % {"count": discarded})


def _shown(name: str, value: object) -> object:
    is_plain = value is None or isinstance(value, int | float) or name in SHOWN_TEXTS
    return value if is_plain else "…"
