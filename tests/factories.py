"""People and conversations for tests, without random data."""

from typing import Any

from api.throttling import counter
from messaging.models import Conversation, Message
from messaging.services.sending import send_message, start_conversation
from users.models import AuthSession, User
from users.services.sessions import begin_session, start_impersonation
from users.tokens import Claims, TokenPair, read_access_token

PASSWORD = "correct-horse-battery-1"


def make_trainer(name: str, **fields: Any) -> User:
    return make_person(name, role=User.Role.TRAINER, **fields)


def make_trainee(name: str, trainer: User | None, **fields: Any) -> User:
    return make_person(name, role=User.Role.TRAINEE, parent_trainer=trainer, **fields)


def make_person(name: str, **fields: Any) -> User:
    names = {"first_name": name.title(), "last_name": "Tester"}
    return User.objects.create_user(f"{name}@example.com", PASSWORD, **{**names, **fields})


def tokens_of(user: User) -> TokenPair:
    return begin_session(user=user)


def access_of(user: User) -> str:
    return tokens_of(user).access


def impersonate(user: User, by: User) -> tuple[AuthSession, TokenPair]:
    return start_impersonation(user=user, by=by)


def claims_of(token: str) -> Claims:
    return read_access_token(token)


def open_conversation(trainer: User, trainee: User, content: str = "Hello") -> Conversation:
    started = start_conversation(trainer=trainer, trainee_id=trainee.pk, content=content)
    return Conversation.objects.get(pk=started.conversation_id)


def write(sender: User, conversation: Conversation, *texts: str) -> list[Message]:
    """Send texts without the throttle, which allows 30 a minute."""
    sent = []
    for text in texts:
        counter().reset()
        sent.append(
            send_message(sender=sender, conversation_id=conversation.pk, content=text).message
        )
    return sent
