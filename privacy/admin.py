from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.forms import ModelForm
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from backoffice.pages import ReadOnlyAdmin
from privacy.downloads import send_export
from privacy.models import DataExport
from privacy.services.exporting import request_export
from users.admin import PERSON_SEARCH


@admin.register(DataExport)
class DataExportAdmin(ReadOnlyAdmin):
    """
    Exports of people's data. Staff with the permission to add one may also download the files.

    An export has a private copy of all messages of a person, so the permission to view the list is not
    enough for the file.
    """

    list_display = ("user", "requested_by_email", "created_at", "expires_at", "size", "file")
    list_filter = ("created_at",)
    list_select_related = ("user",)
    search_fields = tuple(f"user__{field}" for field in PERSON_SEARCH)
    autocomplete_fields = ("user",)

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        return bool(request.user.has_perm("privacy.add_dataexport"))

    def get_fields(self, request: HttpRequest, obj: DataExport | None = None) -> Any:
        if obj is None:
            return ("user",)
        return ("user", "requested_by_email", "created_at", "expires_at", "size", "file")

    def save_model(
        self, request: HttpRequest, obj: DataExport, form: ModelForm[DataExport], change: bool
    ) -> None:
        by: Any = request.user
        obj.pk = request_export(user=obj.user, by_email=by.email).pk

    @admin.display(description=_("file"))
    def file(self, export: DataExport) -> str:
        if not DataExport.objects.ready().filter(pk=export.pk).exists():
            return str(_("Not ready") if export.expires_at is None else _("Expired"))
        url = reverse("admin:privacy_dataexport_download", args=[export.pk])
        return format_html('<a href="{}">{}</a>', url, _("Download"))

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.download)
        own = path("<int:pk>/download/", view, name="privacy_dataexport_download")
        return [own, *super().get_urls()]

    def download(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        if not self.has_add_permission(request):
            raise PermissionDenied
        export = DataExport.objects.ready().filter(pk=pk).first()
        if export is None:
            raise Http404
        return send_export(request, export)
