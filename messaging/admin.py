from django.contrib import admin
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from backoffice.pages import ReadOnlyAdmin
from messaging.models import Conversation, Message
from messaging.moderation import TakesDownMessages
from messaging.reading_pages import ReadsMessages, link_to_reading
from messaging.services.archiving import archive_conversations, reopen_conversations
from users.admin import PERSON_SEARCH, find_people


@admin.register(Conversation)
class ConversationAdmin(ReadsMessages, ReadOnlyAdmin):
    """
    Conversations, searchable by participant.

    Staff can archive and reopen them, but not edit or delete them.
    """

    list_display = (
        "id",
        "trainer",
        "trainee",
        "last_message_at",
        "message_count",
        "is_archived",
        "messages_link",
    )
    list_filter = ("is_archived", "last_message_at", "created_at")
    list_select_related = ("trainer", "trainee")
    search_fields = tuple(
        f"{side}__{field}" for side in ("trainer", "trainee") for field in PERSON_SEARCH
    )
    fields = (
        "trainer",
        "trainee",
        "is_archived",
        "message_count",
        "version",
        "last_message_at",
        "created_at",
        "messages_link",
    )
    linked_lookups = ("trainer__id__exact", "trainee__id__exact")
    actions = ("archive", "reopen")

    def has_archive_permission(self, request: HttpRequest) -> bool:
        return self.may_change_rows(request)

    @admin.action(description=_("Archive (hide from the trainee)"), permissions=["archive"])
    @transaction.atomic
    def archive(self, request: HttpRequest, conversations: QuerySet[Conversation]) -> None:
        archived = archive_conversations(_plain(conversations)).conversation_ids
        self.log_rows(request, Conversation.objects.filter(pk__in=archived), _("Archived"))
        count = len(archived)
        text = ngettext(
            "%(count)s conversation archived.", "%(count)s conversations archived.", count
        )
        self.message_user(request, text % {"count": count})

    @admin.action(
        description=_("Reopen (only if the trainee still has this trainer)"),
        permissions=["archive"],
    )
    @transaction.atomic
    def reopen(self, request: HttpRequest, conversations: QuerySet[Conversation]) -> None:
        archived = list(conversations.filter(is_archived=True).values_list("pk", flat=True))
        count = reopen_conversations(_plain(conversations))
        reopened = Conversation.objects.filter(pk__in=archived, is_archived=False)
        self.log_rows(request, reopened, _("Reopened"))
        text = ngettext(
            "%(count)s conversation reopened.", "%(count)s conversations reopened.", count
        )
        self.message_user(request, text % {"count": count})


def _plain(conversations: QuerySet[Conversation]) -> QuerySet[Conversation]:
    """Return the queryset without the admin's joins, so that a lock affects conversations only."""
    return Conversation.objects.filter(pk__in=list(conversations.values_list("pk", flat=True)))


@admin.register(Message)
class MessageAdmin(TakesDownMessages, ReadOnlyAdmin):
    """Messages without their texts, which `messaging.reading_pages` shows; searchable by sender."""

    list_display = ("id", "conversation_id", "sender", "created_at", "read_at")
    # No filters: on columns without an index, a page without many matches reads the whole table.
    list_select_related = ("sender",)
    search_fields = tuple(f"sender__{field}" for field in PERSON_SEARCH)
    search_help_text = _("Name or email address of the sender")
    linked_lookups = ("conversation__id__exact", "sender__id__exact")
    fields = (
        "conversation",
        "sender",
        "text_link",
        "created_at",
        "read_at",
        "removed_at",
        "version",
        "client_id",
    )

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Message], search_term: str
    ) -> tuple[QuerySet[Message], bool]:
        """Find people first, so that only their messages are read."""
        if not search_term.strip():
            return queryset, False
        senders = find_people(request, self.admin_site, search_term)
        return queryset.filter(sender__in=senders), False

    @admin.display(description=_("text"))
    def text_link(self, message: Message) -> SafeString:
        return link_to_reading(message.conversation_id)
