from typing import Any, cast

from django import forms
from django.contrib import admin
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth.forms import AdminPasswordChangeForm
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.http import HttpRequest

from api.exceptions import FieldInvalid, TooFast
from text.visible import has_hidden
from users.client_info import client_of
from users.models import User, normalize_email
from users.services.accounts import store_password
from users.services.administration import ensure_role_fits
from users.sign_in_limits import forgive
from users.throttling import count_sign_in


class SignInForm(AdminAuthenticationForm):
    """The admin's sign-in form, which counts towards the same limits as every other sign-in."""

    def clean(self) -> dict[str, Any]:
        request = cast(HttpRequest, self.request)  # the admin's site passes it
        email = self.cleaned_data.get("username")
        try:
            count_sign_in(request, email)
        except TooFast as error:
            raise ValidationError(error.detail, code=error.code) from error
        cleaned = super().clean()
        if email and self.cleaned_data.get("password"):
            forgive(client_of(request), email)  # otherwise, clean() has raised ValidationError
        return cleaned


admin.site.login_form = SignInForm


class PasswordForm(AdminPasswordChangeForm):  # type: ignore[type-arg]  # no subscript at run time
    """Django's form, but it stores only the password, and ends all of the person's sessions."""

    def save(self, commit: bool = True) -> User:
        user: User = super().save(commit=False)
        store_password(user=user)
        return user


class AddressField(forms.EmailField):
    """An email address. Its length is checked after normalization: the lower-case form can be longer."""

    def to_python(self, value: Any) -> str:
        address = normalize_email(super().to_python(value) or "")
        if has_hidden(address):
            raise ValidationError(EmailValidator.message, code="invalid")
        return address


class PersonForm(forms.ModelForm[User]):
    """The fields of a person except the password, which has its own page."""

    def clean_role(self) -> str:
        role = str(self.cleaned_data["role"])
        # The instance still has the stored values: Django copies the form's values after cleaning.
        try:
            ensure_role_fits(user=self.instance, role=role)
        except FieldInvalid as error:
            raise ValidationError(error.messages) from error
        return role


def without_admin(request: HttpRequest, choices: Any) -> list[Any]:
    """Return the roles that the user may assign. Only superusers may assign ADMIN."""
    may_all = getattr(request.user, "is_superuser", False)
    return [each for each in choices if may_all or each[0] != User.Role.ADMIN]
