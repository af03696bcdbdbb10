from live.close_codes import CloseCode
from live.unknown_path import UnknownPathConsumer
from tests.live.client import Client, Message, accept, close, run, scope_of


async def connect(scope: Message) -> list[Message]:
    client = Client()
    await client.connect(UnknownPathConsumer(), scope)
    return client.seen


def test_unknown_path_closes_the_socket_with_a_code() -> None:
    async def scenario() -> None:
        seen = await connect(scope_of("bob"))

        assert [each["type"] for each in seen] == ["websocket.accept", "websocket.close"]
        assert seen[-1]["code"] == close(CloseCode.NOT_VISIBLE)["code"]
        assert seen[0]["type"] == accept()["type"]

    run(scenario)


def test_unknown_path_with_a_token_in_the_query_is_refused_over_http() -> None:
    async def scenario() -> None:
        start, body = await connect(scope_of(query="token=bob"))

        assert (start["type"], start["status"]) == ("websocket.http.response.start", 403)
        assert body["type"] == "websocket.http.response.body"

    run(scenario)
