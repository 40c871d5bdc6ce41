"""What was measured, as tables and a plot: bench/RESULTS.md, bench/results.svg."""

import json
import math
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from bench import bulk_tables, plot
from bench.workloads import TABLE, Workload

HERE = Path(__file__).parent
HEAD = """# Results

Written by `python -m bench` on {date}: {machine}. {versions}.

The machine is shared, so a figure by the clock moves by a third between runs; ratios are to the raw
uvicorn app asked just before and just after, and medians. CPU by request (user and system time of
the server's process) is the sturdier figure. One worker each, on one core, the load generator (wrk,
32 connections unless said) on the other. `raw` sends the bytes that Sayso answered and does nothing
else. `tutorial` is bench/tutorial.py, the same data as the tutorials of FastAPI and SQLModel would
serve it; Datasette answers the same nested JSON from the tutorial's tables by a canned query; soul
answers flat rows from them, without figures. PostgreSQL is the development dependency's, with
fsync; SQLite is durable too (synchronous=FULL). Goals are the project's; ✓ and ✗ say what this run
reached. Sayso keeps answers for as long as nothing is written; each workload asks a few hundred
things in turn, so that almost all of its answers are such. `anew` is the same server keeping
nothing: every answer is worked out. An import or export is the command, with its start, of a second
or more. Series are asked one at a time. Sizes that are not below were not measured.

![Ratios to the raw app, and growth](results.svg)
"""
OURS = {"sayso": "", "anew": ": anew"}
PEER_GOALS = {("list", "tutorial"): 25, ("list", "datasette"): 10, ("list", "soul"): 4}
PEER_GOALS |= {("series", "tutorial"): 4, ("post", "tutorial"): 3}


def write(folder: Path) -> None:
    """Everything that lies in the folder, the largest data first."""
    files = sorted(folder.glob("*/measured.json"), key=lambda file: -int(file.parent.name))
    found = [json.loads(file.read_text()) for file in files]
    if not found:
        return
    parts = [HEAD.format(**found[0]["about"])]
    for one in found:
        parts += [f"## {one['claims']:,} claims\n", *sections(one)]
    parts += growth(found)
    (HERE / "RESULTS.md").write_text("\n".join(parts))
    (HERE / "results.svg").write_text(plot.svg(found))


def sections(one: dict[str, Any]) -> Iterator[str]:
    """The tables of one size of the data."""
    if busy := one.get("busy"):
        if one.get("grown"):
            yield "Copied from a tenth of it under other ids, and not imported.\n"
        yield (
            f"The machine's load average meanwhile was {min(busy):.0f} to {max(busy):.0f}; about 2 "
            "of it are the benchmark's own, what is more was others'.\n"
        )
    http = one.get("http", {})
    if http:
        yield table(
            "workload, engine, req/s, raw req/s, ratio, lowest–highest, goal, , CPU µs/request, "
            "× raw's CPU, database CPU µs, answer kB",
            of_http(http),
        )
        for name, told in http.items():
            if "refused" in told:
                yield f"Not measured: {name}, for Sayso answered {told['refused'][:120]}\n"
        if rows := list(of_peers(http)):
            yield table(
                "workload, peer, its req/s, Sayso is ×, by CPU ×, goal, , anew ×, answer kB", rows
            )
        if rows := list(of_pairs(http)):
            yield table("promise, engine, measured, goal, ", rows)
    for name, head, lines in bulk_tables.of(one):
        if found := list(lines):
            yield f"### {name}\n"
            yield table(head, found)


def table(head: str, rows: Iterable[Iterable[Any]]) -> str:
    """Rows under a head, in Markdown."""
    names = [name.strip() for name in head.split(",")]
    lines = [names, ["--"] * len(names), *(map(str, row) for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def said(reached: bool) -> str:
    """Whether a goal was reached."""
    return "✓" if reached else "✗"


def titled(http: dict[str, Any]) -> Iterator[tuple[Workload, dict[str, Any]]]:
    """What was measured of each workload."""
    for workload in TABLE:
        if http.get(workload.name, {}).get("servers"):
            yield workload, http[workload.name]


def of_http(http: dict[str, Any]) -> Iterator[list[str]]:
    """Every workload on each engine, beside the ceiling."""
    for workload, told in titled(http):
        raw = told["servers"]["raw"]
        for name, one in told["servers"].items():
            kind, _, engine = name.partition("/")
            if kind not in OURS:
                continue
            goal = workload.goals.get(engine)
            yield [
                workload.title, f"{engine}{OURS[kind]}", _rate(one), _rate(raw),
                f"**{one['ratio']:.2f}**", f"{one['low']:.2f}–{one['high']:.2f}",
                "" if goal is None else f"≥ {goal:.2f}",
                "" if goal is None else said(one["ratio"] >= goal), f"{one['cpu']:,.0f}",
                f"{one['cost']:.1f}", f"{one['database_cpu']:,.0f}",
                f"{told['bytes']['sayso'] / 1000:.1f}",
            ]  # fmt: skip


def of_peers(http: dict[str, Any]) -> Iterator[list[str]]:
    """Every other program, beside Sayso on the engine that it uses."""
    for workload, told in titled(http):
        for name, one in told["servers"].items():
            kind, _, engine = name.partition("/")
            ours = told["servers"].get(f"sayso/{engine or 'sqlite'}")
            if kind == "raw" or kind in OURS or ours is None:
                continue
            goal = PEER_GOALS.get((workload.name, kind))
            times = _times(ours, one)
            anew = told["servers"].get(f"anew/{engine or 'sqlite'}")
            yield [
                workload.title, name, _rate(one), f"**{times:.1f}**",
                f"{one['cpu'] / ours['cpu']:.1f}" if ours["cpu"] else "",
                "" if goal is None else f"≥ {goal}", "" if goal is None else said(times >= goal),
                f"{_times(anew, one):.1f}" if anew else "", f"{told['bytes'][name] / 1000:.1f}",
            ]  # fmt: skip


def _times(ours: dict[str, float], other: dict[str, float]) -> float:
    return ours["rate"] / other["rate"] if other["rate"] else math.inf


NONE: dict[str, Any] = {"servers": {}}


def _rate(one: dict[str, float]) -> str:
    return f"{one['rate']:,.0f}" if one["rate"] >= 10 else f"{one['rate']:.2f}"


PAIRS = (
    ("page half way down / the first, CPU", "deep", "first", "cpu", 1.2),
    ("text search / list, p95, one at a time", "search", "list-alone", "p95", 10.0),
)


def of_pairs(http: dict[str, Any]) -> Iterator[list[str]]:
    """Promises that one workload costs so much of another, where each answer is worked out."""
    for engine in ("sqlite", "postgresql"):
        server = f"anew/{engine}"
        for title, over, under, what, most in PAIRS:
            if all(server in http.get(name, NONE)["servers"] for name in (over, under)):
                times = weight(http, over, server, what) / weight(http, under, server, what)
                yield [title, engine, f"{times:.2f}", f"≤ {most}", said(times <= most)]
        names = ("series", "series-short")
        if all(server in http.get(name, NONE)["servers"] for name in names):
            long, short = (weight(http, name, server, "cpu") for name in names)
            power = math.log10(long / short)
            yield ["series, exponent from short to long, CPU", engine, f"{power:.2f}", "≤ 1.1",
                   said(power <= 1.1)]  # fmt: skip


def weight(http: dict[str, Any], name: str, server: str, what: str) -> float:
    """What a workload costs: CPU is the server's and the database's together."""
    told = http[name]["servers"][server]
    return float(told["cpu"] + told["database_cpu"] if what == "cpu" else told[what])


UNLIKE = ("post", "series", "series-short")
"""What grows with what is asked, not with the data."""


def growth(found: list[dict[str, Any]]) -> Iterator[str]:
    """What a request costs at each size, and the exponent between the smallest and the largest."""
    sizes = sorted((one for one in found if one.get("http")), key=lambda one: one["claims"])
    if len(sizes) < 2:
        return
    yield "## Growth: CPU µs/request of the server and the database, each answer worked out\n"
    head = ["workload", "engine", *(f"{one['claims']:,}".replace(",", " ") for one in sizes)]
    rows = []
    for workload in TABLE:
        for engine in ("sqlite", "postgresql"):
            costs = {one["claims"]: cost(one, workload.name, engine) for one in sizes}
            known = [(size, one) for size, one in costs.items() if one]
            if len(known) > 1 and workload.name not in UNLIKE:
                told = [f"{one:,.0f}" if one else "" for one in costs.values()]
                title = workload.title.replace(",", ";")
                rows.append([title, engine, *told, f"{exponent(known[0], known[-1]):.2f}"])
    yield table(", ".join([*head, "exponent"]), rows)


def exponent(small: tuple[int, float], large: tuple[int, float]) -> float:
    """How the cost grows with the size: 0 not at all, 1 as the size does."""
    return math.log(large[1] / small[1]) / math.log(large[0] / small[0])


def cost(one: dict[str, Any], name: str, engine: str) -> float:
    """What it costs to work out an answer; 0 where it was not measured."""
    server = f"anew/{engine}"
    known = server in one["http"].get(name, {"servers": {}})["servers"]
    return weight(one["http"], name, server, "cpu") if known else 0.0
