"""Side by side: every server is asked in turn, the ceiling before and after each of ours."""

from collections import defaultdict
from collections.abc import Callable
from statistics import median
from typing import Any, NamedTuple

from bench.drive import Driven, Load, drive
from bench.servers import Server

PEER_SECONDS = 3.0


class Runner(NamedTuple):
    """A server and what it is to be asked."""

    server: Server
    load: Load


def side_by_side(
    raw: dict[Any, Runner],
    ours: dict[Any, Runner],
    peers: list[Runner],
    rounds: int,
    seconds: float,
    step: Callable[[str], None],
) -> dict[str, Any]:
    """Medians over the rounds; a ratio is to the mean of the ceiling just before and just after."""
    runs: dict[str, list[Driven]] = defaultdict(list)
    ratios: dict[str, list[float]] = defaultdict(list)
    costs: dict[str, list[float]] = defaultdict(list)
    for one in [*ours.values(), *peers]:
        drive(one.server, one.load, 1, "warm")
    for n in range(rounds):
        for name, one in ours.items():
            step(f"round {n + 1}: {one.server.name}")
            around = [drive(*raw[name], seconds, f"{n}")]
            done = drive(*one, seconds, f"run{n}")
            around.append(drive(*raw[name], seconds, f"{n}"))
            runs[one.server.name].append(done)
            runs["raw"] += around
            ratios[one.server.name].append(done.rate * 2 / sum(r.rate for r in around))
            costs[one.server.name].append(done.cpu * 2 / sum(r.cpu for r in around))
        for one in peers:
            step(f"round {n + 1}: {one.server.name}")
            runs[one.server.name].append(drive(*one, max(seconds, PEER_SECONDS), f"run{n}"))
    return {name: summed(some, ratios[name], costs[name]) for name, some in runs.items()}


def summed(runs: list[Driven], ratios: list[float], costs: list[float]) -> dict[str, float]:
    """The medians of some runs."""
    told = {name: median(getattr(run, name) for run in runs) for name in Driven._fields}
    if ratios:
        told |= {"ratio": median(ratios), "low": min(ratios), "high": max(ratios)}
        told["cost"] = median(costs)
    return told
