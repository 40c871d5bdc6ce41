"""``python -m bench``: measure, and write bench/RESULTS.md and bench/results.svg."""

import tempfile
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Annotated

import typer

from bench import results
from bench.drive import needed
from bench.engines import Postgres, postgres
from bench.size import PARTS, Size, console
from bench.workloads import TABLE

ENGINES = "sqlite,postgresql"
NAMES = [workload.name for workload in TABLE]


def main(
    claims: Annotated[
        list[int] | None, typer.Option(help="How many; repeat it to see growth.")
    ] = None,
    seconds: Annotated[float, typer.Option(help="Of load, each time.")] = 3.0,
    rounds: Annotated[int, typer.Option(help="Times that everything is asked.")] = 3,
    engines: Annotated[str, typer.Option(help="With commas.")] = ENGINES,
    only: Annotated[
        list[str] | None,
        typer.Option(help=f"Repeat it: {', '.join(PARTS)}; or {', '.join(NAMES)}."),
    ] = None,
    grown: Annotated[
        bool, typer.Option(help="SQLite: copy a tenth, which is there, rather than import it all.")
    ] = False,
    quick: Annotated[bool, typer.Option(help="One short round, without other programs.")] = False,
    work: Annotated[
        Path | None, typer.Option(help="Where the data, and what was measured, stays.")
    ] = None,
    write: Annotated[bool, typer.Option(help="Write bench/RESULTS.md and the plot.")] = True,
) -> None:
    """Measure Sayso, and what there is beside it: the same data, in one run."""
    needed()
    folder = work or Path(tempfile.gettempdir()) / "sayso-bench"
    folder.mkdir(parents=True, exist_ok=True)
    asked, chosen = set(only or PARTS), engines.split(",")
    if unknown := asked - {*PARTS, *NAMES}:
        raise typer.BadParameter(f"there is no {', '.join(unknown)}")
    names = asked & set(NAMES)
    parts = asked & set(PARTS) | ({"http"} if names else set())
    with console.status("starting") as status, _server(folder, chosen) as server:
        for size in claims or [100_000]:
            one = Size(folder, size, chosen, server, status, grown)
            one.measure(parts, names, quick, seconds, rounds)
    if write:
        results.write(folder)


def _server(work: Path, engines: list[str]) -> AbstractContextManager[Postgres | None]:
    return postgres(work) if "postgresql" in engines else nullcontext()


if __name__ == "__main__":
    typer.run(main)
