from typing import Any

from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from api.errors import refuse
from api.exceptions import TooFast
from backoffice.pages import ClosedAdmin
from users.known_browsers import remember_browser
from users.throttling import count_sign_in
from users.two_factor_pages import TwoFactorSite


class ClosedAdminSite(TwoFactorSite):
    """
    Django's admin site with a second factor, and with these restrictions.

    Every model's page is a ClosedAdmin: others, such as those of libraries, are made one.

    Autocomplete works only for fields that use it in our forms, not for every relation of every model.
    Each attempt to change one's own password counts as a sign-in attempt, so that the old password
    cannot be guessed.
    """

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Register models with a page that is a ClosedAdmin, even if `admin_class` is not."""
        page = admin_class or ClosedAdmin
        if not issubclass(page, ClosedAdmin):
            page = type(page.__name__, (ClosedAdmin, page), {})
        super().register(model_or_iterable, page, **options)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """Sign in with a password. Strangers' guesses then no longer limit this browser's sign-ins."""
        response = super().login(request, extra_context)
        if request.method == "POST" and request.user.is_authenticated:
            remember_browser(response, request.user.get_username())
        return response

    def password_change(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> Any:
        """Change one's own password. Each attempt counts as a sign-in; return 429 beyond the limit."""
        try:
            if request.method == "POST":
                count_sign_in(request, request.user.get_username())
        except TooFast as error:
            response = refuse(request, 429, error.detail, error.code)
            response["Retry-After"] = str(error.retry_after)
            return response
        return super().password_change(request, extra_context)

    def autocomplete_view(self, request: HttpRequest) -> HttpResponse:
        """
        Return the choices of a field; raise PermissionDenied unless one of our forms autocompletes it.
        """
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
