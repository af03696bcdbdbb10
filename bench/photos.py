"""
Measure photos: `python -m bench.photos [--seconds 10] [--people 4]`.

One web process on PostgreSQL and Redis. People upload photos of 8 MB one after the other, while another
person loads the list of conversations. The table has the milliseconds of that person's requests without
and with uploads, the memory of the web process at its peak above that before, and the seconds from the
first byte of a photo of 3 MB until the other person has received its medium size.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median, quantiles
from threading import Event
from typing import Any
from uuid import uuid4

import httpx
from websockets.sync.client import connect
from websockets.typing import Subprotocol

from bench.processes import ROOT, Served, prepare, product, shared_environment
from tests.backends import Postgres, Redis
from tests.media.pictures import draw

MEGABYTE = 2**20
LARGE, ORDINARY = 8 * MEGABYTE, 3 * MEGABYTE
# Prints a token of each person, and the conversation of each trainee.
FILL = """
import json
from tests.factories import *
trainer = make_trainer("alice")
rows = []
for number in range(20):
    trainee = make_trainee(f"trainee{number}", trainer)
    rows.append([access_of(trainee), open_conversation(trainer, trainee).pk])
print(json.dumps([access_of(trainer), rows]))
"""


def main() -> None:
    """Measure, and print the tables."""
    parser = argparse.ArgumentParser(prog="python -m bench.photos", description=__doc__)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--people", type=int, default=4)
    arguments = parser.parse_args()
    with ExitStack() as stack:
        server, trainer, trainees = stack.enter_context(_served())
        trips = [_send_and_receive(server, trainer, trainees[-1]) for _ in range(7)]
        before = _peak_of(server)
        alone = _read_for(arguments.seconds, server, trainer)
        with _uploading(server, trainees[: arguments.people]) as count:
            beside = _read_for(arguments.seconds, server, trainer)
        grown = _peak_of(server) - before
    print("requests of others        median ms    p95 ms")
    for name, found in (("without uploads", alone), ("with uploads", beside)):
        print(f"{name:<24}{median(found):>11.1f}{quantiles(found, n=20)[-1]:>10.1f}")
    print(f"ratio of the medians    {median(beside) / median(alone):>11.2f}")
    print(f"uploads                 {len(count):>11}")
    print(f"memory at the peak      {grown:>8} MB")
    print(f"\n3 MB to the other person {median(trips):>9.2f} s")


@contextmanager
def _served() -> Iterator[tuple[Served, str, list[tuple[str, int]]]]:
    with (
        Postgres(own=True, durable=False) as postgres,
        Redis(own=True) as redis,
        tempfile.TemporaryDirectory() as media,
    ):
        prepare(postgres.url, redis.url)
        environment = {**os.environ, **shared_environment(postgres.url, redis.url)}
        command = [sys.executable, "manage.py", "shell", "--verbosity=0", "--command", FILL]
        filled = subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True)
        trainer, trainees = json.loads(filled.stdout.splitlines()[-1])
        with product(postgres.url, redis.url, MEDIA_ROOT=media, UPLOAD_QUOTA_MB="0") as server:
            server.wait_until_idle()
            yield server, trainer, [(token, pk) for token, pk in trainees]


def _client(server: Served, token: str) -> httpx.Client:
    headers = {"Authorization": f"Bearer {token}"}
    return httpx.Client(base_url=f"{server.url}/api/messaging/", headers=headers, timeout=120)


def _photo_of(size: int) -> bytes:
    """Return a photo of 12 megapixels; bytes behind its end make it as large as a detailed one."""
    content = draw("JPEG", (4000, 3000))
    return content + bytes(size - len(content))


def _upload(client: httpx.Client, content: bytes) -> Any:
    headers = {"Upload-Key": str(uuid4())}
    answer = client.post("uploads/", files={"file": ("photo", content)}, headers=headers)
    return answer.raise_for_status().json()


def _send_and_receive(server: Served, trainer: str, trainee: tuple[str, int]) -> float:
    """Return the seconds until the other person has the medium size of a photo."""
    (token, conversation), content = trainee, _photo_of(ORDINARY)
    url = f"{server.url.replace('http', 'ws', 1)}/ws/messaging/{conversation}/"
    protocols = [Subprotocol("bearer"), Subprotocol(trainer)]
    with (
        connect(url, subprotocols=protocols, legacy=True) as socket,
        _client(server, token) as client,
    ):
        start = time.perf_counter()
        body = {"uploads": [_upload(client, content)["id"]]}
        client.post(f"conversations/{conversation}/send/", json=body).raise_for_status()
        while (frame := json.loads(socket.recv(timeout=60)))["type"] != "new_message":
            pass
        link = re.sub(r"^https?://[^/]+", server.url, frame["message"]["image"])
        httpx.get(link).raise_for_status()
        return time.perf_counter() - start


@contextmanager
def _uploading(server: Served, trainees: list[tuple[str, int]]) -> Iterator[list[int]]:
    """Upload large photos while the block runs; yield a list that gets an item for each upload."""
    content, has_ended, done = _photo_of(LARGE), Event(), list[int]()

    def keep_uploading(token: str) -> None:
        with _client(server, token) as client:
            while not has_ended.is_set():
                done.append(_upload(client, content)["id"])

    with ThreadPoolExecutor(len(trainees)) as pool:
        running = [pool.submit(keep_uploading, token) for token, _ in trainees]
        yield done
        has_ended.set()
        for each in running:
            each.result()


def _read_for(seconds: float, server: Served, token: str) -> list[float]:
    """Load the list of conversations for some time; return the milliseconds of each request."""
    found, end = [], time.perf_counter() + seconds
    with _client(server, token) as client:
        while time.perf_counter() < end:
            start = time.perf_counter()
            client.get("conversations/").raise_for_status()
            found.append(1000 * (time.perf_counter() - start))
            time.sleep(0.02)
    return found


def _peak_of(server: Served) -> int:
    """Return the most memory that a process of the server has had, in MB. The decoders have ended."""
    texts = [Path(f"/proc/{pid}/status").read_text() for pid in server.pids()]
    found = [re.search(r"VmHWM:\s+(\d+)", each) for each in texts]
    return max(int(each[1]) for each in found if each) // 1024


if __name__ == "__main__":
    main()
