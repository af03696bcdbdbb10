"""Counts and delays of a run."""

from statistics import median

from tests.faults.history import History, Outage, Send
from tests.faults.snapshot import Snapshot

Figures = dict[str, float | int | dict[str, int]]


def list_figures(
    history: History, faults: dict[str, int], calm_since: float, snapshot: Snapshot, logs: str
) -> Figures:
    """Return the numbers of faults, requests and frames, and the delays in seconds."""
    tally = history.tally
    return {
        "faults": sum(faults.values()),
        "faults_by_kind": dict(sorted(faults.items())),
        "messages_accepted": sum(bool(send.accepted) for send in history.sends),
        "photos_accepted": sum(bool(send.accepted and send.photo) for send in history.sends),
        "edits": tally.get("changes_edit", 0),
        "deletions": tally.get("changes_delete", 0),
        "reactions_changed": tally.get("changes_react", 0) + tally.get("changes_unreact", 0),
        "photos_viewed": tally.get("photos_viewed", 0),
        "read_receipts": len({row.read_version for row in snapshot.rows if row.read_version}),
        "frames_seen": sum(len(stream.frames) for stream in history.streams),
        "sends_retried": tally.get("retries", 0),
        "answers_200_to_a_repeat": sum(
            answer.status == 200 for send in history.sends for answer in send.answers
        ),
        "answers_503": tally.get("status_503", 0),
        "connections": tally.get("connections", 0),
        "replays": tally.get("replays", 0),
        "reset_frames": sum(
            frame["type"] == "reset" for stream in history.streams for frame in stream.frames
        ),
        "connections_timed_out": tally.get("connections_timed_out", 0),
        "letters_accepted": sum(each.is_accepted for each in history.letters),
        "invitations_accepted": sum(each.is_accepted for each in history.invites),
        "password_resets_accepted": sum(each.is_accepted for each in history.resets),
        "notifications": len(history.pushes),
        "notifications_repeated": _count_repeated(history),
        "e_mails": len(history.mails),
        "gaps_filled_from_database": logs.count("Filling a gap"),
        "tracebacks_in_logs": logs.count("Traceback (most recent call last)"),
        "slowest_send_with_only_redis_down_s": _slowest_send(history),
        "slowest_delivery_with_only_redis_down_s": _slowest_delivery(history),
        "median_delivery_after_faults_s": _median_delivery(history, calm_since),
        "sockets_without_events_after_faults": _count_without_events(history, calm_since),
    }


def _count_repeated(history: History) -> int:
    """Count the repeated notifications of letters; each letter has a unique text."""
    texts = {letter.content for letter in history.letters}
    shown = [push.body for push in history.pushes if push.body in texts]
    return len(shown) - len(set(shown))


def _only_redis(outages: list[Outage], began: float, ended: float) -> bool:
    """Return whether, during this time and 1 s before, only Redis or the channel layer had a fault."""
    found = {each.kind for each in outages if each.began <= ended and each.ended + 1 >= began}
    return bool(found) and all(kind.startswith(("redis", "layer")) for kind in found)


def _slowest_send(history: History) -> float:
    """Return the longest time of a send without a photo, which first has to be decoded."""
    times = [
        answer.ended - answer.began
        for send in history.sends
        for answer in send.accepted
        if send.photo is None and _only_redis(history.outages, answer.began, answer.ended)
    ]
    return round(max(times, default=0), 3)


def _deliveries(history: History) -> list[tuple[str, float, float]]:
    """Return (device, time of acceptance, time of arrival) for each delivery; times are in seconds."""
    accepted = {
        send.accepted[0].body["id"]: _accepted_at(send) for send in history.sends if send.accepted
    }
    return [
        (stream.device, accepted[frame["message"]["id"]], seen_at)
        for stream in history.streams
        for frame, seen_at in zip(stream.frames, stream.seen_at, strict=True)
        if frame["type"] == "new_message" and frame["message"]["id"] in accepted
    ]


def _accepted_at(send: Send) -> float:
    return send.accepted[0].ended


def _slowest_delivery(history: History) -> float:
    lags = [
        seen_at - accepted_at
        for _, accepted_at, seen_at in _deliveries(history)
        if _only_redis(history.outages, accepted_at, seen_at)
    ]
    return round(max(lags, default=0), 3)


def _median_delivery(history: History, calm_since: float) -> float:
    lags = [
        seen_at - accepted_at
        for _, accepted_at, seen_at in _deliveries(history)
        if accepted_at > calm_since
    ]
    return round(median(lags), 3) if lags else 0.0


def _count_without_events(history: History, calm_since: float) -> int:
    """Count devices that received every message late, from the reconciler instead of an event."""
    lags: dict[str, list[float]] = {}
    for device, accepted_at, seen_at in _deliveries(history):
        if accepted_at > calm_since:
            lags.setdefault(device, []).append(seen_at - accepted_at)
    return sum(min(each) > 0.5 for each in lags.values())
