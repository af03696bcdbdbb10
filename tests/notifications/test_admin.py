"""Support people see what waits to be sent to whom, and why."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client as AdminBrowser
from django.test.utils import CaptureQueriesContext

from messaging.models import Conversation
from notifications.models import DeviceToken, PushDelivery
from tests.factories import make_person
from tests.messaging.crowd import make_crowd
from users.models import User

URL = "/admin/push/pushdelivery/"


@pytest.fixture
def admin(db: None) -> AdminBrowser:
    admin = AdminBrowser()
    admin.force_login(make_person("root", role=User.Role.ADMIN, is_staff=True, is_superuser=True))
    return admin


def put_down(*conversations: Conversation) -> list[PushDelivery]:
    """Let something wait for the trainee of each conversation."""
    deliveries = []
    for each in conversations:
        assert each.trainee
        device = DeviceToken.objects.create(user=each.trainee, token=f"t{each.pk}")
        deliveries.append(
            PushDelivery.objects.create(
                conversation=each, recipient=each.trainee, device=device, up_to=1
            )
        )
    return deliveries


def shown(admin: AdminBrowser, **query: str) -> list[Any]:
    return list(admin.get(URL, query).context["cl"].result_list)


def test_delivery_is_found_by_its_recipient(
    admin: AdminBrowser, alice: User, conversation: Conversation
) -> None:
    (bobs,) = put_down(conversation)
    put_down(*make_crowd(alice, 2))

    assert shown(admin, q="bob@") == [bobs]


def test_list_takes_the_same_queries_with_1_and_30_rows(admin: AdminBrowser, alice: User) -> None:
    counts = []
    for size in (1, 29):
        put_down(*make_crowd(alice, size))
        with CaptureQueriesContext(connection) as captured:
            shown(admin)
        counts.append(len(captured))

    assert counts[0] == counts[1]


def test_nothing_is_written(admin: AdminBrowser, conversation: Conversation) -> None:
    (delivery,) = put_down(conversation)

    statuses = [
        admin.post(f"{URL}{path}").status_code
        for path in ("add/", f"{delivery.pk}/change/", f"{delivery.pk}/delete/")
    ]

    assert statuses == [403, 403, 403]
