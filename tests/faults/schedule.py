"""The times and kinds of faults: a pure function of the seed, so a schedule can be repeated."""

import random
from dataclasses import asdict, dataclass

CLIENTS = "clients"
SERVERS = ("redis", "postgres", "worker", "layer", "mail", "push")
MEAN_GAP_SECONDS = 1.6
# The minimum time between two faults of a server, so that clients work when a fault begins.
RECOVERY_SECONDS = 2.0


@dataclass(frozen=True)
class Kind:
    """One kind of fault: its weight, its duration, and the set-ups to which it applies."""

    name: str
    weight: float
    shortest: float
    longest: float
    embedded: bool = False


KINDS = (
    Kind("web_kill", 2, 0.1, 1.5, embedded=True),
    Kind("web_stop", 2, 0.5, 5, embedded=True),
    Kind("worker_kill", 2, 0.1, 1.5),
    Kind("worker_stop", 1, 0.5, 5),
    Kind("redis_kill", 2, 0.2, 4),
    Kind("redis_restart", 1.5, 0, 0),
    Kind("redis_pause", 2, 0.5, 5),
    Kind("postgres_restart", 1, 0, 0),
    Kind("postgres_kill", 1, 0, 1.5),
    Kind("postgres_pause", 1, 0.5, 3),
    Kind("postgres_terminate", 2, 0, 0),
    Kind("layer", 3, 2, 8, embedded=True),
    Kind("mail_away", 1, 1, 5, embedded=True),
    Kind("push_away", 1, 1, 5, embedded=True),
    Kind("cut", 6, 0, 0, embedded=True),
    Kind("half_open", 2, 0, 0, embedded=True),
    Kind("handshakes", 1, 2, 6, embedded=True),
    Kind("stall", 2, 1, 6, embedded=True),
)


@dataclass(frozen=True)
class Fault:
    """
    One fault, which begins at `at` seconds and takes `seconds`.

    `pick` seeds the fault's random choices; `share` is the share of clients or events that it affects.
    """

    at: float
    kind: str
    target: str
    seconds: float
    pick: int
    share: float

    def __str__(self) -> str:
        return f"{self.at:7.2f} s  {self.kind:<18} {self.target:<8} {self.seconds:4.1f} s"


def plan(*, seed: int, seconds: float, webs: int, embedded: bool) -> list[Fault]:
    """Return the faults of a run in order; faults of the same server never overlap."""
    rng = random.Random(seed)
    kinds = [kind for kind in KINDS if kind.embedded or not embedded]
    free_at: dict[str, float] = {}
    faults: list[Fault] = []
    now = rng.uniform(0.5, 1.5)
    while now < seconds:
        kind = rng.choices(kinds, [each.weight for each in kinds])[0]
        fault = Fault(
            at=round(now, 2),
            kind=kind.name,
            target=_target_of(kind, rng.randrange(webs)),
            seconds=round(rng.uniform(kind.shortest, kind.longest), 2),
            pick=rng.randrange(1_000_000),
            share=round(rng.uniform(0.05, 0.7), 2),
        )
        if fault.at >= free_at.get(fault.target, 0):
            faults.append(fault)
            if fault.target != CLIENTS:
                free_at[fault.target] = fault.at + fault.seconds + RECOVERY_SECONDS
        now += rng.expovariate(1 / MEAN_GAP_SECONDS) * (1 if faults[-1:] == [fault] else 0.2)
    return faults


def as_json(faults: list[Fault]) -> list[dict[str, object]]:
    return [asdict(fault) for fault in faults]


def _target_of(kind: Kind, web: int) -> str:
    place = kind.name.partition("_")[0]
    if place == "web":
        return f"web{web}"
    return place if place in SERVERS else CLIENTS
