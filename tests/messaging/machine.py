"""Actions of trainers, trainees and support staff; each result is compared with the model."""

from typing import Any
from uuid import UUID

import time_machine
from django.db import transaction
from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
)

from messaging.exceptions import NotATrainer
from messaging.models import Conversation
from messaging.services.archiving import reopen_conversations
from messaging.services.reading import mark_read
from messaging.services.sending import send_message, start_conversation
from tests.factories import make_person, make_trainee, make_trainer
from tests.messaging.attempts import attempt
from tests.messaging.impersonator import try_every_write
from tests.messaging.model import ADMIN, PEOPLE, TRAINEES, TRAINERS, Line, Model, Thread
from tests.messaging.observer import Observer
from tests.messaging.second_thoughts import SecondThoughts
from trainer.services.trainees import assign_trainee, remove_trainee
from users.exceptions import ImpersonationReadOnly, TraineeNotFound
from users.models import User

NOBODY = 10**12
TRAINER_OF = {"bob": "alice", "charlie": "dora", "erin": "alice"}

people = st.sampled_from(PEOPLE)
trainers = st.sampled_from(TRAINERS)
trainees = st.sampled_from(TRAINEES)
# Usually a person with permission, and sometimes anybody.
actors = st.sampled_from((*["trainer"] * 8, *PEOPLE))
sides = st.sampled_from((*["trainer", "trainee"] * 5, *PEOPLE))
threads = st.integers(0, 11)
contents = st.sampled_from(["Hi", "Two\n lines", "\U0001f3cb" * 101, "<b>x</b>", "x" * 2000])
client_ids = st.none() | st.sampled_from([UUID(int=number) for number in (1, 2, 3)])


class Conversations(SecondThoughts, RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.example = transaction.atomic()
        self.example.__enter__()
        self.clock = time_machine.travel("2026-03-01T12:00:00Z", tick=False)
        self.now = self.clock.start()
        trainers = {name: make_trainer(name) for name in TRAINERS}
        for trainee, trainer in TRAINER_OF.items():
            make_trainee(trainee, trainers[trainer])
        make_person(ADMIN, role=User.Role.ADMIN)
        self.model = Model(TRAINER_OF)
        self.observer = Observer(self.model)
        self.say_hello("bob")
        self.say_hello("charlie")

    def teardown(self) -> None:
        self.clock.stop()
        transaction.set_rollback(True)
        self.example.__exit__(None, None, None)

    def user(self, name: str) -> User:
        return User.objects.get(pk=self.observer.ids[name])

    def thread(self, number: int) -> Thread | None:
        """Return one of the threads; for the number 11, return None, which stands for an unknown thread."""
        known = list(self.model.threads.values())
        return known[number % len(known)] if number < 11 else None

    def name(self, side: str, thread: Thread | None) -> str:
        """Return the name of the person on this side of a thread; `side` may also be a name."""
        trainer, trainee = thread.pair if thread else PEOPLE[:2]
        return {"trainer": trainer, "trainee": trainee}.get(side, side)

    def actor(self, name: str, trainee: str) -> str:
        """Return the name of the trainee's trainer if `name` is "trainer", otherwise `name` itself."""
        return (self.model.trainer_of.get(trainee) or "") if name == "trainer" else name

    # Messages
    # --------------------------------------------------------------------------
    def say_hello(self, trainee: str) -> None:
        self._start(TRAINER_OF[trainee], trainee, "Hello", None)

    @rule(by=actors, trainee=trainees, content=contents, client_id=client_ids)
    def start(self, by: str, trainee: str, content: str, client_id: UUID | None) -> None:
        self._start(self.actor(by, trainee), trainee, content, client_id)

    def _start(self, trainer: str, trainee: str, content: str, client_id: UUID | None) -> None:
        if trainer not in self.model.people:
            return
        started = attempt(
            lambda: start_conversation(
                trainer=self.user(trainer),
                trainee_id=self.observer.ids[trainee],
                content=content,
                client_id=client_id,
            )
        )
        if trainer not in TRAINERS:
            assert started is NotATrainer
        elif trainee not in self.model.people or self.model.trainer_of.get(trainee) != trainer:
            assert started is TraineeNotFound
        else:
            self._started(started, trainer, trainee, content, client_id)

    def _started(self, started: Any, trainer: str, trainee: str, *sent: Any) -> None:
        is_new = (trainer, trainee) not in self.model.threads
        if is_new:
            thread = Thread(started.conversation_id, (trainer, trainee), timezone.now())
            self.model.threads[trainer, trainee] = thread
        thread = self.model.threads[trainer, trainee]
        assert (started.conversation_id, started.is_new_conversation) == (thread.pk, is_new)
        if self._sent(started, thread, trainer, *sent):
            thread.is_archived = False

    @rule(number=threads, side=sides, content=contents)
    def send(self, number: int, side: str, content: str) -> None:
        self._send(number, side, content, None)

    @rule(number=threads, side=sides, content=contents, client_id=client_ids)
    def send_or_retry(self, number: int, side: str, content: str, client_id: UUID | None) -> None:
        """Send with one of a few client ids, so that the id has often been used before."""
        self._send(number, side, content, client_id)

    def _send(self, number: int, side: str, content: str, client_id: UUID | None) -> None:
        thread = self.thread(number)
        sender = self.name(side, thread)
        if sender not in self.model.people:
            return
        sent = attempt(
            lambda: send_message(
                sender=self.user(sender),
                conversation_id=thread.pk if thread else NOBODY,
                content=content,
                client_id=client_id,
            )
        )
        refusal = self.model.refuses_to_send(sender, thread)
        repeat = thread and self.model.may_see(sender, thread) and thread.find(sender, client_id)
        if refusal and not repeat:
            assert sent is refusal
        elif thread:
            self._sent(sent, thread, sender, content, client_id)

    def _sent(
        self, sent: Any, thread: Thread, sender: str, content: str, client_id: UUID | None
    ) -> bool:
        """Check the result of a send; return True for a new message, and False for a repeat."""
        if repeat := thread.find(sender, client_id):
            assert (sent.is_repeat, sent.message.pk) == (True, repeat.pk)
            return False
        assert not sent.is_repeat
        line = Line(sent.message.pk, sender, content, client_id, timezone.now())
        self.model.write(thread, line)
        return True

    @rule(number=threads, side=sides, back=st.none() | st.integers(0, 4))
    def read(self, number: int, side: str, back: int | None) -> None:
        """Mark all messages as read, or those up to the n-th newest, or those up to an unknown one."""
        thread = self.thread(number)
        reader = self.name(side, thread)
        if reader not in self.model.people:
            return
        ids = [each.pk for each in thread.lines] if thread else []
        up_to = ids[-1 - back] if back is not None and back < len(ids) else NOBODY
        everything = back is None
        mark = attempt(
            lambda: mark_read(
                reader=self.user(reader),
                conversation_id=thread.pk if thread else NOBODY,
                up_to=None if everything else up_to,
            )
        )
        last = ids[-1] if everything and ids else up_to
        if refusal := self.model.refuses_to_read(reader, thread, last):
            assert mark is refusal
        elif thread:
            marked = self.model.read(thread, reader, last, timezone.now())
            assert (mark.conversation_id, mark.messages_marked) == (thread.pk, marked)

    # Accounts and trainees
    # --------------------------------------------------------------------------
    @rule(by=actors, trainee=trainees)
    def remove(self, by: str, trainee: str) -> None:
        trainer = self.actor(by, trainee)
        if trainer not in self.model.people:
            return
        removed = attempt(
            lambda: remove_trainee(
                trainer=self.user(trainer), trainee_id=self.observer.ids[trainee]
            )
        )
        if trainee in self.model.people and self.model.trainer_of.get(trainee) == trainer:
            self.model.move(trainee, None)
        else:
            assert removed is TraineeNotFound

    @rule(trainee=trainees, trainer=st.none() | trainers)
    def assign(self, trainee: str, trainer: str | None) -> None:
        if {trainee, trainer or trainee} <= self.model.people:
            new_trainer = self.user(trainer) if trainer else None
            assign_trainee(trainee=self.user(trainee), trainer=new_trainer)
            self.model.move(trainee, trainer)

    @rule(number=threads)
    def reopen(self, number: int) -> None:
        thread = self.thread(number)
        found = Conversation.objects.filter(pk=thread.pk if thread else NOBODY)
        assert reopen_conversations(found) == self.model.reopen(thread)

    @precondition(lambda self: len(self.model.people) > len(PEOPLE) - 2)
    @rule(name=st.sampled_from((*TRAINERS, *TRAINEES)), is_sure=st.integers(0, 3))
    def delete_account(self, name: str, is_sure: int) -> None:
        if name in self.model.people and is_sure == 0:
            self.user(name).delete()
            self.model.delete(name)

    @rule(number=threads, seen=st.sampled_from(PEOPLE[:-1]))
    def impersonate(self, number: int, seen: str) -> None:
        impersonator = ADMIN if seen in TRAINERS else self.model.trainer_of[seen]
        if impersonator and {impersonator, seen} <= self.model.people:
            thread = self.thread(number)
            with try_every_write(self.user(impersonator), self.user(seen), thread) as (
                person,
                refusals,
            ):
                assert set(refusals) == {ImpersonationReadOnly}
                self.observer.check_lists(seen, person)

    @rule(seconds=st.sampled_from([1, 1, 60, 3600, -1, -600]))
    def let_time_pass(self, seconds: int) -> None:
        self.now.shift(seconds)

    # Invariants after every step
    # --------------------------------------------------------------------------
    @invariant()
    def conversations_match_the_model(self) -> None:
        self.observer.check_rows()

    @invariant()
    def users_see_only_their_own_data(self) -> None:
        for name in sorted(self.model.people):
            self.observer.check_lists(name, self.user(name))
        self.observer.check_read_permissions()

    @invariant()
    def replay_from_any_version_is_a_fresh_read(self) -> None:
        self.observer.check_replays()
