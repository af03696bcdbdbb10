from django.db.models import OuterRef, Q, QuerySet, Subquery

from messaging.exceptions import TraineeNotFound
from messaging.models import Conversation
from trainer.models import Invitation
from users.models import User


def list_trainees(trainer: User, *, search: str = "") -> QuerySet[User]:
    """
    Return a trainer's own trainees by name, each with the id of their active conversation.

    Every word of `search` must be found in the names or the address.
    """
    conversation = Conversation.objects.active().filter(trainer=trainer, trainee=OuterRef("pk"))
    trainees = User.objects.filter(parent_trainer=trainer, role=User.Role.TRAINEE)
    for word in search.split():
        trainees = trainees.filter(
            Q(first_name__icontains=word) | Q(last_name__icontains=word) | Q(email__icontains=word)
        )
    return trainees.annotate(conversation_id=Subquery(conversation.values("pk")[:1])).order_by(
        "first_name", "last_name", "pk"
    )


def get_trainee(trainer: User, trainee_id: int) -> User:
    """Return one of a trainer's own trainees; raise TraineeNotFound."""
    trainee = list_trainees(trainer).filter(pk=trainee_id).first()
    if trainee is None:
        raise TraineeNotFound
    return trainee


def list_invitations(trainer: User) -> QuerySet[Invitation]:
    """Return a trainer's invitations, newest first."""
    return Invitation.objects.filter(trainer=trainer)
