"""Keys: every operation with every scope, and a key that nobody but its holder ever sees."""

import hmac
import json
import logging
import re
import secrets
import signal
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import insert, text, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import SQLModel

from app.api import access
from app.api.rate_limit import WAYS, BucketTable, RateLimiter, address
from app.config import Settings
from app.db import Database
from app.errors import TooManyRequests
from app.main import create_app, routes
from app.models import API_KEY
from app.models.key import IMPLIED, SCOPES, SETS
from app.rules import api_keys
from app.store import key_lookup, keys, writes
from tests.commands import environment, sayso
from tests.conftest import (
    ADMIN,
    AT_LENGTH,
    ONE_ENGINE,
    Serve,
    Server,
    Templates,
    bearer,
    document,
    give,
    openapi,
)
from tests.honesty import inlined
from tests.patience import refused_within_a_second, until
from tests.processes import Forked

DOCUMENT = document()
DESCRIBED = [
    (method.upper(), path, operation)
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
]
OPERATIONS = [pytest.param(*one, id=f"{one[0]} {one[1]}") for one in DESCRIBED]
OPEN = {
    "/healthz",
    "/readyz",
    "/metrics",
    "/guide",
    "/guide/search",
    "/",
    "/docs",
    "/problems/{code}",
    "/openapi.json",
    "/static",
    "/key",
    "/key/forget",
    "/pages",
}
"""The paths that need no key, all of them outside /v1."""

PAGES = {
    "/search", "/measures", "/measures/{id}", "/claims", "/claims/{id}", "/sources/{id}", "/add",
    "/add/file",
}  # fmt: skip
"""Pages ask for the key themselves, with a form: tests/pages holds them to it."""


RECONCILIATION = {
    f"/reconcile/{{resource}}{rest}" for rest in ("", "/preview", "/properties", "/suggest/{kind}")
}
"""OpenRefine's protocol, which describes itself."""


def new() -> str:
    """A key that no database has."""
    return api_keys.make_key(api_keys.key_id(secrets.token_bytes(5)), secrets.token_bytes(32))


def needed(operation: dict[str, Any]) -> str:
    """The one scope that an operation declares."""
    (first, *rest) = operation["security"]
    assert rest in ([], [{}])
    (scope,) = first["key"]
    assert scope in SCOPES
    found: str = scope
    return found


def asked(client: httpx.Client, method: str, path: str, operation: Any, key: str | None) -> int:
    """The status of an operation; without a body or a reason, so that nothing is changed."""
    known = {"id": operation_id(path), "version": "1"}
    filled = re.sub(r"\{(\w+)\}", lambda part: known[part[1]], path)
    query = {one["name"]: one["example"] for one in operation.get("parameters", [])
             if one["in"] == "query" and one.get("required") and method == "GET"}  # fmt: skip
    with client.stream(method, filled, params=query, headers=bearer(key)) as answer:
        if not answer.headers["content-type"].startswith("text/event-stream"):
            answer.read()  # a stream has begun; it would go on for as long as it may
    if answer.status_code in (401, 403):
        assert answer.json()["code"] == {401: "unauthorized", 403: "forbidden"}[answer.status_code]
        assert ("www-authenticate" in answer.headers) == (answer.status_code == 401)
    return answer.status_code


def operation_id(path: str) -> str:
    """An id of the seed; for assessments, keys and drawings, which take long, one of nothing."""
    if path.endswith((".svg", ".png")):
        return "a-nothing"
    seed = {"sources": "reuters", "measures": "containers.prk-rus",
            "claims": "shin-2024-03-containers", "keys": "zzzzzzzz"}  # fmt: skip
    return seed.get(path.split("/")[2], "a-nothing")


class Doors:
    """Two servers on one database, reads open on one; and a key of every set of scopes."""

    def __init__(self, open_: httpx.Client, shut: httpx.Client, db: Database):
        self.open, self.shut = open_, shut
        self.by_scopes = {scopes: new() for scopes in SETS}
        for scopes, key in self.by_scopes.items():
            give(db, key, *scopes.split())
        self.dead = {name: new() for name in ("expired", "revoked", "unknown", "of another secret")}
        for name in ("expired", "revoked"):
            give(db, self.dead[name], "admin")
        id = api_keys.parse_key(self.by_scopes["admin"])
        assert id is not None
        self.dead["of another secret"] = api_keys.make_key(id.id, secrets.token_bytes(32))
        with db.transaction() as connection:
            for name, column in (("expired", "expires_at"), ("revoked", "revoked_at")):
                parts = api_keys.parse_key(self.dead[name])
                assert parts is not None
                row = update(API_KEY).where(API_KEY.c.id == parts.id)
                connection.execute(row.values({column: key_lookup.now() - 1}))


@pytest.fixture(scope="module")
def doors(templates: Templates) -> Iterator[Doors]:
    settings = Settings(database_url=templates.copy(True))
    shut = Settings(database_url=settings.database_url, open_reads=False)
    with (
        Server(settings) as one,
        Server(shut) as two,
        one.client(key=None) as open_,
        two.client(key=None) as closed,
    ):
        yield Doors(open_, closed, one.app.state.db)


# ------------------------------------------------------------------- every operation × every scope


OF_EACH_SCOPE = {needed(operation): operation for _, _, operation in DESCRIBED}


# Both engines give the same key; what it opens is settled by the operation.
@ONE_ENGINE
@pytest.mark.parametrize(("method", "path", "operation"), OPERATIONS)
def test_an_operation_takes_the_keys_that_have_its_scope_and_no_others(
    doors: Doors, method: str, path: str, operation: dict[str, Any]
) -> None:
    scope = needed(operation)
    several = AT_LENGTH or operation is OF_EACH_SCOPE[scope]
    for scopes, key in doors.by_scopes.items():
        if scopes not in SCOPES and not several:
            continue  # what a set opens is settled by its words, whatever is asked
        opens = any(scope in IMPLIED[one] for one in scopes.split())  # type: ignore[index]
        for client in (doors.open, doors.shut) if scopes in SCOPES else (doors.shut,):
            status = asked(client, method, path, operation, key)
            assert (status == 403) == (not opens), f"{scopes}: {status}"
            assert status != 401
            assert status < 500


@ONE_ENGINE
@pytest.mark.parametrize(("method", "path", "operation"), OPERATIONS)
def test_an_operation_takes_no_key_that_is_none_or_no_longer(
    doors: Doors, method: str, path: str, operation: dict[str, Any]
) -> None:
    some = doors.by_scopes["admin"]
    garbage = ["x", "sayso_", some[:-1] + ("0" if some[-1] != "0" else "1"), some[:-1], some + "a",
               some.upper(), "sayso_aaaaaaaa_" + "0" * 49, "a" * 5000]  # fmt: skip
    # In the short form each operation meets its share of the odd ones.
    some_of = slice(None) if AT_LENGTH else slice(len(f"{method} {path}") % 6, None, 6)
    for key in (*doors.dead.values(), *garbage[some_of]):
        assert asked(doors.open, method, path, operation, key) == 401
    for key in [*doors.dead.values(), *garbage][some_of]:
        assert asked(doors.shut, method, path, operation, key) == 401


@ONE_ENGINE
@pytest.mark.parametrize(("method", "path", "operation"), OPERATIONS)
def test_without_a_key_only_open_reads_are_answered(
    doors: Doors, method: str, path: str, operation: dict[str, Any]
) -> None:
    status = asked(doors.open, method, path, operation, None)
    assert status != 401 if needed(operation) == "read" else status == 401
    assert asked(doors.shut, method, path, operation, None) == 401


def undeclared(document: dict[str, Any], routes: Iterable[Any]) -> set[str]:
    """The operations that name no scope, and the paths that the description leaves out."""
    bare = {
        f"{method.upper()} {path}"
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        if operation.get("security") == []
    }
    return bare | set(hidden(routes))


def hidden(routes: Iterable[Any]) -> Iterator[str]:
    """The paths of routes that are not described, of included routers too."""
    for route in routes:
        inner = getattr(route, "original_router", None)
        if inner is not None:
            yield from hidden(inner.routes)
        elif not getattr(route, "include_in_schema", False):
            yield route.path


def with_claims_alone(settings: Settings) -> FastAPI:
    """The application without most of its routes, which is described in a fifth of the time."""
    app = create_app(settings)
    app.router.routes[:] = [
        one for one in routes()
        if any(inner.path == "/claims" for inner in one.original_router.routes)  # type: ignore[attr-defined]
    ]  # fmt: skip
    return app


def test_every_route_declares_its_scope() -> None:
    few = with_claims_alone(Settings(database_url="sqlite://"))
    few.get("/v1/bare")(lambda: None)
    few.get("/v1/hidden", include_in_schema=False)(lambda: None)
    assert undeclared(few.openapi(), few.routes) == {"GET /v1/bare", "/v1/hidden"}
    whole = create_app(Settings(database_url="sqlite://"))
    left = undeclared(openapi(), whole.routes) - OPEN - PAGES - RECONCILIATION
    assert left == set(), "give it MayRead, MayWrite, MayImport or MayAdminister"
    assert all(path.startswith("/v1/") for path in DOCUMENT["paths"])


def test_pages_for_people_and_health_need_no_key(doors: Doors) -> None:
    for path in ("/healthz", "/readyz", "/docs", "/openapi.json", "/problems/unauthorized"):
        assert doors.shut.get(path).status_code == 200
    for path in ("/", *PAGES):
        assert doors.shut.get(path.replace("{id}", "ap")).status_code == 401
    for path in RECONCILIATION:
        known = path.replace("{resource}", "sources").replace("{kind}", "entity")
        assert doors.shut.get(f"/v1{known}").status_code == 401


@pytest.mark.parametrize("scheme", ["Basic ", "bearer x ", "Token ", "", "Bearer,"])
def test_anything_else_in_the_header_is_refused(doors: Doors, scheme: str) -> None:
    key = doors.by_scopes["admin"]
    answer = doors.open.get("/v1/claims", headers={"Authorization": f"{scheme}{key}"})
    assert answer.status_code == 401
    twice = [("Authorization", f"Bearer {key}")] * 2
    assert doors.open.get("/v1/claims", headers=twice).status_code == 401
    lower = {"Authorization": f"bEARER  {key}"}
    assert doors.open.get("/v1/claims", headers=lower).status_code == 200


@pytest.mark.parametrize(
    ("host", "chosen", "opened"),
    [("127.0.0.1", None, True), ("::1", None, True), ("localhost", None, True),
     ("0.0.0.0", None, False), ("::", None, False), ("192.0.2.1", None, False),
     ("0.0.0.0", True, True), ("127.0.0.1", False, False)],
)  # fmt: skip
def test_reads_are_open_on_loopback_unless_told_otherwise(
    host: str, chosen: bool | None, opened: bool
) -> None:
    assert Settings(host=host, open_reads=chosen).reads_are_open is opened


@pytest.mark.parametrize(
    ("host", "chosen", "opened"), [("::", None, False), ("::", True, True), ("::1", None, True)]
)
def test_the_description_says_whether_reads_are_open(
    host: str, chosen: bool | None, opened: bool
) -> None:
    settings = Settings(database_url="sqlite://", host=host, open_reads=chosen)
    document = inlined(with_claims_alone(settings).openapi())
    assert ({} in document["paths"]["/v1/claims"]["get"]["security"]) is opened
    assert {} not in document["paths"]["/v1/claims"]["post"]["security"]


# ------------------------------------------------------------------------------- their life


def made(client: httpx.Client, **sent: Any) -> dict[str, Any]:
    answer = client.post("/v1/keys", json={"name": "desk", "scopes": ["write"], **sent})
    assert answer.status_code == 201, answer.text
    assert answer.headers["cache-control"] == "no-store"
    found: dict[str, Any] = answer.json()
    return found


def listed(client: httpx.Client, id: str) -> dict[str, Any]:
    (found,) = [key for key in client.get("/v1/keys").json()["items"] if key["id"] == id]
    assert "token" not in found
    row: dict[str, Any] = found
    return row


def test_an_admin_makes_lists_and_revokes_keys(fresh: httpx.Client) -> None:
    key = made(fresh, scopes=["import", "write", "import"])
    token = key.pop("token")
    assert key["scopes"] == ["write", "import"]
    assert token.startswith(f"sayso_{key['id']}_")
    assert listed(fresh, key["id"]) == key
    assert fresh.post(
        "/v1/sources", json={"id": "x", "name": "X"}, headers=bearer(token)
    ).is_success
    for _ in range(2):
        gone = fresh.delete(f"/v1/keys/{key['id']}")
        assert gone.status_code == 200
        assert "revoked_at" in gone.json()
    assert listed(fresh, key["id"])["revoked_at"] == gone.json()["revoked_at"]
    assert fresh.get("/v1/claims", headers=bearer(token)).status_code == 401
    assert fresh.delete("/v1/keys/zzzzzzzz").status_code == 404


@pytest.mark.parametrize(
    "wrong",
    [{"scopes": []}, {"scopes": ["root"]}, {"scopes": "write"}, {"name": ""}, {"name": " "},
     {"name": "x" * 101}, {"id": "short"}, {"id": "capITALS"}, {"expires_at": "tomorrow"},
     {"expires_at": "2020-01-01T00:00:00Z"}, {"token": "sayso_"}, {"digest": "0" * 64}],
)  # fmt: skip
def test_a_key_that_cannot_be_made_is_refused(doors: Doors, wrong: dict[str, Any]) -> None:
    own = bearer(ADMIN)
    before = doors.open.get("/v1/keys", headers=own).json()
    sent = {"name": "desk", "scopes": ["write"], **wrong}
    answer = doors.open.post("/v1/keys", json=sent, headers=own)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"].startswith("/" + next(iter(wrong)))
    assert doors.open.get("/v1/keys", headers=own).json() == before


def test_more_keys_than_are_remembered_are_each_looked_up_again(
    fresh: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(access, "MAX_KNOWN_KEYS", 1)
    made = [fresh.post("/v1/keys", json={"name": f"desk {n}", "scopes": ["read"]}).json()
            for n in range(2)]  # fmt: skip
    for one in (*made, *made):
        own = {"authorization": f"Bearer {one['token']}"}
        assert fresh.get("/v1/claims", headers=own).status_code == 200
    fresh.delete(f"/v1/keys/{made[0]['id']}").raise_for_status()
    gone = {"authorization": f"Bearer {made[0]['token']}"}
    assert fresh.get("/v1/claims", headers=gone).status_code == 401


def test_an_id_is_given_once(fresh: httpx.Client) -> None:
    made(fresh, id="examples")
    again = fresh.post("/v1/keys", json={"id": "examples", "name": "b", "scopes": ["admin"]})
    assert again.status_code == 409


def test_a_key_expires(fresh: httpx.Client) -> None:
    asked, end = datetime.now(UTC), datetime.now(UTC) + timedelta(seconds=1.5)
    key = made(fresh, expires_at=end.isoformat())
    lasting = made(fresh, expires_at=(end + timedelta(hours=1)).isoformat())
    while asked < end:
        time.sleep(0.1)
        asked = datetime.now(UTC)
        answer = fresh.get("/v1/claims", headers=bearer(key["token"]))
        assert answer.status_code == 200 or datetime.now(UTC) > end
    assert answer.status_code == 401
    assert fresh.get("/v1/claims", headers=bearer(lasting["token"])).status_code == 200


def test_the_day_of_last_use_is_kept_once_a_day_beside_the_request(fresh: httpx.Client) -> None:
    key = made(fresh)
    assert "last_used" not in listed(fresh, key["id"])
    before = datetime.now(UTC).date().isoformat()
    assert fresh.get("/v1/claims", headers=bearer(key["token"])).status_code == 200
    until(lambda: "last_used" in listed(fresh, key["id"]))
    last = listed(fresh, key["id"])["last_used"]
    assert last in (before, datetime.now(UTC).date().isoformat())


def test_a_busy_writer_does_not_hold_up_a_read_with_a_new_key(serve: Serve) -> None:
    client = serve(write_wait_seconds=600)
    key = made(client)
    db: Database = client.server.app.state.db  # type: ignore[attr-defined]
    with db.transaction():
        assert client.get("/v1/claims", headers=bearer(key["token"])).status_code == 200


def test_a_revoked_key_is_refused_by_another_server_within_a_second(fresh: httpx.Client) -> None:
    settings: Settings = fresh.server.settings  # type: ignore[attr-defined]
    key = made(fresh)
    with Server(settings) as other, other.client(key=key["token"]) as replica:
        assert replica.get("/v1/claims").status_code == 200
        assert fresh.delete(f"/v1/keys/{key['id']}").status_code == 200
        refused_within_a_second(lambda: replica.get("/v1/lexicon").status_code)


def test_a_key_is_compared_in_constant_time(doors: Doors, monkeypatch: pytest.MonkeyPatch) -> None:
    compared = []

    def watched(one: str, other: str) -> bool:
        compared.append((one, other))
        return one == other

    monkeypatch.setattr(hmac, "compare_digest", watched)
    assert doors.shut.get("/v1/lexicon", headers=bearer(new())).status_code == 401
    key = doors.by_scopes["admin"]
    parts = api_keys.parse_key(key)
    assert parts is not None
    other = api_keys.make_key(parts.id, secrets.token_bytes(32))
    assert doors.shut.get("/v1/lexicon", headers=bearer(other)).status_code == 401
    # One for an id that there is no key of, one for a wrong secret: both take as long.
    assert [len(one) for one, _ in compared] == [64, 64]


def test_a_mistyped_key_is_told_without_a_database(serve: Serve) -> None:
    client = serve(open_reads=False)
    app = client.server.app  # type: ignore[attr-defined]
    db, app.state.keyring.db = app.state.keyring.db, None
    try:
        for place in range(15, 64, 6):
            other = "0" if ADMIN[place] != "0" else "1"
            mistyped = ADMIN[:place] + other + ADMIN[place + 1 :]
            assert client.get("/v1/lexicon", headers=bearer(mistyped)).status_code == 401
    finally:
        app.state.keyring.db = db
    assert client.get("/v1/lexicon").status_code == 200


def test_with_a_pepper_of_the_setting_none_is_in_the_database(templates: Templates) -> None:
    settings = Settings(database_url=templates.copy(False), key_pepper="p" * 40)
    db, key = Database(settings), new()
    with db.engine.begin() as connection:
        connection.execute(text("DELETE FROM key_pepper"))
    give(db, key, "read")
    with db.engine.begin() as connection:
        assert connection.execute(text("SELECT count(*) FROM key_pepper")).scalar_one() == 0
    db.engine.dispose()
    assert "pppp" not in repr(settings)
    for pepper, status in (("p" * 40, 200), ("q" * 40, 401), ("", 401)):
        other = Settings(database_url=settings.database_url, key_pepper=pepper)
        with Server(other) as server, server.client(key=key) as client:
            assert client.get("/v1/lexicon").status_code == status


A_KEY = {"id": "a2345672", "name": "x", "digest": "0" * 64, "scopes": "read", "created_at": 1}


@pytest.fixture(scope="module")
def with_a_key(templates: Templates) -> Iterator[Database]:
    """A database that took a row like those which it is to refuse."""
    db = Database(Settings(database_url=templates.copy(False)))
    with db.engine.begin() as connection:
        connection.execute(insert(API_KEY), {**A_KEY, "id": "b2345672"})
    yield db
    db.engine.dispose()


@pytest.mark.parametrize(
    "wrong",
    [{"scopes": ""}, {"scopes": "root"}, {"scopes": "write read"}, {"scopes": "read read"},
     {"id": "short"}, {"id": "UPPERCAS"}, {"digest": "0" * 63}, {"name": ""}, {"name": "x" * 101}],
    ids=str,
)  # fmt: skip
def test_the_database_refuses_a_key_that_breaks_a_rule(
    with_a_key: Database, wrong: dict[str, str]
) -> None:
    with pytest.raises(IntegrityError), with_a_key.engine.begin() as connection:
        connection.execute(insert(API_KEY), {**A_KEY, **wrong})


# ------------------------------------------------------------------------------- rate limits

LIMITED = {"rate_per_minute": 3, "anonymous_rate_per_minute": 2}
"""So few that none comes back within a test: they do every twenty seconds, and every thirty."""


def left(answer: httpx.Response) -> tuple[str, int, int]:
    """Whose limit an answer tells, its quota, and what is left of it."""
    policy = re.fullmatch(r'"(\w+)";q=(\d+);w=60', answer.headers["ratelimit-policy"])
    now = re.fullmatch(r'"(\w+)";r=(\d+);t=(\d+)', answer.headers["ratelimit"])
    assert policy is not None
    assert now is not None
    assert policy[1] == now[1]
    return policy[1], int(policy[2]), int(now[2])


def test_each_key_and_each_address_has_a_limit_of_its_own(serve: Serve) -> None:
    admin = serve(**LIMITED)
    keys_ = [made(admin)["token"] for _ in range(2)]
    with admin.server.client(key=None) as client:  # type: ignore[attr-defined]
        for n in range(2):
            answer = client.get("/v1/claims")
            assert (answer.status_code, left(answer)) == (200, ("address", 2, 1 - n))
        refused = client.get("/v1/claims")
        assert (refused.status_code, refused.json()["code"]) == (429, "too_many_requests")
        assert left(refused) == ("address", 2, 0)
        assert 1 <= int(refused.headers["retry-after"]) <= 30
        guess = client.get("/v1/claims", headers=bearer(new()))
        assert guess.status_code == 429
        for key in keys_:
            answers = [client.get("/v1/claims", headers=bearer(key)) for _ in range(4)]
            assert [answer.status_code for answer in answers] == [200] * 3 + [429]
            assert left(answers[0]) == ("key", 3, 2)
        assert client.get("/healthz").status_code == 200
        assert "ratelimit" not in client.get("/docs").headers


def test_whoever_comes_back_after_as_long_as_told_is_answered(serve: Serve) -> None:
    client = serve(rate_per_minute=60)
    while (answer := client.get("/v1/lexicon")).status_code == 200:
        assert left(answer)[:2] == ("key", 60)
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "1")
    time.sleep(1)
    assert client.get("/v1/lexicon").status_code == 200


def test_what_has_not_changed_costs_nothing(serve: Serve) -> None:
    client = serve(**LIMITED)
    first = client.get("/v1/claims/shin-2024-03-containers")
    seen = {"If-None-Match": first.headers["etag"]}
    for _ in range(20):
        answer = client.get("/v1/claims/shin-2024-03-containers", headers=seen)
        assert (answer.status_code, left(answer)[2]) == (304, 2)
    refused = [client.get("/v1/claims?nothing=1").status_code for _ in range(3)]
    assert refused == [422] * 2 + [429]


@pytest.mark.parametrize(
    ("host", "same"),
    [("192.0.2.7", "192.0.2.7"), ("::ffff:192.0.2.7", "192.0.2.7"), ("", ""), ("unix", "unix"),
     ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"), ("fe80::1%eth0", "fe80::/64")],
)  # fmt: skip
def test_an_address_is_a_host_or_its_network(host: str, same: str) -> None:
    assert address({"type": "http", "client": (host, 1)}) == same


def test_the_callers_that_are_remembered_are_so_many_and_the_quietest_is_forgotten() -> None:
    table = BucketTable(shared=False)
    crowd = [bytes([0, 0, 0, 0]) + n.to_bytes(12, "big") for n in range(1, WAYS + 1)]
    assert [table.take(mark, 5, 1) for mark in crowd] == [4] * WAYS
    assert 3 <= table.take(crowd[0], 5, 1) < 4  # heard of again: now the second is the quietest
    assert table.take(bytes(4) + bytes(11) + b"new"[:1], 5, 1) == 4
    assert 2 <= table.take(crowd[0], 5, 1) < 4
    assert table.take(crowd[1], 5, 1) == 4, "it was forgotten, and begins anew"
    assert len(table.records) == 16 * 8192 * 32, "it never grows"


def test_a_crowd_of_addresses_is_told_apart() -> None:
    rates = RateLimiter(Settings(rate_per_minute=1, anonymous_rate_per_minute=1))
    for _ in range(2):
        outcomes = set()
        for n in range(5000):
            scope = {"type": "http", "state": {}, "client": (f"host-{n}", 1)}
            try:
                rates.charge(scope, None)
                outcomes.add("taken")
            except TooManyRequests:
                outcomes.add("refused")
        assert len(outcomes) == 1
    assert outcomes == {"refused"}


# ------------------------------------------------------------------------------- never told


def found_in_database(settings: Settings, words: list[str]) -> list[str]:
    """Which of these words any value of any table has."""
    db, found = Database(settings), []
    with db.engine.begin() as connection:
        for table in SQLModel.metadata.sorted_tables:
            for row in connection.execute(table.select()):
                found += [word for word in words if any(word in str(value) for value in row)]
    db.engine.dispose()
    return found


def test_no_key_is_ever_told_again(
    templates: Templates, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    caplog.set_level(logging.DEBUG)
    settings = Settings(database_url=templates.copy(True), open_reads=False)
    answers: list[httpx.Response] = []
    with Server(settings) as server, server.client() as client:
        client.event_hooks["response"] += [httpx.Response.read, answers.append]
        token = made(client, scopes=["admin"])["token"]
        answers.pop()
        parts = api_keys.parse_key(token)
        assert parts is not None
        own = bearer(token)
        for method, path, operation in DESCRIBED:
            asked(client, method, path, operation, token)
        for target in (f"/v1/claims?{token}=1", f"/v1/claims?key={token}", f"/v1/claims/{token}",
                       f"/{token}", f"/v1/claims?sort={token}", f"/v1/claims?cursor={token}",
                       f"/v1/keys/{token}", f"/problems/{token}",
                       f"/v1/export?{token}"):  # fmt: skip
            assert client.get(target, headers=own).status_code in (400, 401, 404, 405, 422), target
        for sent in ({token: 1}, {"id": token}, {"name": token, "scopes": token}, [token], token):
            for path in ("/v1/keys", "/v1/sources", "/v1/lexicon/parse"):
                assert client.post(path, json=sent, headers=own).status_code in (400, 409, 422)
            lines = {"content": json.dumps(sent), "headers": {**own, "content-type": "text/csv"}}
            client.post("/v1/imports", **lines)  # type: ignore[arg-type]
        client.get(
            "/v1/claims", headers={b"Authorization": f"Bearer {token}\xff".encode("latin-1")}
        )
        client.get("/v1/claims", headers={"Authorization": f"Bearer Bearer {token}"})
        client.get("/v1/claims", headers={"X-Key": token, "Authorization": token})
    words = [token, parts.secret]
    told = "".join(answer.text + str(answer.headers) for answer in answers)
    assert len(answers) > 50
    assert [word for word in words if word in told] == []
    # The client of this test logs what it sends; the server, in the same process, must not.
    served = [one for one in caplog.records if not one.name.startswith(("httpx", "httpcore"))]
    assert [word for word in words if any(word in str(one.__dict__) for one in served)] == []
    assert found_in_database(settings, words) == []
    if settings.database_url.startswith("sqlite"):
        files = Path(settings.database_url.removeprefix("sqlite:///")).parent.glob("*")
        assert not [file for file in files if parts.secret.encode() in file.read_bytes()]


def test_what_is_made_is_read_and_a_slip_is_noticed() -> None:
    for _ in range(200):
        token = new()
        assert re.fullmatch(r"sayso_[a-z2-7]{8}_[0-9A-Za-z]{49}", token)
        assert api_keys.parse_key(token) is not None
        place = 6 + secrets.randbelow(len(token) - 6)
        other = "x" if token[place] != "x" else "y"
        assert api_keys.parse_key(token[:place] + other + token[place + 1 :]) is None
    assert api_keys.make_key("aaaaaaaa", bytes(32)).count("0") >= 43
    assert api_keys.parse_key(api_keys.make_key("aaaaaaaa", b"\xff" * 32)) is not None
    assert api_keys.redacted(f"a {token} b") == "a sayso_… b"


# ------------------------------------------------------------------------------- the shell


def test_who_made_a_key_and_who_revoked_it_is_kept(fresh: httpx.Client) -> None:
    chief = made(fresh, scopes=["admin"])
    with fresh.server.client(key=chief["token"]) as client:  # type: ignore[attr-defined]
        one, two = made(client), made(client)
        revoked = client.delete(f"/v1/keys/{one['id']}").json()
    assert (revoked["created_by"], revoked["revoked_by"]) == (chief["id"], chief["id"])
    assert fresh.delete(f"/v1/keys/{one['id']}").json() == revoked
    db: Database = fresh.server.app.state.db  # type: ignore[attr-defined]
    writes.write(db, keys.revoke, two["id"])
    told = {key["id"]: key for key in fresh.get("/v1/keys").json()["items"]}
    assert (told[two["id"]]["created_by"], told[two["id"]]["revoked_by"]) == (chief["id"], "cli")
    assert told[chief["id"]]["created_by"] == "ofadmins"
    assert "revoked_by" not in told[chief["id"]]
    assert told["ofadmins"]["created_by"] == "cli"


def test_keys_are_made_listed_and_revoked_in_the_shell(fresh: httpx.Client) -> None:
    url = fresh.server.settings.database_url  # type: ignore[attr-defined]
    run = sayso(url, "keys", "create", "the desk", "--scope", "write", "--expires", "2127-01-01")
    token = run.stdout.removesuffix("\n")
    parts = api_keys.parse_key(token)
    assert parts is not None, run.stderr
    assert parts.secret not in run.stderr
    source = {"id": "by-key", "name": "X"}
    assert fresh.post("/v1/sources", json=source, headers=bearer(token)).status_code == 201
    shown = sayso(url, "keys", "list").stdout
    assert parts.id in shown
    assert "2127-01-01" in shown
    assert parts.secret not in shown
    assert sayso(url, "keys", "revoke", parts.id).returncode == 0
    refused_within_a_second(lambda: fresh.get("/v1/claims", headers=bearer(token)).status_code)
    assert sayso(url, "keys", "create", "x", "--scope", "everything").returncode == 2
    assert sayso(url, "keys", "revoke", "zzzzzzzz").returncode == 1


def demo(url: str, said: Path) -> str:
    """What `sayso demo` says up to where it serves; then it is stopped."""
    said.touch()
    run = Forked(["sayso", "demo", "--port", "0"], environment(url), str(said))
    until(lambda: run.poll() is not None or "serving" in said.read_text())
    assert run.poll() is None
    run.send_signal(signal.SIGTERM)
    run.wait()
    return said.read_text()


def test_the_first_demo_tells_a_key_and_the_second_does_not(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/demo.db"
    first, second = (demo(url, tmp_path / said) for said in ("first", "second"))
    found = re.findall(r"Authorization: Bearer (sayso_\w+)'", first)
    assert len(found) == 1
    assert "sayso_" not in second
    with Server(Settings(database_url=url)) as server, server.client(key=found[0]) as client:
        sent = re.findall(r"-d '(.+)'", first)
        kind = {"content-type": "application/json"}
        made = client.post("/v1/sources", content=sent[0], headers=kind)
        assert made.status_code == 201, made.text
        assert client.get("/v1/keys").status_code == 403
