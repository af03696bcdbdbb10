from typing import Any

from django.core.exceptions import BadRequest
from django.db.models import QuerySet
from django.http import HttpRequest

from backoffice.pages import ClosedAdmin
from users.admin.staff import staff_of
from users.models import User
from users.services.administration import erase_account
from users.services.erasure import MessageChoice


class ErasingAdmin(ClosedAdmin):
    """The base class of a page whose "Delete" erases people, in a job; see `users.services.erasure`."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        """Leave out people whose erasure has begun."""
        return super().get_queryset(request).filter(erased_at=None)

    def delete_model(self, request: HttpRequest, obj: User) -> None:
        erase_account(user=obj, messages=_choice_of(request), by=staff_of(request))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        for user in queryset:
            self.delete_model(request, user)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """
        Return the contents of the page that confirms a deletion: only the people.

        Erasing what refers to them needs no separate permissions, and there may be too much to count.
        """
        people = list(objs)
        name = str(self.opts.verbose_name)
        is_allowed = all(self.has_delete_permission(request, each) for each in people)
        counts = {self.opts.verbose_name_plural: len(people)}
        return [*map(str, people)], counts, set() if is_allowed else {name}, []


def _choice_of(request: HttpRequest) -> MessageChoice:
    try:
        return MessageChoice(request.POST.get("messages", MessageChoice.KEEP))
    except ValueError as error:
        raise BadRequest("messages must be keep or erase.") from error
