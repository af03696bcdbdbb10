"""Sections 1 and 3: the six messaging endpoints, and their errors."""

from tests.factories import PASSWORD
from tests.refusals import refusal
from tests.system.contract.shapes import (
    ARCHIVED,
    NOT_FOUND,
    TIME,
    TRAINER_ONLY,
    page,
    participant,
    trainee,
)
from tests.system.contract.story import CONVERSATIONS, Story, expect


def start(story: Story) -> None:
    start = {"trainee_id": story.his["id"], "content": "  Hello\nBob  "}
    started = expect(story.alice.post(f"{CONVERSATIONS}start/", **start), 201)
    story.hello = story.message(started["message"]["id"], story.her, "Hello\nBob", 3)
    assert started == {
        "conversation_id": story.pk,
        "message": story.hello,
        "is_new_conversation": False,
    }
    entry = {
        "id": story.pk,
        "trainer": participant(story.her),
        "trainee": participant(story.his),
        "last_message_at": started["message"]["created_at"],
        "last_message_preview": "Hello\nBob",
        "last_message_kind": "text",
        "unread_count": 1,
        "is_archived": False,
        "archived_reason": None,
        "created_at": TIME,
        "version": 3,
        "deleted_version": 0,
    }
    expect(story.bob.get(CONVERSATIONS), 200, page(entry))
    expect(story.alice.get(CONVERSATIONS), 200, page({**entry, "unread_count": 0}))
    expect(story.bob.get("messaging/unread-count/"), 200, {"unread_count": 1})
    detail = {
        **trainee(story.his, story.pk),
        "phone_number": None,
        "profile": None,
        "nutrition_goal": None,
        "programs": [],
        "recent_activity": [],
    }
    expect(story.alice.get(f"trainer/trainees/{story.his['id']}/"), 200, detail)


def page_through(story: Story) -> None:
    line, hello, reply = story.line, story.hello, story.reply
    by_key = {"count": None}
    for params, expected in (
        ({}, page(reply, hello, line)),
        ({"page": 1, "unknown": "x"}, page(reply, hello, line)),
        ({"before": reply["id"]}, page(hello, line, **by_key)),
        ({"after": hello["id"]}, page(reply, **by_key)),
        ({"since": 3}, page(hello, reply, **by_key, version=5)),
        ({"since": 4}, page(reply, **by_key, version=5)),
        ({"since": 5}, page(**by_key, version=5)),
    ):
        expect(story.alice.messages(story.pk, **params), 200, expected)
    done = {"conversation_id": story.pk, "messages_marked": 1, "read_at": TIME}
    expect(story.alice.read(story.pk), 200, done)
    expect(story.alice.read(story.pk), 200, {**done, "messages_marked": 0})
    expect(story.alice.get("messaging/unread-count/"), 200, {"unread_count": 0})


def be_refused(story: Story) -> None:
    dora = story.enter("dora")
    for number in (story.pk, story.pk + 1, 2**70):
        expect(dora.messages(number), 404, NOT_FOUND)
        expect(dora.send(number, "Hi"), 404, NOT_FOUND)
        expect(dora.read(number), 404, NOT_FOUND)
        assert dora.knock(number).close_code() == 4003
    start = {"trainee_id": story.his["id"], "content": "Mine"}
    no_trainee = refusal("This person is not one of your trainees.", "trainee_not_found")
    expect(dora.post(f"{CONVERSATIONS}start/", **start), 404, no_trainee)
    expect(story.bob.post(f"{CONVERSATIONS}start/", **start), 403, TRAINER_ONLY)
    expect(story.alice.messages(story.pk, page=9), 404)
    blank = {"content": ["This field may not be blank."]}
    expect(story.bob.send(story.pk, " \n "), 400, blank)
    expect(story.bob.send(story.pk, "x" * 2001), 400)
    assert story.guest.knock(story.pk).close_code() == 4001
    foreign = story.bob.knock(origin="https://evil.example")
    assert foreign.close_code() == 4003


def part_and_meet_again(story: Story) -> None:
    with story.alice.socket(story.pk) as hers, story.bob.socket(story.pk) as his:
        parted = {"message": "Bob Tester is no longer your trainee."}
        path = f"trainer/trainees/{story.his['id']}/remove/"
        expect(story.alice.post(path), 200, parted)
        assert (hers.close_code(), his.close_code()) == (4003, 4003)
    expect(story.bob.get(CONVERSATIONS), 200, page())
    expect(story.bob.messages(story.pk), 404, NOT_FOUND)
    expect(story.alice.get(CONVERSATIONS), 200, page())
    (entry,) = story.alice.conversations(archived="true")
    assert (entry["id"], entry["is_archived"], entry["version"]) == (story.pk, True, 7)
    assert len(story.alice.messages(story.pk).json()["results"]) == 3
    expect(story.alice.send(story.pk, "Too late"), 403, ARCHIVED)

    expect(story.alice.post("trainer/invitations/", email="bob@example.com"), 201)
    (code,) = story.mail_code(r"/join#code=([\w-]+)", 3)
    person = {"password": PASSWORD, "first_name": "Bob", "last_name": "Tester"}
    joined = expect(story.guest.post("auth/invitations/accept/", code=code, **person), 201)
    assert joined["conversation_id"] == story.pk
    start = {"trainee_id": story.his["id"], "content": "Welcome back"}
    again = expect(story.alice.post(f"{CONVERSATIONS}start/", **start), 201)
    assert again == {
        "conversation_id": story.pk,
        "message": story.message(again["message"]["id"], story.her, "Welcome back", 9),
        "is_new_conversation": False,
    }
