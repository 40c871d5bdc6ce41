"""Over HTTP: the servers, all started, and each workload asked of those that know it."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from bench import peers, servers
from bench.drive import Load
from bench.engines import Place
from bench.rounds import Runner, side_by_side
from bench.servers import Server
from bench.workloads import TABLE, Blanks, Refused, Workload, load, record

Step = Callable[[str], None]
FEW = 5
"""Answers of another program that are looked at, whether they are of the size to be expected."""


class Data(NamedTuple):
    """Where one engine has the claims: Sayso's tables, and the tutorial's."""

    sayso: Place
    plain: Place
    backends: int | None


class Asked(NamedTuple):
    """How much is asked: which workloads (none: all), how often, for how long, of what data?"""

    claims: int
    names: set[str]
    rounds: int
    seconds: float
    with_peers: bool
    grown: bool


class Running:
    """Every server there is; of ours on each engine one more, which keeps no answers."""

    def __init__(self, stack: ExitStack, data: dict[str, Data], folder: Path, with_peers: bool):
        self.ours = {
            (engine, kind): stack.enter_context(
                servers.sayso(one.sayso.url, one.backends, f"{kind}/{engine}", memory)
            )
            for engine, one in data.items()
            for kind, memory in (("sayso", None), ("anew", 0))
        }
        self.keys = {engine: servers.key(one.sayso.url) for engine, one in data.items()}
        self.peers: list[tuple[str, Server]] = []
        if not with_peers:
            return
        for engine, one in data.items():
            environment = {"TUTORIAL_URL": one.plain.url}
            name = f"tutorial/{engine}"
            tutorial = servers.asgi(name, "bench.tutorial:app", environment, one.backends)
            self.peers.append(("tutorial", stack.enter_context(tutorial)))
        if "sqlite" in data:
            for kind, start in peers.AVAILABLE.items():
                if started := start(folder, data["sqlite"].plain.path):
                    self.peers.append((kind, stack.enter_context(started)))


@contextmanager
def ceiling(folder: Path, answers: list[Any]) -> Iterator[Server]:
    """The raw app, with these answers."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "recorded.jsonl"
    file.write_text("".join(json.dumps(one) + "\n" for one in answers))
    with servers.asgi("raw", "bench.raw:app", {"BENCH_RECORDED": str(file)}) as server:
        yield server


def measured(
    data: dict[str, Data], asked: Asked, folder: Path, step: Step
) -> Iterator[tuple[str, dict[str, Any]]]:
    """The medians of each workload, by server; as soon as they are there."""
    with ExitStack() as stack:
        step("starting")
        running = Running(stack, data, folder, asked.with_peers)
        blanks = {
            engine: Blanks(asked.claims, one.url, asked.grown)
            for (engine, kind), one in running.ours.items()
            if kind == "sayso"
        }
        for workload in TABLE:
            if not asked.names or workload.name in asked.names:
                step(f"{workload.name}: recording")
                fillings = {engine: one.of(workload.name) for engine, one in blanks.items()}
                try:
                    told = _one(workload, running, fillings, asked, folder, step)
                except Refused as refused:
                    told = {"bytes": {}, "servers": {}, "refused": str(refused)}
                yield workload.name, told


def _one(
    workload: Workload,
    running: Running,
    fillings: dict[str, list[str]],
    asked: Asked,
    folder: Path,
    step: Step,
) -> dict[str, Any]:
    """One workload, of all who know it."""
    ours = {
        (engine, kind): Runner(
            server, load(workload, "sayso", fillings[engine], running.keys[engine])
        )
        for (engine, kind), server in running.ours.items()
        if kind == "sayso" or workload.method == "GET"
    }
    others = [
        Runner(server, load(workload, kind, next(iter(fillings.values()))))
        for kind, server in running.peers
        if kind in workload.ways
    ]
    answers = [
        line
        for (_, kind), one in ours.items()
        if kind == "sayso"
        for line in record(one.load, one.server.url)
    ]
    sizes = {"sayso": max(len(line[3]) for line in answers)}
    for one in others:
        few = one.load._replace(targets=one.load.targets[:FEW])
        sizes[one.server.name] = max(len(line[3]) for line in record(few, one.server.url))
    with ceiling(folder, answers) as raw:
        above = {name: Runner(raw, _by_time(one.load)) for name, one in ours.items()}
        told = side_by_side(
            above, ours, others, asked.rounds, asked.seconds,
            lambda text: step(f"{workload.name}, {text}"),
        )  # fmt: skip
    return {"bytes": sizes, "servers": told}


def _by_time(load: Load) -> Load:
    """The ceiling answers what takes Sayso long in no time; so it is counted by time."""
    return load._replace(times=0, connections=1) if load.times else load
