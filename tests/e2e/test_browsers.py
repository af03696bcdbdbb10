"""
The same story in Chromium, Firefox and WebKit: from the sign-in to the sign-out, over TLS.

"Offline" is a proxy that has ended, because no command of WebDriver takes the network away.
"""

from collections.abc import Iterator

import pytest

from messaging.models import Conversation
from tests.e2e.devices import DESK, OpenDevice
from tests.e2e.full_browser import browser, context_pool  # noqa: F401 - fixtures
from tests.e2e.proxy import Proxy
from tests.e2e.secure_site import Site, unreachable
from tests.e2e.webdriver.browsers import open_engine
from tests.e2e.webdriver.tabs import DrivenTab, PlaywrightTab, Tab
from tests.factories import PASSWORD, tokens_of
from tests.system.people import Person
from tests.system.server import WebServer
from users.models import User

ELSEWHERE = "/healthz"
NOTE_RETURN = """addEventListener("pageshow", ({ persisted }) => {
    document.documentElement.dataset.kept = persisted;
})"""
SENDING, SENT, READ = (f".tick[aria-label={each}]" for each in ("Sending", "Sent", "Read"))


@pytest.fixture
def server(secure_site: Site, transactional_db: None) -> WebServer:
    return secure_site[1]


@pytest.fixture(params=["chromium", "firefox", "webkit"])
def tab(request: pytest.FixtureRequest, proxy: Proxy) -> Iterator[Tab]:
    if request.param == "chromium":
        open_device: OpenDevice = request.getfixturevalue("open_device")
        options = {"base_url": proxy.url, "ignore_https_errors": True}
        yield PlaywrightTab(open_device(fresh=True, **DESK, **options))
        return
    with open_engine(request.param) as connection:
        yield DrivenTab(connection, proxy.url, keeps_pages=request.param != "firefox")


@pytest.mark.complains("net::ERR_", "502", "WebSocket", "/api/auth/jwt/refresh/")
# The page is left during the sign-out, whose response has removed the cookie: the next page repeats it.
@pytest.mark.complains(r"status of 400 .*/api/auth/jwt/blacklist/")
def test_story(
    tab: Tab,
    proxy: Proxy,
    server: WebServer,
    alice: User,
    bob: User,
    conversation: Conversation,
) -> None:
    trainee = Person(server, tokens_of(bob))

    # Sign in, and open the conversation from the list.
    tab.open("/")
    tab.write("input[type=email]", alice.email)
    tab.write("input[type=password]", f"{PASSWORD}\n")
    tab.click(".conversation", "Bob Tester")
    tab.expect(".bubble-text", "Hello")

    # Send, have it read, and receive.
    tab.write("textarea", "from alice\n")
    tab.expect(".bubble-text", "from alice")
    tab.expect_none(SENDING)
    trainee.read(conversation.pk)
    tab.expect_none(SENT)
    tab.expect(READ)
    trainee.send(conversation.pk, "from bob")
    tab.expect(".bubble-text", "from bob")

    # Leave with a draft, and come back to a page that the browser has kept, and that is live again.
    tab.write("textarea", "a draft")
    tab.run(NOTE_RETURN)
    tab.open(ELSEWHERE)
    tab.back()
    trainee.send(conversation.pk, "in the meantime")
    tab.expect(".bubble-text", "in the meantime")
    if tab.keeps_pages:
        assert tab.run("document.documentElement.dataset.kept") == "true"
    tab.expect("textarea:not(:placeholder-shown)")
    tab.write("textarea", "\n")
    tab.expect(".bubble-text", "a draft")

    # Write without a network: it is sent once there is one.
    with unreachable(proxy):
        tab.write("textarea", "written offline\n")
        tab.expect(SENDING)
    tab.expect_none(SENDING)
    texts = [each["content"] for each in trainee.messages(conversation.pk).json()["results"]]
    assert texts == [
        "written offline",
        "a draft",
        "in the meantime",
        "from bob",
        "from alice",
        "Hello",
    ]

    # All of it is there after a reload, and nothing after the sign-out.
    tab.reload()
    tab.expect(".bubble-text", "written offline")
    tab.click(".nav-sign-out button")
    tab.expect("button", "Sign in")
    tab.open(f"/messages/{conversation.pk}")
    tab.expect("button", "Sign in")
    tab.expect_none(".bubble-text")
