from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from backoffice.pages import ReadOnlyAdmin
from notifications.models import DeviceToken, PushDelivery
from users.admin import PERSON_SEARCH


@admin.register(DeviceToken)
class DeviceTokenAdmin(ReadOnlyAdmin):
    list_display = ("user", "platform", "created_at", "updated_at")
    list_filter = ("platform",)
    list_select_related = ("user",)
    search_fields = tuple(f"user__{field}" for field in PERSON_SEARCH)
    fields = ("user", "platform", "created_at", "updated_at")


@admin.register(PushDelivery)
class PushDeliveryAdmin(ReadOnlyAdmin):
    """Notifications waiting to be sent, with the reason of the last failure."""

    list_display = ("recipient", "device", "conversation", "due_at", "attempts", "last_failure")
    list_filter = ("device__platform", "attempts")
    list_select_related = ("recipient", "device", "conversation")
    search_fields = tuple(f"recipient__{field}" for field in PERSON_SEARCH)
    search_help_text = _("Name or e-mail address of the recipient")
    fields = ("recipient", "device", "conversation", "due_at", "attempts", "last_failure")
