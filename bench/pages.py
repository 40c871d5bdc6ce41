"""``python -m bench.pages``: the CPU of a page against that of the API's answer beside it.

In one process, on SQLite: the seed, and one measure with so many claims that its page is bounded.
"""

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Annotated

import httpx
import typer

from app.config import Settings, settings
from app.main import create_app

MEASURE = "containers.prk-rus"
LARGE = "arrivals.elmark"
PAGES = [
    ("/", "/v1/claims?sort=-recorded_at&limit=8&expand=sources,measures&count=exact"),
    ("/claims", "/v1/claims?limit=25&expand=sources,measures&count=exact"),
    ("/search?q=containers", "/v1/claims?q=containers&expand=sources,measures&count=exact"),
    ("/measures", "/v1/measures?limit=1000"),
    (f"/measures/{MEASURE}", f"/v1/measures/{MEASURE}/comparison"),
    (f"/measures/{MEASURE}?value__gte=10000", f"/v1/measures/{MEASURE}/comparison"),
    (f"/measures/{LARGE}", f"/v1/measures/{LARGE}/comparison"),
    ("/claims/dia-2024-08-containers", "/v1/claims/dia-2024-08-containers/provenance"),
    ("/sources/shin-won-sik", "/v1/claims?origin=shin-won-sik&limit=50&expand=sources,measures"),
]
"""A page, and the answer that most of it is made of."""
COLD, CACHED = 10.0, 1.5
"""At most so many times the CPU of the answer; cached, both are one lookup, told apart by noise."""


def lines(claims: int) -> list[str]:
    """One measure, said by twelve claimants on a thousand days."""
    sources = [{"type": "source", "id": f"office-{n}", "kind": "company",
                "name": f"Office {n} of Elmark"} for n in range(12)]  # fmt: skip
    paper = {"type": "source", "id": "elmark-report", "kind": "report", "name": "Elmark in figures"}
    measure = {"type": "measure", "id": LARGE, "name": "Arrivals in Elmark", "unit": "{person}"}
    many = (
        {"type": "claim", "id": f"arrival-{n}", "measure": LARGE, "raw_text": f"about {5000 + n}",
         "claimant": f"office-{n % 12}", "document": "elmark-report",
         "stated": f"{1990 + n % 30}-{1 + n % 12:02}-{1 + n % 28:02}"}
        for n in range(claims)
    )  # fmt: skip
    return [json.dumps(one) for one in (*sources, paper, measure, *many)]


def filled(folder: Path, claims: int) -> Settings:
    """A database with the seed and the large measure."""
    url = f"sqlite:///{folder}/pages.db"
    file = folder / "claims.jsonl"
    file.write_text("\n".join(lines(claims)))
    environment = {**os.environ, "SAYSO_DATABASE_URL": url}
    for command in (["migrate"], ["seed"], ["import", str(file)]):
        subprocess.run(
            [sys.executable, "-m", "app.cli", *command],
            env=environment, check=True, stdout=subprocess.DEVNULL,
        )  # fmt: skip
    free = {"open_reads": True, "anonymous_rate_per_minute": 0, "allowed_hosts": ""}
    return settings().model_copy(update={**free, "database_url": url})


async def spent(client: httpx.AsyncClient, path: str, times: int) -> float:
    """Milliseconds of CPU for one answer; the first ones compile what they ask."""
    for _ in range(2):
        answer = await client.get(path)
        assert answer.status_code == 200, answer.text
    began = time.process_time()
    for _ in range(times):
        await client.get(path)
    return (time.process_time() - began) / times * 1000


async def measured(chosen: Settings, times: int) -> list[tuple[float, float]]:
    """The CPU of each page and of its answer."""
    app = create_app(chosen)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url="http://localhost"
        ) as client,
    ):
        found = []
        for page, answer in PAGES:
            found.append((await spent(client, page, times), await spent(client, answer, times)))
        return found


def main(
    claims: Annotated[int, typer.Option(help="In the large measure.")] = 100_000,
    times: Annotated[int, typer.Option(help="Each answer is asked.")] = 20,
) -> None:
    """Print the ratios; exit 1 where one is above what is promised."""
    with tempfile.TemporaryDirectory() as folder:
        chosen = filled(Path(folder), claims)
        cold = asyncio.run(measured(chosen.model_copy(update={"response_cache_bytes": 0}), times))
        cached = asyncio.run(measured(chosen, times * 5))
    above = False
    print(f"{'page':42}{'page':>9}{'answer':>9}{'ratio':>7}{'cached':>9}{'answer':>9}{'ratio':>7}")
    for (page, _), (one, other), (kept, same) in zip(PAGES, cold, cached, strict=True):
        above |= one / other > COLD or kept / same > CACHED
        print(f"{page:42}{one:9.2f}{other:9.2f}{one / other:7.1f}"
              f"{kept:9.2f}{same:9.2f}{kept / same:7.1f}")  # fmt: skip
    print("Milliseconds of CPU; the answer is the API's that most of the page is made of.")
    raise typer.Exit(int(above))


if __name__ == "__main__":
    typer.run(main)
