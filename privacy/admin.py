from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet, Value
from django.forms import ModelForm
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from backoffice.pages import ReadOnlyAdmin
from messaging.models import REASON_MAX_LENGTH
from messaging.services.inspecting import PERMISSION, REASON_MIN_LENGTH
from privacy.downloads import send_export
from privacy.models import DataExport
from privacy.services.exporting import get_export_for_staff, request_export
from users.admin import PERSON_SEARCH
from users.admin.staff import staff_of


class RequestForm(ModelForm[DataExport]):
    reason = forms.CharField(
        label=_("Reason"),
        min_length=REASON_MIN_LENGTH,
        max_length=REASON_MAX_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_(
            "The file contains all private messages of the person, so the export is recorded as a"
            " reading of each conversation. Example of a reason: the number of a support request."
        ),
    )

    class Meta:
        model = DataExport
        fields = ("user",)


@admin.register(DataExport)
class DataExportAdmin(ReadOnlyAdmin):
    """
    Exports of people's data. The staff user who requested one can download the file.

    An export contains all messages of a person. So besides the permission to add one, requesting and
    downloading need the permission to read private messages, and a reason.
    """

    form = RequestForm
    list_display = (
        "user",
        "requested_by_email",
        "reason",
        "created_at",
        "expires_at",
        "size",
        "file",
    )
    list_filter = ("created_at",)
    list_select_related = ("user",)
    search_fields = tuple(f"user__{field}" for field in PERSON_SEARCH)
    autocomplete_fields = ("user",)

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        return bool(request.user.has_perms(["privacy.add_dataexport", PERMISSION]))

    def get_queryset(self, request: HttpRequest) -> QuerySet[DataExport]:
        """Annotate whether the staff user may download each export, once it is ready."""
        may_read = self.has_add_permission(request)
        mine: Any = Q(requested_by=request.user.pk) if may_read else Value(False)
        exports: QuerySet[DataExport] = super().get_queryset(request)
        return exports.annotate(is_mine=mine)

    def get_fields(self, request: HttpRequest, obj: DataExport | None = None) -> Any:
        return ("user", "reason") if obj is None else self.list_display

    def save_model(
        self, request: HttpRequest, obj: DataExport, form: ModelForm[DataExport], change: bool
    ) -> None:
        by: Any = staff_of(request)
        obj.pk = request_export(user=obj.user, by=by, reason=form.cleaned_data["reason"]).pk

    @admin.display(description=_("file"))
    def file(self, export: Any) -> str:
        if not DataExport.objects.ready().filter(pk=export.pk).exists():
            return str(_("Not ready") if export.expires_at is None else _("Expired"))
        if not export.is_mine:
            return str(_("Ready (only the requester can download it)"))
        url = reverse("admin:privacy_dataexport_download", args=[export.pk])
        return format_html('<a href="{}">{}</a>', url, _("Download"))

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.download)
        own = path("<int:pk>/download/", view, name="privacy_dataexport_download")
        return [own, *super().get_urls()]

    def download(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        if not self.has_add_permission(request):
            raise PermissionDenied
        reader: Any = staff_of(request)
        export = get_export_for_staff(export_id=pk, reader=reader)
        if export is None:
            raise Http404
        return send_export(request, export)
