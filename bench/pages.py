"""``python -m bench.pages``: the CPU of a page against that of the API's answer beside it.

In one process, on SQLite: the seed, and one measure with so many claims that its page is bounded.
"""

import asyncio
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated

import httpx
import typer

from app.config import Settings, settings
from app.main import create_app

MEASURE = "containers.prk-rus"
LARGE = "arrivals.elmark"
PAGES = [
    ("/", f"/v1/measures/{LARGE}/comparison"),
    ("/claims", "/v1/facets?by=measure,claimant,hedge,origin_root,modality,document"),
    ("/search?q=containers", "/v1/claims?q=containers&expand=sources,measures&count=exact"),
    ("/measures", "/v1/facets?by=measure"),
    (f"/measures/{MEASURE}", f"/v1/measures/{MEASURE}/comparison"),
    (f"/measures/{MEASURE}?value__gte=10000", f"/v1/measures/{MEASURE}/comparison"),
    (f"/measures/{LARGE}", f"/v1/measures/{LARGE}/comparison"),
    (f"/claims?measure={LARGE}", f"/v1/facets?measure={LARGE}&by=claimant,hedge"),
    ("/claims/dia-2024-08-containers", "/v1/claims/dia-2024-08-containers/provenance"),
    (
        "/sources/shin-won-sik",
        "/v1/claims?origin=shin-won-sik&sort=stated&limit=50&expand=sources,measures",
    ),
]
"""A page, and the answer that most of it is made of."""
CHARTS = [f"/v1/measures/{one}/chart.svg" for one in (MEASURE, LARGE)]
COLD, CACHED = 10.0, 1.0
"""At most so many times the CPU of the answer."""
NOISE = 0.1
"""Milliseconds that two lookups of the same cache may differ by, on a machine that does more."""


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
    return served(url)


def served(url: str) -> Settings:
    """A server that everybody may read as often as they like."""
    free = {"open_reads": True, "anonymous_rate_per_minute": 0, "allowed_hosts": ""}
    return settings().model_copy(update={**free, "database_url": url})


async def spent(client: httpx.AsyncClient, path: str, times: int) -> float:
    """Milliseconds of CPU for one answer."""
    began = time.process_time()
    for _ in range(times):
        answer = await client.get(path)
        assert answer.status_code == 200, answer.text
    return (time.process_time() - began) / times * 1000


async def compared(
    client: httpx.AsyncClient, page: str, answer: str, rounds: int, times: int
) -> tuple[float, float]:
    """The least that a page and its answer take, asked in turns: what else runs disturbs both."""
    await spent(client, page, 2)  # the first ones compile what they ask
    await spent(client, answer, 2)
    found = [
        (await spent(client, page, times), await spent(client, answer, times))
        for _ in range(rounds)
    ]
    return min(one for one, _ in found), min(other for _, other in found)


async def measured(chosen: Settings, rounds: int, times: int) -> list[tuple[float, float]]:
    """The CPU of each page and of its answer."""
    async with asked(chosen) as client:
        return [await compared(client, *one, rounds, times) for one in PAGES]


@asynccontextmanager
async def asked(chosen: Settings) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the application in this process."""
    app = create_app(chosen)
    transport = httpx.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://localhost") as client,
    ):
        yield client


async def sizes(chosen: Settings) -> list[tuple[str, int, float, int]]:
    """Of each page and chart: its bytes, its seconds of CPU, and the memory of all so far."""
    found = []
    async with asked(chosen) as client:
        for path in [*(page for page, _ in PAGES), *CHARTS]:
            began = time.process_time()
            answer = await client.get(path)
            took = time.process_time() - began
            most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
            found.append((f"{path} {answer.status_code}", len(answer.content), took, most))
    return found


def main(
    claims: Annotated[int, typer.Option(help="In the large measure.")] = 100_000,
    rounds: Annotated[int, typer.Option(help="Of which the quickest counts.")] = 3,
    database: Annotated[str, typer.Option(help="One that was filled already.")] = "",
) -> None:
    """Print the ratios; exit 1 where one is above what is promised."""
    with tempfile.TemporaryDirectory() as folder:
        chosen = served(database) if database else filled(Path(folder), claims)
        uncached = chosen.model_copy(update={"response_cache_bytes": 0})
        print(f"{'first asked':50}{'bytes':>9}{'seconds':>9}{'MB':>7}")
        for path, size, took, most in asyncio.run(sizes(uncached)):
            print(f"{path:50}{size:9}{took:9.2f}{most:7}", flush=True)
        cold = asyncio.run(measured(uncached, rounds, 1))
        cached = asyncio.run(measured(chosen, rounds, 100))
    above = False
    print(f"{'page':42}{'page':>9}{'answer':>9}{'ratio':>7}{'cached':>9}{'answer':>9}{'ratio':>7}")
    for (page, _), (one, other), (kept, same) in zip(PAGES, cold, cached, strict=True):
        above |= one > COLD * other or kept > CACHED * same + NOISE
        print(f"{page:42}{one:9.2f}{other:9.2f}{one / other:7.1f}"
              f"{kept:9.2f}{same:9.2f}{kept / same:7.1f}")  # fmt: skip
    print("Milliseconds of CPU; the answer is the API's that most of the page is made of.")
    raise typer.Exit(int(above))


if __name__ == "__main__":
    typer.run(main)
