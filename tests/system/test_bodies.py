from messaging.models import Conversation
from tests.system.conftest import Join
from users.models import User


def test_body_in_chunks_without_a_length_is_read(
    here: Join, alice: User, conversation: Conversation
) -> None:
    path = f"messaging/conversations/{conversation.pk}/send/"

    answer = here(alice).http.post(
        path,
        content=iter([b'{"content": ', b'"In two chunks"}']),
        headers={"Content-Type": "application/json"},
    )

    assert answer.request.headers["transfer-encoding"] == "chunked"
    assert (answer.status_code, answer.json()["content"]) == (201, "In two chunks")
