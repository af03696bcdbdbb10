"""Two workers run jobs, and may die or freeze at any moment, while users cause new jobs."""

import hashlib
import sys
from dataclasses import dataclass
from math import ceil

from django.core import mail
from django.db import transaction
from django.db.models.functions import Now
from django.test import override_settings
from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule

from jobs.claims import Claim, Failure, Outcome
from jobs.models import Job
from jobs.services.claiming import claim_jobs
from jobs.services.finishing import record_outcomes
from jobs.threads import run_handler
from messaging.models import Conversation
from messaging.services.archiving import reopen_conversations
from notifications.models import DeviceToken, PushCursor
from notifications.selectors import Delivery
from notifications.services.attempts import prepare_notification
from notifications.services.sweeping import sweep
from tests.messaging.attempts import attempt
from tests.messaging.backlog import (
    DELIVER,
    INVITE,
    KINDS,
    RESCAN_SECONDS,
    RESET,
    Backlog,
    Notified,
    Run,
    Task,
)
from tests.messaging.edits import edit_message
from tests.messaging.machine import (
    TRAINER_OF,
    Conversations,
)
from tests.messaging.model import TRAINERS
from tests.users.post import link_in
from trainer.exceptions import AlreadyYourTrainee
from trainer.models import Invitation
from trainer.services.invitations import invite_trainee, withdraw_invitation
from trainer.services.trainees import assign_trainee, remove_trainee
from users.services.accounts import send_password_reset

# All other users have no device.
WITH_DEVICE = ("alice", "bob", "charlie")
NO_MAIL_SERVER = {
    "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
    "EMAIL_HOST": "127.0.0.1",
    "EMAIL_PORT": 9,
}
AWAY = Failure("HTTP 503")

WORKERS = ("one", "two")
SIDES = ("trainer", "trainee", "trainer")
NAMES = ("guest", "guest", "bob")
# The steps of a script; frequent steps are repeated. A single rule runs a whole script, because
# Hypothesis disables about half of the rules in each example. With one rule per step, few examples
# would claim a job, lose it, claim it again and end it twice.
STEPS = (
    *("notify", "begin", "succeed") * 4,
    *("invite", "lose_leases", "fail") * 2,
    *(
        "write",
        "sweep",
        "reset",
        "read",
        "change_text",
        "remove_or_assign",
        "withdraw",
        "roll_back",
        "kill",
    ),
)
scripts = st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 5)), min_size=30, max_size=50)


def address(name: str) -> str:
    return f"{name}@example.com"


@dataclass(frozen=True)
class Held:
    """A job that a worker has claimed, but whose outcome it has not recorded."""

    claim: Claim
    task: Task
    run: Run


class Jobs(Conversations):
    """
    Steps of users, which cause jobs or make them unnecessary, and steps of workers.

    Most rules of `Conversations`, and all its checks after each step, are disabled here.
    """

    # Disables the rules and invariants that do not apply here.
    start = send = send_or_retry = edit = remove = assign = reopen = let_time_pass = None  # type: ignore[assignment]
    conversations_match_the_model = None  # type: ignore[assignment]
    users_see_only_their_own_data = None  # type: ignore[assignment]
    replay_from_any_version_is_a_fresh_read = None  # type: ignore[assignment]

    def __init__(self) -> None:
        super().__init__()
        mail.outbox.clear()
        Job.objects.all().delete()
        PushCursor.objects.update_or_create(
            pk=PushCursor.ONLY, defaults={"scanned_up_to": 0, "rescanned_up_to": 0}
        )
        devices = {name: self._register(name) for name in WITH_DEVICE}
        self.backlog = Backlog(self.model, devices, self.observer.ids)
        self.held: dict[str, list[Held]] = {worker: [] for worker in WORKERS}
        self.invitations: dict[tuple[str, str], int] = {}

    def _register(self, name: str) -> int:
        device = {"token": f'{{"{name}"}}', "platform": DeviceToken.Platform.WEB}
        return DeviceToken.objects.create(user=self.user(name), **device).pk

    def teardown(self) -> None:
        try:
            if sys.exc_info()[0] is None:
                self._run_all_jobs()
        finally:
            super().teardown()

    @rule(script=scripts)
    def work(self, script: list[tuple[str, int]]) -> None:
        """Run the steps of a script in order, and check the jobs after each."""
        for step, number in script:
            getattr(self, f"_{step}")(number)
            self.check_jobs()

    # People
    # --------------------------------------------------------------------------
    def _write(self, number: int) -> None:
        """Send a message as the trainer or trainee of a conversation."""
        self._send(number, SIDES[number // 2], "Hi", None)

    def _notify(self, number: int) -> None:
        """Send a message, and sweep once the message is old enough for a notification."""
        self._write(number)
        self._sweep_after(6)

    def _change_text(self, number: int) -> None:
        thread = self.thread(number)
        if thread and not thread.is_archived:
            line, content = thread.lines[-1], f"Edited {number}"
            edit_message(line.pk, content)
            self.model.edit(thread, line, content, timezone.now())

    def _read(self, number: int) -> None:
        self.read(number, SIDES[number // 2], number % 3)

    def _remove_or_assign(self, number: int) -> None:
        """Remove a trainee from their trainer, or assign them again and reopen their conversation."""
        trainee, trainer = list(TRAINER_OF.items())[number % len(TRAINER_OF)]
        if not {trainer, trainee} <= self.model.people:
            return
        if self.model.trainer_of[trainee] == trainer:
            remove_trainee(trainer=self.user(trainer), trainee_id=self.observer.ids[trainee])
            self.model.move(trainee, None)
        else:
            assign_trainee(trainee=self.user(trainee), trainer=self.user(trainer))
            self.model.move(trainee, trainer)
            reopen_conversations(Conversation.objects.all())
            self.model.reopen(self.model.threads.get((trainer, trainee)))

    def _reset(self, number: int) -> None:
        email = address(NAMES[number % len(NAMES)])
        send_password_reset(email=email)
        self.backlog.enqueue(RESET, None, {"email": email})

    def _invite(self, number: int) -> None:
        """Invite an address, or renew the invitation that the address already has."""
        trainer, name = TRAINERS[number % 2], NAMES[number // 2]
        if trainer not in self.model.people:
            return
        done = attempt(lambda: invite_trainee(trainer=self.user(trainer), email=address(name)))
        if name in self.model.people and self.model.trainer_of.get(name) == trainer:
            assert done is AlreadyYourTrainee
            return
        invitation, is_new = done
        assert is_new == ((trainer, name) not in self.invitations)
        self.invitations[trainer, name] = invitation.pk
        self.backlog.enqueue(INVITE, str(invitation.pk), {"invitation_id": invitation.pk})

    def _withdraw(self, number: int) -> None:
        """Withdraw an invitation, even if the job that e-mails it has not ended."""
        trainer, name = TRAINERS[number % 2], NAMES[number // 2]
        if trainer in self.model.people and (trainer, name) in self.invitations:
            pk = self.invitations.pop((trainer, name))
            withdraw_invitation(trainer=self.user(trainer), invitation_id=pk)

    def _sweep(self, number: int) -> None:
        """Move the clock by some seconds, sometimes backwards, and sweep."""
        self._sweep_after((6, 6, 61, 0, 6, -600)[number])

    def _sweep_after(self, seconds: int) -> None:
        self.now.shift(seconds)
        sweep()
        self.backlog.sweep(timezone.now())

    def _roll_back(self, number: int) -> None:
        """Enqueue jobs of all kinds in a transaction that is rolled back."""
        trainer, name = TRAINERS[number % 2], NAMES[number // 2]
        if trainer not in self.model.people:
            return
        with transaction.atomic():
            attempt(lambda: invite_trainee(trainer=self.user(trainer), email=address(name)))
            send_password_reset(email=address(name))
            sweep()
            transaction.set_rollback(True)

    # Workers
    # --------------------------------------------------------------------------
    def _begin(self, number: int) -> None:
        """Claim some of the due jobs; jobs that a worker holds are not due."""
        self._begin_some(WORKERS[number % 2], 1 + number // 2)

    def _begin_some(self, worker: str, most: int) -> None:
        due = [each for each in self.backlog.tasks if each.is_due]
        claims = claim_jobs(worker=worker, room=dict.fromkeys(KINDS, most), most=most)
        assert len(claims) == min(most, len(due))
        for claim in claims:
            (task,) = [each for each in due if each.pk == claim.job_id]
            self.backlog.begin(task, worker)
            assert (claim.kind.name, claim.args) == (task.kind, task.args)
            assert task.run == (worker, claim.attempt)
            self.held[worker].append(Held(claim, task, (worker, claim.attempt)))

    def _succeed(self, number: int) -> None:
        self._end(WORKERS[number % 2], is_success=True)

    def _fail(self, number: int) -> None:
        self._end(WORKERS[number % 2], is_success=False)

    def _end(self, worker: str, *, is_success: bool) -> None:
        """Run the jobs that a worker claimed, even if it has lost their leases, and record the outcomes."""
        outcomes = []
        for held in self.held[worker]:
            failure = self._run(held.claim, is_success=is_success)
            assert failure is None or not is_success
            outcomes.append(Outcome(held.claim, failure))
            self.backlog.end(held.task, held.run, is_success=failure is None)
        record_outcomes(worker=worker, outcomes=outcomes)
        self.held[worker].clear()

    def _kill(self, number: int) -> None:
        """Kill a worker before it records the outcomes of its jobs, and let all leases expire."""
        self.held[WORKERS[number % 2]].clear()
        self._lose_leases(number)

    def _lose_leases(self, number: int) -> None:
        """Let all leases and retry pauses expire, as if all workers had been frozen for that long."""
        Job.objects.live().update(due_at=Now())
        self.backlog.let_leases_and_pauses_end()

    def _run_all_jobs(self) -> None:
        """Sweep and run jobs until none is left; then check the jobs and the notifications."""
        oldest = [line.written_at for each in self.model.threads.values() for line in each.lines]
        late = (max(oldest) - timezone.now()).total_seconds() + RESCAN_SECONDS
        self._sweep_after(max(0, ceil(late)))
        for number in range(len(WORKERS)):
            self._kill(number)
        while self.backlog.tasks:
            self.check_jobs()
            self._begin_some("one", 100)
            self._end("one", is_success=True)
        self.check_jobs()
        self._check_notified()

    def _check_notified(self) -> None:
        """
        Check that readers with a device were notified of each conversation's newest unread message.

        Conversations that have ever been archived are not checked.
        """
        for thread in self.model.threads.values():
            for reader in set(thread.pair) & self.backlog.devices.keys():
                unread = self.backlog.list_unread(thread, reader)
                if unread and "archived" not in thread.changes:
                    newest = thread.created_version_of(unread[-1])
                    assert self.backlog.notified[thread.pk, reader] >= newest

    # Effects of jobs
    # --------------------------------------------------------------------------
    def _run(self, claim: Claim, *, is_success: bool) -> Failure | None:
        """Run a job's handler, check the e-mail or notification that it sends, and return its failure."""
        if claim.kind.name == DELIVER:
            return self._deliver(Delivery(**claim.args), is_success=is_success)
        expected = self._list_mails(claim) if is_success else []
        mail.outbox.clear()
        with override_settings(**({} if is_success else NO_MAIL_SERVER)):
            failure = run_handler(claim)
        assert [each.to for each in mail.outbox] == [[each] for each in expected]
        for message in mail.outbox:
            self._check_link(claim, link_in(message))
        return failure

    def _deliver(self, delivery: Delivery, *, is_success: bool) -> Failure | None:
        (thread,) = [
            each for each in self.model.threads.values() if each.pk == delivery.conversation_id
        ]
        (reader,) = [
            name for name in thread.pair if self.observer.ids[name] == delivery.recipient_id
        ]
        made = prepare_notification(delivery)
        shown = made and Notified(made.title, made.body, made.unread_count)
        assert shown == self.backlog.notified_by(thread, reader, delivery.up_to)
        if shown and not is_success:
            return AWAY
        if shown:
            notified = self.backlog.notified.get((thread.pk, reader), 0)
            self.backlog.notified[thread.pk, reader] = max(notified, delivery.up_to)
        return None

    def _list_mails(self, claim: Claim) -> list[str]:
        """Return the addresses to which a job must send an e-mail if it runs now."""
        if claim.kind.name == RESET:
            name = claim.args["email"].partition("@")[0]
            return [claim.args["email"]] if name in self.model.people else []
        found = [key for key, pk in self.invitations.items() if pk == claim.args["invitation_id"]]
        return [address(name) for trainer, name in found if trainer in self.model.people]

    def _check_link(self, claim: Claim, link: str) -> None:
        """Check that an e-mail's link opens the invitation, even if the invitation has been renewed."""
        if claim.kind.name == INVITE:
            code = link.partition("#code=")[2]
            invitation = Invitation.objects.get(pk=claim.args["invitation_id"])
            assert invitation.code_hash == hashlib.sha256(code.encode()).hexdigest()

    # Invariants after every step
    # --------------------------------------------------------------------------
    @invariant()
    def check_jobs(self) -> None:
        """Check that the live jobs are exactly the jobs that committed writes have caused."""
        fields = ("pk", "kind", "key", "args", "attempts", "claimed_by")
        rows = {row["pk"]: row for row in Job.objects.live().order_by("pk").values(*fields)}
        for task in self.backlog.tasks:
            if not task.pk:
                known = {each.pk for each in self.backlog.tasks}
                task.pk = next(pk for pk, row in rows.items() if pk not in known and task.fits(row))
            row = rows.pop(task.pk)
            assert task.fits(row)
            holder = task.run[0] if task.run else None
            assert (row["attempts"], row["claimed_by"]) == (task.attempts, holder)
        assert rows == {}
        assert not Job.objects.filter(state=Job.State.FAILED).exists()
