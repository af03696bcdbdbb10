"""Links from a person's page in the admin to the lists of what belongs to them."""

from urllib.parse import urlencode

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from backoffice.pages import ClosedAdmin
from users.models import User

# A list in the admin, the lookup of the person in it, and the text of the link.
LINKS = (
    ("messaging_conversation", "trainer__id__exact", _("Conversations as trainer")),
    ("messaging_conversation", "trainee__id__exact", _("Conversations as trainee")),
    ("users_authsession", "user__id__exact", _("Sign-ins")),
    ("users_impersonationsession", "user__id__exact", _("Impersonations of the person")),
    ("users_impersonationsession", "impersonator__id__exact", _("Impersonations by the person")),
    ("push_devicetoken", "user__id__exact", _("Devices")),
    ("push_deliveryoutcome", "recipient__id__exact", _("Deliveries")),
    ("push_unreadmail", "recipient__id__exact", _("Emails about unread messages")),
    ("trainer_invitation", "trainer__id__exact", _("Invitations sent")),
    ("trainer_invitation", "email__exact", _("Invitations received")),
)


class LinksToRows(ClosedAdmin):
    @admin.display(description=_("related"))
    def related_rows(self, user: User) -> SafeString:
        rows = (
            (
                reverse(f"admin:{name}_changelist"),
                urlencode({lookup: user.email if lookup == "email__exact" else user.pk}),
                text,
            )
            for name, lookup, text in LINKS
        )
        return format_html_join(" · ", '<a href="{}?{}">{}</a>', rows)
