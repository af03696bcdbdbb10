"""Section 4: sign-in and impersonation."""

from tests.factories import PASSWORD
from tests.refusals import without_error
from tests.system.contract.shapes import (
    NO_ACCOUNT,
    NO_CREDENTIALS,
    NOT_VALID,
    NOT_VALID_JWT,
    PAIR,
    READ_ONLY,
    TIME,
    page,
    participant,
    read,
    trainee,
)
from tests.system.contract.story import Story, expect
from tests.system.people import Person, eventually
from users.tokens import TokenPair


def sign_in(story: Story) -> None:
    wrong = {"email": "alice@example.com", "password": "wrong"}
    refused = story.guest.post("auth/jwt/create/", **wrong)
    expect(refused, 401, NO_ACCOUNT)
    assert refused.headers["www-authenticate"] == 'Bearer realm="api"'
    expect(story.guest.get("auth/users/me/"), 401, NO_CREDENTIALS)
    story.alice = story.enter("alice")
    refresh = {"refresh": story.alice.refresh}
    for _ in range(2):
        renewed = expect(story.guest.post("auth/jwt/refresh/", **refresh), 200, PAIR)
    expect(story.guest.post("auth/jwt/verify/", token=renewed["access"]), 200, {})
    expect(story.guest.post("auth/jwt/verify/", token="nonsense"), 401, NOT_VALID_JWT)
    story.her = story.alice.get("auth/users/me/").json()
    assert story.her == {
        "id": story.her["id"],
        "email": "alice@example.com",
        "role": "TRAINER",
        "first_name": "Alice",
        "last_name": "Tester",
        "business_name": "Alice Fitness",
        "is_active": True,
        "onboarding_completed": False,
        "trainer": None,
        "profile_image": None,
        "language": None,
    }


def invite(story: Story) -> tuple[str, str]:
    """Invite Bob twice; return the code of the first e-mail, which is dead, and that of the second."""
    person = {"email": "bob@example.com", "message": "Come and train"}
    invitation = story.alice.post("trainer/invitations/", **person).json()
    (dead_code,) = story.mail_code(r"/join#code=([\w-]+)", 1)
    assert invitation == {
        "id": invitation["id"],
        **person,
        "invitation_code": dead_code,
        "status": "pending",
        "trainer_email": "alice@example.com",
        "program_template": None,
        "program_template_name": None,
        "expires_at": TIME,
        "accepted_at": None,
        "created_at": TIME,
        "is_expired": False,
        "email_status": "waiting",
        "link": f"{story.alice.server.url}/join#code={dead_code}",
    }
    # The status follows the e-mail.
    sent = page({**invitation, "email_status": "sent"})
    eventually(lambda: story.alice.get("trainer/invitations/").json() == sent or None)
    path = f"trainer/invitations/{invitation['id']}/resend/"
    resent = expect(story.alice.post(path), 200)
    (code,) = story.mail_code(r"/join#code=([\w-]+)", 2)
    assert resent == {
        **invitation,
        "expires_at": TIME,
        "invitation_code": code,
        "link": invitation["link"].replace(dead_code, code),
    }
    return dead_code, code


def join(story: Story) -> None:
    dead_code, code = invite(story)
    person = {"password": PASSWORD, "first_name": "Bob", "last_name": "Tester"}
    expect(story.guest.post("auth/invitations/accept/", code=dead_code, **person), 400)
    joined = expect(story.guest.post("auth/invitations/accept/", code=code, **person), 201)
    story.his = joined["user"]
    story.pk = joined["conversation_id"]
    assert joined == {**PAIR, "user": story.his, "conversation_id": story.pk}
    assert story.his == {
        "id": story.his["id"],
        "email": "bob@example.com",
        "role": "TRAINEE",
        "first_name": "Bob",
        "last_name": "Tester",
        "business_name": None,
        "is_active": True,
        "onboarding_completed": True,
        "trainer": participant(story.her),
        "profile_image": None,
        "language": None,
    }
    story.bob = story.enter("bob")
    expect(story.bob.get("auth/users/me/"), 200, story.his)
    expect(story.alice.get("trainer/trainees/"), 200, page(trainee(story.his, story.pk)))
    # Bob has a conversation, with a line that Alice has not read.
    (line,) = expect(story.alice.messages(story.pk), 200)["results"]
    story.line = story.message(line["id"], story.his, "Bob has joined.", 1, event="joined")
    assert line == story.line
    expect(story.alice.get("messaging/unread-count/"), 200, {"unread_count": 1})
    seen = expect(story.alice.read(story.pk), 200)
    story.line = read(story.line, seen["read_at"], 2)


def impersonate(story: Story) -> None:
    path = f"trainer/impersonate/{story.his['id']}/start/"
    look = expect(story.alice.post(path), 200)
    session = {
        "id": look["session"]["id"],
        "trainee": story.his["id"],
        "trainee_email": "bob@example.com",
        "trainee_name": "Bob Tester",
        "started_at": TIME,
        "ended_at": None,
        "is_active": True,
        "is_read_only": True,
        "duration_minutes": 0,
        "created_at": TIME,
        "expires_at": TIME,
    }
    shown = {"session": session, "trainee": participant(story.his)}
    assert look == {**PAIR, **shown}
    eyes = Person(story.first, TokenPair(look["access"], look["refresh"]))
    expect(eyes.get("auth/users/me/"), 200, story.his)
    assert len(eyes.messages(story.pk).json()["results"]) == 3
    expect(eyes.send(story.pk, "As Bob"), 403, READ_ONLY)
    expect(eyes.read(story.pk), 403, READ_ONLY)
    with eyes.socket(story.pk) as socket:
        socket.send(type="read")
        assert socket.receive() == {"type": "error", **without_error(READ_ONLY)}
        expect(story.alice.post("trainer/impersonate/end/"), 200, {"sessions_ended": 1})
        assert socket.close_code() == 4001
    expect(eyes.get("auth/users/me/"), 401, NOT_VALID)
    expect(story.guest.post("auth/jwt/refresh/", refresh=eyes.refresh), 401, NOT_VALID_JWT)

    admin = story.enter("admin")
    look = expect(admin.post(f"admin/impersonate/{story.her['id']}/start/"), 200)
    assert look["trainer"] == participant(story.her)
    expect(admin.post("admin/impersonate/end/"), 200, {"sessions_ended": 1})


def register_devices(story: Story) -> None:
    device = {"token": "device-1", "platform": "ios"}
    first = expect(story.bob.post("users/device-token/", **device), 201)
    assert first == {"id": first["id"], **device, "is_active": True}
    expect(story.alice.post("users/device-token/", **device), 200, first)
    gone = story.alice.http.request("DELETE", "users/device-token/", json={"token": "device-1"})
    assert gone.status_code == 204


def change_passwords(story: Story) -> None:
    other = story.enter("bob")
    change = {"current_password": PASSWORD, "new_password": "brand-new-secret-7"}
    assert story.bob.post("auth/users/set_password/", **change).status_code == 204
    expect(other.get("auth/users/me/"), 401, NOT_VALID)
    expect(story.bob.get("auth/users/me/"), 200)

    forgot = story.guest.post("auth/users/reset_password/", email="bob@example.com")
    assert forgot.status_code == 204
    (link,) = story.mail_code(r"/reset-password#uid=([\w-]+)&token=([\w-]+)", 1)
    reset = {"uid": link[0], "token": link[1], "new_password": "yet-another-secret-8"}
    done = story.guest.post("auth/users/reset_password_confirm/", **reset)
    assert done.status_code == 204
    expect(story.bob.get("auth/users/me/"), 401, NOT_VALID)

    bob = story.enter("bob", "yet-another-secret-8")
    with bob.socket(story.pk) as socket:
        expect(story.guest.post("auth/jwt/blacklist/", refresh=bob.refresh), 200, {})
        assert socket.close_code() == 4001
    expect(bob.get("auth/users/me/"), 401, NOT_VALID)
