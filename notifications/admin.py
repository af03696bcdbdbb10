from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from backoffice.pages import ReadOnlyAdmin
from notifications.models import DeviceToken
from users.admin import PERSON_SEARCH
from users.browsers import describe_browser

STATE = ("is_active", "last_success_at", "last_failure_at", "last_failure")


@admin.register(DeviceToken)
class DeviceTokenAdmin(ReadOnlyAdmin):
    """
    Devices that get notifications, and how the last ones fared.

    A device that the push service has refused for good is inactive, until its app registers it again.
    """

    linked_lookups = ("user__id__exact",)
    list_display = ("id", "user", "platform", "browser", *STATE)
    list_filter = ("platform", "is_active")
    list_select_related = ("user",)
    search_fields = tuple(f"user__{field}" for field in PERSON_SEARCH)
    fields = ("id", "user", "platform", "browser", "created_at", "updated_at", *STATE)

    @admin.display(description=_("browser or app"))
    def browser(self, device: DeviceToken) -> str:
        return describe_browser(device.user_agent)
