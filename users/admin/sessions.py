from typing import Any

from django.contrib import admin
from django.db import transaction
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django_stubs_ext import StrOrPromise

from backoffice.pages import ReadOnlyAdmin
from users.browsers import describe_browser
from users.models import AuthSession, ImpersonationSession, ImpersonationView, User
from users.services.sessions import end_sessions

CLIENT = ("browser", "address", "last_used_at")


class SessionAdmin(ReadOnlyAdmin):
    """
    The base class of pages on sessions.

    Address, browser and last use are those of the last refresh. A client in use makes one about every hour.
    """

    search_fields = ("user_email", "impersonator_email", "user__search_text")
    actions = ("end",)
    ended: StrOrPromise = _("Sign-in ended")

    def has_end_permission(self, request: HttpRequest) -> bool:
        return self.may_change_rows(request)

    @admin.display(description=_("browser or app"))
    def browser(self, session: AuthSession) -> str:
        return describe_browser(session.user_agent)

    @admin.action(description=_("End sessions (access ends at once)"), permissions=["end"])
    @transaction.atomic
    def end(self, request: HttpRequest, sessions: QuerySet[AuthSession]) -> None:
        """End sessions, and record it in the histories of the people whose sessions they are."""
        living = AuthSession.objects.filter(pk__in=sessions.values("pk"), ended_at=None)
        people = list(User.objects.filter(pk__in=living.values("user")))
        ended = end_sessions(living)
        self.log_rows(request, people, self.ended)
        text = ngettext("%(count)s session ended.", "%(count)s sessions ended.", ended)
        self.message_user(request, text % {"count": ended})


@admin.register(AuthSession)
class SignInAdmin(SessionAdmin):
    """Current and past sign-ins."""

    linked_lookups = ("user__id__exact",)
    list_display = ("user_email", *CLIENT, "created_at", "expires_at", "ended_at")
    list_filter = ("created_at", ("ended_at", admin.EmptyFieldListFilter))
    fields = ("user", "user_email", *CLIENT, "created_at", "expires_at", "ended_at")

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
    """Impersonations, with a record of the requests made and the sockets opened during each."""

    linked_lookups = ("user__id__exact", "impersonator__id__exact")
    ended = _("Impersonation ended")
    list_display = (
        "impersonator_email",
        "user_email",
        *CLIENT,
        "created_at",
        "ended_at",
        "view_count",
    )
    list_filter = ("created_at", ("ended_at", admin.EmptyFieldListFilter))
    fields = (
        "impersonator",
        "impersonator_email",
        "user",
        "user_email",
        *CLIENT,
        "created_at",
        "expires_at",
        "ended_at",
    )
    inlines = (ViewInline,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[ImpersonationSession]:
        sessions = super().get_queryset(request).filter(kind=AuthSession.Kind.IMPERSONATION)
        # A subquery for each shown row. A join would group the whole table.
        views = ImpersonationView.objects.filter(session=OuterRef("pk")).order_by()
        count = views.values("session").values(number=Count("*"))
        annotated: QuerySet[ImpersonationSession] = sessions.annotate(
            view_count=Coalesce(Subquery(count), 0)
        )
        return annotated

    @admin.display(description=_("requests"))
    def view_count(self, session: Any) -> int:
        return int(session.view_count)
