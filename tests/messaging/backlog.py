"""The expected jobs and notifications, computed in the simplest possible way."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from tests.faults.consequences import shorten
from tests.messaging.model import Line, Model, Thread

DELIVER, INVITE, RESET = (
    "notifications.deliver",
    "trainer.mail_invitation",
    "users.mail_password_reset",
)
KINDS = (DELIVER, INVITE, RESET)
DELAY_SECONDS, RESCAN_SECONDS = 5, 60

# The worker and the number of the attempt, which together identify a run of a job.
Run = tuple[str, int]


@dataclass(eq=False)
class Task:
    """A job that has not ended. `run` is the latest run, or None once its outcome is recorded."""

    kind: str
    key: str | None
    args: dict[str, Any]
    pk: int = 0
    attempts: int = 0
    run: Run | None = None
    is_leased: bool = False
    is_pausing: bool = False
    is_enqueued_again: bool = False

    @property
    def is_due(self) -> bool:
        return not self.is_leased and not self.is_pausing

    def fits(self, row: dict[str, Any]) -> bool:
        """Return whether a row has the kind, key and arguments of this job."""
        return (row["kind"], row["key"], row["args"]) == (self.kind, self.key, self.args)


@dataclass(frozen=True)
class Notified:
    """The texts and the badge of a notification."""

    title: str
    body: str
    unread_count: int


class Backlog:
    """
    The expected jobs and notifications.

    It holds the newest message to notify of, and the newest one shown, for each conversation and reader.
    """

    def __init__(self, model: Model, devices: dict[str, int], ids: dict[str, int]) -> None:
        self.model = model
        self.devices = devices
        self.ids = ids
        self.tasks: list[Task] = []
        self.scanned = self.rescanned = 0
        # By conversation and reader: the version of the newest message to notify of.
        self.marks: dict[tuple[int, str], int] = {}
        # By conversation and reader: the version of the newest message that a notification has shown.
        self.notified: dict[tuple[int, str], int] = {}

    # Jobs
    # --------------------------------------------------------------------------
    def enqueue(self, kind: str, key: str | None, args: dict[str, Any]) -> None:
        live = [each for each in self.tasks if key and (each.kind, each.key) == (kind, key)]
        if not live:
            self.tasks.append(Task(kind, key, args))
        for task in live:
            task.args = args
            task.is_enqueued_again = task.run is not None

    def begin(self, task: Task, worker: str) -> None:
        task.attempts += 1
        task.run = (worker, task.attempts)
        task.is_leased, task.is_enqueued_again = True, False

    def end(self, task: Task, run: Run, *, is_success: bool) -> None:
        """Record the outcome of a run, unless the job has been claimed again since."""
        if task not in self.tasks or task.run != run:
            return
        is_over = is_success and not task.is_enqueued_again
        if is_over:
            self.tasks.remove(task)
        task.attempts = 0 if is_success else task.attempts
        task.run, task.is_leased, task.is_enqueued_again = None, False, False
        task.is_pausing = not is_success

    def let_leases_and_pauses_end(self) -> None:
        for task in self.tasks:
            task.is_leased = task.is_pausing = False

    # Notifications
    # --------------------------------------------------------------------------
    def sweep(self, now: datetime) -> None:
        lines = sorted(
            (line for thread in self.model.threads.values() for line in thread.lines),
            key=lambda line: line.pk,
        )
        if not lines or self.rescanned >= lines[-1].pk:
            return
        spans = (
            (self.scanned, _reach(lines, self.scanned, now, DELAY_SECONDS)),
            (self.rescanned, _reach(lines, self.rescanned, now, RESCAN_SECONDS)),
        )
        (_, self.scanned), (_, self.rescanned) = spans
        for thread in self.model.threads.values():
            for reader in thread.pair:
                unread = self.list_unread(thread, reader)
                if any(after < each.pk <= up_to for each in unread for after, up_to in spans):
                    self._notify(thread, reader, unread[-1])

    def _notify(self, thread: Thread, reader: str, newest: Line) -> None:
        up_to = thread.created_version_of(newest)
        if reader not in self.devices or up_to <= self.marks.get((thread.pk, reader), 0):
            return
        self.marks[thread.pk, reader] = up_to
        device = self.devices[reader]
        args = {
            "conversation_id": thread.pk,
            "recipient_id": self.ids[reader],
            "device_id": device,
            "up_to": up_to,
        }
        self.enqueue(DELIVER, f"{thread.pk}:{device}", args)

    def list_unread(self, thread: Thread, reader: str) -> list[Line]:
        """Return the reader's unread messages; none if the thread is archived or a person was deleted."""
        if thread.is_archived or not set(thread.pair) <= self.model.people:
            return []
        return thread.unread_by(reader)

    def notified_by(self, thread: Thread, reader: str, up_to: int) -> Notified | None:
        """Return the notification that must be sent now for messages up to a version, or None."""
        unread = self.list_unread(thread, reader)
        shown = [each for each in unread if thread.created_version_of(each) <= up_to]
        is_superseded = self.marks[thread.pk, reader] > up_to
        if not shown or is_superseded or reader not in self.devices:
            return None
        other = next(name for name in thread.pair if name != reader)
        text = shown[0].content if len(shown) == 1 else f"{len(shown)} new messages"
        return Notified(f"{other.title()} Tester", shorten(text), self.model.badge_of(reader))


def _reach(lines: list[Line], after: int, now: datetime, seconds: float) -> int:
    """Return the highest id after `after` whose message is old enough, or `after` if there is none."""
    old = now - timedelta(seconds=seconds)
    return max(
        (each.pk for each in lines if each.pk > after and each.written_at <= old), default=after
    )
