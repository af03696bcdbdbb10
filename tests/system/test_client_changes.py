"""Section 7 of the contract as an existing client calls it: edits, deletions, reactions, search, frames."""

from datetime import timedelta
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from django.utils import timezone

from messaging.models import Conversation, Message
from tests.factories import (
    impersonate,
    make_person,
    make_trainee,
    open_conversation,
    tokens_of,
    write,
)
from tests.system.contract.shapes import TIME
from tests.system.people import Frame, Person
from tests.system.server import WebServer
from users.models import User

pytestmark = [pytest.mark.unmeasured, pytest.mark.django_db(transaction=True)]

CONVERSATIONS = "messaging/conversations/"
GONE: dict[str, Any] = {
    "content": "",
    "image": None,
    "attachments": [],
    "reactions": [],
    "is_deleted": True,
}


class Phone(Person):
    """An existing client in one conversation."""

    talk = 0

    def change(self, method: str, message_id: int, end: str = "", **body: Any) -> httpx.Response:
        path = f"{CONVERSATIONS}{self.talk}/messages/{message_id}/{end}"
        return self.http.request(method, path, json=body or None)

    def edit(self, message_id: int, content: str) -> httpx.Response:
        return self.change("PATCH", message_id, content=content)

    def react(self, message_id: int, emoji: str, method: str = "PUT") -> httpx.Response:
        return self.change(method, message_id, f"reactions/{quote(emoji)}/")

    def say(self, content: str, **body: Any) -> dict[str, Any]:
        sent: dict[str, Any] = self.send(self.talk, content, **body).json()
        return sent

    def shown(self, message_id: int) -> dict[str, Any]:
        found = self.messages(self.talk).json()["results"]
        return next(each for each in found if each["id"] == message_id)


@pytest.fixture
def talk(alice: User, bob: User) -> Conversation:
    return open_conversation(alice, bob)


@pytest.fixture
def his(host: WebServer, bob: User, talk: Conversation) -> Phone:
    return phone(host, tokens_of(bob), talk)


@pytest.fixture
def hers(host: WebServer, alice: User, talk: Conversation) -> Phone:
    return phone(host, tokens_of(alice), talk)


def phone(host: WebServer, tokens: Any, talk: Conversation) -> Phone:
    made = Phone(host, tokens)
    made.talk = talk.pk
    return made


def code(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def test_own_message_is_edited_for_fifteen_minutes(his: Phone, hers: Phone) -> None:
    sent = his.say("Teh end")

    edited = his.edit(sent["id"], "The end")
    refused = [hers.edit(sent["id"], "x"), his.edit(sent["id"] + 99, "x")]
    empty, blank = his.edit(sent["id"], ""), his.edit(sent["id"], " \n ")
    Message.objects.update(created_at=timezone.now() - timedelta(minutes=15, seconds=1))
    refused.append(his.edit(sent["id"], "Late"))

    expected = {**sent, "content": "The end", "edited_at": TIME, "version": sent["version"] + 1}
    assert (edited.status_code, edited.json()) == (200, expected)
    assert [code(each) for each in refused] == [
        (403, "not_your_message"),
        (404, "message_not_found"),
        (403, "edit_window_over"),
    ]
    assert (empty.status_code, blank.status_code) == (400, 400)
    assert hers.shown(sent["id"])["content"] == "The end"


def test_own_message_is_deleted_at_any_time_and_keeps_its_place(his: Phone, hers: Phone) -> None:
    sent = his.say("Secret")
    hers.react(sent["id"], "👍")
    reply = hers.say("What?", reply_to=sent["id"])
    Message.objects.update(created_at=timezone.now() - timedelta(days=400))

    foreign, unknown = hers.change("DELETE", sent["id"]), his.change("DELETE", sent["id"] + 99)
    gone = [his.change("DELETE", sent["id"]) for _ in range(2)]

    assert [(each.status_code, each.content) for each in gone] == [(204, b"")] * 2
    assert [code(foreign), code(unknown)] == [(403, "not_your_message"), (404, "message_not_found")]
    assert code(his.edit(sent["id"], "x")) == (403, "message_deleted")
    shown = hers.shown(sent["id"])
    assert {name: shown[name] for name in GONE} == GONE
    assert [shown[name] for name in ("id", "sender")] == [sent[name] for name in ("id", "sender")]
    assert hers.shown(reply["id"])["reply_to"] == {
        "id": sent["id"],
        "sender": sent["sender"],
        "preview": None,
        "is_deleted": True,
        "kind": "deleted",
    }
    assert "Secret" not in hers.messages(hers.talk).text


def test_deleted_message_is_not_unread(his: Phone, hers: Phone) -> None:
    hers.read(hers.talk)
    sent = his.say("Oops")
    before = hers.get("messaging/unread-count/").json()

    his.change("DELETE", sent["id"])

    assert (before, hers.get("messaging/unread-count/").json()) == (
        {"unread_count": 1},
        {"unread_count": 0},
    )


def test_reactions_are_one_of_each_a_person_and_six_kinds(
    his: Phone, hers: Phone, alice: User, bob: User
) -> None:
    sent = his.say("Done")
    family = "👨‍👩‍👧‍👦"

    hers.react(sent["id"], family)
    his.react(sent["id"], family)
    twice = hers.react(sent["id"], family)
    taken = his.react(sent["id"], family, "DELETE")
    flawed = [hers.react(sent["id"], each).status_code for each in ("x", "👍👍", "%")]
    kinds = [hers.react(sent["id"], each).status_code for each in "👍😂😮😢🙏🔥"]

    assert (twice.status_code, taken.status_code) == (200, 200)
    assert twice.json()["reactions"] == [{"emoji": family, "user_ids": [alice.pk, bob.pk]}]
    assert taken.json()["reactions"] == [{"emoji": family, "user_ids": [alice.pk]}]
    assert (flawed, kinds) == ([400] * 3, [200] * 5 + [400])
    assert code(hers.react(sent["id"] + 99, "👍")) == (404, "message_not_found")


@pytest.mark.parametrize("guard", ["impersonation", "archive", "participation"])
def test_changes_are_under_the_guards_of_sending(
    host: WebServer,
    hers: Phone,
    alice: User,
    bob: User,
    charlie: User,
    talk: Conversation,
    guard: str,
) -> None:
    sent = hers.say("Mine")
    who, expected = hers, (403, "conversation_archived")
    if guard == "impersonation":
        who, expected = (
            phone(host, impersonate(bob, by=alice)[1], talk),
            (403, "impersonation_read_only"),
        )
    elif guard == "archive":
        hers.post(f"trainer/trainees/{bob.pk}/remove/")
    else:
        who, expected = phone(host, tokens_of(charlie), talk), (404, "not_found")

    answers = [
        who.edit(sent["id"], "x"),
        who.react(sent["id"], "👍"),
        who.react(sent["id"], "👍", "DELETE"),
        who.change("DELETE", sent["id"]),
    ]

    assert [code(each) for each in answers] == [expected] * 4
    assert Message.objects.get(pk=sent["id"]).content == "Mine"


def test_changes_arrive_at_both_sides_and_all_devices_with_a_version_each(
    his: Phone, hers: Phone, alice: User
) -> None:
    sent = his.say("One")
    first = sent["version"] + 1
    told: list[Frame] = [
        {
            "type": "message_edited",
            "message_id": sent["id"],
            "content": "Two",
            "edited_at": TIME,
            "version": first,
        },
        {
            "type": "message_reacted",
            "message_id": sent["id"],
            "reactions": [{"emoji": "👍", "user_ids": [alice.pk]}],
            "version": first + 1,
        },
        {"type": "message_deleted", "message_id": sent["id"], "version": first + 2},
    ]

    with (
        his.socket(his.talk) as one,
        his.socket(his.talk) as other,
        hers.socket(hers.talk) as third,
    ):
        his.edit(sent["id"], "Two")
        hers.react(sent["id"], "👍")
        his.change("DELETE", sent["id"])
        seen = [[socket.receive() for _ in told] for socket in (one, other, third)]

    assert seen == [told] * 3


def test_replay_shows_each_change_once_and_loses_no_edit_to_a_later_read_mark(
    his: Phone, hers: Phone
) -> None:
    edited, deleted = his.say("One"), his.say("Two")
    since = deleted["version"]
    his.edit(edited["id"], "First")
    his.edit(edited["id"], "Last")
    his.change("DELETE", deleted["id"])
    hers.read(hers.talk)

    with hers.knock(hers.talk, query=f"?since={since}") as socket:
        frames = socket.ping()

    shown = [(each["type"], each.get("message_id"), each.get("content")) for each in frames]
    assert shown == [
        ("message_edited", edited["id"], "Last"),
        ("message_deleted", deleted["id"], None),
        ("conversation_read", None, None),
        ("pong", None, None),
    ]
    changed = hers.messages(hers.talk, since=since).json()["results"]
    assert {each["id"]: each["content"] for each in changed}.items() >= {
        (edited["id"], "Last"),
        (deleted["id"], ""),
    }


def test_search_finds_own_messages_and_has_exactly_these_fields(
    host: WebServer, his: Phone, hers: Phone, alice: User, bob: User, talk: Conversation
) -> None:
    other = open_conversation(alice, make_trainee("eve", alice), "squats elsewhere")
    write(bob, talk, *[f"Squats {number}" for number in range(21)])
    gone = his.say("squats no more")["id"]
    his.change("DELETE", gone)
    newest = hers.messages(hers.talk).json()["results"][1]

    first = hers.get("messaging/search/", q=" SQUATS ", conversation=talk.pk).json()
    all_of_hers = hers.get("messaging/search/", q="squats", page=99).json()
    last = hers.get("messaging/search/", q="squats", page="x").json()
    nothing = his.get("messaging/search/", q="elsewhere").json()

    assert {name: first[name] for name in first if name != "results"} == {
        "count": 21,
        "num_pages": 2,
        "page": 1,
        "has_next": True,
        "has_previous": False,
    }
    assert len(first["results"]) == 20
    assert first["results"][0] == {
        "message_id": newest["id"],
        "conversation_id": talk.pk,
        "sender_id": bob.pk,
        "sender_first_name": "Bob",
        "sender_last_name": "Tester",
        "content": "Squats 20",
        "image_url": None,
        "created_at": TIME,
        "other_participant_id": bob.pk,
        "other_participant_first_name": "Bob",
        "other_participant_last_name": "Tester",
    }
    assert (all_of_hers["count"], all_of_hers["page"], last["page"]) == (22, 2, 1)
    assert all_of_hers["results"][-1]["conversation_id"] in (talk.pk, other.pk)
    assert (nothing["count"], nothing["num_pages"], nothing["results"]) == (0, 1, [])


def test_search_is_refused_without_two_characters_and_for_an_admin(
    host: WebServer, his: Phone, alice: User, bob: User, talk: Conversation
) -> None:
    admin = phone(host, tokens_of(make_person("root", role=User.Role.ADMIN)), talk)
    eyes = phone(host, impersonate(bob, by=alice)[1], talk)
    queries: list[dict[str, str]] = [{}, {"q": ""}, {"q": " x "}, {"q": "\0"}]

    flawed = [his.get("messaging/search/", **each).status_code for each in queries]

    assert flawed == [400] * 4
    assert admin.get("messaging/search/", q="hello").status_code == 400
    assert eyes.get("messaging/search/", q="hello").json()["count"] == 1


def test_trainee_finds_nothing_archived_and_the_trainer_does(
    his: Phone, hers: Phone, bob: User
) -> None:
    hers.post(f"trainer/trainees/{bob.pk}/remove/")

    found = [each.get("messaging/search/", q="hello").json()["count"] for each in (his, hers)]

    assert found == [0, 1]


def test_conversation_and_the_page_around_a_message_are_read(
    host: WebServer, hers: Phone, alice: User, bob: User, charlie: User, talk: Conversation
) -> None:
    sent = write(bob, talk, *map(str, range(9)))
    (listed,) = hers.conversations()
    stranger = phone(host, tokens_of(charlie), talk)

    page = hers.messages(talk.pk, around=sent[4].pk, limit=3).json()
    older = hers.http.get(page["next"]).json()["results"]
    newer = hers.http.get(page["previous"]).json()["results"]
    refused = [
        hers.messages(talk.pk, around=sent[-1].pk + 99),
        stranger.messages(talk.pk, around=sent[4].pk),
        stranger.get(f"{CONVERSATIONS}{talk.pk}/"),
    ]

    assert hers.get(f"{CONVERSATIONS}{talk.pk}/").json() == listed
    assert [each["content"] for each in page["results"]] == ["5", "4", "3"]
    assert (older[0]["content"], newer[-1]["content"]) == ("2", "6")
    assert [each.status_code for each in refused] == [404] * 3


def test_changes_share_the_limit_of_messages(
    server: WebServer, bob: User, talk: Conversation
) -> None:
    his = phone(server, tokens_of(bob), talk)
    sent = his.say("Hi")["id"]

    answers = [his.react(sent, "👍", ("PUT", "DELETE")[number % 2]) for number in range(30)]

    assert [each.status_code for each in answers] == [200] * 29 + [429]
    assert int(answers[-1].headers["retry-after"]) > 0
    assert his.send(talk.pk, "More").status_code == 429
