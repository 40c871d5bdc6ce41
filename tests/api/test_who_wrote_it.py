"""Who wrote it: every line of the change log says so, and keys have lines themselves."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from sqlalchemy import Connection, Row, func, insert, select, text, update
from sqlalchemy.exc import IntegrityError

from app.db import Database
from app.models import API_KEY, CHANGE
from app.rules import api_keys
from app.store.key_lookup import StoredKey
from app.store.verification import verify
from tests.commands import sayso
from tests.conftest import ADMIN, ONE_ENGINE, Serve, bearer, document
from tests.tampering import unprotected

CLAIM: dict[str, Any] = {
    "id": "c", "claimant": "shin-won-sik", "document": "daily-digest-article",
    "stated": "2024-03", "measure": "containers.prk-rus", "raw_text": "upwards of 7,000",
}  # fmt: skip
SOURCE = {"id": "s", "name": "A desk"}
MEASURE = {"id": "m", "unit": "1"}
ASSESSMENT = {"id": "a", "target": "sources/s", "assessor": "s", "comment": "Often right."}
READING = {
    *{("post", "/v1/lexicon/parse"), ("post", "/v1/lexicon/scan")},
    *{("post", "/v1/mappings/suggest"), ("post", "/v1/claims/{id}/quote")},
}
"""What is sent to be read, and not to be stored."""


def database(client: httpx.Client) -> Database:
    found: Database = client.server.app.state.db  # type: ignore[attr-defined]
    return found


def head(client: httpx.Client) -> int:
    with database(client).engine.connect() as connection:
        found: int = connection.execute(select(func.max(CHANGE.c.seq))).scalar_one()
        return found


def lines(client: httpx.Client, since: int = 0, **headers: str) -> list[dict[str, Any]]:
    asked = {"since": since, "limit": 1000}
    found: list[dict[str, Any]] = client.get(
        "/v1/changes", params=asked, headers=headers
    ).json()["items"]  # fmt: skip
    return found


def made(client: httpx.Client, **sent: Any) -> dict[str, Any]:
    answer = client.post("/v1/keys", json={"name": "news desk", "scopes": ["write"], **sent})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


@pytest.fixture
def bare(serve: Serve) -> httpx.Client:
    """Nothing but a key: it is soon verified."""
    return serve(seeded=False)


def writes(id: str) -> Iterator[tuple[str, str, dict[str, Any], int]]:
    """Every operation that writes: its method, its path, what is sent, and how many lines it has.

    ``id`` is of a key to be revoked.
    """
    tag, why = {"If-Match": "*"}, {"reason": "a trial"}
    anew = {"If-None-Match": "*"}
    for resource, sent in (("sources", SOURCE), ("measures", MEASURE), ("claims", CLAIM)):
        path, other = f"/v1/{resource}", {**sent, "id": "other"}
        yield "post", path, {"json": sent}, 1
        yield "put", f"{path}/other", {"json": other, "headers": anew}, 1
        yield "put", f"{path}/other", {"json": {**other, "notes": "x"}, "headers": tag}, 1
        yield "patch", f"{path}/other", {"json": {"notes": "y"}, "headers": tag}, 1
        yield "delete", f"{path}/other", {"params": why, "headers": tag}, 1
    yield "post", "/v1/assessments", {"json": ASSESSMENT}, 1
    yield "delete", "/v1/assessments/a", {"params": why, "headers": tag}, 1
    whole = [{"type": "source", **SOURCE, "id": f"s-{n}"} for n in range(3)]
    for mode in ("atomic", "partial"):
        some = [{**one, "id": f"{one['id']}-{mode}"} for one in whole]
        yield "post", "/v1/imports", {"json": some, "params": {"mode": mode}}, 3
    toml = {"Content-Type": "application/toml"}
    yield "put", "/v1/mappings/m", {"content": b"[file]", "headers": anew | toml}, 1
    yield "put", "/v1/mappings/m", {"content": b"[file]", "headers": tag | toml}, 0
    yield "put", "/v1/mappings/m", {"content": b"#\n[file]", "headers": tag | toml}, 1
    yield "post", "/v1/keys", {"json": {"name": "x", "scopes": ["read"], "id": id}}, 1
    yield "delete", f"/v1/keys/{id}", {}, 1


def test_every_operation_that_writes_tells_the_key_and_the_request(fresh: httpx.Client) -> None:
    key, seen, requests = made(fresh, scopes=["admin"]), set(), []
    for method, path, sent, count in writes("abcdefgh"):
        before = head(fresh)
        headers = bearer(key["token"]) | sent.pop("headers", {})
        answer = fresh.request(method, path, headers=headers, **sent)
        assert answer.status_code < 300, answer.text
        found = lines(fresh, before)
        assert len(found) == count, (method, path)
        if not count:
            continue
        assert {(one["recorded_by"], one["key_id"]) for one in found} == {("news desk", key["id"])}
        (request,) = {one["request_id"] for one in found}
        requests.append(request)
        named = path.split("/")
        seen.add((method, "/".join([*named[:3], "{id}"]) if len(named) > 3 else path))
    assert len(set(requests)) == len(requests)
    told = {(method, path) for path, methods in document()["paths"].items() for method in methods}
    assert {one for one in told if one[0] != "get"} - READING == seen


def test_a_write_through_the_framework_is_told_of_like_any_other(fresh: httpx.Client) -> None:
    before = head(fresh)
    answer = fresh.post("/v1/sources", json=SOURCE, headers={"Origin": "https://desk.example"})
    assert answer.status_code == 201
    (line,) = lines(fresh, before)
    assert (line["recorded_by"], line["key_id"]) == ("tests", "ofadmins")
    assert line["request_id"]


def test_commands_say_which_they_were(serve: Serve) -> None:
    client = serve(seeded=False)
    url = client.server.settings.database_url  # type: ignore[attr-defined]
    before = head(client)
    told = json.dumps({"type": "source", **SOURCE})
    assert sayso(url, "import", "-", stdin=told).returncode == 0
    token = sayso(url, "keys", "create", "desk", "--scope", "read").stdout.strip()
    parts = api_keys.parse_key(token)
    assert parts is not None
    assert sayso(url, "keys", "revoke", parts.id).returncode == 0
    assert sayso(url, "seed").returncode == 0
    found = [(one["resource"], one["recorded_by"]) for one in lines(client, before)]
    first = [("sources", "sayso import"), ("keys", "sayso keys"), ("keys", "sayso keys")]
    assert found[:3] == first
    assert {by for _, by in found[3:]} == {"sayso seed"}
    assert not any("request_id" in one or "key_id" in one for one in lines(client, before))


def test_which_keys_there_are_is_told_to_admin_alone(serve: Serve) -> None:
    client = serve()  # on loopback, so anybody may read
    key = made(client)
    client.post("/v1/sources", json=SOURCE, headers=bearer(key["token"]))
    client.delete(f"/v1/keys/{key['id']}")
    all_of_it = lines(client)
    assert {one["id"] for one in all_of_it if one["resource"] == "keys"} == {"ofadmins", key["id"]}
    reader = made(client, scopes=["read"])
    for header in (bearer(reader["token"]), {"Authorization": ""}):
        if header["Authorization"]:
            found = lines(client, 0, **header)
        else:
            with client.server.client(key=None) as anybody:  # type: ignore[attr-defined]
                found = lines(anybody)
        assert [one["seq"] for one in found] == list(range(1, len(found) + 1)), "without a gap"
        for one, whole in zip(found, all_of_it, strict=False):
            hidden = {"key_id"} | ({"id"} if one["resource"] == "keys" else set())
            assert one == {name: value for name, value in whole.items() if name not in hidden}
        spelt = json.dumps(found)
        assert key["id"] not in spelt
        assert "ofadmins" not in spelt


def test_the_log_tells_neither_a_key_nor_what_is_kept_of_it(fresh: httpx.Client) -> None:
    key = made(fresh)
    with database(fresh).engine.connect() as connection:
        kept = connection.execute(select(API_KEY.c.digest)).scalars().all()
    spelt = json.dumps(lines(fresh))
    assert not any(digest in spelt for digest in kept)
    for token in (key["token"], ADMIN):
        parts = api_keys.parse_key(token)
        assert parts is not None
        assert parts.secret not in spelt


def test_versions_say_who_wrote_them_and_exports_do_not(fresh: httpx.Client) -> None:
    key = made(fresh)
    path = "/v1/sources/reuters"
    answer = fresh.patch(
        path, json={"notes": "x"}, headers={"If-Match": "*", **bearer(key["token"])}
    )
    assert answer.status_code == 200
    found = fresh.get(f"{path}/revisions").json()["items"]
    assert [one["recorded_by"] for one in found] == ["sayso seed", "news desk"]
    assert b"recorded_by" not in fresh.get(path).content
    assert b"recorded_by" not in fresh.get(f"{path}/revisions/2").content, "it can be sent again"
    assert b"recorded_by" not in fresh.get("/v1/export?history=true").content


def test_an_id_of_a_key_is_never_used_again(fresh: httpx.Client) -> None:
    key = made(fresh)
    with database(fresh).transaction() as connection:
        connection.execute(API_KEY.delete().where(API_KEY.c.id == key["id"]))
    again = fresh.post("/v1/keys", json={"name": "x", "scopes": ["read"], "id": key["id"]})
    assert again.status_code == 409


def test_a_key_that_was_let_in_again_can_be_revoked_again(bare: httpx.Client) -> None:
    path = f"/v1/keys/{made(bare)['id']}"
    assert bare.delete(path).status_code == 200
    with database(bare).transaction() as connection:
        connection.execute(update(API_KEY).values(revoked_at=None, revoked_by=None))
    assert "revoked_at" in bare.delete(path).json()
    with database(bare).engine.connect() as connection:
        assert [one.partition(":")[0] for one in findings(connection)] == ["the key was altered"]


# ------------------------------------------------------------------------- what verify finds

OTHERWISE = {
    "id": "zzzzzzzz", "name": "another", "digest": "0" * 64, "scopes": "read write import admin",
    "created_at": 1, "expires_at": 2**50, "revoked_at": None, "created_by": "another",
    "revoked_by": None,
}  # fmt: skip
"""Another value for each column of a key, of a revoked one too; for a live one see below."""

ON_A_LIVE_ONE = {"revoked_at": 1, "revoked_by": "another"}


def findings(connection: Connection) -> list[str]:
    return [f"{one.what}: {one.where}" for one in verify(connection, lambda: None)]


@ONE_ENGINE
def test_a_key_that_is_altered_in_any_column_is_found(bare: httpx.Client) -> None:
    live, revoked = made(bare)["id"], made(bare)["id"]
    bare.delete(f"/v1/keys/{revoked}")
    with database(bare).engine.connect() as connection:
        assert findings(connection) == []
        connection.rollback()
        for id, values in ((live, {**OTHERWISE, **ON_A_LIVE_ONE}), (revoked, OTHERWISE)):
            assert {*values, "last_used_day"} == {*StoredKey._fields}
            for column, value in values.items():
                altered = update(API_KEY).where(API_KEY.c.id == id).values({column: value})
                connection.execute(altered)
                found = findings(connection)
                connection.rollback()
                assert found, column
                assert all(id in one or "zzzzzzzz" in one for one in found), found


def test_a_key_that_was_let_in_or_taken_away_behind_the_log_is_found(bare: httpx.Client) -> None:
    key = made(bare)
    db = database(bare)
    row = {"id": "a2345672", "name": "x", "digest": "0" * 64, "scopes": "admin", "created_at": 1}
    with db.engine.connect() as connection:
        connection.execute(insert(API_KEY), row)
        assert findings(connection) == [
            "the log does not know that this key was made: keys/a2345672"
        ]
        connection.rollback()
    with db.engine.connect() as connection:
        connection.execute(API_KEY.delete().where(API_KEY.c.id == key["id"]))
        (found,) = findings(connection)
        assert found.startswith(f"the key is missing: keys/{key['id']} version 1 (line ")
        connection.rollback()
    with db.engine.connect() as connection:
        connection.execute(update(API_KEY).values(last_used_day=1))
        assert findings(connection) == [], "it moves by itself"
        connection.rollback()


def test_who_wrote_a_line_cannot_be_altered_unseen(bare: httpx.Client) -> None:
    assert bare.post("/v1/sources", json=SOURCE).status_code == 201
    with database(bare).engine.connect() as connection:
        for name, value in (("recorded_by", "x"), ("key_id", "zzzzzzzz"), ("request_id", "x")):
            for other in (value, None):
                unprotected(connection)
                altered = update(CHANGE).where(CHANGE.c.id == "s").values({name: other})
                connection.execute(altered)
                found = findings(connection)
                connection.rollback()
                found = [one for one in found if "schema" not in one]  # no triggers, as told
                assert [one.partition(":")[0] for one in found][
                    0
                ] == "a line of the log was altered"


# ------------------------------------------------------------------------- nothing is altered

ATTEMPTS = (
    "UPDATE change SET digest = digest",
    "UPDATE change SET recorded_by = NULL WHERE seq = 3",
    "DELETE FROM change",
    "DELETE FROM change WHERE seq = 3",
)
ON_ONE_ENGINE = {
    "sqlite": (
        "REPLACE INTO change SELECT * FROM change WHERE seq = 3",
        "INSERT OR REPLACE INTO change (seq, recorded_at, resource, id, version, operation, digest,"
        " hash) SELECT 900, recorded_at, resource, id, version, operation, digest, hash"
        " FROM change WHERE seq = 3",
        "UPDATE OR REPLACE change SET seq = 4 WHERE seq = 3",
    ),
    "postgresql": (
        "TRUNCATE change",
        "INSERT INTO change SELECT * FROM change WHERE seq = 3"
        " ON CONFLICT (seq) DO UPDATE SET digest = excluded.hash",
        "SET LOCAL session_replication_role = replica; DELETE FROM change",
    ),
}


def rows(connection: Connection) -> list[Row[Any]]:
    return list(connection.execute(select(CHANGE).order_by(CHANGE.c.seq)).all())


def test_no_line_of_the_log_is_altered_or_deleted(fresh: httpx.Client) -> None:
    db = database(fresh)
    with db.engine.connect() as connection:
        before = rows(connection)
    for statement in (*ATTEMPTS, *ON_ONE_ENGINE[db.dialect]):
        refused = pytest.raises(IntegrityError, match="the change log is append-only")
        with db.engine.connect() as connection, refused:
            connection.execute(text(statement))
    with db.engine.connect() as connection:
        assert rows(connection) == before
