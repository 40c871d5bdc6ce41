"""/metrics: what is counted, who may read it, and that nobody's words get into it."""

import re
import time
from pathlib import Path
from typing import Any

import httpx
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy.engine import make_url

from app.api.metrics import Metrics
from app.db import Database, Use
from tests.conftest import ONE_ENGINE, Serve
from tests.patience import again_and_again, until
from tests.test_overload import slow

Told = dict[str, dict[tuple[str, ...], float]]


def told(client: httpx.Client) -> Told:
    """Every sample, by name and by the values of its labels."""
    answer = client.get("/metrics")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("text/plain; version=")
    found: Told = {}
    for family in text_string_to_metric_families(answer.text):
        assert family.documentation
        for sample in family.samples:
            labels = tuple(sample.labels[name] for name in sorted(sample.labels))
            found.setdefault(sample.name, {})[labels] = sample.value
    return found


def test_requests_are_counted_by_method_route_and_kind_of_answer(fresh: httpx.Client) -> None:
    for id in ("ap", "reuters", "no-such-source"):
        fresh.get(f"/v1/sources/{id}")
    fresh.head("/v1/sources/ap")
    fresh.post("/v1/sources", json={"id": "kyodo", "name": "Kyodo"})
    fresh.post("/v1/sources", json={"id": "kyodo", "name": "Another"})
    found = told(fresh)
    counted = found["sayso_requests_total"]
    assert counted["GET", "/v1/sources/{id}", "2xx"] == 3
    assert counted["GET", "/v1/sources/{id}", "4xx"] == 1
    assert counted["POST", "/v1/sources", "2xx"] == 1
    assert counted["POST", "/v1/sources", "4xx"] == 1
    assert found["sayso_request_seconds_count"]["GET", "/v1/sources/{id}"] == 4
    assert found["sayso_request_seconds_bucket"]["+Inf", "GET", "/v1/sources/{id}"] == 4
    assert 0 < found["sayso_request_seconds_sum"]["GET", "/v1/sources/{id}"] < 10
    assert found["sayso_requests_under_way"][()] == 1
    assert told(fresh)["sayso_requests_total"]["GET", "/metrics", "2xx"] == 1


def test_the_log_the_readers_and_the_writers_are_told(fresh: httpx.Client) -> None:
    before = told(fresh)
    fresh.post("/v1/sources", json={"id": "kyodo", "name": "Kyodo"})
    after = told(fresh)
    assert before["sayso_log_sequence"][()] == 56
    assert after["sayso_log_sequence"][()] == 57
    waits = "sayso_write_wait_seconds_count"
    assert after[waits][()] == before[waits][()] + 1
    assert after["sayso_database_up"][()] == 1
    assert after["sayso_readers_most"][()] == 8
    assert after["sayso_writes_refused_total"][()] == 0


@ONE_ENGINE
def test_a_database_that_is_gone_is_told_and_all_else_still_counted(serve: Serve) -> None:
    client: Any = serve()
    with client.server.client(key=None) as anybody:
        assert anybody.get("/v1/claims/experts-122mm").status_code == 200
        Path(make_url(client.server.settings.database_url).database or "").unlink()
        found = told(anybody)
    assert found["sayso_database_up"][()] == 0
    assert "sayso_log_sequence" not in found
    assert found["sayso_requests_total"]["GET", "/v1/claims/{id}", "2xx"] == 1


def test_a_crowd_shows(serve: Serve, engine: str) -> None:
    client = serve(readers=2, query_seconds=0.5, write_wait_seconds=0.5)
    slow(client, engine)
    db: Database = client.server.app.state.db  # type: ignore[attr-defined]
    source = {"id": "x", "name": "X"}
    with (
        db.transaction(),
        again_and_again(1, lambda: client.post("/v1/sources", json=source)) as refused,
    ):
        until(lambda: told(client)["sayso_writes_under_way"][()] == 1)
    assert {answer.status_code for answer in refused} == {503}
    assert told(client)["sayso_writes_refused_total"][()] == len(refused)
    with again_and_again(3, lambda: client.get("/slow")):
        until(lambda: db.use() == Use(2, 2, 1))
    until(lambda: db.use() == Use(2, 0, 0))


def test_no_word_of_a_client_gets_into_it(fresh: httpx.Client) -> None:
    for method in ("GET", "PROPFIND", "CANARYMETHOD", "POST"):
        for path in ("/v1/sources/canary-id", "/v1/canary-path", "/canary", "/static/canary.css",
                     "/problems/canary", "/v1/sources/a/canary?canary=1"):  # fmt: skip
            fresh.request(method, path, headers={"user-agent": "canary", "host": "canary.example"})
    text = fresh.get("/metrics").text
    assert "canary" not in text.lower()
    assert 'method="other"' in text
    assert 'route="none"' in text
    routes = set(re.findall(r'route="(.*?)"', text))
    assert routes <= {"none", "/metrics", "/v1/sources/{id}", "/static", "/problems/{code}"}


def test_whoever_may_read_may_read_it(serve: Serve) -> None:
    client = serve(open_reads=False)
    assert client.get("/metrics").status_code == 200
    assert client.get("/metrics", headers={"authorization": ""}).status_code == 401
    with client.server.client(key=None) as nobody:  # type: ignore[attr-defined]
        assert nobody.get("/metrics").status_code == 401
        assert nobody.get("/healthz").status_code == 200
    with serve().server.client(key=None) as anybody:  # type: ignore[attr-defined]
        assert anybody.get("/metrics").status_code == 200


def test_counting_costs_a_request_next_to_nothing() -> None:
    metrics, scope = Metrics(), {"method": "GET", "path": "/v1/claims"}
    began = time.process_time()
    for _ in range(20_000):
        metrics.ended(scope, 200, metrics.begun())
    each = (time.process_time() - began) / 20_000
    print(f"{each * 1e6:.2f} µs a request")  # noqa: T201
    assert each < 50e-6
