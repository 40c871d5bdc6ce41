"""One size of the data: where it lies, and what was measured with it, kept between runs."""

import json
import os
from functools import partial
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.status import Status

from bench import analysis, grown, load, plain, rest, wire
from bench import claims as synthetic
from bench.engines import Place, Postgres
from bench.machine import described
from bench.wire import Data, Step

PARTS = ("load", "rest", "http", "analysis")
console = Console(stderr=True)


class Size:
    """So many claims, on some engines."""

    def __init__(
        self,
        work: Path,
        claims: int,
        engines: list[str],
        server: Postgres | None,
        status: Status,
        grown: bool = False,
    ):
        self.grown = grown
        self.work, self.folder, self.claims = work, work / str(claims), claims
        self.folder.mkdir(parents=True, exist_ok=True)
        self.server, self.status = server, status
        self.file = self.folder / "measured.json"
        self.found: dict[str, Any] = (
            json.loads(self.file.read_text()) if self.file.exists() else {"claims": claims}
        )
        self.data = {engine: self._data(engine) for engine in engines}

    def step(self, engine: str, text: str) -> None:
        """Say what is being done."""
        self.status.update(f"{self.claims:,} claims · {engine} {text}")

    def keep(self, part: str, name: str, told: Any) -> None:
        """Keep what was measured, so that another part can be run by itself."""
        self.found.setdefault(part, {})[name] = told
        self.found["about"] = described()
        self.found.setdefault("busy", []).append(os.getloadavg()[0])
        self.file.write_text(json.dumps(self.found, indent=1))
        console.print(f"[green]✓[/green] {self.claims:,} claims · {part} · {name}")

    def _place(self, engine: str, name: str) -> Place:
        if self.server is not None and engine == "postgresql":
            return Place(engine, f"{name}_{self.claims}", self.server.url)
        return Place(engine, name, str(self.folder))

    def _data(self, engine: str) -> Data:
        backends = self.server.pid if self.server and engine == "postgresql" else None
        return Data(self._place(engine, "sayso"), self._place(engine, "plain"), backends)

    def measure(self, parts: set[str], names: set[str], quick: bool, *times: float) -> None:
        """The parts that are wanted; data that is not there yet is loaded all the same."""
        for engine, data in self.data.items():
            step = partial(self.step, engine)
            if self.grown:
                self._grow(data, step)
            elif "load" in parts or engine not in self.found.get("load", {}):
                self.keep("load", engine, self._loaded(engine, data))
            if "rest" in parts:
                step("at rest")
                self.keep("rest", engine, rest.measured(data.sayso))
            if "analysis" in parts:
                crowd, file = self._place(engine, "crowd"), self.folder / "crowd.jsonl"
                figures = min(analysis.FIGURES, self.claims)
                self.keep("analysis", engine, analysis.measured(crowd, file, figures, step))
        if "http" in parts:
            seconds, rounds = (1.0, 1.0) if quick else times
            others = not quick and not self.grown
            asked = wire.Asked(self.claims, names, int(rounds), seconds, others, self.grown)
            for name, told in wire.measured(
                self.data, asked, self.work / "peers", partial(self.step, "")
            ):
                self.keep("http", name, told)

    def _grow(self, data: Data, step: Step) -> None:
        """From a tenth of it, where it is not there yet."""
        if not data.sayso.path.exists():
            grown.grow(
                self.work / str(self.claims // grown.TIMES) / "sayso.db", data.sayso.path, step
            )
            self.found["grown"] = True

    def _loaded(self, engine: str, data: Data) -> dict[str, Any]:
        """Import, export, and the same rows by the engine's own ways."""
        step = partial(self.step, engine)
        source, exported = self.folder / "claims.jsonl", self.folder / "export.jsonl"
        if not source.exists():
            step("making claims")
            with source.open("wb") as file:
                synthetic.write(file, self.claims)
        raw = self._place(engine, "raw")
        told = load.measured(data.sayso, raw, data.backends, self.folder, step)
        step("filling the tutorial's tables")
        plain.fill(data.plain, exported)
        step("dumping by the engine's own command")
        told["dump"] = load.dumped(data.plain, self.folder / "dump.jsonl", data.backends)
        exported.unlink()
        return told
