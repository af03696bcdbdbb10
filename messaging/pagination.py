from __future__ import annotations

from django.core.paginator import Paginator
from django.db.models import QuerySet
from rest_framework.pagination import PageNumberPagination

from messaging.models import Message


class ConversationPage(PageNumberPagination):
    page_size = 50


class MessagePage(PageNumberPagination):
    """Numbered pages of a queryset whose length is known without counting it."""

    page_size = 20

    def __init__(self, count: int) -> None:
        self._count = count

    def django_paginator_class(  # type: ignore[override]  # DRF only calls it
        self, queryset: QuerySet[Message], page_size: int
    ) -> Paginator[Message]:
        paginator = Paginator(queryset, page_size)
        paginator.count = self._count
        return paginator
