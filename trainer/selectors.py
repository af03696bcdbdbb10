import re

from django.db.models import OuterRef, Q, QuerySet, Subquery

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


def list_invitations(trainer: User) -> QuerySet[Invitation]:
    """Return a trainer's invitations, newest first."""
    return Invitation.objects.filter(trainer=trainer)
