from django.apps import apps
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse


class ClosedAdminSite(admin.AdminSite):
    """Django's site, whose search for a form's choices answers for every relation of every model."""

    def autocomplete_view(self, request: HttpRequest) -> HttpResponse:
        """Search for the choices of a field that a form of ours searches for, and of no other."""
        if not self._is_offered(request):
            raise PermissionDenied
        return super().autocomplete_view(request)

    def _is_offered(self, request: HttpRequest) -> bool:
        name = f"{request.GET.get('app_label')}.{request.GET.get('model_name')}"
        try:
            model = apps.get_model(name)
        except (LookupError, ValueError):
            return False
        offered = (
            self.get_model_admin(model).autocomplete_fields if self.is_registered(model) else ()
        )
        return request.GET.get("field_name") in offered
