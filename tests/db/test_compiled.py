"""Querysets that are compiled once, and their parameters."""

import pytest

from db.compiled import CompiledQuery, counting
from messaging.models import Message
from tests.factories import make_person
from users.models import User


@pytest.mark.django_db
def test_parameters_and_constants_are_in_the_order_of_the_query() -> None:
    first, second = make_person("ann"), make_person("ben")
    query = CompiledQuery(
        lambda low, high: (
            User.objects.filter(pk__lte=high, is_active=True, pk__gte=low)
            .filter(first_name__contains="")
            .order_by("pk")
            .values_list("pk")
        ),
        parameters=2,
    )

    assert query.fetch_all(first.pk, second.pk) == [(first.pk,), (second.pk,)]
    assert query.fetch_all(second.pk, second.pk) == [(second.pk,)]


@pytest.mark.django_db
def test_count_of_nothing_is_one_row() -> None:
    query = CompiledQuery(lambda pk: counting(Message.objects.filter(pk=pk)), parameters=1)

    assert query.fetch_all(1) == [(0,)]


@pytest.mark.django_db
def test_parameter_changed_by_the_queryset_is_refused() -> None:
    query = CompiledQuery(lambda pk: User.objects.filter(pk=pk + 5).values_list("pk"), parameters=1)

    with pytest.raises(ValueError, match="1 parameters are not in the query"):
        query.fetch_all(1)
