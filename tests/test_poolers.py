"""Behind PgBouncer in transaction mode, every transaction is on another session: all is right.

``SAYSO_TEST_POOLED=1000`` for as many rounds of writing and reading.
"""

import asyncio
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any

import httpx
import psycopg
import pytest
from sqlalchemy import Select, literal_column, select

from app.config import Settings
from app.db import Database, Query
from tests.commands import sayso
from tests.conftest import Server, Templates
from tests.poolers import Pooler, needs_pgbouncer, pooler
from tests.processes import process, serving

pytestmark = [
    needs_pgbouncer,
    pytest.mark.parametrize("engine", ["postgresql"], indirect=True),
]
ROUNDS = int(os.environ.get("SAYSO_TEST_POOLED", "11"))
"""Each read is asked in one of eleven."""
LIMITS = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")
SHOWN = [f"current_setting('{name}')" for name in LIMITS]
ASKED = f"SELECT {', '.join(SHOWN)}".encode()
asked: Select[Any, *tuple[Any, ...]] = select(*map(literal_column, SHOWN))
CLAIM: dict[str, Any] = {
    "claimant": "shin-won-sik", "document": "daily-digest-article", "stated": "2024-03",
    "measure": "containers.prk-rus",
}  # fmt: skip
PUBLIC = "https://sayso.example"
OWN = ("/v1/sources/{source}", "/v1/claims/{claim}", "/v1/changes?since={since}")
READS = (
    "/v1/sources?limit=1000", "/v1/sources?q=пул", "/v1/sources/{source}",
    "/v1/sources/{source}/revisions", "/v1/sources/{source}/revisions/1",
    "/v1/measures/containers.prk-rus", "/v1/assessments?limit=1000", "/v1/lexicon",
    "/v1/claims?limit=1000", "/v1/claims?sort=-recorded_at&limit=3", "/v1/claims/{claim}",
    "/v1/claims?measure=containers.prk-rus&value__gte=7000&match=certain&limit=1000",
    "/v1/claims?via=ap&value__gte=1", "/v1/claims?known_by=2024-03-31", "/v1/claims?q={claim}",
    "/v1/claims?expand=sources,measures&limit=50", "/v1/claims/{claim}/revisions",
    "/v1/claims/{claim}/provenance", "/v1/claims/{claim}/citation", "/v1/claims/{claim}/relations",
    "/v1/claims/{claim}/corroboration", "/v1/quantities?measure=containers.prk-rus&limit=1000",
    "/v1/facets?by=claimant,hedge", "/v1/measures/containers.prk-rus/series",
    "/v1/measures/containers.prk-rus/comparison", "/v1/measures/containers.prk-rus/corroboration",
    "/v1/measures/containers.prk-rus/chart.json", "/v1/corroboration?claimant=shin-won-sik",
    "/v1/export?format=jsonl", "/v1/export?format=csv", "/v1/keys",
)  # fmt: skip
"""A read of every kind: by the fast way, through the framework, and streamed."""


@pytest.fixture(scope="module")
def pooled(postgres: str) -> Iterator[Pooler]:
    with pooler(postgres) as started:
        yield started


def read(server: httpx.Client, path: str) -> str:
    """The whole answer: what was written a moment ago is known to everybody."""
    answer = server.get(path)
    assert answer.status_code == 200, f"{path}: {answer.text[:300]}"
    return answer.text


def test_what_one_process_writes_every_process_reads_at_once_in_every_way(
    templates: Templates, pooled: Pooler
) -> None:
    url = templates.copy(seeded=True)
    with ExitStack() as stack:
        straight = stack.enter_context(Server(Settings(database_url=url, public_url=PUBLIC)))
        known = stack.enter_context(straight.client())
        ports = [
            stack.enter_context(process(pooled.behind(url), public_url=PUBLIC))[1] for _ in range(3)
        ]
        servers = [stack.enter_context(serving(port)) for port in ports]
        seq = known.get("/v1/changes?limit=1000").json()["next_since"]
        wrong: list[str] = []
        reads = 0
        for n in range(ROUNDS):
            names = written(servers[n % 3], n) | {"since": seq + 3 * n}
            for path in some(n):
                asked = path.format(**names)
                right = read(known, asked)
                assert right.count(f"pooled-{n}") or path not in OWN
                wrong += [asked for one in servers if read(one, asked) != right]
                reads += len(servers)
    print(f"{ROUNDS} rounds, {reads} reads, {len(wrong)} wrong")  # noqa: T201
    assert wrong == []


def some(n: int) -> list[str]:
    """A few of the reads, others in each round; what was just written is always among them."""
    first = n * 3 % len(READS)
    return [*OWN, *(READS * 2)[first : first + 3]]


def written(server: httpx.Client, n: int) -> dict[str, Any]:
    """A source, a claim, and a second version of it; each answered as it was stored."""
    names = {"source": f"pooled-{n}", "claim": f"pooled-claim-{n}"}
    source = {"id": names["source"], "name": f"Пул — {n}"}
    claim = {**CLAIM, "id": names["claim"], "via": [source["id"]], "raw_text": f"more than {n}"}
    assert server.post("/v1/sources", json=source).status_code == 201
    made = server.post("/v1/claims", json=claim)
    assert made.status_code == 201, made.text
    match = {"If-Match": made.headers["etag"]}
    noted = server.patch(f"/v1/claims/{claim['id']}", json={"notes": f"ü{n}"}, headers=match)
    assert (noted.status_code, noted.json()["version"]) == (200, 2)
    return names


def test_limits_hold_in_every_transaction_and_nothing_is_left_in_a_session(
    templates: Templates, pooled: Pooler
) -> None:
    url = pooled.behind(templates.copy(seeded=False))
    found = asyncio.run(limits(Database(Settings(database_url=url))))
    assert found == {"glance": [b"100ms", b"0", b"0"], "snapshot": ["10s", "0", "0"],
                     "write": ["10s", "5s", "1min"]}  # fmt: skip
    with psycopg.connect(url, autocommit=True, prepare_threshold=None) as other:
        for _ in range(8):  # twice as many as it has sessions
            assert other.execute(ASKED).fetchall() == [("0", "0", "0")]
            assert other.execute("SELECT name FROM pg_prepared_statements").fetchall() == []


async def limits(db: Database) -> dict[str, list[Any]]:
    """What each way to ask is told, the tenth time: psycopg prepares what it is asked often."""
    found: dict[str, list[Any]] = {}
    async with db.serving():
        for _ in range(10):
            found["glance"] = await glanced(db)
            async with db.snapshot() as reader:
                found["snapshot"] = list((await reader.rows(asked, {}))[0])
            with db.transaction() as connection:
                found["write"] = list(connection.execute(asked).one())
    return found


async def glanced(db: Database) -> list[Any]:
    """The answer of the short way, once there is one."""
    while True:
        if (rows := await db.query_nowait(Query(asked, {}))) is not None:
            return list(rows[0])
        await asyncio.sleep(0.01)


def test_a_statement_that_takes_too_long_is_stopped_by_the_server(
    templates: Templates, pooled: Pooler
) -> None:
    url = templates.copy(seeded=False)
    chosen = Settings(database_url=pooled.behind(url), query_seconds=0.2)
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND datname = %s"
    with Server(chosen) as server, server.client() as client, psycopg.connect(url) as other:
        other.execute("LOCK TABLE source")
        assert client.get("/v1/sources").status_code == 503
        (active,) = other.execute(waiting, [other.info.dbname]).fetchone() or (None,)
        assert active == 1, "ours still waits for the lock"
        other.rollback()
        assert client.get("/v1/sources").status_code == 200


def test_every_command_works_behind_it(templates: Templates, pooled: Pooler) -> None:
    url = pooled.behind(templates.nothing())
    with ThreadPoolExecutor(2) as both:
        migrated = list(both.map(lambda _: sayso(url, "migrate"), range(2)))
    assert [one.returncode for one in migrated] == [0, 0], migrated
    line = '{"type": "source", "id": "radio", "name": "Радио"}'
    for words in (
        ["seed"], ["import", "-"], ["keys", "create", "desk", "--scope", "write"], ["export"],
        ["verify"],
    ):  # fmt: skip
        done = sayso(url, *words, stdin=line)
        assert done.returncode == 0, f"{words}: {done.stdout}{done.stderr}"
        assert "Радио" in done.stdout or words != ["export"]


def test_one_that_keeps_no_transaction_together_is_refused_with_the_reason(
    templates: Templates, postgres: str
) -> None:
    with pooler(postgres, mode="statement") as started:
        url = started.behind(templates.copy(seeded=False))
        for words in (["serve"], ["export"]):
            done = sayso(url, *words)
            assert done.returncode == 1, words
            assert "keeps no transaction together" in done.stderr, f"{words}: {done.stderr}"
            assert "Traceback" not in done.stderr
