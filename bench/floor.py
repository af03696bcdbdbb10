"""
The floor: a minimal server that does the least work for each endpoint, on the same tables.

It is one process without a web framework, built on uvicorn, asyncpg, PyJWT, orjson and redis. It
checks the token and the session, reads and writes the same rows, publishes to both people, and
returns the same amount of JSON. It has no limits, sockets or error handling.
"""

import os
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs
from uuid import UUID

import asyncpg
import jwt
import orjson
import redis.asyncio
import uvicorn

from bench import floor_sql as sql

KEY = os.environ.get("SECRET_KEY", "")
TIMES = orjson.OPT_UTC_Z
pool: Any = None
publisher: Any = None


async def application(scope: Any, receive: Any, send: Any) -> None:
    """Serve one connection."""
    if scope["type"] == "lifespan":
        await _live(receive, send)
        return
    body = await _read(receive)
    async with pool.acquire() as db:
        user_id = await _authenticate(db, scope)
        status, answer = await _answer(db, user_id, scope, body)
    content = orjson.dumps(answer, option=TIMES)
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(content))]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": content})


async def _live(receive: Any, send: Any) -> None:
    global pool, publisher  # noqa: PLW0603 - created once, at startup
    await receive()
    size = int(os.environ.get("DATABASE_POOL_SIZE", "10"))
    pool = await asyncpg.create_pool(os.environ["DATABASE_URL"], min_size=size, max_size=size)
    publisher = redis.asyncio.from_url(os.environ["REDIS_URL"].split(",")[0])
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await pool.close()
    await publisher.aclose()
    await send({"type": "lifespan.shutdown.complete"})


async def _read(receive: Any) -> bytes:
    body, more = b"", True
    while more:
        message = await receive()
        body, more = body + message.get("body", b""), message.get("more_body", False)
    return body


async def _authenticate(db: Any, scope: Any) -> int:
    token = dict(scope["headers"])[b"authorization"].partition(b" ")[2]
    claims = jwt.decode(token, KEY, algorithms=["HS256"])
    user_id: int = await db.fetchval(
        sql.SESSION, claims["sid"], claims["user_id"], datetime.now(UTC)
    )
    assert user_id
    return user_id


async def _answer(db: Any, user_id: int, scope: Any, body: bytes) -> tuple[int, Any]:
    parts = scope["path"].split("/")
    match parts[3:]:
        case ["conversations", ""]:
            return 200, await _list(db, user_id)
        case ["unread-count", ""]:
            return 200, {"unread_count": await db.fetchval(sql.UNREAD, user_id)}
        case ["conversations", pk, "messages", ""]:
            return 200, await _messages(db, user_id, int(pk), scope)
        case ["conversations", pk, "read", ""]:
            return 200, await _mark(db, user_id, int(pk), orjson.loads(body)["up_to"])
        case ["conversations", pk, "send", ""]:
            return 201, await _send(db, user_id, int(pk), orjson.loads(body))
    return 404, None


async def _list(db: Any, user_id: int) -> Any:
    count = await db.fetchval(sql.COUNT, user_id)
    rows = await db.fetch(sql.LIST, user_id)
    results = [
        {
            "id": row[0],
            "trainer": _participant(row[6:10]),
            "trainee": _participant(row[10:14]),
            "last_message_at": row[1],
            "last_message_preview": row[4],
            "last_message_kind": "text",
            "unread_count": row[5],
            "is_archived": False,
            "archived_reason": None,
            "created_at": row[2],
            "version": row[3],
            "deleted_version": 0,
        }
        for row in rows
    ]
    return {"count": count, "next": None, "previous": None, "results": results}


async def _messages(db: Any, user_id: int, pk: int, scope: Any) -> Any:
    seen = await db.fetchrow(sql.CONVERSATION, pk, user_id)
    since = parse_qs(scope["query_string"].decode()).get("since")
    if since:
        rows = await db.fetch(sql.CHANGES, pk, int(since[0]))
    else:
        rows = await db.fetch(sql.PAGE, pk)
    people = {seen[2]: _sender(seen[2:5]), seen[5]: _sender(seen[5:8])}
    results = [_message(row, people[row["sender_id"]]) for row in rows]
    page = {"count": None if since else seen[1], "next": None, "previous": None}
    return {**page, "results": results, "version": seen[0]}


async def _mark(db: Any, user_id: int, pk: int, up_to: int) -> Any:
    now = datetime.now(UTC)
    async with db.transaction():
        seen = await db.fetchrow(sql.LOCK, pk, user_id)
        marked = await db.fetchval(sql.MARK, pk, user_id, up_to, now, seen[0] + 1)
    await _publish(seen["trainer_id"], seen["trainee_id"], {"up_to": up_to, "version": seen[0] + 1})
    return {"conversation_id": pk, "messages_marked": marked, "read_at": now}


async def _send(db: Any, user_id: int, pk: int, data: Any) -> Any:
    now, content = datetime.now(UTC), data["content"].strip()
    assert 0 < len(content) <= 2000
    async with db.transaction():
        seen = await db.fetchrow(sql.NEXT, pk, user_id, now)
        row = await db.fetchrow(
            sql.INSERT, seen[0], pk, user_id, content, UUID(data["client_id"]), now, seen[1]
        )
    message = _message(row, _sender((user_id, "Person", f"Number {user_id}")))
    await _publish(seen["trainer_id"], seen["trainee_id"], message)
    return message


async def _publish(trainer_id: int, trainee_id: int, frame: Any) -> None:
    event = orjson.dumps(frame, option=TIMES)
    pipeline = publisher.pipeline(transaction=False)
    pipeline.publish(f"user.{trainer_id}", event).publish(f"user.{trainee_id}", event)
    await pipeline.execute()


def _sender(row: Any) -> dict[str, Any]:
    return {"id": row[0], "first_name": row[1], "last_name": row[2], "profile_image": None}


def _participant(row: Any) -> dict[str, Any]:
    return {**_sender(row), "email": row[3]}


def _message(row: Any, sender: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": row["id"],
        "conversation_id": row["conversation_id"],
        "sender": sender,
        "content": row["content"],
        "is_read": row["read_at"] is not None,
        "read_at": row["read_at"],
        "created_at": row["created_at"],
        "version": row["version"],
        "client_id": str(row["client_id"]),
        "edited_at": None,
        "is_deleted": False,
        "image": None,
        "attachments": [],
        "reply_to": None,
        "reactions": [],
        "event": None,
    }


if __name__ == "__main__":
    port = int(os.environ["PORT"])
    uvicorn.run("bench.floor:application", port=port, log_level="warning", access_log=False)
