"""
Measure photos: `python -m bench.photos [--seconds 10] [--people 4]`.

One web process on PostgreSQL and Redis. People upload photos of 8 MB one after the other, and then the
files of the hostile corpus, while another person loads the list of conversations. The table has the
milliseconds of that person's requests, and their ratio to those without uploads. Below it are the seconds
from the first byte of a photo of 3 MB until the other person has received its medium size, and the memory
of the web process at its peak above that while idle. Each limit has its verdict; the exit status is 1 if
one is exceeded.
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
from itertools import count
from pathlib import Path
from statistics import median, quantiles
from threading import Event
from uuid import uuid4

import httpx
from websockets.sync.client import connect
from websockets.typing import Subprotocol

from bench.processes import ROOT, Served, prepare, product, shared_environment
from tests.backends import Postgres, Redis
from tests.media.hostile import ACCEPTED, NOT_A_PHOTO, TOO_LARGE
from tests.media.pictures import draw

MEGABYTE = 2**20
LARGE, ORDINARY = 8 * MEGABYTE, 3 * MEGABYTE
MOST_RATIO, MOST_MEGABYTES = 2.0, 60
# The files with the status of their answers. 503 is expected of none: a person uploads one at a time.
CORPUS = [
    *[(content, 201) for content in ACCEPTED.values()],
    *[(content, 400) for content in NOT_A_PHOTO.values()],
    *[(content, 400) for content, _ in TOO_LARGE.values()],
]
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
    wrong = 0
    with ExitStack() as stack:
        server, trainer, trainees = stack.enter_context(_served())
        idle = _memory_of(server, "VmRSS")
        trips = [_send_and_receive(server, trainer, trainees[-1]) for _ in range(7)]
        found = {"alone": _read_for(arguments.seconds, server, trainer)}
        people = trainees[: arguments.people]
        large = [(_photo_of(LARGE), 201)]
        for name, files in (("beside photos of 8 MB", large), ("beside hostile files", CORPUS)):
            with _uploading(server, people, files) as answers:
                found[name] = _read_for(arguments.seconds, server, trainer)
            print(
                f"{name}: {len(answers)} uploads, {answers.count(False)} with an unexpected answer"
            )
            wrong += answers.count(False)
        grown = _memory_of(server, "VmHWM") - idle
    ratios = _print_requests(found)
    print(f"3 MB to the other person{median(trips):>31.2f} s")
    verdicts = [
        _judge("requests beside uploads / alone", max(ratios[1:]), MOST_RATIO),
        _judge("memory at the peak, MB", grown, MOST_MEGABYTES),
        _judge("unexpected answers", wrong, 0),
    ]
    sys.exit(0 if all(verdicts) else 1)


def _print_requests(found: dict[str, list[float]]) -> list[float]:
    """Print a table; return the ratios of the medians to that of the requests that were alone."""
    print(f"\n{'requests of others':<24}{'median ms':>11}{'p95 ms':>10}{'ratio':>10}")
    ratios = [median(each) / median(found["alone"]) for each in found.values()]
    for (name, each), ratio in zip(found.items(), ratios, strict=True):
        print(f"{name:<24}{median(each):>11.1f}{quantiles(each, n=20)[-1]:>10.1f}{ratio:>10.2f}")
    return ratios


def _judge(name: str, value: float, most: float) -> bool:
    """Print whether a value is within its limit; return the same."""
    is_within = value <= most
    print(f"{name:<34}{value:>8.2f}, limit {most:<5}{'ok' if is_within else 'TOO MUCH'}")
    return is_within


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


def _upload(client: httpx.Client, content: bytes) -> httpx.Response:
    headers = {"Upload-Key": str(uuid4())}
    return client.post("uploads/", files={"file": ("photo", content)}, headers=headers)


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
        body = {"uploads": [_upload(client, content).raise_for_status().json()["id"]]}
        client.post(f"conversations/{conversation}/send/", json=body).raise_for_status()
        while (frame := json.loads(socket.recv(timeout=60)))["type"] != "new_message":
            pass
        link = re.sub(r"^https?://[^/]+", server.url, frame["message"]["image"])
        httpx.get(link).raise_for_status()
        return time.perf_counter() - start


@contextmanager
def _uploading(
    server: Served, trainees: list[tuple[str, int]], files: list[tuple[bytes, int]]
) -> Iterator[list[bool]]:
    """
    Upload files again and again while the block runs, and all of them at least once.

    Yield a list that gets an item for each upload: whether its answer has the expected status.
    """
    has_ended, done = Event(), list[bool]()

    def keep_uploading(first: int, token: str) -> None:
        with _client(server, token) as client:
            for number in count(first, len(trainees)):
                if has_ended.is_set() and number >= len(files):
                    return
                content, status = files[number % len(files)]
                done.append(_upload(client, content).status_code == status)

    with ThreadPoolExecutor(len(trainees)) as pool:
        running = [
            pool.submit(keep_uploading, number, token) for number, (token, _) in enumerate(trainees)
        ]
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


def _memory_of(server: Served, field: str) -> int:
    """Return the memory of the largest process of the server, in MB; the decoders have ended."""
    texts = [Path(f"/proc/{pid}/status").read_text() for pid in server.pids()]
    found = [re.search(rf"{field}:\s+(\d+)", each) for each in texts]
    return max(int(each[1]) for each in found if each) // 1024


if __name__ == "__main__":
    main()
