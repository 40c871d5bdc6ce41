"""What analysis costs where one measure has very many figures: time, and memory over rest."""

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from typing import Any

import httpx

from bench import load, servers
from bench.claims import Claims
from bench.engines import Place
from bench.machine import Watch

TRIES = 3
FIGURES = 100_000
QUESTIONS = {
    "series, a page of 1,000": "/v1/measures/crowd/series?limit=1000",
    "series, a page of 10,000": "/v1/measures/crowd/series?limit=10000",
    "comparison at a date": "/v1/measures/crowd/comparison?at=2024-06",
    "corroboration": "/v1/measures/crowd/corroboration",
    "ratios to another measure": "/v1/ratios?numerator=crowd&denominator=others",
    "chart as JSON": "/v1/measures/crowd/chart.json",
    "counts by claimant": "/v1/facets?by=claimant&measure=crowd",
}


def crowd(figures: int) -> Iterator[dict[str, Any]]:
    """Claims that all have a figure of one measure, and a tenth of them one of another too."""
    for name in ("crowd", "others"):
        yield {"type": "measure", "id": name, "unit": "{item}", "accumulation": "cumulative"}
    for line in Claims(figures).lines():
        if line["type"] == "claim":
            text = {"raw_text": f"at least {1000 + int(line['id'][6:]) % 9000 * 10:,}"}
            names = ("crowd", "others") if line["id"].endswith("0") else ("crowd",)
            line = {
                name: line[name]
                for name in ("type", "id", "claimant", "document", "stated", "published")
            }
            line["quantities"] = [{"measure": name, **text} for name in names]
        yield line


def measured(place: Place, file: Path, figures: int, step: Callable[[str], None]) -> dict[str, Any]:
    """Each question: seconds (the median of some), megabytes over rest, and of the answer."""
    step("making a measure of many figures")
    with file.open("w") as target:
        for line in crowd(figures):
            target.write(json.dumps(line) + "\n")
    load.sayso(place.anew(), "migrate")
    load.sayso(place, "import", str(file))
    file.unlink()
    place.settled()
    found: dict[str, Any] = {}
    for name, path in QUESTIONS.items():
        step(name)
        with servers.sayso(place.url, memory=0) as server:
            found[name] = _asked(server, path)
    place.drop()
    return {"figures": figures, "answers": found}


def _asked(server: servers.Server, path: str) -> dict[str, Any]:
    server.quiet()
    rest, seconds = server.memory, []
    with Watch(server.process.pid) as watch, httpx.Client(base_url=server.url) as client:
        for _ in range(TRIES):
            began = time.perf_counter()
            answer = client.get(path, timeout=120)
            seconds.append(time.perf_counter() - began)
    return {
        "status": answer.status_code, "seconds": median(seconds),
        "memory": watch.peak - rest, "megabytes": len(answer.content) / 1e6,
    }  # fmt: skip
