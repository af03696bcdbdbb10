"""A device whose token the push service refuses for good is switched off, and keeps the reason."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from messaging.models import Conversation
from notifications.models import DeviceToken
from notifications.services.devices import DEVICES_PER_USER, register_device
from notifications.services.pruning import prune_devices
from notifications.services.sweeping import sweep
from privacy.contents import describe_account
from tests.admin.conftest import browser_of
from tests.conftest import Client
from tests.factories import make_person, write
from tests.jobs.running import run_due
from tests.notifications.conftest import Later, MakeBrowser
from users.models import User

pytestmark = pytest.mark.usefixtures("cursor")

URL = "/api/users/device-token/"
FIREFOX = "Mozilla/5.0 (Android 14; Mobile; rv:128.0) Gecko/128.0 Firefox/128.0"


def deliver_all(later: Later) -> None:
    """Sweep and send everything that is due, to the real push service."""
    later(6)
    sweep()
    run_due()


def test_refused_device_gets_nothing_until_it_is_registered_again(
    api: Client,
    conversation: Conversation,
    alice: User,
    bob: User,
    make_browser: MakeBrowser,
    later: Later,
) -> None:
    phone = make_browser("bob")
    body = {"token": phone.token, "platform": "web"}
    registered = api.as_user(bob).post(URL, body)
    phone.service.will_answer(phone.path, 410)

    deliver_all(later)

    device = DeviceToken.objects.get()
    assert (device.is_active, device.last_failure) == (False, "HTTP 410")
    write(alice, conversation, "Unheard")
    deliver_all(later)
    assert len(phone.shown()) == 1

    again = api.post(URL, body)
    write(alice, conversation, "Heard")
    deliver_all(later)

    answer = {**body, "id": device.pk, "is_active": True}
    assert [(each.status_code, each.json()) for each in (registered, again)] == [
        (201, answer),
        (200, answer),
    ]
    assert [each["body"] for each in phone.shown()] == ["Hello", "3 new messages"]
    device.refresh_from_db()
    assert device.is_active
    assert device.last_success_at
    assert device.last_failure_at
    assert device.last_success_at > device.last_failure_at


def switch_off(*tokens: str, **changes: Any) -> None:
    devices = DeviceToken.objects.filter(token__in=tokens)
    devices.update(**{"is_active": False, "last_failure_at": timezone.now(), **changes})


def test_inactive_devices_do_not_count_as_active_and_have_a_limit_of_their_own(bob: User) -> None:
    old = [f"old-{number:02}" for number in range(DEVICES_PER_USER + 1)]
    for token in old:
        register_device(user=bob, token=token, platform="ios")
        switch_off(token)
    new = [f"new-{number:02}" for number in range(DEVICES_PER_USER + 1)]

    for token in new:
        register_device(user=bob, token=token, platform="ios")

    tokens = DeviceToken.objects.order_by("pk").values_list("token", flat=True)
    assert list(tokens) == [*old[1:], *new[1:]]


def test_new_owner_of_a_token_gets_an_active_device_without_the_past(
    bob: User, charlie: User
) -> None:
    past = {"last_success_at": timezone.now(), "last_failure": "HTTP 410"}
    register_device(user=bob, token="phone", platform="ios", user_agent=FIREFOX)
    switch_off("phone", **past)

    register_device(user=charlie, token="phone", platform="ios")

    device = DeviceToken.objects.get()
    assert (device.user, device.is_active, device.user_agent) == (charlie, True, "")
    assert (device.last_success_at, device.last_failure_at, device.last_failure) == (None, None, "")


def test_same_owner_keeps_the_past_of_a_device(bob: User) -> None:
    register_device(user=bob, token="phone", platform="ios")
    switch_off("phone", last_failure="HTTP 410")

    register_device(user=bob, token="phone", platform="ios")

    device = DeviceToken.objects.get()
    assert (device.is_active, device.last_failure) == (True, "HTTP 410")


def test_inactive_devices_are_deleted_after_some_days(bob: User, settings: Any) -> None:
    for token in ("active", "off", "off long ago", "off for an unknown reason"):
        register_device(user=bob, token=token, platform="ios")
    long_ago = timezone.now() - timedelta(days=31)
    DeviceToken.objects.filter(token="active").update(last_failure_at=long_ago, updated_at=long_ago)
    switch_off("off", updated_at=long_ago)
    switch_off("off long ago", last_failure_at=long_ago)
    switch_off("off for an unknown reason", last_failure_at=None, updated_at=long_ago)

    settings.KEEP_INACTIVE_DEVICES = timedelta(0)
    prune_devices()
    assert DeviceToken.objects.count() == 4

    settings.KEEP_INACTIVE_DEVICES = timedelta(days=30)
    prune_devices()
    assert set(DeviceToken.objects.values_list("token", flat=True)) == {"active", "off"}


def test_admin_and_export_show_the_browser_and_the_last_failure(api: Client, bob: User) -> None:
    api.as_user(bob).post(
        URL, {"token": "secret-token", "platform": "android"}, headers={"User-Agent": FIREFOX}
    )
    switch_off("secret-token", last_failure="HTTP 404 UNREGISTERED")
    root = make_person("root", is_staff=True, is_superuser=True)
    page = f"/admin/push/devicetoken/{DeviceToken.objects.get().pk}/change/"

    shown = [browser_of(root).get(each) for each in (page, "/admin/push/devicetoken/?is_active=0")]

    (row,) = describe_account(bob)["devices"]
    assert (row["browser"], row["is_active"]) == ("Firefox 128 on Android", False)
    for each in (str(row), *(answer.content.decode() for answer in shown)):
        assert "Firefox 128 on Android" in each
        assert "HTTP 404 UNREGISTERED" in each
        assert "secret-token" not in each


def test_device_of_the_previous_release_has_an_unknown_browser(bob: User) -> None:
    DeviceToken.objects.create(user=bob, token="phone", platform="ios")

    (row,) = describe_account(bob)["devices"]

    assert (row["browser"], row["last_success_at"], row["is_active"]) == ("unknown", None, True)
