"""``python -m bench``: measure, and write bench/RESULTS.md and bench/results.svg."""

import json
import tempfile
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.status import Status

from bench import claims as synthetic
from bench import load, plain, rest, wire
from bench.drive import needed
from bench.engines import Place, Postgres, postgres
from bench.machine import described
from bench.wire import Data

ENGINES = ["sqlite", "postgresql"]
PARTS = ["load", "http", "rest", "analysis"]
console = Console(stderr=True)


class Bench:
    """One size of the data: where it lies, and what was measured with it."""

    def __init__(self, folder: Path, claims: int, status: Status):
        self.home, self.folder, self.claims = folder, folder / str(claims), claims
        self.folder.mkdir(parents=True, exist_ok=True)
        self.status, self.file = status, self.folder / "measured.json"
        self.found: dict[str, Any] = (
            json.loads(self.file.read_text()) if self.file.exists() else {"claims": claims}
        )

    def step(self, text: str) -> None:
        """Say what is being done."""
        self.status.update(f"{self.claims:,} claims · {text}")

    def keep(self, part: str, name: str, told: Any) -> None:
        """Keep what was measured, so that a later part can be run by itself."""
        self.found.setdefault(part, {})[name] = told
        self.found["about"] = described()
        self.file.write_text(json.dumps(self.found, indent=1))
        console.print(f"[green]✓[/green] {self.claims:,} claims · {part} · {name}")

    def place(self, engine: str, name: str, server: Postgres | None) -> Place:
        """A database of this size."""
        if engine == "postgresql" and server is not None:
            return Place(engine, f"{name}_{self.claims}", server.url)
        return Place(engine, name, str(self.folder))

    def data(self, engine: str, server: Postgres | None) -> Data:
        """Where an engine has the claims."""
        places = [self.place(engine, name, server) for name in ("sayso", "plain")]
        return Data(*places, server.pid if engine == "postgresql" and server else None)

    def load(self, engine: str, data: Data, server: Postgres | None) -> None:
        """Import, export, and the same rows by the engines' own ways."""
        source, exported = self.folder / "claims.jsonl", self.folder / "export.jsonl"
        if not source.exists():
            self.step("making claims")
            with source.open("wb") as file:
                synthetic.write(file, self.claims)
        raw = self.place(engine, "raw", server)
        step = lambda text: self.step(f"{engine} · {text}")  # noqa: E731
        told = load.measured(data.sayso, raw, source, exported, step)
        step("the tutorial's tables")
        plain.fill(data.plain, exported, lambda _: None)
        step("the engine's own dump")
        told["dump"] = load.dumped(data.plain, self.folder / "dump.jsonl")
        exported.unlink()
        self.keep("load", engine, told)


def main(
    claims: Annotated[
        list[int] | None, typer.Option(help="How many; repeat it for growth.")
    ] = None,
    seconds: Annotated[float, typer.Option(help="Of load, each time.")] = 3.0,
    rounds: Annotated[int, typer.Option(help="Times that everything is asked.")] = 3,
    engines: Annotated[str, typer.Option(help="With commas.")] = ",".join(ENGINES),
    only: Annotated[
        list[str] | None, typer.Option(help=f"{', '.join(PARTS)}, or a workload; repeat it.")
    ] = None,
    quick: Annotated[
        bool, typer.Option(help="One short round, without the other programs.")
    ] = False,
    work: Annotated[Path, typer.Option(help="Where data and what was measured stays.")] = Path(
        tempfile.gettempdir()
    )
    / "sayso-bench",
) -> None:
    """Measure Sayso, and what there is beside it, on one data set in one run."""
    needed()
    chosen = engines.split(",")
    parts = {one for one in only or PARTS if one in PARTS}
    names = {one for one in only or [] if one not in PARTS}
    if names:
        parts.add("http")
    work.mkdir(parents=True, exist_ok=True)
    with console.status("starting") as status, _server(work, chosen) as server:
        for size in claims or [100_000]:
            bench = Bench(work, size, status)
            data = {engine: bench.data(engine, server) for engine in chosen}
            for engine, one in data.items():
                if "load" in parts or not bench.found.get("load", {}).get(engine):
                    bench.load(engine, one, server)
                if "rest" in parts:
                    bench.step(f"{engine} · at rest")
                    bench.keep("rest", engine, rest.measured(one.sayso))
            if "http" in parts:
                times = (1, 1.0, False) if quick else (rounds, seconds, True)
                peers = work / "peers"
                for name, told in wire.measured(data, size, peers, names, *times, bench.step):
                    bench.keep("http", name, told)


def _server(work: Path, engines: list[str]) -> Any:
    from contextlib import nullcontext

    return postgres(work) if "postgresql" in engines else nullcontext()


if __name__ == "__main__":
    typer.run(main)
