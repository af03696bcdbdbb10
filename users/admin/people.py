from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminUserCreationForm
from django.db import transaction
from django.db.models import Field, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from api.exceptions import ServiceError
from backoffice.pages import ClosedAdmin
from users.admin.erasure import ErasingAdmin
from users.admin.forms import AddressField, PasswordForm, PersonForm, without_admin
from users.admin.links import LinksToRows
from users.admin.search import PERSON_SEARCH
from users.admin.second_factors import ResetsSecondFactors
from users.admin.staff import staff_of
from users.models import User
from users.rights import RIGHTS, ReservedForSuperusers, may_manage
from users.services.administration import (
    add_account,
    change_account,
    set_active,
)


class PersonAdmin(ClosedAdmin):
    """The base class of pages on people. Only superusers may change or delete staff and admins."""

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and self._may_manage(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and self._may_manage(request, obj)

    @admin.display(description=_("name"))
    def name(self, user: User) -> str:
        return user.get_full_name()

    def _may_manage(self, request: HttpRequest, obj: Any) -> bool:
        return obj is None or may_manage(by=staff_of(request), user=obj)


def _summary(count: int, *, is_active: bool) -> str:
    if is_active:
        text = ngettext("%(count)s account reactivated.", "%(count)s accounts reactivated.", count)
    else:
        text = ngettext("%(count)s account deactivated.", "%(count)s accounts deactivated.", count)
    return text % {"count": count}


@admin.register(User)
class UserAdmin(ErasingAdmin, ResetsSecondFactors, LinksToRows, PersonAdmin, DjangoUserAdmin[User]):
    """
    People, searchable by name or email address.

    A trainee's trainer is changed under Trainees, where a change also archives the conversation with
    the old trainer.
    """

    form = PersonForm
    add_form = AdminUserCreationForm
    change_password_form = PasswordForm
    ordering = ("-id",)
    list_display = ("email", "name", "role", "parent_trainer", "is_active")
    list_filter = ("role", "is_active", "is_staff", "created_at")
    list_select_related = ("parent_trainer",)
    search_fields = PERSON_SEARCH
    readonly_fields = (
        "parent_trainer",
        "password_link",
        "created_at",
        "last_login",
        "second_factor",
        "related_rows",
    )
    filter_horizontal = ("groups", "user_permissions")
    actions = ("deactivate", "reactivate", "reset_second_factor")
    fieldsets = (
        (None, {"fields": ("email", "password_link", "role", "parent_trainer")}),
        (_("Person"), {"fields": ("first_name", "last_name", "business_name", "phone_number")}),
        (
            _("Access"),
            {"fields": ("is_active", "is_staff", "is_superuser", "groups", "second_factor")},
        ),
        (
            _("Record"),
            {"fields": ("onboarding_completed", "created_at", "last_login", "related_rows")},
        ),
    )
    add_fieldsets = (
        (None, {"fields": ("email", "role", "first_name", "last_name", "password1", "password2")}),
    )

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> Any:
        """Show staff the link for setting a password only if they may change the person."""
        fieldsets = super().get_fieldsets(request, obj)
        if obj is None or self.has_change_permission(request, obj):
            return fieldsets
        return [
            (title, {"fields": [each for each in options["fields"] if each != "password_link"]})
            for title, options in fieldsets
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> Any:
        fields = super().get_readonly_fields(request, obj)
        return fields if staff_of(request).is_superuser else (*fields, *sorted(RIGHTS))

    def formfield_for_dbfield(
        self, db_field: Field[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> forms.Field | None:
        if db_field.name == "email":
            kwargs["form_class"] = AddressField
        elif db_field.name == "role":
            kwargs["choices"] = without_admin(request, db_field.get_choices(include_blank=False))
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def user_change_password(
        self,
        request: HttpRequest,
        id: str,  # noqa: A002 - the URL pattern names it
        form_url: str = "",
    ) -> Any:
        """If a service raises an error, store nothing and show a message."""
        try:
            return super().user_change_password(request, id, form_url)
        except ServiceError as error:
            return self._tell(request, error)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[User], search_term: str
    ) -> tuple[QuerySet[User], bool]:
        """Offer only active trainers in the field `parent_trainer`."""
        if request.GET.get("field_name") == "parent_trainer":
            queryset = queryset.filter(role=User.Role.TRAINER, is_active=True)
        return super().get_search_results(request, queryset, search_term)

    def save_model(
        self, request: HttpRequest, obj: User, form: ModelForm[User], change: bool
    ) -> None:
        by = staff_of(request)
        if change:
            change_account(user=obj, changed=form.changed_data, by=by)
        else:
            add_account(user=obj, by=by)

    @admin.display(description=_("password"))
    def password_link(self, user: User) -> str:
        if not user.has_usable_password():
            return format_html('Not set. <a href="{}">Set a password</a>', "../password/")
        return format_html('Set. <a href="{}">Change it</a>', "../password/")

    @admin.action(description=_("Deactivate and sign out everywhere"), permissions=["change"])
    def deactivate(self, request: HttpRequest, users: QuerySet[User]) -> None:
        self._set_active(request, users, is_active=False)

    @admin.action(description=_("Reactivate"), permissions=["change"])
    def reactivate(self, request: HttpRequest, users: QuerySet[User]) -> None:
        self._set_active(request, users, is_active=True)

    @transaction.atomic
    def _set_active(self, request: HttpRequest, users: QuerySet[User], *, is_active: bool) -> None:
        """Change the people whom the user may manage; show an error if some were skipped."""
        by = staff_of(request)
        manageable = [each for each in users if may_manage(by=by, user=each)]
        changed = [each for each in manageable if each.is_active is not is_active]
        for user in manageable:
            set_active(user=user, is_active=is_active, by=by)
        self.log_rows(request, changed, _("Reactivated") if is_active else _("Deactivated"))
        self.message_user(request, _summary(len(manageable), is_active=is_active))
        if len(manageable) < len(users):
            self.message_user(request, ReservedForSuperusers.detail, messages.ERROR)
