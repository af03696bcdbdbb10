from dataclasses import dataclass

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from messaging.models import Conversation
from text.folding import fold
from trainer.codes import get_valid_code, hash_code
from trainer.exceptions import (
    InvalidInvitation,
    InvitationAccepted,
    InvitationCancelled,
    InvitationExpired,
    InvitationNotFound,
)
from trainer.models import Invitation
from users.coaching import may_train, trainees_of
from users.exceptions import TraineeNotFound
from users.links import make_link
from users.models import User


def list_trainees(trainer: User, *, search: str = "") -> QuerySet[User]:
    """
    Return a trainer's trainees in the natural order of their names, with the ids of active conversations.

    Each word of `search` must appear in the trainee's first name, last name or email address. Accents,
    case, and the kinds of apostrophes and hyphens make no difference.
    """
    conversation = Conversation.objects.active().filter(trainer=trainer, trainee=OuterRef("pk"))
    trainees = trainees_of(trainer)
    for word in search.split():
        trainees = trainees.filter(_is_found(word))
    numbered = trainees.annotate(conversation_id=Subquery(conversation.values("pk")[:1]))
    return numbered.order_by("sort_key", "pk")


def _is_found(word: str) -> Q:
    """
    Return a filter for trainees whose folded names or email address contain a folded word.

    The second condition finds people whose folded names are not up to date yet; see `FoldedNames`.
    """
    fields = ("first_name", "last_name", "email")
    exact = Q(*((f"{field}__icontains", word) for field in fields), _connector=Q.OR)
    return Q(search_text__contains=fold(word)) | exact


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
    """Return a trainer's invitations without those that were withdrawn, newest first."""
    return Invitation.objects.listed().filter(trainer=trainer).select_related("trainer")


def get_join_link(trainer: User, invitation_id: int) -> str:
    """Return the link of one of a trainer's open invitations; raise InvitationNotFound."""
    invitation = list_invitations(trainer).filter(pk=invitation_id).first()
    code = get_valid_code(invitation) if invitation else ""
    if not code:
        raise InvitationNotFound
    return make_link("join", code=code)


def get_open_invitation(code: str) -> Invitation:
    """
    Return the invitation that can be accepted with this code.

    Raise InvitationAccepted, InvitationCancelled, InvitationExpired, or, if no invitation has this code or
    its trainer can no longer invite people, InvalidInvitation.
    """
    found = Invitation.objects.filter(code_hash=hash_code(code))
    invitation = found.select_related("trainer").first()
    if invitation is None:
        raise InvalidInvitation
    if invitation.accepted_at:
        raise InvitationAccepted
    if invitation.is_cancelled:
        raise InvitationCancelled
    if not may_train(invitation.trainer) or invitation.is_outdated:
        raise InvalidInvitation
    if invitation.is_expired:
        raise InvitationExpired
    return invitation
