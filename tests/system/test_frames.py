import json

import pytest

from messaging.models import Conversation
from tests.system.conftest import Join
from tests.system.people import Frame
from users.models import User

BAD_FRAME = ("A frame must be a JSON object, sent as WebSocket text.", "bad_frame")
UNKNOWN = ("Unknown type of frame.", "unknown_type")
NOT_AN_INTEGER = ("A valid integer is required.", "invalid")
NOT_A_BOOLEAN = ("is_typing must be true or false.", "invalid")
NO_MESSAGE = ("This conversation has no such message.", "message_not_found")
BAD_TOKEN = ("The token is not valid or has expired.", "token_not_valid")

ANYWHERE: list[tuple[str | bytes, tuple[str, str]]] = [
    (b'{"type": "ping"}', BAD_FRAME),
    (b"\xff\x00", BAD_FRAME),
    ("", BAD_FRAME),
    ("{", BAD_FRAME),
    ("ping", BAD_FRAME),
    ("null", BAD_FRAME),
    ('["ping"]', BAD_FRAME),
    ('"ping"', BAD_FRAME),
    ("[" * 4000, BAD_FRAME),
    ('{"type": "ping", "n": NaN}', BAD_FRAME),
    (r'{"type": "\ud800"}', BAD_FRAME),
    ('{"type": "pi\0ng"}', BAD_FRAME),
    (r'{"type": "\u0000"}', UNKNOWN),
    ("{}", UNKNOWN),
    ('{"type": null}', UNKNOWN),
    ('{"type": 5}', UNKNOWN),
    ('{"type": ["ping"]}', UNKNOWN),
    ('{"type": {"ping": 1}}', UNKNOWN),
    ('{"type": "dance"}', UNKNOWN),
    ('{"type": "conversation.changed"}', UNKNOWN),
    ('{"type": "authenticate"}', BAD_TOKEN),
    ('{"type": "authenticate", "token": 5}', BAD_TOKEN),
    (r'{"type": "authenticate", "token": "\u0000"}', BAD_TOKEN),
]
IN_A_CONVERSATION: list[tuple[str | bytes, tuple[str, str]]] = [
    ('{"type": "typing"}', NOT_A_BOOLEAN),
    ('{"type": "typing", "is_typing": "yes"}', NOT_A_BOOLEAN),
    ('{"type": "typing", "is_typing": 1}', NOT_A_BOOLEAN),
    ('{"type": "read", "up_to": "1.0"}', NOT_AN_INTEGER),
    ('{"type": "read", "up_to": " 1"}', NOT_AN_INTEGER),
    ('{"type": "read", "up_to": ""}', NOT_AN_INTEGER),
    ('{"type": "read", "up_to": "99999999"}', NO_MESSAGE),
    ('{"type": "read", "up_to": true}', NOT_AN_INTEGER),
    ('{"type": "read", "up_to": [1]}', NOT_AN_INTEGER),
    ('{"type": "read", "up_to": 1.5}', NOT_AN_INTEGER),
    ('{"type": "read", "up_to": 99999999}', NO_MESSAGE),
    ('{"type": "read", "up_to": 9223372036854775807}', NO_MESSAGE),
]


def error(detail: str, code: str) -> Frame:
    return {"type": "error", "detail": detail, "code": code}


def test_invalid_frame_gets_an_error_and_the_conversation_stays_open(
    here: Join, bob: User, conversation: Conversation
) -> None:
    table = ANYWHERE + IN_A_CONVERSATION
    with here(bob).socket(conversation.pk) as socket:
        for frame, _ in table:
            socket.send_raw(frame)

        answers = socket.ping()

    expected = [(frame, error(*answer)) for frame, answer in table]
    frames = [frame for frame, _ in table]
    assert list(zip(frames, answers[:-1], strict=True)) == expected
    assert answers[-1] == {"type": "pong", "version": 1}


def test_invalid_frame_gets_an_error_and_the_inbox_stays_open(here: Join, bob: User) -> None:
    table = [*ANYWHERE, *((frame, UNKNOWN) for frame, _ in IN_A_CONVERSATION)]
    with here(bob).inbox() as inbox:
        for frame, _ in table:
            inbox.send_raw(frame)

        answers = inbox.ping()

    assert answers == [*(error(*answer) for _, answer in table), {"type": "pong"}]


@pytest.mark.parametrize("up_to", [0, -1, 2**63, 10**18, 18446744073709551615])
def test_read_up_to_an_invalid_id_gets_an_error(
    here: Join, bob: User, conversation: Conversation, up_to: int
) -> None:
    with here(bob).socket(conversation.pk) as socket:
        socket.send(type="read", up_to=up_to)

        answer, pong = socket.ping()

        assert answer["type"] == "error"
        assert answer["code"] in {"invalid", "message_not_found"}
        assert pong == {"type": "pong", "version": 1}


def test_id_may_be_a_string_of_digits(
    here: Join, alice: User, bob: User, conversation: Conversation
) -> None:
    with here(bob).socket(conversation.pk) as his:
        his.send(type="read", up_to=str(conversation.last_message_id))

        assert his.receive()["up_to"] == conversation.last_message_id


def padded(size: int) -> str:
    frame = json.dumps({"type": "ping", "padding": ""})
    return frame.replace('""', f'"{"x" * (size - len(frame))}"')


def test_frame_of_4_kib_passes_and_a_larger_one_closes_with_4009(here: Join, bob: User) -> None:
    with here(bob).inbox() as inbox:
        inbox.send_raw(padded(4096))
        assert inbox.receive() == {"type": "pong"}

        inbox.send_raw(padded(4097))

        assert inbox.close_code() == 4009


def test_frame_size_is_counted_in_bytes(here: Join, bob: User) -> None:
    with here(bob).inbox() as inbox:
        inbox.send_raw('{"type": "ping", "padding": "' + "ü" * 2048 + '"}')

        assert inbox.close_code() == 4009


def test_binary_frame_over_4_kib_closes_with_4009(here: Join, bob: User) -> None:
    with here(bob).inbox() as inbox:
        inbox.send_raw(b"x" * 4097)

        assert inbox.close_code() == 4009


def test_too_many_frames_close_with_4008(here: Join, bob: User) -> None:
    with here(bob).inbox() as inbox:
        inbox.flood({"type": "ping"}, times=5000)

        assert inbox.close_code() == 4008
