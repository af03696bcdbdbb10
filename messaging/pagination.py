from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

from django.core.paginator import Page, Paginator
from rest_framework.pagination import PageNumberPagination

T = TypeVar("T")


class LoadedPage(Page[T]):
    """A page that iterates over its loaded rows. Django's Page would request each row by index."""

    object_list: Sequence[T]

    def __iter__(self) -> Iterator[T]:
        return iter(self.object_list)


class LoadedPages(Paginator[T]):
    """Loads the first page before counting. If that page is not full, its length is the count."""

    def page(self, number: int | str) -> Page[T]:
        if str(number) != "1":
            return super().page(number)
        rows = self.object_list[: self.per_page]
        if len(rows) < self.per_page:
            self.count = len(rows)
        return self._get_page(rows, 1, self)

    def _get_page(self, *args: Any) -> Page[T]:
        return LoadedPage(*args)


class ConversationPage(PageNumberPagination):
    page_size = 50
    django_paginator_class = LoadedPages


class MessagePage(PageNumberPagination):
    page_size = 20
    django_paginator_class = LoadedPages
