from django.contrib import admin
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from backoffice.pages import ID, ReadOnlyAdmin
from messaging.models import Message
from notifications.models import DeliveryOutcome, DeviceToken, UnreadMail
from users.admin import PERSON_SEARCH, find_people
from users.browsers import describe_browser

STATE = ("is_active", "last_success_at", "last_failure_at", "last_failure")


@admin.register(DeviceToken)
class DeviceTokenAdmin(ReadOnlyAdmin):
    """
    Devices that get notifications, with the times of the last success and the last failure.

    A device that the push service has refused for good is inactive, until its app registers it again.
    """

    linked_lookups = ("user__id__exact",)
    list_display = ("id", "user", "platform", "browser", *STATE)
    list_filter = ("platform", "is_active")
    list_select_related = ("user",)
    search_fields = tuple(f"user__{field}" for field in PERSON_SEARCH)
    fields = ("id", "user", "platform", "browser", "created_at", "updated_at", *STATE, "deliveries")

    @admin.display(description=_("browser or app"))
    def browser(self, device: DeviceToken) -> str:
        return describe_browser(device.user_agent)

    @admin.display(description=_("related"))
    def deliveries(self, device: DeviceToken) -> SafeString:
        page = reverse("admin:push_deliveryoutcome_changelist")
        return format_html('<a href="{}?device_id__exact={}">Deliveries</a>', page, device.pk)


@admin.register(DeliveryOutcome)
class DeliveryOutcomeAdmin(ReadOnlyAdmin):
    """
    The result of each attempt to deliver a notification, or the reason why there was none.

    There is no row if the message was read within seconds, or if the person has no device.
    """

    linked_lookups = ("recipient__id__exact", "conversation__id__exact", "device_id__exact")
    list_display = (
        "at",
        "recipient",
        "conversation_id",
        "message",
        "device",
        "result",
        "reason",
        "attempt",
    )
    list_filter = ("result", "at")
    list_select_related = ("recipient",)
    search_fields = ("recipient__email",)  # shows the search box; see `get_search_results`
    search_help_text = _(
        "Name or email address of the person who was to be notified, or the id of a device or conversation"
    )
    fields = (
        "at",
        "recipient",
        "conversation",
        "message",
        "device",
        "result",
        "reason",
        "attempt",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[DeliveryOutcome]:
        newest = Message.objects.filter(
            conversation=OuterRef("conversation"), created_version=OuterRef("up_to")
        )
        annotated: QuerySet[DeliveryOutcome] = (
            super().get_queryset(request).annotate(message_id=Subquery(newest.values("pk")[:1]))
        )
        return annotated

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[DeliveryOutcome], search_term: str
    ) -> tuple[QuerySet[DeliveryOutcome], bool]:
        """Find people first, so that only the rows of these people are read."""
        term = search_term.strip()
        if not term:
            return queryset, False
        found = Q(recipient__in=find_people(request, self.admin_site, term))
        if ID.fullmatch(term):
            found |= Q(device_id=int(term)) | Q(conversation=int(term))
        return queryset.filter(found), False

    @admin.display(description=_("newest message"))
    def message(self, outcome: DeliveryOutcome) -> SafeString | None:
        number = vars(outcome)["message_id"]
        return number and _link("messaging_message", number)

    @admin.display(description=_("device"))
    def device(self, outcome: DeliveryOutcome) -> SafeString:
        return _link("push_devicetoken", outcome.device_id)


@admin.register(UnreadMail)
class UnreadMailAdmin(ReadOnlyAdmin):
    """
    Emails about unread messages, and how sending them ended, or why there was none.

    There is no row if the messages were read in time.
    """

    linked_lookups = ("recipient__id__exact",)
    list_display = ("at", "recipient", "result", "reason", "messages", "conversations", "attempt")
    list_filter = ("result", "at")
    list_select_related = ("recipient",)
    search_fields = tuple(f"recipient__{field}" for field in PERSON_SEARCH)
    fields = ("id", "created_at", *list_display)


def _link(model: str, number: int) -> SafeString:
    return format_html(
        '<a href="{}">{}</a>', reverse(f"admin:{model}_change", args=[number]), number
    )
