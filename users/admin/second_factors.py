from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from backoffice.pages import ClosedAdmin
from users.admin.staff import staff_of
from users.models import User
from users.services.two_factor import has_second_factor, reset_second_factor

# django-otp's own pages show secrets.
for model in (TOTPDevice, StaticDevice):
    if admin.site.is_registered(
        model
    ):  # pragma: no branch - unless it is loaded before django-otp's
        admin.site.unregister(model)


class ResetsSecondFactors(ClosedAdmin):
    """Shows whether people have a second factor. Superusers can reset it."""

    def has_reset_permission(self, request: HttpRequest) -> bool:
        return staff_of(request).is_superuser

    @admin.display(description=_("two-factor sign-in"))
    def second_factor(self, user: User) -> str:
        return str(_("Set up") if has_second_factor(user) else _("Not set up"))

    @admin.action(
        description=_("Reset two-factor sign-in (set it up again)"), permissions=["reset"]
    )
    def reset_second_factor(self, request: HttpRequest, users: QuerySet[User]) -> None:
        by: Any = staff_of(request)
        reset = sum(reset_second_factor(user=each, by=by) for each in users)
        text = ngettext(
            "Two-factor sign-in of %(count)s person reset.",
            "Two-factor sign-in of %(count)s people reset.",
            reset,
        )
        self.message_user(request, text % {"count": reset})
