"""GET messaging/search/."""

from typing import Any

import pytest

from messaging.models import Conversation, Message
from messaging.search.indexing import index_messages
from messaging.search.selectors import search_messages
from messaging.services.archiving import archive_conversations_for_trainee
from messaging.services.removing import remove_message
from tests.conftest import Client
from tests.factories import (
    impersonate,
    make_person,
    make_trainee,
    open_conversation,
    write,
)
from tests.messaging.crowd import make_crowd
from tests.messaging.edits import edit_message
from tests.refusals import refusal
from users.models import User

URL = "/api/messaging/search/"
NOTHING = {
    "count": 0,
    "num_pages": 1,
    "page": 1,
    "has_next": False,
    "has_previous": False,
    "results": [],
}
# What each query finds in the text, and what it does not find. The same on both databases, and whether
# the text has been indexed or not.
TABLE = [
    # Words and parts of words, in any order.
    ("Tomorrow: leg day at 7", ["TOMOR", "tomorrow: leg"], ["legs", "leg arm"]),
    ("A leg day at 7", ["leg", "LEG", "day leg", "le leg", "da", "7", "at 7", "leg  day"], ["ag"]),
    ("Your Trainingsplan", ["plan", "trainings", "ngspl", "our"], ["plans", "trainingplan"]),
    ("ok, hi", ["ok", "hi", "ok,", "k,"], ["oh", "ki"]),
    # Accents and case.
    ("Café in MÜNCHEN, señor Łukasz", ["cafe", "café", "munchen", "München", "senor", "lukasz"], ["cafes"]),
    ("caffe latte", ["caffè"], ["café"]),
    ("Große Straße", ["strasse", "STRASSE", "straße", "GROẞE", "grosse"], ["strase"]),
    ("İstanbul ve \u0131l\u0131k", ["istanbul", "İSTANBUL", "Istanbul", "ilik", "ILIK"], ["istambul"]),
    ("đường phố Nguyễn", ["duong", "nguyen", "đường"], ["duongs"]),
    ("Ὀδυσσεύς", ["οδυσσευς", "ΟΔΥΣΣΕΥΣ"], ["οδυσσεια"]),
    # Other scripts.
    ("Ёлка и мой план", ["елка", "ёлка", "ПЛАН", "мой"], ["планы"]),
    ("مُحَمَّد أحمد", ["محمد", "احمد", "حم"], ["محمود"]),
    ("שָׁלוֹם בית־ספר", ["שלום", "בית-ספר", "ספר"], ["שלומי"]),
    ("今天训练腿部", ["训练", "今天 腿部", "练腿"], ["训腿"]),
    ("วันนี้กินข้าว", ["กิน", "ข้าว"], ["กัน"]),
    ("आज हिन्दी कक्षा", ["हिन्दी", "कक्षा"], ["हन्दा"]),
    ("がんばって", ["がん"], ["かん"]),
    ("운동하자", ["운동"], ["운전"]),
    # Signs, which no database may take for its own.
    ("100% of a_b", ["100%", "0%", "a_b", "_b"], ["1%0", "a%b", "axb", "%%", "__"]),
    ("C:\\temp\\new", ["\\temp", "C:\\"], ["\\\\t", "/temp"]),
    ("don\u2019t \u201cgo there\u201d", ["don't", '"go there"', "\u201ego\u201d"], ['"there go"', "dont"]),
    ('5" pipe', ['5"', '" pipe', "pipe"], ['6"']),
    ("a OR b AND NOT c", ["OR", "AND NOT", "not and"], ["NEAR", "OR x"]),
    ("x & y | !z <-> (w):*", ["x &", "!z", "<->", "(w):*", ":*"], ["x:*", "!x", "w | z q"]),
    ("folded:text -minus +plus ^caret", ["folded:text", "-minus", "+plus", "^caret"], ["-plus", "text:"]),
    ("Robert'); DROP TABLE x;--", ["Robert')", ";--"], ["'';"]),
    # Emoji, with and without skin colours and variation selectors.
    ("Done 💪🏽🎉", ["💪🏽", "💪🏽🎉", "done 💪", "🎉 done"], ["🎉💪🏽", "💪🏿"]),
    ("I ❤️ it", ["❤️", "i ❤"], ["💔 it"]),
    ("👨\u200d👩\u200d👧", ["👨\u200d👩\u200d👧", "👩\u200d👧"], ["👧\u200d👨"]),
    # Several lines, and characters beside each other that can't be seen.
    ("first\nsecond\tthird", ["first second", '"first second"', '"second third"'], ['"first third"']),
    ("soft\u00adhyphen zero\u200bwidth", ["softhyphen", "zerowidth"], ["soft-hyphen"]),
    ("ﬁve \uff21\uff42\uff43 ½", ["five", "abc"], ["ﬁx"]),
    # Single letters have no index.
    ("a b c", ["a b", "c a"], ["a d"]),
]  # fmt: skip


def rows() -> list[Any]:
    return [pytest.param(*row, id=ascii(row[0])) for row in TABLE]


def result(message: Message, other: User, **fields: Any) -> dict[str, Any]:
    sender = message.sender
    return {
        "message_id": message.pk,
        "conversation_id": message.conversation_id,
        "sender_id": sender.pk if sender else 0,
        "sender_first_name": sender.first_name if sender else "[removed]",
        "sender_last_name": sender.last_name if sender else "",
        "content": message.content,
        "image_url": None,
        "created_at": message.created_at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "other_participant_id": other.pk,
        "other_participant_first_name": other.first_name,
        "other_participant_last_name": other.last_name,
    } | fields


def found(*results: dict[str, Any]) -> dict[str, Any]:
    return NOTHING | {"count": len(results), "results": list(results)}


def contents(api: Client, query: str, **params: Any) -> list[str]:
    response = api.get(URL, {"q": query, **params})
    assert response.status_code == 200, response.json()
    return [each["content"] for each in response.json()["results"]]


@pytest.mark.parametrize("is_indexed", [False, True], ids=["pending", "indexed"])
@pytest.mark.parametrize(("text", "finding", "missing"), rows())
def test_query_finds_parts_of_words(
    alice: User,
    conversation: Conversation,
    text: str,
    finding: list[str],
    missing: list[str],
    is_indexed: bool,
) -> None:
    write(alice, conversation, text)
    if is_indexed:
        assert not index_messages(seconds=1)

    counts = {each: search_messages(alice, each).count for each in (*finding, *missing)}

    assert counts == dict.fromkeys(finding, 1) | dict.fromkeys(missing, 0)


@pytest.mark.parametrize("is_indexed", [False, True], ids=["pending", "indexed"])
@pytest.mark.parametrize(
    "query",
    ["a\0b", "\0\0", "\ud800x", "\u0301\u0302", "x" * 3000, "x y " * 2000, "\u200b\u200b"],
    ids=ascii,
)
def test_query_that_no_text_can_have_finds_nothing(
    alice: User, conversation: Conversation, query: str, is_indexed: bool
) -> None:
    write(alice, conversation, "ab xy")
    if is_indexed:
        index_messages(seconds=1)

    assert search_messages(alice, query[:3000]).count == 0 or query.startswith("x y")


def test_results_are_newest_first_for_both_sides(
    api: Client, alice: User, bob: User, conversation: Conversation
) -> None:
    first, second = (
        write(alice, conversation, "Squats today"),
        write(bob, conversation, "No squats!"),
    )
    index_messages(seconds=1)
    third = write(bob, conversation, "squats?")

    for user, other in ((alice, bob), (bob, alice)):
        response = api.as_user(user).get(URL, {"q": "squat"})
        assert response.status_code == 200
        assert response.json() == found(
            *(result(each, other) for each in (*third, *second, *first))
        )
        assert api.get(URL, {"q": "nowhere"}).json() == NOTHING


def test_pages_are_clamped(api: Client, alice: User) -> None:
    make_crowd(alice, 1, messages=45)
    api.as_user(alice)

    pages = {
        page: api.get(URL, {"q": "message", "page": page}).json()
        for page in ("", "1", "2", "3", "4", "0", "-1", "x", "\0", "\u0662", "9" * 40)
    }

    shape = {
        page: tuple(
            each[name] for name in ("count", "num_pages", "page", "has_next", "has_previous")
        )
        for page, each in pages.items()
    }
    first, last = (45, 3, 1, True, False), (45, 3, 3, False, True)
    assert shape == {
        "": first,
        "1": first,
        "2": (45, 3, 2, True, True),
        "3": last,
        "4": last,
        "0": first,
        "-1": first,
        "x": first,
        "\0": first,
        "\u0662": first,
        "9" * 40: last,
    }
    ids = [each["message_id"] for page in "123" for each in pages[page]["results"]]
    assert ids == list(Message.objects.order_by("-pk").values_list("pk", flat=True))


def test_count_ends_at_a_thousand(api: Client, alice: User) -> None:
    make_crowd(alice, 2, messages=520)
    newest = list(Message.objects.order_by("-pk").values_list("content", flat=True)[:20])
    api.as_user(alice)

    for _ in range(2):
        page = api.get(URL, {"q": "message"}).json()
        assert (page["count"], page["num_pages"]) == (1000, 50)
        assert [each["content"] for each in page["results"]] == newest
        assert api.get(URL, {"q": "message", "page": "99"}).json()["page"] == 50
        assert contents(api, '"message 519"') == ["Message 519"] * 2
        index_messages(seconds=60)


@pytest.mark.parametrize(
    "params", [{}, {"q": ""}, {"q": "x"}, {"q": "  x \n"}, {"q": "e\u0301"}, {"q": "👍"}]
)
def test_query_of_one_character_is_refused(
    api: Client, alice: User, params: dict[str, str]
) -> None:
    response = api.as_user(alice).get(URL, params)

    assert response.status_code == 400
    assert response.json() == {"q": ["Type at least two characters."]}


def test_admin_is_refused_but_may_search_while_impersonating(
    api: Client, alice: User, conversation: Conversation
) -> None:
    admin = make_person("admin", role=User.Role.ADMIN)
    refused = api.as_user(admin).get(URL, {"q": "hello"})
    _, tokens = impersonate(alice, by=admin)

    api.with_token(tokens.access)

    assert refused.status_code == 400
    assert refused.json() == refusal(
        "Admins have no conversations, so there is nothing to search.", "no_messages_to_search"
    )
    assert contents(api, "hello") == ["Hello"]


def test_strangers_find_nothing(api: Client, charlie: User, conversation: Conversation) -> None:
    for _ in range(2):
        assert api.as_user(charlie).get(URL, {"q": "hello"}).json() == NOTHING
        index_messages(seconds=1)


def test_search_in_one_conversation(
    api: Client, alice: User, charlie: User, conversation: Conversation
) -> None:
    other = open_conversation(alice, make_trainee("eve", alice), "Hello Eve")
    api.as_user(alice)

    assert contents(api, "hello") == ["Hello Eve", "Hello"]
    assert contents(api, "hello", conversation=other.pk) == ["Hello Eve"]
    missing = api.get(URL, {"q": "hello", "conversation": str(other.pk + 1)})
    foreign = api.as_user(charlie).get(URL, {"q": "hello", "conversation": str(other.pk)})
    assert (missing.status_code, foreign.status_code) == (404, 404)
    assert missing.json() == foreign.json() == refusal("Not found.", "not_found")
    for bad in ("x", "0", str(2**70), "\0"):
        assert api.get(URL, {"q": "hello", "conversation": bad}).status_code == 400


def test_trainee_does_not_find_what_is_archived(
    api: Client, alice: User, bob: User, conversation: Conversation
) -> None:
    index_messages(seconds=1)
    archive_conversations_for_trainee(trainer=alice, trainee=bob)
    User.objects.filter(pk=bob.pk).update(parent_trainer=None)
    User.objects.filter(pk=bob.pk).update(first_name="Renamed")

    (hello,) = Message.objects.all()
    assert api.as_user(bob).get(URL, {"q": "hello"}).json() == NOTHING
    assert api.get(URL, {"q": "hello", "conversation": str(conversation.pk)}).status_code == 404
    assert api.as_user(alice).get(URL, {"q": "hello"}).json() == found(result(hello, bob))


def test_deleted_account_has_a_placeholder(
    api: Client, alice: User, bob: User, conversation: Conversation
) -> None:
    (message,) = write(bob, conversation, "Bye")
    bob.delete()
    message.refresh_from_db()

    placeholder = {
        "other_participant_id": None,
        "other_participant_first_name": "[removed]",
        "other_participant_last_name": "",
    }
    assert api.as_user(alice).get(URL, {"q": "bye"}).json() == found(
        result(message, bob, **placeholder)
    )


def test_edited_text_replaces_the_old_one(
    api: Client, alice: User, conversation: Conversation
) -> None:
    (message,) = write(alice, conversation, "Monday")
    api.as_user(alice)
    for text, old in (("Tuesday", "monday"), ("Wednesday", "tuesday")):
        index_messages(seconds=1)
        edit_message(message.pk, text)
        for _ in range(2):
            assert contents(api, text) == [text]
            assert contents(api, old) == []
            index_messages(seconds=1)


@pytest.mark.parametrize("is_indexed", [False, True])
def test_removed_text_is_not_found(
    api: Client, alice: User, conversation: Conversation, is_indexed: bool
) -> None:
    (message,) = write(alice, conversation, "A secret")
    if is_indexed:
        index_messages(seconds=1)

    remove_message(message_id=message.pk, reason="Asked", by=alice)

    api.as_user(alice)
    for _ in range(2):
        assert contents(api, "secret") == contents(api, "deleted") == []
        index_messages(seconds=1)


def test_search_has_its_own_limit(api: Client, alice: User, settings: Any) -> None:
    settings.THROTTLE_RATES = {**settings.THROTTLE_RATES, "search": "2/minute"}
    api.as_user(alice)

    statuses = [api.get(URL, {"q": "hello"}).status_code for _ in range(3)]

    assert statuses == [200, 200, 429]
    assert api.get("/api/messaging/unread-count/").status_code == 200
