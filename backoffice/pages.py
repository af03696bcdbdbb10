"""Base classes of all admin pages. They restrict how URLs can filter lists and refer to rows."""

import re
from collections.abc import Iterable
from typing import Any, cast

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import BadRequest
from django.core.paginator import Paginator
from django.db import DataError
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.functional import cached_property
from django_stubs_ext import StrOrPromise

from api.exceptions import ServiceError
from text.folding import fold

# The lookups that Django's filters put into URLs.
FILTER_LOOKUPS = ("", "__exact", "__gte", "__lt", "__isnull", "__isempty")
# Django searches each field for each word, and SQLite limits the depth of an expression to 1,000.
MAX_SEARCH_WORDS = 10
MAX_SEARCH_LENGTH = 300
# Fifty pages.
MAX_COUNTED = 5000
ID = re.compile(r"[0-9]{1,18}")


def ensure_ids(request: HttpRequest, *names: str, may_be_empty: bool) -> None:
    """
    Raise BadRequest if a value posted under one of these names is not an id of up to 18 digits.

    Other values could make Django's queries fail. Ignore empty values if `may_be_empty`.
    """
    for name in names:
        ids = [each for each in request.POST.getlist(name) if each or not may_be_empty]
        if not all(map(ID.fullmatch, ids)):
            raise BadRequest(f"{name} is not a valid id.")


class BoundedPaginator(Paginator[Any]):
    """A paginator that counts at most `MAX_COUNTED` rows. Older rows are found by filters or a search."""

    @cached_property
    def count(self) -> int:
        rows: QuerySet[Any] = self.object_list  # type: ignore[assignment]  # the admin passes a queryset
        return rows.order_by("-pk").values("pk")[:MAX_COUNTED].count()


class RowList(ChangeList):
    """
    Django's change list, always in the order of the primary key, the newest row first.

    Another order would sort the whole table for each page.
    """

    def get_ordering(self, request: HttpRequest, queryset: QuerySet[Any]) -> list[Any]:
        return ["-pk"]


class ClosedAdmin(admin.ModelAdmin[Any]):
    """
    The base class of every admin page.

    In Django's admin a URL can filter a list by any column, so staff could find out password hashes or
    push tokens letter by letter. Here a URL can use only the page's own filters and
    `linked_lookups`; other lookups get 400.
    """

    # Django would count the whole table for each page.
    show_full_result_count = False
    paginator = BoundedPaginator
    sortable_by = ()
    # Lookups in our own links, such as "conversation__id__exact".
    linked_lookups: tuple[str, ...] = ()

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        return lookup in self.linked_lookups or lookup in self._offered_lookups(request)

    def _offered_lookups(self, request: HttpRequest | None) -> set[str]:
        filters = self.get_list_filter(cast(HttpRequest, request))
        fields = {each if isinstance(each, str) else cast(Any, each)[0] for each in filters}
        return {field + lookup for field in fields for lookup in FILTER_LOOKUPS}

    def to_field_allowed(self, request: HttpRequest, to_field: str) -> bool:
        """Allow references to rows only by id; other references would reveal the values of a column."""
        return to_field == self.opts.pk.name

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Any:
        """Ignore an empty parameter `_to_field`. Django would raise FieldDoesNotExist, a server error."""
        return super().get_object(request, object_id, from_field or None)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Search for the folded words: names are stored in that form too, and the rest ignores case."""
        words = fold(search_term.replace("\0", " ")[:MAX_SEARCH_LENGTH]).split()
        return super().get_search_results(request, queryset, " ".join(words[:MAX_SEARCH_WORDS]))

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return RowList

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Return 400 for invalid ids and out-of-range values; show service errors as messages."""
        ensure_ids(request, ACTION_CHECKBOX_NAME, may_be_empty=False)
        try:
            return super().changelist_view(request, extra_context)
        except ServiceError as error:
            return self._tell(request, error)
        except (DataError, OverflowError) as error:
            raise BadRequest("A value is out of range.") from error

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        """Return 400 for invalid ids. If a service raises an error, store nothing and show a message."""
        relations = (each.name for each in self.opts.get_fields() if each.is_relation)
        ensure_ids(request, *relations, may_be_empty=True)
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except ServiceError as error:
            return self._tell(request, error)

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> Any:
        """If a service raises an error, delete nothing and show a message."""
        try:
            return super().delete_view(request, object_id, extra_context)
        except ServiceError as error:
            return self._tell(request, error)

    def _tell(self, request: HttpRequest, error: ServiceError) -> HttpResponse:
        self.message_user(request, error.detail, messages.ERROR)
        return HttpResponseRedirect(request.get_full_path())

    def log_rows(self, request: HttpRequest, rows: Iterable[Model], text: StrOrPromise) -> None:
        """Record in the history of these rows what an action of the user has done to them."""
        by: Any = request.user
        LogEntry.objects.log_actions(by.pk, list(rows), CHANGE, str(text))

    def may_change_rows(self, request: HttpRequest) -> bool:
        """Return whether the user has the "change" permission; actions on read-only pages require it."""
        codename = f"{self.opts.app_label}.change_{self.opts.model_name}"
        return cast(Any, request.user).has_perm(codename)  # type: ignore[no-any-return]


class ReadOnlyAdmin(ClosedAdmin):
    """A read-only page: adding, changing and deleting are disabled for all users."""

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False
