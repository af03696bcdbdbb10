"""The admin's page for the second factor: setting it up at the first sign-in, and a code at each one."""

from typing import Any, cast

import django_otp
import segno
from django import forms
from django.conf import settings
from django.contrib import admin
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from api.exceptions import TooFast
from users.models import User
from users.services.two_factor import (
    confirm_enrolment,
    has_second_factor,
    prepare_enrolment,
    verify_code,
)
from users.throttling import count_sign_in

WRONG = _("This code is wrong or was used before. Wait for the next code, then try again.")


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("Code"),
        max_length=20,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "autofocus": True, "spellcheck": "false"}
        ),
    )


class TwoFactorSite(admin.AdminSite):
    """
    An admin site that asks for a second factor after the password, if `ADMIN_TWO_FACTOR` is set.

    The session remembers it until the sign-out. Staff without a second factor set it up first.
    """

    def has_permission(self, request: HttpRequest) -> bool:
        return super().has_permission(request) and not self._lacks_code(request)

    def get_urls(self) -> list[Any]:
        own: URLPattern = path("two-factor/", self.two_factor, name="two_factor")
        return [own, *super().get_urls()]

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """Show the form for the password, or redirect to the second step after it."""
        if (
            request.method == "GET"
            and super().has_permission(request)
            and self._lacks_code(request)
        ):
            query = request.GET.urlencode()
            return redirect(f"{reverse('admin:two_factor')}?{query}")
        return super().login(request, extra_context)

    @method_decorator(
        (
            sensitive_post_parameters("code"),
            never_cache,
            csrf_protect,
            require_http_methods(["GET", "POST"]),
        )
    )
    def two_factor(self, request: HttpRequest) -> HttpResponse:
        """Ask for a code, or show the QR code for setting up the app. Each attempt counts as a sign-in."""
        if not super().has_permission(request):
            return redirect_to_login(request.get_full_path(), reverse("admin:login"))
        if not self._lacks_code(request):
            return redirect(_next(request))
        if "sign_out" in request.POST:
            logout(request)
            return redirect("admin:login")
        return self._answer(request, cast(User, request.user))

    def _answer(self, request: HttpRequest, user: User) -> HttpResponse:
        form = CodeForm(request.POST or None)
        is_new = not has_second_factor(user)
        if form.is_valid():
            try:
                return self._check(request, user, form.cleaned_data["code"], is_new=is_new)
            except ValidationError as error:
                form.add_error("code", error)
        context: dict[str, Any] = {"form": form}
        return self._render(request, {**context, **_describe(user)} if is_new else context)

    def _check(self, request: HttpRequest, user: User, code: str, *, is_new: bool) -> HttpResponse:
        """Accept a code; raise ValidationError if it is wrong, or after too many attempts."""
        try:
            count_sign_in(request, user.email)
        except TooFast as error:
            raise ValidationError(error.detail, code=error.code) from error
        if is_new:
            confirmed = confirm_enrolment(user=user, code=code)
            device, codes = confirmed or (None, [])
        else:
            device, codes = verify_code(user=user, code=code), []
        if device is None:
            raise ValidationError(WRONG)
        request.session.cycle_key()
        django_otp.login(request, device)
        if codes:
            return self._render(request, {"recovery_codes": codes, "next": _next(request)})
        return redirect(_next(request))

    def _lacks_code(self, request: HttpRequest) -> bool:
        is_verified = getattr(request.user, "is_verified", None)
        return bool(settings.ADMIN_TWO_FACTOR and not (is_verified and is_verified()))

    def _render(self, request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
        shared = {
            **self.each_context(request),
            "title": _("Two-factor sign-in"),
            "has_permission": False,
            "is_nav_sidebar_enabled": False,
            "available_apps": [],
        }
        return TemplateResponse(request, "admin/two_factor.html", {**shared, **context})


def _describe(user: User) -> dict[str, str]:
    """Return the secret for the app, as text and as a picture of a QR code."""
    device = prepare_enrolment(user=user)
    url: str = device.config_url
    return {
        "qr_code": segno.make(url, micro=False).svg_data_uri(scale=5),
        "secret": url.partition("secret=")[2].partition("&")[0],
    }


def _next(request: HttpRequest) -> str:
    """Return the address to go on to, but only within this site."""
    wanted = request.GET.get("next", "")
    is_own = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if is_own else reverse("admin:index")
