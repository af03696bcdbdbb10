import re
from dataclasses import dataclass

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from messaging.models import Conversation
from trainer.models import Invitation
from users.coaching import trainees_of
from users.exceptions import TraineeNotFound
from users.models import User

# Similar apostrophes and hyphens, because phones and desktop keyboards insert different ones.
ALIKE = (
    "'\N{LEFT SINGLE QUOTATION MARK}\N{RIGHT SINGLE QUOTATION MARK}\N{MODIFIER LETTER APOSTROPHE}"
    "\N{MODIFIER LETTER TURNED COMMA}\N{PRIME}\N{ACUTE ACCENT}`",
    "\N{HYPHEN}\N{NON-BREAKING HYPHEN}\N{FIGURE DASH}\N{EN DASH}\N{EM DASH}\N{MINUS SIGN}-",
)
SIGNS = re.compile(f"([{''.join(ALIKE)}])")


def list_trainees(trainer: User, *, search: str = "") -> QuerySet[User]:
    """
    Return a trainer's trainees, sorted by name, each with the id of their active conversation.

    Each word of `search` must appear in the trainee's first name, last name or email address.
    """
    conversation = Conversation.objects.active().filter(trainer=trainer, trainee=OuterRef("pk"))
    trainees = trainees_of(trainer)
    for word in search.split():
        trainees = trainees.filter(_is_found(word))
    return trainees.annotate(conversation_id=Subquery(conversation.values("pk")[:1])).order_by(
        "first_name", "last_name", "pk"
    )


def _is_found(word: str) -> Q:
    """
    Return a filter for trainees whose first name, last name or email address contains a word.

    All kinds of apostrophes match each other, and so do all kinds of hyphens.
    """
    lookup, sought = "icontains", word
    if SIGNS.search(word):
        lookup = "iregex"
        sought = "".join(_pattern_of(each) for each in SIGNS.split(word))
    fields = ("first_name", "last_name", "email")
    return Q(*((f"{field}__{lookup}", sought) for field in fields), _connector=Q.OR)


def _pattern_of(text: str) -> str:
    return next((f"[{signs}]" for signs in ALIKE if text in signs and text), re.escape(text))


def get_trainee(trainer: User, trainee_id: int) -> User:
    """Return one of a trainer's trainees; raise TraineeNotFound."""
    trainee = list_trainees(trainer).filter(pk=trainee_id).first()
    if trainee is None:
        raise TraineeNotFound
    return trainee


RECENT_TRAINEES, INACTIVE_TRAINEES = 10, 50


@dataclass(frozen=True)
class TraineeCounts:
    total_trainees: int
    active_trainees: int


def count_trainees(trainer: User) -> TraineeCounts:
    """Count a trainer's trainees: all of them, and those whose accounts are active."""
    active = Count("pk", filter=Q(is_active=True))
    counts = trainees_of(trainer).aggregate(total_trainees=Count("pk"), active_trainees=active)
    return TraineeCounts(**counts)


def list_recent_trainees(trainer: User) -> QuerySet[User]:
    """Return a trainer's newest trainees, at most `RECENT_TRAINEES`."""
    return list_trainees(trainer).order_by("-created_at", "-pk")[:RECENT_TRAINEES]


def list_inactive_trainees(trainer: User) -> QuerySet[User]:
    """Return a trainer's deactivated trainees, newest first, at most `INACTIVE_TRAINEES`."""
    inactive = list_trainees(trainer).filter(is_active=False)
    return inactive.order_by("-created_at", "-pk")[:INACTIVE_TRAINEES]


def list_invitations(trainer: User) -> QuerySet[Invitation]:
    """Return a trainer's invitations, newest first."""
    return Invitation.objects.filter(trainer=trainer).select_related("trainer")
