"""Lists what the product stores about a person, as JSON values. Secrets, such as hashes, are left out."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Q, QuerySet

from messaging.last_known import as_last_known
from messaging.models import Attachment, Conversation, Message
from notifications.models import DeliveryOutcome, DeviceToken, UnreadMail
from notifications.selectors import get_email_preferences, get_preferences
from notifications.serializers import PreferencesSerializer
from trainer.models import Invitation
from users.browsers import describe_browser
from users.models import REMOVED_PERSON_NAME, AuthSession, ImpersonationView, User

PROFILE = (
    "id",
    "email",
    "role",
    "first_name",
    "last_name",
    "business_name",
    "phone_number",
    "language",
    "device_language",
    "is_active",
    "onboarding_completed",
    "created_at",
    "last_login",
)
CLIENT = ("last_used_at", "address", "user_agent")
UNREAD_EMAIL = ("result", "reason", "messages", "conversations", "attempt", "created_at", "at")
NOTIFICATION = ("conversation_id", "device_id", "result", "reason", "attempt", "at")
MESSAGE = ("id", "content", "created_at", "read_at")
READING = ("removed_at", "read_version", "content_version")
BATCH = 1000


def describe_account(user: User) -> dict[str, Any]:
    """Return the profile, and everything but conversations, by section."""
    sign_ins = AuthSession.objects.filter(user=user, kind=AuthSession.Kind.SIGN_IN)
    return {
        "profile": {name: getattr(user, name) for name in PROFILE},
        "trainer": _name_of(user.current_trainer) if user.current_trainer else None,
        "trainees": [_name_of(each) for each in User.objects.filter(parent_trainer=user)],
        "sign_ins": _with_browsers(
            _rows(sign_ins, "created_at", "expires_at", "ended_at", *CLIENT)
        ),
        "impersonations_of_you": _list_impersonations(user),
        "impersonations_by_you": _with_browsers(
            _rows(
                AuthSession.objects.filter(impersonator=user),
                "user_email",
                "created_at",
                "ended_at",
                *CLIENT,
            )
        ),
        "devices": _list_devices(user),
        "notifications": _rows(DeliveryOutcome.objects.filter(recipient=user), *NOTIFICATION),
        "unread_emails": _rows(UnreadMail.objects.filter(recipient=user), *UNREAD_EMAIL),
        "notification_preferences": _describe_preferences(user),
        "invitations": _list_invitations(user),
    }


def _describe_preferences(user: User) -> dict[str, Any]:
    """Return what notifications and emails the person wants, chosen or by default."""
    email = get_email_preferences(user).unread_messages
    return {**PreferencesSerializer(get_preferences(user)).data, "unread_email": email}


def _list_impersonations(user: User) -> list[dict[str, Any]]:
    sessions = AuthSession.objects.filter(user=user, kind=AuthSession.Kind.IMPERSONATION)
    return [
        {
            "by": each.impersonator_email,
            "started_at": each.created_at,
            "ended_at": each.ended_at,
            "requests": _rows(
                ImpersonationView.objects.filter(session=each), "viewed_at", "method", "path"
            ),
        }
        for each in sessions
    ]


def _list_devices(user: User) -> list[dict[str, Any]]:
    names = ("is_active", "created_at", "last_success_at", "last_failure_at", "last_failure")
    devices = DeviceToken.objects.filter(user=user)
    return _with_browsers(_rows(devices, "platform", "user_agent", *names))


def _with_browsers(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Add the browser in words to rows that have a `user_agent`."""
    return [{**each, "browser": describe_browser(each["user_agent"])} for each in rows]


def _list_invitations(user: User) -> list[dict[str, Any]]:
    found = Invitation.objects.filter(Q(trainer=user) | Q(email=user.email))
    names = ("email", "message", "created_at", "expires_at", "accepted_at", "cancelled_at")
    return _rows(found, *names)


def _rows(rows: QuerySet[Any, Any], *names: str) -> list[dict[str, Any]]:
    return list(rows.order_by("pk").values(*names))


def list_conversations(user: User) -> Iterator[Conversation]:
    """
    Yield all conversations of a person, also archived ones.

    If the two people have parted, the other one has the stored names; see `messaging.last_known`.
    """
    own = Conversation.objects.of(user).select_related("trainer", "trainee").order_by("pk")
    for each in own:
        if each.is_archived:
            people = as_last_known(user.pk, each.trainer, each.trainee, each.last_known)
            each.trainer, each.trainee = people
        yield each


def describe_conversation(user: User, conversation: Conversation) -> dict[str, Any]:
    side = "trainer" if conversation.trainer_id == user.pk else "trainee"
    return {
        "id": conversation.pk,
        "trainer": _name_of(conversation.trainer),
        "trainee": _name_of(conversation.trainee),
        "created_at": conversation.created_at,
        "is_archived": conversation.is_archived,
        "you_as_last_known": (conversation.last_known or {}).get(side),
    }


def iterate_messages(conversation: Conversation) -> Iterator[dict[str, Any]]:
    """Yield the messages of a conversation, the oldest first, without loading all of them."""
    people = (conversation.trainer, conversation.trainee)
    names = {each.pk: _name_of(each) for each in people if each}
    photos: dict[int | None, list[Attachment]] = {}
    for each in list_photos(conversation):
        photos.setdefault(each.message_id, []).append(each)
    rows = Message.objects.filter(conversation=conversation).order_by("pk")
    for row in rows.values("sender_id", *MESSAGE, *READING).iterator(chunk_size=BATCH):
        if row["removed_at"] and row["read_version"] == row["content_version"]:
            row["read_at"] = None  # it was deleted unread
        sender = names.get(row["sender_id"] or 0, REMOVED_PERSON_NAME)
        files = [photo_path(each) for each in photos.get(row["id"], [])]
        yield {"from": sender, **{name: row[name] for name in MESSAGE}, "photos": files}


def list_photos(conversation: Conversation) -> Iterator[Attachment]:
    """Yield the photos of a conversation, also those of the other person, but no deleted ones."""
    sent = Attachment.objects.filter(message__conversation=conversation, message__removed_at=None)
    kept = sent.filter(owner__erased_at=None)
    yield from kept.order_by("message", "position").iterator(chunk_size=BATCH)


def photo_path(photo: Attachment) -> str:
    """Return the name of a photo in the zip file."""
    return f"photos/{photo.pk}.jpg"


def _name_of(person: User | None) -> str:
    if person is None or person.erased_at:
        return REMOVED_PERSON_NAME
    return person.get_full_name() or person.email
