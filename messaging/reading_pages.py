"""The admin's pages for reading a conversation, and the record of it."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from api.exceptions import FieldInvalid
from api.fields import MAX_ID
from backoffice.pages import ID, ClosedAdmin, ReadOnlyAdmin
from messaging.details import load_details
from messaging.models import REASON_MAX_LENGTH, Conversation, Message, MessageReading
from messaging.photos import links_of
from messaging.services.inspecting import (
    PAGE_SIZE,
    PERMISSION,
    ReasonNeeded,
    begin_reading,
    read_messages,
)
from users.admin.staff import staff_of


class ReadingForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        max_length=REASON_MAX_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("For example the number of a support request. Stored with your name."),
    )


class ReadsMessages(ClosedAdmin):
    """Adds a page with a conversation's messages. It asks for a reason, and needs its own permission."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(require_http_methods(["GET", "POST"])(self.read_view))
        own = path("<int:pk>/read/", view, name="messaging_conversation_read")
        return [own, *super().get_urls()]

    def read_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show a page of messages, or ask for the reason first."""
        conversation = self.get_object(request, str(pk)) if pk <= MAX_ID else None
        if not (self.has_view_permission(request) and staff_of(request).has_perm(PERMISSION)):
            raise PermissionDenied
        if conversation is None:
            raise Http404
        if request.method == "POST":
            return self._begin(request, conversation)
        return self._show(request, conversation)

    def _begin(self, request: HttpRequest, conversation: Conversation) -> HttpResponse:
        form = ReadingForm(request.POST)
        if not form.is_valid():
            return self._render(request, conversation, form=form)
        reader: Any = staff_of(request)
        try:
            begin_reading(
                reader=reader,
                conversation_id=conversation.pk,
                reason=form.cleaned_data["reason"],
            )
        except FieldInvalid as error:
            form.add_error("reason", error.messages)
            return self._render(request, conversation, form=form)
        return redirect("admin:messaging_conversation_read", conversation.pk)

    def _show(self, request: HttpRequest, conversation: Conversation) -> HttpResponse:
        asked = request.GET.get("before", "")
        before = int(asked) if ID.fullmatch(asked) else MAX_ID
        reader: Any = staff_of(request)
        try:
            shown = read_messages(reader=reader, conversation_id=conversation.pk, before=before)
        except ReasonNeeded:
            return self._render(request, conversation, form=ReadingForm())
        older = shown[-1].pk if len(shown) == PAGE_SIZE else None
        return self._render(request, conversation, shown=_with_photos(shown), older=older)

    def _render(
        self, request: HttpRequest, conversation: Conversation, **context: Any
    ) -> HttpResponse:
        shared = self.admin_site.each_context(request)
        context = {**shared, "title": _("Messages"), "opts": self.opts, **context}
        template = "admin/messaging/conversation/read.html"
        return TemplateResponse(request, template, {"conversation": conversation, **context})

    @admin.display(description=_("messages"))
    def messages_link(self, conversation: Conversation) -> SafeString:
        return link_to_reading(conversation.pk)


def _with_photos(messages: list[Message]) -> list[tuple[Message, list[dict[str, str]]]]:
    """Return each message with the links to its photos."""
    photos = load_details(messages).photos
    return [(each, [links_of(photo) for photo in photos.get(each.pk, [])]) for each in messages]


def link_to_reading(conversation_id: int) -> SafeString:
    url = reverse("admin:messaging_conversation_read", args=[conversation_id])
    return format_html('<a href="{}">{}</a>', url, _("Read messages"))


@admin.register(MessageReading)
class MessageReadingAdmin(ReadOnlyAdmin):
    """Which staff have read which conversations, and why."""

    list_display = (
        "reader_email",
        "conversation_id",
        "reason",
        "started_at",
        "last_read_at",
        "pages_read",
    )
    list_filter = ("started_at",)
    search_fields = ("reader_email", "reason")
    fields = (
        "reader_email",
        "conversation",
        "reason",
        "started_at",
        "last_read_at",
        "pages_read",
    )
    linked_lookups = ("conversation__id__exact",)
