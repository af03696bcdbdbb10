from django.contrib import admin

from backoffice.pages import ReadOnlyAdmin
from notifications.models import DeviceToken
from users.admin import PERSON_SEARCH


@admin.register(DeviceToken)
class DeviceTokenAdmin(ReadOnlyAdmin):
    linked_lookups = ("user__id__exact",)
    list_display = ("id", "user", "platform", "created_at", "updated_at")
    list_filter = ("platform",)
    list_select_related = ("user",)
    search_fields = tuple(f"user__{field}" for field in PERSON_SEARCH)
    fields = ("id", "user", "platform", "created_at", "updated_at")
