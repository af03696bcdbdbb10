from __future__ import annotations

from django.db import models
from django.db.models import CheckConstraint, Index, Q, UniqueConstraint
from django.db.models.functions import Now


class JobQuerySet(models.QuerySet["Job"]):
    def live(self) -> JobQuerySet:
        """Return jobs that are waiting or running."""
        return self.filter(due_at__isnull=False)

    def due(self) -> JobQuerySet:
        """Return jobs due by the database's clock; a running job is due once its lease has expired."""
        return self.filter(due_at__lte=Now())

    def held(self) -> JobQuerySet:
        """Return jobs whose lease has not expired; their worker is presumed to be alive."""
        return self.filter(claimed_by__isnull=False, due_at__gt=Now())

    def held_by(self, worker: str) -> JobQuerySet:
        """Return the running jobs whose last claim was made by this worker."""
        return self.filter(claimed_by=worker)


class Job(models.Model):
    """
    A call of a registered handler, to be made later.

    A worker holds a lease on each job that it runs. It sets `due_at` to the end of the lease, and keeps
    extending the lease. After a crash the lease expires, and the job is due again. All times are from
    the database's clock.
    """

    class State(models.TextChoices):
        WAITING = "waiting"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed", "given up"
        DISCARDED = "discarded"

    class Priority(models.IntegerChoices):
        HIGH = 0
        NORMAL = 1
        LOW = 2

    kind = models.CharField(max_length=100)
    # At most one job per kind and key is waiting or running. NULL means no key: unique indexes treat
    # NULLs as distinct.
    key = models.CharField(max_length=200, null=True, blank=True)  # noqa: DJ001 - see above
    args = models.JSONField("arguments", default=dict)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    priority = models.PositiveSmallIntegerField(choices=Priority.choices, default=Priority.NORMAL)
    # The time of the next run, or the end of the lease; NULL once the job has ended.
    due_at = models.DateTimeField("due", null=True, blank=True, db_default=Now())
    # Set if the key was enqueued again during a run: the job will be due again at this time.
    again_at = models.DateTimeField(null=True, blank=True, editable=False)
    attempts = models.PositiveSmallIntegerField(default=0)
    claimed_by = models.CharField("worker", max_length=100, null=True, blank=True)  # noqa: DJ001 - NULL: not claimed
    last_error = models.TextField(blank=True)
    created_at = models.DateTimeField("created", db_default=Now())
    finished_at = models.DateTimeField("last finished", null=True, blank=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        ordering = ("-id",)
        constraints = (
            UniqueConstraint(
                fields=["kind", "key"],
                condition=Q(due_at__isnull=False),
                name="job_once_for_each_key",
            ),
            CheckConstraint(
                condition=Q(state__in=["waiting", "running"], due_at__isnull=False)
                | Q(state__in=["done", "failed", "discarded"], due_at__isnull=True),
                name="job_is_due_until_it_ends",
            ),
            CheckConstraint(
                condition=Q(state="running", claimed_by__isnull=False)
                | (~Q(state="running") & Q(claimed_by__isnull=True)),
                name="job_is_claimed_while_it_runs",
            ),
        )
        # The indexes are partial, so that ended jobs do not slow down claims. The condition of most of
        # the indexes tests for NULL. PostgreSQL can use such an index without knowing the parameters of
        # a prepared statement.
        indexes = (
            Index(fields=["priority", "due_at"], condition=Q(due_at__isnull=False), name="job_due"),
            Index(fields=["kind"], condition=Q(claimed_by__isnull=False), name="job_held"),
            Index(fields=["id"], condition=Q(state="failed"), name="job_failed"),
            Index(
                fields=["finished_at"],
                condition=Q(finished_at__isnull=False),
                name="job_finished",
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"
