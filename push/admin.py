from django.contrib import admin

from push.models import PushDelivery
from users.admin import PERSON_SEARCH, ReadOnlyAdmin


@admin.register(PushDelivery)
class PushDeliveryAdmin(ReadOnlyAdmin):
    """What waits to be sent, and why it has not been."""

    list_display = ("recipient", "device", "conversation", "due_at", "attempts", "last_failure")
    list_filter = ("device__platform", "attempts")
    list_select_related = ("recipient", "device", "conversation")
    search_fields = tuple(f"recipient__{field}" for field in PERSON_SEARCH)
    search_help_text = "Name or e-mail address of who is to be notified"
    fields = ("recipient", "device", "conversation", "due_at", "attempts", "last_failure")
