"""The tables of import, export, rest and analysis."""

from collections.abc import Iterator
from typing import Any

Rows = Iterator[list[str]]
IMPORT = {"sqlite": ("executemany", 0.6), "postgresql": ("COPY", 0.65)}


def _said(reached: bool) -> str:
    return "✓" if reached else "✗"


def of(one: dict[str, Any]) -> Iterator[tuple[str, str, Rows]]:
    """A name, a head and rows of each."""
    loads, claims = one.get("load", {}), one["claims"]
    yield (
        "Import",
        "engine, claims/s, beside, its claims/s, ratio, by CPU, goal, , peak MB, goal, , disk MB",
        imports(loads, claims),
    )
    yield (
        "Export",
        "engine, claims/s, MB/s, beside, its claims/s, its MB/s, ratio, by CPU, goal, , peak MB",
        exports(loads, claims),
    )
    yield (
        "A server at rest",
        "engine, command to ready s, goal, , anonymous MB, goal, ",
        rests(one.get("rest", {})),
    )
    yield (
        "Analysis of very many figures in one measure",
        "engine, figures, question, status, seconds, MB over rest, answer MB",
        analyses(one.get("analysis", {})),
    )


def imports(loads: dict[str, Any], claims: int) -> Rows:
    """The product's import, beside the engine's own."""
    for engine, told in loads.items():
        beside, goal = IMPORT[engine]
        mine, raw = told["import"], told["raw_import"]
        ratio = raw["seconds"] / mine["seconds"]
        yield [
            engine, f"{claims / mine['seconds']:,.0f}", beside,
            f"{claims / raw['seconds']:,.0f}", f"**{ratio:.2f}**", _by_cpu(raw, mine), f"≥ {goal}",
            _said(ratio >= goal), f"{mine['memory']:.0f}", "≤ 160", _said(mine["memory"] <= 160),
            f"{told['megabytes']:,.0f}",
        ]  # fmt: skip


def exports(loads: dict[str, Any], claims: int) -> Rows:
    """The product's export, beside the dump that the engine's command line makes."""
    for engine, told in loads.items():
        mine, dump = told["export"], told.get("dump")
        row = [engine, f"{claims / mine['seconds']:,.0f}"]
        row.append(f"{mine['megabytes'] / mine['seconds']:,.0f}")
        if dump is None:
            row += ["not available here", *[""] * 6]
        else:
            ratio = dump["seconds"] / mine["seconds"]
            row += [
                "sqlite3, nested JSON" if engine == "sqlite" else "psql \\copy, nested JSON",
                f"{claims / dump['seconds']:,.0f}", f"{dump['megabytes'] / dump['seconds']:,.0f}",
                f"**{ratio:.2f}**", _by_cpu(dump, mine), "≥ 1.5", _said(ratio >= 1.5),
            ]  # fmt: skip
        yield [*row, f"{mine['memory']:.0f}"]


def _by_cpu(theirs: dict[str, float], ours: dict[str, float]) -> str:
    return f"{theirs['cpu'] / ours['cpu']:.2f}" if "cpu" in theirs and "cpu" in ours else ""


def rests(found: dict[str, Any]) -> Rows:
    """Start and memory."""
    for engine, told in found.items():
        seconds, memory = told["seconds"], told["memory"]
        yield [
            engine, f"{seconds:.2f}", "≤ 2", _said(seconds <= 2), f"{memory:.0f}", "≤ 100",
            _said(memory <= 100),
        ]  # fmt: skip


def analyses(found: dict[str, Any]) -> Rows:
    """Each question's time and memory."""
    for engine, told in found.items():
        for name, one in told["answers"].items():
            yield [
                engine, f"{told['figures']:,}", name, str(one["status"]), f"{one['seconds']:.2f}",
                f"{one['memory']:.0f}", f"{one['megabytes']:.2f}",
            ]  # fmt: skip
