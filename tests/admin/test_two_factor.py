"""In production, staff need a code of an authenticator app in the admin, besides the password."""

import re
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client as Browser
from django_otp.oath import totp
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from api.throttling import counter
from tests.admin.conftest import browser_of, make_staff
from tests.admin.pages import registered_models, url
from tests.factories import PASSWORD
from users.models import User
from users.services.two_factor import (
    confirm_enrolment,
    has_second_factor,
    prepare_enrolment,
    reset_second_factor,
    verify_code,
)

LOGIN = "/admin/login/"
STEP = "/admin/two-factor/"


@pytest.fixture(autouse=True)
def _two_factor(settings: Any) -> None:
    settings.ADMIN_TWO_FACTOR = True


def code_of(user: User, ahead: int = 0) -> str:
    """Return the code that the user's app shows, or will show after `ahead` periods of 30 s."""
    device = TOTPDevice.objects.get(user=user)
    return f"{totp(device.bin_key, t0=-30 * ahead):06}"


def enrol(user: User) -> list[str]:
    """Give a user a second factor; return the recovery codes."""
    prepare_enrolment(user=user)
    confirmed = confirm_enrolment(user=user, code=code_of(user))
    assert confirmed
    return confirmed[1]


def sign_in(user: User) -> Browser:
    """Return a browser after the password."""
    counter().reset()
    browser = Browser()
    answer: Any = browser.post(
        f"{LOGIN}?next=/admin/", {"username": user.email, "password": PASSWORD}
    )
    assert answer.status_code == 302
    return browser


def is_in(browser: Browser) -> bool:
    return browser.get("/admin/").status_code == 200


def forget_delays() -> None:
    """Forget wrong codes, each of which delays the next attempt."""
    for model in (TOTPDevice, StaticDevice):
        model.objects.update(throttling_failure_count=0, throttling_failure_timestamp=None)


@pytest.mark.parametrize("is_enrolled", [False, True])
def test_password_alone_opens_no_page_of_the_admin(root: User, is_enrolled: bool) -> None:
    if is_enrolled:
        enrol(root)
    browser = sign_in(root)
    pages = ["/admin/", "/admin/password_change/", "/admin/jsi18n/", "/admin/autocomplete/"]
    pages += [url(each, page) for each in registered_models() for page in ("changelist", "add")]

    answers = [each(page) for page in pages for each in (browser.get, browser.post)]

    assert {each.status_code for each in answers} == {302}
    assert all(each["Location"].startswith(LOGIN) for each in answers)
    step: Any = browser.get(answers[0]["Location"])
    assert step["Location"] == f"{STEP}?next=%2Fadmin%2F"


def test_first_sign_in_sets_up_the_app(root: User) -> None:
    browser = sign_in(root)

    page = browser.get(STEP).content.decode()
    device = TOTPDevice.objects.get()
    done: Any = browser.post(STEP, {"code": code_of(root)})

    assert '<img src="data:image/svg+xml' in page
    assert "<svg" not in page.partition("<main")[2].partition("</main>")[0]
    assert re.search(r"<code>[A-Z2-7]{32}</code>", page)
    assert len(done.context["recovery_codes"]) == 10
    assert is_in(browser)
    device.refresh_from_db()
    assert device.confirmed


def test_secret_is_not_shown_again_after_the_set_up(root: User) -> None:
    codes = enrol(root)
    browser = sign_in(root)

    page = browser.get(STEP).content.decode()

    assert "data:image/svg" not in page
    assert TOTPDevice.objects.get().key not in page
    stored = set(StaticToken.objects.values_list("token", flat=True))
    assert stored.isdisjoint(each.replace("-", "") for each in codes)


def test_code_is_accepted_once(root: User) -> None:
    enrol(root)
    code = code_of(root, ahead=1)
    first, second = sign_in(root), sign_in(root)

    accepted: Any = first.post(f"{STEP}?next=/admin/users/user/", {"code": code})
    refused: Any = second.post(STEP, {"code": code})

    assert (accepted.status_code, accepted["Location"]) == (302, "/admin/users/user/")
    assert refused.status_code == 200
    assert "code" in refused.context["form"].errors
    assert (is_in(first), is_in(second)) == (True, False)


def test_recovery_code_is_accepted_once(root: User) -> None:
    (code, *_) = enrol(root)
    browsers = [sign_in(root), sign_in(root)]

    statuses = [each.post(STEP, {"code": f" {code.upper()} "}).status_code for each in browsers]

    assert statuses == [302, 200]
    assert [is_in(each) for each in browsers] == [True, False]
    assert StaticToken.objects.count() == 9


@pytest.mark.parametrize("code", ["", "000000", "abcdef", "x" * 10, "9" * 20, "\0", "-1", "٣٣٣٣٣٣"])
def test_wrong_code_is_a_form_error(root: User, code: str) -> None:
    enrol(root)
    browser = sign_in(root)

    answer: Any = browser.post(STEP, {"code": code})

    assert answer.status_code == 200
    assert answer.context["form"].errors
    assert not is_in(browser)


def test_code_of_another_person_is_refused(root: User) -> None:
    sam = make_staff("sam", "view_user")
    (recovery, *_) = enrol(sam)
    enrol(root)
    browser = sign_in(root)

    for code in (code_of(sam, ahead=1), recovery):
        forget_delays()
        assert browser.post(STEP, {"code": code}).status_code == 200
    assert not is_in(browser)


def test_eleventh_code_within_a_minute_is_refused(root: User) -> None:
    enrol(root)
    browser = sign_in(root)
    counter().reset()
    for _ in range(10):
        browser.post(STEP, {"code": "000000"})
    forget_delays()

    answer: Any = browser.post(STEP, {"code": code_of(root, ahead=1)})

    assert answer.context["form"].errors["code"][0].startswith("Slow down.")
    assert not is_in(browser)


def test_wrong_code_delays_the_next_one(root: User) -> None:
    enrol(root)
    assert verify_code(user=root, code="000000") is None

    assert verify_code(user=root, code=code_of(root, ahead=1)) is None
    forget_delays()
    assert verify_code(user=root, code=code_of(root, ahead=1)) is not None


def test_second_set_up_is_refused(root: User) -> None:
    enrol(root)
    TOTPDevice.objects.create(user=root, confirmed=False, key="00" * 20, name="x")
    code = f"{totp(bytes(20), t0=0):06}"

    assert confirm_enrolment(user=root, code=code) is None


def test_set_up_needs_a_prepared_secret(root: User) -> None:
    assert confirm_enrolment(user=root, code="000000") is None
    assert verify_code(user=root, code="000000") is None


@pytest.mark.parametrize("wanted", ["https://evil.example/", "//evil.example", "javascript:x", ""])
def test_second_step_never_redirects_to_another_site(root: User, wanted: str) -> None:
    enrol(root)
    browser = sign_in(root)

    answer: Any = browser.post(f"{STEP}?next={wanted}", {"code": code_of(root, ahead=1)})

    assert answer["Location"] == "/admin/"
    assert browser.get(STEP)["Location"] == "/admin/"


def test_second_step_needs_the_password_first(alice: User) -> None:
    for browser in (Browser(), browser_of(alice)):
        answer: Any = browser.get(STEP)
        assert answer["Location"] == f"{LOGIN}?next={STEP}"


def test_session_forgets_the_second_step_with_the_sign_out(root: User) -> None:
    enrol(root)
    browser = sign_in(root)
    browser.post(STEP, {"code": code_of(root, ahead=1)})

    browser.post("/admin/logout/")
    browser.post(LOGIN, {"username": root.email, "password": PASSWORD})

    assert not is_in(browser)


def test_sign_out_is_possible_before_the_second_step(root: User) -> None:
    browser = sign_in(root)

    answer: Any = browser.post(STEP, {"sign_out": "1"})

    assert answer["Location"] == LOGIN
    assert "_auth_user_id" not in browser.session


def test_superuser_resets_it_and_sessions_of_the_old_device_end(root: User) -> None:
    sam = make_staff("sam", "view_user")
    enrol(sam)
    enrol(root)
    staff, superuser = sign_in(sam), sign_in(root)
    staff.post(STEP, {"code": code_of(sam, ahead=1)})
    superuser.post(STEP, {"code": code_of(root, ahead=1)})
    assert is_in(staff)

    superuser.post(
        "/admin/users/user/", {"action": "reset_second_factor", "_selected_action": [sam.pk]}
    )

    assert not has_second_factor(sam)
    assert not is_in(staff)
    assert is_in(superuser)
    assert LogEntry.objects.get().change_message == "Two-factor sign-in reset"


def test_only_superusers_reset_it(root: User, settings: Any) -> None:
    settings.ADMIN_TWO_FACTOR = False
    enrol(root)
    sam = make_staff("sam", "view_user", "change_user")

    browser_of(sam).post(
        "/admin/users/user/", {"action": "reset_second_factor", "_selected_action": [root.pk]}
    )

    assert has_second_factor(root)


def test_command_resets_it(root: User, capsys: pytest.CaptureFixture[str]) -> None:
    enrol(root)

    call_command("reset_two_factor", " Root@Example.com ")

    assert not has_second_factor(root)
    assert "sets up a new one" in capsys.readouterr().out
    for email in ("root@example.com", "nobody@example.com"):
        with pytest.raises(CommandError):
            call_command("reset_two_factor", email)


def test_reset_without_a_second_factor_changes_nothing(root: User) -> None:
    assert not reset_second_factor(user=root, by=None)


def test_page_of_a_person_says_whether_it_is_set_up(root: User, settings: Any) -> None:
    settings.ADMIN_TWO_FACTOR = False
    page = f"/admin/users/user/{root.pk}/change/"
    browser = browser_of(root)

    before = browser.get(page).content.decode()
    enrol(root)
    after = browser.get(page).content.decode()

    assert ("Not set up" in before, "Not set up" in after) == (True, False)


def test_password_is_enough_if_the_setting_is_off(root: User, settings: Any) -> None:
    settings.ADMIN_TWO_FACTOR = False

    assert is_in(sign_in(root))
