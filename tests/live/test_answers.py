from tests.live.conftest import Join
from users.models import User


def test_answer_has_a_length_and_one_without_content_has_none(here: Join, alice: User) -> None:
    her = here(alice)

    full = her.get("messaging/unread-count/")
    empty = her.http.request("DELETE", "users/device-token/", json={"token": "no-such-device"})

    assert full.headers["content-length"] == str(len(full.content))
    assert empty.status_code == 204
    assert "content-length" not in empty.headers
    assert "transfer-encoding" not in empty.headers
