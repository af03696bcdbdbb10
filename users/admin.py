from typing import Any

from django.contrib import admin
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminPasswordChangeForm, AdminUserCreationForm
from django.core.exceptions import ValidationError
from django.db.models import Count, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from users.exceptions import TooFast
from users.models import AuthSession, DeviceToken, ImpersonationSession, ImpersonationView, User
from users.services.accounts import deactivate_user, reactivate_user, store_password
from users.services.sessions import end_sessions
from users.throttling import count_sign_in

PERSON_SEARCH = ("email", "first_name", "last_name")


class SignInForm(AdminAuthenticationForm):
    """The admin's own, under the limits of every other sign-in: what opens the most is tried the most."""

    def clean(self) -> dict[str, Any]:
        address = self.request.META.get("REMOTE_ADDR", "") if self.request else ""
        try:
            count_sign_in(address, self.cleaned_data.get("username"))
        except TooFast as error:
            raise ValidationError(error.detail, code=error.code) from error
        return super().clean()


def change_own_password(request: HttpRequest, extra_context: Any = None) -> HttpResponseBase:
    """The admin's own view, in which a guess at the old password counts as a sign-in; 429 past it."""
    try:
        if request.method == "POST" and isinstance(request.user, User):
            count_sign_in(request.META.get("REMOTE_ADDR", ""), request.user.email)
    except TooFast as error:
        headers = {"Retry-After": str(error.retry_after), "Content-Type": "text/plain"}
        return HttpResponse(error.detail, status=429, headers=headers)
    return _change_own_password(request, extra_context)


admin.site.login_form = SignInForm
_change_own_password = admin.site.password_change
# There is no setting for it, as there is for the form above.
admin.site.password_change = change_own_password  # type: ignore[assignment, method-assign]


class PasswordForm(AdminPasswordChangeForm):  # type: ignore[type-arg]  # no class takes one at run time
    """Django's own, which would leave every session as it is, and write all else of a person anew."""

    def save(self, commit: bool = True) -> User:
        user: User = super().save(commit=False)
        store_password(user=user)
        return user


class ReadOnlyAdmin(admin.ModelAdmin[Any]):
    """Rows that are a record of what happened: looked at, never written."""

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(User)
class UserAdmin(DjangoUserAdmin[User]):
    """
    People, found by name or address.

    Who trains whom is changed under Trainees, where the conversation is archived with it.
    """

    add_form = AdminUserCreationForm
    change_password_form = PasswordForm
    ordering = ("-id",)
    list_display = ("email", "first_name", "last_name", "role", "parent_trainer", "is_active")
    list_filter = ("role", "is_active", "is_staff", "created_at")
    list_select_related = ("parent_trainer",)
    search_fields = PERSON_SEARCH
    readonly_fields = ("parent_trainer", "created_at", "last_login")
    filter_horizontal = ("groups", "user_permissions")
    actions = ("deactivate", "reactivate")
    fieldsets = (
        (None, {"fields": ("email", "password", "role", "parent_trainer")}),
        ("Person", {"fields": ("first_name", "last_name", "business_name", "phone_number")}),
        ("Access", {"fields": ("is_active", "is_staff", "is_superuser", "groups")}),
        ("Record", {"fields": ("onboarding_completed", "created_at", "last_login")}),
    )
    add_fieldsets = (
        (None, {"fields": ("email", "role", "first_name", "last_name", "password1", "password2")}),
    )

    def save_model(
        self, request: HttpRequest, obj: User, form: ModelForm[User], change: bool
    ) -> None:
        """Save what the form changes and no more, and lock out at once whoever was deactivated."""
        columns = {each.name for each in User._meta.concrete_fields}
        obj.save(update_fields=columns.intersection(form.changed_data) if change else None)
        if change and "is_active" in form.changed_data and not obj.is_active:
            deactivate_user(user=obj)

    @admin.action(description="Deactivate: lock out at once, everywhere")
    def deactivate(self, request: HttpRequest, users: QuerySet[User]) -> None:
        for user in users:
            deactivate_user(user=user)
        self.message_user(request, f"{len(users)} deactivated.")

    @admin.action(description="Reactivate")
    def reactivate(self, request: HttpRequest, users: QuerySet[User]) -> None:
        for user in users:
            reactivate_user(user=user)
        self.message_user(request, f"{len(users)} reactivated.")


class SessionAdmin(ReadOnlyAdmin):
    search_fields = ("user_email", "impersonator_email", "user__first_name", "user__last_name")
    date_hierarchy = "created_at"
    actions = ("end",)

    @admin.action(description="End: its tokens and sockets die at once", permissions=["view"])
    def end(self, request: HttpRequest, sessions: QuerySet[AuthSession]) -> None:
        ended = end_sessions(AuthSession.objects.filter(pk__in=sessions.values("pk")))
        self.message_user(request, f"{ended} ended.")


@admin.register(AuthSession)
class SignInAdmin(SessionAdmin):
    """Who is signed in, and since when."""

    list_display = ("user_email", "created_at", "expires_at", "ended_at")
    list_filter = ("created_at", ("ended_at", admin.EmptyFieldListFilter))

    def get_queryset(self, request: HttpRequest) -> QuerySet[AuthSession]:
        return super().get_queryset(request).filter(kind=AuthSession.Kind.SIGN_IN)


class ViewInline(admin.TabularInline[ImpersonationView, ImpersonationSession]):
    model = ImpersonationView
    fields = readonly_fields = ("viewed_at", "method", "path")
    extra = 0
    can_delete = False
    show_change_link = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(ImpersonationSession)
class ImpersonationSessionAdmin(SessionAdmin):
    """Who looked through whose account, when, and at what."""

    list_display = ("impersonator_email", "user_email", "created_at", "ended_at", "view_count")
    list_filter = ("created_at", ("ended_at", admin.EmptyFieldListFilter))
    inlines = (ViewInline,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[ImpersonationSession]:
        sessions = super().get_queryset(request).filter(kind=AuthSession.Kind.IMPERSONATION)
        annotated: QuerySet[ImpersonationSession] = sessions.annotate(view_count=Count("views"))
        return annotated

    @admin.display(description="looked at", ordering="view_count")
    def view_count(self, session: Any) -> int:
        return int(session.view_count)


@admin.register(DeviceToken)
class DeviceTokenAdmin(ReadOnlyAdmin):
    list_display = ("user", "platform", "created_at", "updated_at")
    list_filter = ("platform",)
    list_select_related = ("user",)
    search_fields = tuple(f"user__{field}" for field in PERSON_SEARCH)
    fields = ("user", "platform", "created_at", "updated_at")
