"""The first minutes of a newcomer: the demo as its trainer at a desk, and as a trainee on a phone."""

from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.screens import (
    conversation_with,
    expect_tick,
    expect_unread,
    message,
    sign_in_by_form,
    write,
)
from tests.factories import PASSWORD
from tests.system.server import WebServer
from trainer.demo.addresses import address_of
from trainer.demo.fill import fill_demo
from trainer.demo.talks import MAYA, NOOR
from users.models import User

OFFER = "I moved our call to 6 pm, is that all right?"


@pytest.fixture
def trainer(server: WebServer) -> User:
    return fill_demo(now=datetime.now(UTC), password=PASSWORD)


@pytest.fixture
def trainee(trainer: User) -> User:
    return User.objects.get(email=address_of(MAYA))


def test_trainee_of_the_demo_reads_and_answers(
    desk: Page, phone: Page, trainer: User, trainee: User
) -> None:
    sign_in_by_form(phone, trainee)
    expect(message(phone, OFFER)).to_be_visible()

    write(phone, "Six is perfect.")
    sign_in_by_form(desk, trainer)
    conversation_with(desk, trainee).click()

    expect(message(desk, "Six is perfect.")).to_be_visible()
    expect_tick(phone, "Six is perfect.", "Read")
    write(desk, "See you at six.")
    expect(message(phone, "See you at six.")).to_be_visible()


def test_trainer_of_the_demo_sees_who_has_written(desk: Page, trainer: User) -> None:
    sign_in_by_form(desk, trainer)

    expect_unread(desk, "7")
    conversation_with(desk, User.objects.get(email=address_of(NOOR))).click()
    expect(message(desk, "If that is too late, Friday morning works as well")).to_be_visible()
    expect_unread(desk, "5")
