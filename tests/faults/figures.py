"""The figures of a run."""

from statistics import median

from tests.faults.history import History, Outage, Send
from tests.faults.snapshot import Snapshot

Figures = dict[str, float | int | dict[str, int]]


def list_figures(
    history: History, faults: dict[str, int], calm_since: float, snapshot: Snapshot, logs: str
) -> Figures:
    """Count what happened, and measure how long clients had to wait."""
    tally = history.tally
    return {
        "faults": sum(faults.values()),
        "faults_by_kind": dict(sorted(faults.items())),
        "messages_accepted": sum(bool(send.accepted) for send in history.sends),
        "read_marks": len({row.read_version for row in snapshot.rows if row.read_version}),
        "frames_seen": sum(len(stream.frames) for stream in history.streams),
        "sends_retried": tally.get("retries", 0),
        "answers_200_to_a_repeat": sum(
            answer.status == 200 for send in history.sends for answer in send.answers
        ),
        "answers_503": tally.get("status_503", 0),
        "connections": tally.get("connections", 0),
        "replays": tally.get("replays", 0),
        "resets": sum(
            frame["type"] == "reset" for stream in history.streams for frame in stream.frames
        ),
        "silent_connections": tally.get("silent_connections", 0),
        "letters_accepted": sum(each.is_accepted for each in history.letters),
        "invitations_accepted": sum(each.is_accepted for each in history.invites),
        "resets_accepted": sum(each.is_accepted for each in history.resets),
        "notifications": len(history.pushes),
        "notifications_repeated": _count_repeated(history),
        "e_mails": len(history.mails),
        "holes_filled_from_database": logs.count("Filling a hole"),
        "tracebacks_in_logs": logs.count("Traceback (most recent call last)"),
        "slowest_send_with_only_redis_away_s": _slowest_send(history),
        "slowest_delivery_with_only_redis_away_s": _slowest_delivery(history),
        "median_delivery_after_healing_s": _median_delivery(history, calm_since),
        "sockets_deaf_after_healing": _count_deaf(history, calm_since),
    }


def _count_repeated(history: History) -> int:
    """Count the notifications of letters after the first of each: others may say the same again."""
    texts = {letter.content for letter in history.letters}
    shown = [push.body for push in history.pushes if push.body in texts]
    return len(shown) - len(set(shown))


def _only_redis(outages: list[Outage], began: float, ended: float) -> bool:
    """Return whether Redis was the only server unavailable in that time."""
    found = {each.kind for each in outages if each.began <= ended and each.ended + 1 >= began}
    return bool(found) and all(kind.startswith(("redis", "layer")) for kind in found)


def _slowest_send(history: History) -> float:
    times = [
        answer.ended - answer.began
        for send in history.sends
        for answer in send.accepted
        if _only_redis(history.outages, answer.began, answer.ended)
    ]
    return round(max(times, default=0), 3)


def _deliveries(history: History) -> list[tuple[str, float, float]]:
    """Return (device, accepted at, seen at) for each delivery, with times in seconds."""
    accepted = {
        send.accepted[0].body["id"]: _told_at(send) for send in history.sends if send.accepted
    }
    return [
        (stream.device, accepted[frame["message"]["id"]], seen_at)
        for stream in history.streams
        for frame, seen_at in zip(stream.frames, stream.seen_at, strict=True)
        if frame["type"] == "new_message" and frame["message"]["id"] in accepted
    ]


def _told_at(send: Send) -> float:
    return send.accepted[0].ended


def _slowest_delivery(history: History) -> float:
    lags = [
        seen_at - told_at
        for _, told_at, seen_at in _deliveries(history)
        if _only_redis(history.outages, told_at, seen_at)
    ]
    return round(max(lags, default=0), 3)


def _median_delivery(history: History, calm_since: float) -> float:
    lags = [seen - told for _, told, seen in _deliveries(history) if told > calm_since]
    return round(median(lags), 3) if lags else 0.0


def _count_deaf(history: History, calm_since: float) -> int:
    """Count devices that received messages only from the reconciler, and never by event."""
    lags: dict[str, list[float]] = {}
    for device, told_at, seen_at in _deliveries(history):
        if told_at > calm_since:
            lags.setdefault(device, []).append(seen_at - told_at)
    return sum(min(each) > 0.5 for each in lags.values())
