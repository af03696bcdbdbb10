"""trainer/trainees/: list, detail and removal."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoCaptureOnCommitCallbacks

from messaging.models import Conversation
from tests.conftest import Client
from tests.factories import access_of, impersonate, make_trainee, open_conversation
from tests.messaging.announcements import list_kinds, to
from tests.messaging.bodies import NO_TRAINEE, moment, page_body
from tests.messaging.crowd import make_crowd
from tests.refusals import refusal
from tests.users.bodies import INVALID_TOKEN, NOT_ALLOWED
from trainer.services.trainees import remove_trainee
from users.models import User

URL = "/api/trainer/trainees/"
ME = "/api/auth/users/me/"


def trainee_body(trainee: User, **more: Any) -> dict[str, Any]:
    return {
        "id": trainee.pk,
        "email": trainee.email,
        "first_name": trainee.first_name,
        "last_name": trainee.last_name,
        "is_active": trainee.is_active,
        "created_at": moment(trainee.created_at),
        "profile_complete": True,
        "last_activity": None,
        "current_program": None,
        "conversation_id": None,
        **more,
    }


def test_list_has_own_trainees_by_name(
    api: Client, alice: User, bob: User, charlie: User, conversation: Conversation
) -> None:
    anna = make_trainee("anna", alice, last_name="", is_active=False)

    response = api.as_user(alice).get(URL)

    assert (response.status_code, response.json()) == (
        200,
        page_body(
            trainee_body(anna, profile_complete=False),
            trainee_body(bob, conversation_id=conversation.pk),
            count=2,
        ),
    )


def test_detail_has_more_fields(api: Client, alice: User, conversation: Conversation) -> None:
    eve = make_trainee("eve", alice, phone_number="+49 123")
    more: dict[str, Any] = {
        "profile": None,
        "nutrition_goal": None,
        "programs": [],
        "recent_activity": [],
    }

    hers = api.as_user(alice).get(f"{URL}{eve.pk}/")
    his = api.get(f"{URL}{conversation.trainee_id}/").json()

    assert (hers.status_code, hers.json()) == (
        200,
        trainee_body(eve, phone_number="+49 123", **more),
    )
    assert (his["phone_number"], his["conversation_id"]) == (None, conversation.pk)


@pytest.mark.parametrize(
    ("search", "names"),
    [
        ("", ["Bob", "Bobette", "Eve"]),
        ("bob", ["Bob", "Bobette"]),
        ("BOBETTE", ["Bobette"]),
        ("tester eve", ["Eve"]),
        ("eve@example", ["Eve"]),
        ("bob eve", []),
        ("%", []),
        ("_", []),
        ("' OR 1=1 --", []),
        ("w " * 100, []),
    ],
)
def test_search_finds_every_word_in_name_or_address(
    api: Client, alice: User, bob: User, charlie: User, search: str, names: list[str]
) -> None:
    make_trainee("bobette", alice)
    make_trainee("eve", alice)

    found = api.as_user(alice).get(URL, {"search": search}).json()["results"]

    assert [each["first_name"] for each in found] == names


@pytest.mark.parametrize(
    ("search", "name"),
    [
        ("O'Brien", "O\u2019Brien"),
        ("o\u2019brien", "O'Brien"),
        ("O\u02bcBrien", "O`Brien"),
        ("anna-maria", "Anna\u2011Maria"),
        ("Anna\u2013Maria", "Anna-Maria"),
        ("d'A.+[", "d\u2019A.+[x"),
        ("B'ob", None),
        ("d'A..", None),
    ],
)
def test_search_treats_all_apostrophes_and_hyphens_alike(
    api: Client, alice: User, search: str, name: str | None
) -> None:
    names = ("O\u2019Brien", "O'Brien", "O`Brien", "Anna\u2011Maria", "Anna-Maria", "d\u2019A.+[x")
    for number, each in enumerate(names):
        make_trainee(f"t{number}", alice, first_name=each)

    found = api.as_user(alice).get(URL, {"search": search}).json()["results"]

    assert (name in {each["first_name"] for each in found}) if name else not found


@pytest.mark.parametrize("stored", ["José", "Jose\u0301", "JOSÉ"])
@pytest.mark.parametrize("search", ["jose", "JOSÉ", "Jose\u0301", "osé", "jose\u200b"])
def test_search_ignores_accents_case_and_composition(
    api: Client, alice: User, stored: str, search: str
) -> None:
    made = make_trainee("x", alice, first_name=stored, last_name="Елка")

    for term in (search, "ёлка", "ЕЛ"):
        found = api.as_user(alice).get(URL, {"search": term}).json()["results"]
        assert [each["id"] for each in found] == [made.pk]


def test_search_finds_a_name_that_another_process_has_just_stored(
    api: Client, alice: User, bob: User
) -> None:
    User.objects.filter(pk=bob.pk).update(first_name="Björn")

    found = api.as_user(alice).get(URL, {"search": "björn"}).json()["results"]

    assert [each["id"] for each in found] == [bob.pk]


def test_list_is_in_the_natural_order_of_names(api: Client, alice: User) -> None:
    names = ["anna", "Anna", "Ängel", "Client 2", "Client 10", "Émile", "Łukasz", "zoe", "Яна"]
    for number, name in enumerate(reversed(names)):
        make_trainee(f"m{number}", alice, first_name=name, last_name="")
    make_trainee("bert", alice, first_name="", last_name="")

    results = api.as_user(alice).get(URL).json()["results"]

    expected = ["Ängel", "anna", "Anna", "", *names[3:]]
    assert [each["first_name"] for each in results] == expected


def test_search_does_not_find_other_trainers_trainees(
    api: Client, alice: User, charlie: User
) -> None:
    response = api.as_user(alice).get(URL, {"search": "charlie"})

    assert response.json() == page_body(count=0)


@pytest.mark.parametrize(("search", "reason"), [("a\0", "Null"), ("x" * 201, "no more than 200")])
def test_invalid_search_is_refused(api: Client, alice: User, search: str, reason: str) -> None:
    response = api.as_user(alice).get(URL, {"search": search})

    assert response.status_code == 400
    assert reason in response.json()["search"][0]


def test_list_pages_by_20_and_keeps_the_search(api: Client, alice: User) -> None:
    make_crowd(alice, 41)
    api.as_user(alice)
    url = f"http://testserver{URL}"

    pages = [api.get(URL, {"search": "member", "page": n}).json() for n in (1, 2, 3)]

    assert [(each["count"], each["previous"], each["next"]) for each in pages] == [
        (41, None, f"{url}?page=2&search=member"),
        (41, f"{url}?search=member", f"{url}?page=3&search=member"),
        (41, f"{url}?page=2&search=member", None),
    ]
    assert len({entry["id"] for each in pages for entry in each["results"]}) == 41


@pytest.mark.parametrize("page", ["0", "x", "2", str(10**30)])
def test_invalid_page_is_not_found(api: Client, alice: User, bob: User, page: str) -> None:
    response = api.as_user(alice).get(URL, {"page": page})

    assert response.status_code == 404
    assert response.json() == refusal("Invalid page.", "not_found")


def test_list_takes_three_queries_with_1_and_30(api: Client, alice: User) -> None:
    api.as_user(alice)
    for size in (1, 29):
        make_crowd(alice, size)
        with CaptureQueriesContext(connection) as captured:
            assert api.get(URL).status_code == 200
        assert len(captured) == 3


def test_strangers_trainee_is_not_found(api: Client, alice: User, charlie: User) -> None:
    api.as_user(alice)

    answers = [
        call(f"{URL}{pk}/{end}")
        for pk in (charlie.pk, alice.pk, 2**63 - 1)
        for call, end in ((api.get, ""), (api.post, "remove/"))
    ]

    assert [(each.status_code, each.json()) for each in answers] == [(404, NO_TRAINEE)] * 6
    charlie.refresh_from_db()
    assert charlie.parent_trainer_id


def test_trainees_cannot_use_the_endpoints_for_trainees(api: Client, bob: User) -> None:
    api.as_user(bob)

    answers = [
        api.get(URL),
        api.get(f"{URL}{bob.pk}/"),
        api.post(f"{URL}{bob.pk}/remove/"),
    ]

    assert [(each.status_code, each.json()) for each in answers] == [(403, NOT_ALLOWED)] * 3


def test_removal_archives_and_unlinks(
    api: Client, alice: User, bob: User, conversation: Conversation
) -> None:
    response = api.as_user(alice).post(f"{URL}{bob.pk}/remove/")

    bob.refresh_from_db()
    conversation.refresh_from_db()
    assert (response.status_code, response.json()) == (
        200,
        {"message": "Bob Tester is no longer your trainee."},
    )
    assert (bob.parent_trainer, conversation.is_archived, conversation.version) == (None, True, 2)
    assert api.get(f"{URL}{bob.pk}/").json() == NO_TRAINEE
    assert api.post(f"{URL}{bob.pk}/remove/").json() == NO_TRAINEE


def test_removal_without_a_conversation_unlinks(api: Client, alice: User, bob: User) -> None:
    response = api.as_user(alice).post(f"{URL}{bob.pk}/remove/")

    bob.refresh_from_db()
    assert (response.status_code, bob.parent_trainer) == (200, None)


def test_removal_closes_sockets_of_both(
    alice: User,
    bob: User,
    conversation: Conversation,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with django_capture_on_commit_callbacks() as callbacks:
        remove_trainee(trainer=alice, trainee_id=bob.pk)

    assert list_kinds(callbacks) == [
        to(alice, "conversation.archived"),
        to(bob, "conversation.archived"),
    ]


def test_removal_ends_the_trainers_impersonation_of_the_trainee(
    api: Client, alice: User, bob: User
) -> None:
    _, tokens = impersonate(bob, by=alice)

    remove_trainee(trainer=alice, trainee_id=bob.pk)

    assert api.with_token(tokens.access).get(ME).json() == INVALID_TOKEN
    assert api.as_user(bob).get(ME).json()["trainer"] is None


def test_removal_ends_neither_own_sessions_nor_other_impersonations(
    api: Client, alice: User, bob: User
) -> None:
    own, (_, other) = access_of(bob), impersonate(make_trainee("eve", alice), by=alice)

    remove_trainee(trainer=alice, trainee_id=bob.pk)

    statuses = [api.with_token(each).get(ME).status_code for each in (own, other.access)]
    assert statuses == [200, 200]


def test_conversation_with_another_trainer_is_not_shown(
    api: Client, alice: User, bob: User, dora: User
) -> None:
    Conversation.objects.create(trainer=dora, trainee=bob)

    listed = api.as_user(alice).get(URL).json()

    assert listed == page_body(trainee_body(bob), count=1)


def test_removed_trainee_sees_no_conversation(
    api: Client, alice: User, bob: User, conversation: Conversation
) -> None:
    remove_trainee(trainer=alice, trainee_id=bob.pk)
    bob.refresh_from_db()
    api.as_user(bob)

    assert api.get("/api/messaging/conversations/").json() == page_body(count=0)
    assert api.get("/api/messaging/unread-count/").json() == {"unread_count": 0}


def test_removal_does_not_affect_other_trainees(
    api: Client, alice: User, bob: User, conversation: Conversation
) -> None:
    eve = make_trainee("eve", alice)
    other = open_conversation(alice, eve)

    remove_trainee(trainer=alice, trainee_id=bob.pk)

    listed = api.as_user(alice).get(URL).json()
    assert listed == page_body(trainee_body(eve, conversation_id=other.pk), count=1)
