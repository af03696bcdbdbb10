"""Sections 5 and 6: the conversation socket and the inbox; Bob uses the other process."""

from uuid import uuid4

from tests.system.contract.shapes import BAD_FRAME, TIME, badge, read
from tests.system.contract.story import CONVERSATIONS, Story, expect
from tests.system.people import Person, Socket
from users.tokens import TokenPair


def talk_over_sockets(story: Story) -> None:
    there = Person(story.second, TokenPair(story.bob.token, ""))
    query = f"{there.server.socket_url}{story.pk}/?since=0&token={there.token}"
    with (
        story.alice.socket(story.pk) as hers,
        Socket(query) as his,
        there.knock() as inbox,
    ):
        unread = {**story.line, "is_read": False, "read_at": None, "version": 1}
        mark = {"read_at": story.line["read_at"], "up_to": story.line["id"], "version": 2}
        assert his.receive() == {"type": "new_message", "message": unread}
        assert his.receive() == {"type": "read_receipt", "reader_id": story.her["id"], **mark}
        assert his.receive() == {"type": "new_message", "message": story.hello}
        assert his.ping() == [{"type": "pong", "version": 3}]
        assert inbox.ping() == [badge(1), {"type": "pong"}]
        type_and_read(story, hers, his, inbox)
        answer(story, hers, his, inbox)
        his.send(type="authenticate", token=story.enter("bob").token)
        his.send_raw("{")
        assert his.ping() == [BAD_FRAME, {"type": "pong", "version": 5}]


def type_and_read(story: Story, hers: Socket, his: Socket, inbox: Socket) -> None:
    his.send(type="typing", is_typing=True)
    typing = {"type": "typing_indicator", "user_id": story.his["id"], "is_typing": True}
    assert hers.receive() == typing

    his.send(type="read", up_to=story.hello["id"])
    receipt = hers.receive()
    mark = {"read_at": TIME, "up_to": story.hello["id"], "version": 4}
    assert receipt == {"type": "read_receipt", "reader_id": story.his["id"], **mark}
    assert his.receive() == {"type": "conversation_read", **mark}
    story.hello = read(story.hello, receipt["read_at"], 4)
    (entry,) = story.bob.conversations()
    assert inbox.receive() == {"type": "conversation_updated", "conversation": entry}
    assert inbox.receive() == badge(0)


def answer(story: Story, hers: Socket, his: Socket, inbox: Socket) -> None:
    client_id = str(uuid4())
    answer = {"content": "Hello Alice", "client_id": client_id}
    sent = expect(story.bob.post(f"{CONVERSATIONS}{story.pk}/send/", **answer), 201)
    story.reply = story.message(sent["id"], story.his, "Hello Alice", 5, client_id=client_id)
    assert sent == story.reply
    expect(story.bob.post(f"{CONVERSATIONS}{story.pk}/send/", **answer), 200, sent)
    frame = {"type": "new_message", "message": story.reply}
    assert (hers.receive(), his.receive()) == (frame, frame)
    (entry,) = story.bob.conversations()
    assert inbox.receive() == {"type": "conversation_updated", "conversation": entry}
    assert (entry["last_message_preview"], entry["version"]) == ("Hello Alice", 5)
