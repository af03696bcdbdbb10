"""Where the browser stores nothing, the client works in memory."""

import pytest
from playwright.sync_api import Page, expect

from messaging.models import Conversation
from tests.e2e.screens import expect_tick, fill_sign_in, message, path_of, write
from users.models import User

BLOCKED = """
    const refuse = () => { throw new DOMException("Access is denied.", "SecurityError"); };
    for (const name of ["localStorage", "sessionStorage"]) {
        Object.defineProperty(window, name, { get: refuse });
    }
    IDBFactory.prototype.open = refuse;
    LockManager.prototype.request = async () => refuse();
    CacheStorage.prototype.delete = async () => refuse();
"""
FULL = """
    Storage.prototype.setItem = () => { throw new DOMException("Full.", "QuotaExceededError"); };
"""


@pytest.mark.parametrize("script", [BLOCKED, FULL], ids=["blocked", "full"])
def test_client_works_without_storage(
    desk: Page, alice: User, conversation: Conversation, script: str
) -> None:
    desk.add_init_script(script)
    desk.goto(f"/sign-in?next={path_of(conversation)}")

    fill_sign_in(desk, alice)

    expect(message(desk, "Hello")).to_be_visible()
    write(desk, "in memory")
    expect_tick(desk, "in memory", "Sent")
