"""The admin's pages for taking messages down, and the record of it."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from backoffice.pages import ClosedAdmin, ReadOnlyAdmin
from messaging.models import REASON_MAX_LENGTH, Message, MessageRemoval
from messaging.services.removing import remove_message


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        max_length=REASON_MAX_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Stored with your name. People do not see it."),
    )


class TakesDownMessages(ClosedAdmin):
    """Adds an action that removes what messages contain; it needs a permission of its own."""

    actions: Any = ("take_down",)

    def has_take_down_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("messaging.remove_message"))

    @admin.action(description=_("Take down (remove text and photos)"), permissions=["take_down"])
    def take_down(self, request: HttpRequest, messages: QuerySet[Message]) -> HttpResponse | None:
        """Ask for a reason, then remove the texts and photos of the selected messages."""
        form = ReasonForm(request.POST if "reason" in request.POST else None)
        ids = list(messages.values_list("pk", flat=True))
        if not form.is_valid():
            return self._ask_for_reason(request, form, ids)
        reason, by = form.cleaned_data["reason"], request.user
        removed = sum(remove_message(message_id=pk, reason=reason, by=by) for pk in ids)  # type: ignore[arg-type]  # staff
        text = ngettext("%(count)s message taken down.", "%(count)s messages taken down.", removed)
        self.message_user(request, text % {"count": removed})
        return None

    def _ask_for_reason(
        self, request: HttpRequest, form: ReasonForm, ids: list[int]
    ) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": _("Take down messages"),
            "opts": self.opts,
            "form": form,
            "ids": ids,
            "checkbox_name": ACTION_CHECKBOX_NAME,
        }
        return TemplateResponse(request, "admin/messaging/message/take_down.html", context)


@admin.register(MessageRemoval)
class MessageRemovalAdmin(ReadOnlyAdmin):
    """Messages that support has taken down, with the reason."""

    list_display = ("message_id", "removed_by_email", "reason", "removed_at")
    list_filter = ("removed_at",)
    search_fields = ("removed_by_email", "reason")
    fields = ("message", "removed_by_email", "reason", "removed_at")
