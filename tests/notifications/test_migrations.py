"""The move of devices from `users`: the table and the permissions on devices are kept."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from notifications.models import DeviceToken, MailCursor, NotificationPreferences
from users.models import User

BEFORE = [
    ("push", "0002_begin_after_what_there_is"),
    ("users", "0005_trainees_have_completed_onboarding"),
]
AFTER = [("push", "0003_devices"), ("users", "0006_devices_move_to_notifications")]


def migrate(targets: list[tuple[str, str]]) -> Any:
    executor = MigrationExecutor(connection)
    executor.migrate(targets)
    return executor.loader.project_state(targets).apps


@pytest.fixture
def before(transactional_db: None) -> Iterator[Any]:
    """The models before the move. After the test, the database is migrated to the latest state."""
    yield migrate(BEFORE)
    migrate(MigrationExecutor(connection).loader.graph.leaf_nodes())
    ContentType.objects.clear_cache()


def test_device_of_the_previous_release_is_kept(before: Any) -> None:
    bob = before.get_model("users", "User").objects.create(email="bob@example.com", role="TRAINEE")
    old_device = before.get_model("users", "DeviceToken")
    old_device.objects.create(user=bob, token="kept", platform="ios")

    migrate(AFTER)
    old_device.objects.create(user=bob, token="of an old process", platform="ios")

    tokens = DeviceToken.objects.filter(user=bob.pk).order_by("pk").values_list("token", flat=True)
    assert list(tokens) == ["kept", "of an old process"]


def test_permission_on_devices_is_kept(before: Any) -> None:
    ContentType.objects.filter(model="devicetoken").delete()
    old_type = ContentType.objects.create(app_label="users", model="devicetoken")
    permission = Permission.objects.create(
        content_type=old_type, codename="view_devicetoken", name="Can view device token"
    )
    old_user = before.get_model("users", "User")
    support = old_user.objects.create(email="support@example.com", role="ADMIN", is_staff=True)
    support.user_permissions.add(permission.pk)

    migrate(MigrationExecutor(connection).loader.graph.leaf_nodes())

    ContentType.objects.clear_cache()
    assert User.objects.get(pk=support.pk).has_perm("push.view_devicetoken")


def test_device_that_a_process_of_the_previous_release_stores_is_active(before: Any) -> None:
    bob = before.get_model("users", "User").objects.create(email="bob@example.com", role="TRAINEE")
    migrate(MigrationExecutor(connection).loader.graph.leaf_nodes())

    before.get_model("users", "DeviceToken").objects.create(
        user=bob, token="of an old process", platform="ios"
    )

    device = DeviceToken.objects.get()
    assert (device.is_active, device.user_agent, device.last_failure) == (True, "", "")
    assert (device.last_success_at, device.last_failure_at) == (None, None)


def test_emails_begin_after_the_messages_of_the_previous_release(before: Any) -> None:
    people = before.get_model("users", "User").objects
    alice = people.create(email="alice@example.com", role="TRAINER")
    bob = people.create(email="bob@example.com", role="TRAINEE")
    pair = before.get_model("messaging", "Conversation").objects.create(trainer=alice, trainee=bob)
    old = before.get_model("messaging", "Message").objects.create(
        conversation=pair, sender=alice, content="Hello", version=1, created_version=1
    )

    migrate(MigrationExecutor(connection).loader.graph.leaf_nodes())

    assert dict(MailCursor.objects.values_list("wait", "scanned_up_to")) == {
        "hour": old.pk,
        "day": old.pk,
    }


def test_emails_can_be_migrated_back_and_forth(before: Any) -> None:
    migrate(MigrationExecutor(connection).loader.graph.leaf_nodes())
    apps = migrate([("push", "0008_outcomes_of_deliveries")])
    bob = apps.get_model("users", "User").objects.create(email="bob@example.com", role="TRAINEE")
    apps.get_model("push", "NotificationPreferences").objects.create(user=bob, new_message=False)

    migrate(MigrationExecutor(connection).loader.graph.leaf_nodes())

    stored = NotificationPreferences.objects.get()
    assert (stored.new_message, stored.unread_email) == (False, "")
    assert MailCursor.objects.count() == 2
