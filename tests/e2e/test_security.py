"""User input is shown as text, and an injected script would find no token to steal."""

import json
import re

import pytest
from playwright.sync_api import Page, expect

from messaging.models import Conversation
from tests.e2e.devices import wait_until
from tests.e2e.screens import (
    conversations,
    message,
    messages,
    navigation,
    open_thread,
    path_of,
    sign_in,
    sign_in_by_form,
    write,
)
from tests.factories import make_trainee, open_conversation
from tests.factories import write as write_history
from users.models import User

PAYLOADS = (
    "<img src=x onerror=\"document.title='owned'\">",
    "<script>document.title='owned'</script>",
    '"><svg onload=document.title="owned">',
    "javascript:document.title='owned'",
    "${document.title='owned'} {{7*7}} <!-- --> &amp; &#x3c;b&#x3e;",
    'https://example.com/"onmouseover="document.title=1',
)
# A token's shape: header and payload of a JWT in base64url.
TOKEN = "eyJ"


def test_messages_are_shown_as_they_were_written(
    desk: Page, alice: User, bob: User, conversation: Conversation
) -> None:
    write_history(bob, conversation, *PAYLOADS)

    open_thread(desk, alice, conversation)

    for payload in PAYLOADS:
        expect(message(desk, payload)).to_be_visible()
    expect(messages(desk).locator("img, script, svg[onload]")).to_have_count(0)
    expect(desk).not_to_have_title("owned")
    links = messages(desk).get_by_role("link")
    expect(links.first).to_be_visible()  # the page makes links when the rest is there
    hrefs = links.evaluate_all("links => links.map(link => new URL(link.href).protocol)")
    assert set(hrefs) == {"https:"}


def test_own_messages_and_names_are_shown_as_text(desk: Page, alice: User) -> None:
    mallory = make_trainee("mallory", alice, first_name=PAYLOADS[0], last_name=PAYLOADS[1])
    open_conversation(alice, mallory, PAYLOADS[0])
    sign_in(desk, alice)
    expect(conversations(desk)).to_contain_text([PAYLOADS[0]])

    conversations(desk).first.click()
    write(desk, PAYLOADS[2])
    expect(message(desk, PAYLOADS[2])).to_be_visible()
    desk.goto("/trainees")

    expect(desk.get_by_role("main")).to_contain_text(PAYLOADS[0])
    expect(desk.locator("main img")).to_have_count(0)
    expect(desk).not_to_have_title("owned")


def test_token_is_nowhere_within_reach_of_a_script(
    desk: Page, alice: User, conversation: Conversation
) -> None:
    sign_in_by_form(desk, alice, path_of(conversation))
    expect(message(desk, "Hello")).to_be_visible()

    wait_until(desk, lambda: "Hello" in json.dumps(desk.evaluate(DUMP)["databases"]))
    found = desk.evaluate(DUMP)

    assert TOKEN not in json.dumps(found["storage"])
    assert TOKEN not in json.dumps(found["databases"])
    assert found["cookie"] == ""
    assert found["globals"] == []
    cookies = desk.context.cookies()
    names = {"__Host-refresh_token", "__Host-known_browser"}
    assert {cookie["name"] for cookie in cookies} == names
    for cookie in cookies:
        assert (cookie["httpOnly"], cookie["sameSite"], cookie["path"]) == (True, "Strict", "/")


DUMP = """async () => {
    const read = request => new Promise(resolve => {
        request.onsuccess = () => resolve(request.result);
    });
    const databases = [];
    for (const { name } of await indexedDB.databases()) {
        const db = await read(indexedDB.open(name));
        for (const store of db.objectStoreNames) {
            databases.push(await read(db.transaction(store).objectStore(store).getAll()));
        }
        db.close();
    }
    const isToken = value => typeof value === "string" && value.startsWith("eyJ");
    return {
        storage: [{ ...localStorage }, { ...sessionStorage }],
        databases,
        cookie: document.cookie,
        globals: Object.keys(globalThis).filter(name => isToken(globalThis[name])),
    };
}"""


@pytest.mark.complains(r"Content Security Policy", r"Trusted(HTML|Script|Type)")
def test_injected_scripts_do_not_run(desk: Page, alice: User) -> None:
    """The policy blocks inline scripts and handlers, and Trusted Types block HTML from strings."""
    sign_in(desk, alice)

    results = desk.evaluate(INJECT)

    failures = ("markup", "evaluated", "inline", "handler", "elsewhere")
    assert {name: results[name] for name in failures} == {
        "markup": "TypeError",
        "evaluated": "EvalError",
        "inline": "nothing ran",
        "handler": "nothing ran",
        "elsewhere": "TypeError",
    }


# Runs in a timer, because the policy does not apply to what developer tools evaluate directly.
INJECT = """() => new Promise(resolve => setTimeout(async () => {
    const failure = work => { try { work(); return "none"; } catch (error) { return error.name; } };
    const later = () => new Promise(done => setTimeout(done, 100));
    const ran = async work => {
        failure(work);
        await later();
        return "ran" in globalThis ? "it ran" : "nothing ran";
    };
    const add = (name, attributes, text) => {
        const element = document.createElement(name);
        for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
        element.append(text);
        document.body.append(element);
    };
    resolve({
        markup: failure(() => { document.body.innerHTML += "<b>"; }),
        elsewhere: failure(() => { document.createElement("script").src = "https://x.example/"; }),
        evaluated: failure(() => eval("globalThis.ran = 1")),
        inline: await ran(() => add("script", {}, "globalThis.ran = 1")),
        handler: await ran(() => add("img", { src: "x:", onerror: "globalThis.ran = 1" }, "")),
    });
}))"""


def test_policy_allows_no_unsafe_source(desk: Page, alice: User) -> None:
    response = desk.goto("/sign-in")

    assert response
    policy = response.headers["content-security-policy"]
    assert "unsafe-inline" not in policy.partition("script-src")[2].partition(";")[0]
    assert "unsafe-eval" not in policy
    assert "require-trusted-types-for 'script'" in policy
    assert "frame-ancestors 'none'" in policy
    nonces = {desk.goto("/sign-in").headers["content-security-policy"] for _ in range(2)}  # type: ignore[union-attr]  # a page answers
    assert len(nonces) == 2


@pytest.mark.complains(r"status of 404")
def test_conversation_is_hidden_when_signed_out(
    desk: Page, charlie: User, conversation: Conversation
) -> None:
    sign_in(desk, charlie, f"/messages/{conversation.pk}")

    expect(navigation(desk)).to_be_visible()
    expect(
        desk.get_by_text(re.compile("has ended|nothing here|nothing to read")).first
    ).to_be_visible()
    expect(messages(desk)).to_have_count(0)
    expect(desk.get_by_text("Bob Tester")).to_have_count(0)


@pytest.mark.parametrize(
    "path", ["//evil.example/", "https://evil.example/", "/\\evil.example", "/%0a/evil.example"]
)
def test_sign_in_never_redirects_to_another_site(desk: Page, alice: User, path: str) -> None:
    sign_in_by_form(desk, alice, path)

    expect(desk).to_have_url("/messages")
