"""What a caller sends is in no log and no error, and a key is in no database.

A real `sayso serve` is sent texts that are found nowhere else, by every way in; then all that it
said is searched for them. ``SAYSO_TEST_CROWD=1`` sends the whole corpus of `hostile.py` too.
"""

import json
import os
import random
import secrets
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from sqlmodel import SQLModel

from app.config import Settings
from app.db import Database
from app.rules import api_keys
from tests.api import hostile
from tests.api.test_hostile import NAMED_BY_DESIGN
from tests.conftest import ADMIN, AT_LENGTH, Templates, bearer, document
from tests.patience import NEVER, until
from tests.processes import process, serving
from tests.test_cli import CLAIM as LINE

CORPUS = 10_000 if AT_LENGTH else 60
SEED = int(os.environ.get("SAYSO_TEST_SEED", "1"))
CLAIM = {name: value for name, value in LINE.items() if name != "type"}
PATHS = ("/v1/sources", "/v1/measures", "/v1/claims", "/v1/assessments", "/v1/keys")
GETS = (*PATHS, "/v1/quantities", "/v1/facets", "/v1/export", "/v1/changes", "/v1/lexicon")
JSON = {"content-type": "application/json"}


class Canaries:
    """Texts that are sent once each, and where they were sent."""

    def __init__(self) -> None:
        self.sent: dict[str, str] = {}

    def __call__(self, where: str) -> str:
        """A new one."""
        word = f"canary{secrets.token_hex(6)}"
        self.sent[word] = where
        return word

    def heard(self, text: str) -> list[str]:
        """Where those were sent that are in a text."""
        return [where for word, where in self.sent.items() if word in text.lower()]


@contextmanager
def overheard(url: str, log: Path) -> Iterator[tuple[httpx.Client, int]]:
    """A server whose every word is kept."""
    with open(log, "wb") as said, process(url, said=said) as (_, port), serving(port) as client:
        yield client, port


def written(log: Path, word: str) -> None:
    """Nobody waits for the log; so a test does."""
    until(lambda: word in log.read_text())


def attempts(new: Canaries) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Requests that are refused, each with a canary in another place of it."""
    for path in GETS:
        yield "GET", path, {"params": {new(f"the name of a parameter of {path}"): "1"}}
        for name in ("sort", "limit", "cursor", "as_of", "stated__gte", "since", "by", "format"):
            yield "GET", path, {"params": {name: new(f"{name} of {path}")}}
        yield "GET", f"{path}/{new(f'the path under {path}')}!", {}
    for path in (*PATHS, "/v1/lexicon/parse"):
        at = f"a body to {path}"
        for body in (
            {"id": f"{new(at)} x", new(f"a name in {at}"): new(at)}, [new(at)], new(at),
            {"name": {"x": new(at)}, "unit": 5, "comment": [new(at)], "scopes": [new(at)]},
            {**CLAIM, "claimant": new(at)}, {**CLAIM, "stated": new(at)},
            {**CLAIM, "value": new(at)}, {**CLAIM, "included": {"sources": [{"id": new(at)}]}},
        ):  # fmt: skip
            yield "POST", path, {"content": json.dumps(body), "headers": JSON}
        for broken in ('{"id": "%s', '{"%s": 1, "%s": 2}', "%s", '["%s\\ud800"]', '{"x": NaN %s}'):
            text = broken.replace("%s", new(f"bad JSON to {path}"))
            yield "POST", path, {"content": text, "headers": JSON}
        yield "POST", path, {"content": b"\xff" + new(at).encode(), "headers": JSON}
    yield from imports(new)
    yield from headers(new)


def imports(new: Canaries) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Imports with lines that are refused."""
    lines: list[Any] = [
        {"type": new("the type of a line")}, new("a line that is a text"),
        {**LINE, "claimant": new("the claimant of a line")},
        {**LINE, "raw_text": "5", "stated": new("a date of a line")},
        {**LINE, new("a name in a line"): 1}, {"type": "source", "id": f"{new('an id')} !"},
        {**LINE, "relations": [{"predicate": "relays", "object": new("a relation")}]},
    ]  # fmt: skip
    text = "".join(json.dumps(line) + "\n" for line in lines) + "{" + new("a broken line") + "\n"
    for mode in ("atomic", "partial"):
        asked = {"params": {"mode": mode}, "headers": {"content-type": "application/jsonl"}}
        yield "POST", "/v1/imports", {**asked, "content": text}
    array = {"content": json.dumps(lines), "headers": JSON}
    yield "POST", "/v1/imports", array
    table = f"id,{new('a column')}\r\n{new('a cell')},{new('a cell')}\r\n"
    yield "POST", "/v1/imports", {"content": table, "headers": {"content-type": "text/csv"}}
    for name in ("mode", "dry_run", "replace_document", "max_errors"):
        yield "POST", "/v1/imports", {"params": {name: f"{new(name)} "}, "content": "{}\n"}


def headers(new: Canaries) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Headers that are wrong, unknown, or none of our business."""
    body = {"content": json.dumps({"name": 5})}
    for name in ("Content-Type", "Content-Encoding", "If-Match", "If-None-Match", "Accept",
                 "Origin", "Idempotency-Key", "User-Agent", "Referer", "Cookie", "X-Request-Id",
                 "Forwarded", "X-Forwarded-For", "Traceparent", "Expect", "Range",
                 "X-Unknown"):  # fmt: skip
        yield "POST", "/v1/claims", {**body, "headers": {**JSON, name: new(f"the header {name}")}}
    wrong = api_keys.make_key("aaaaaaaa", secrets.token_bytes(32))
    for given in (new("a key"), f"Basic {new('a password')}", f"Bearer {new('a key')}",
                  f"Bearer sayso_{new('a key')}", f"Bearer {wrong}"):  # fmt: skip
        yield "POST", "/v1/claims", {**body, "headers": {**JSON, "Authorization": given}}


def told(answer: httpx.Response) -> str:
    """What an answer says, but for pointers, names of parameters, and words nobody can read."""
    try:
        problem = answer.json()
    except ValueError:
        return answer.text + str(answer.headers)
    for fault in problem.get("errors", []) if isinstance(problem, dict) else []:
        for name in ("pointer", "parameter"):
            fault.pop(name, None)
        if fault.get("code") in NAMED_BY_DESIGN:
            fault.pop("detail")
    return json.dumps(problem) + str(answer.headers)


def raw(port: int, new: Canaries) -> list[str]:
    """Answers to what is hardly HTTP."""
    lines = ("%s\r\n\r\n", "GET /%s HTTP/9.9\r\n\r\n", "GET / HTTP/1.1\r\n%s\r\n\r\n",
             "GET / HTTP/1.1\r\nHost: a\r\nX: %s\0\r\n\r\n", "%s / HTTP/1.1\r\nHost: a\r\n\r\n",
             "POST /v1/claims HTTP/1.1\r\nHost: %s\r\nContent-Length: %s\r\n\r\n")  # fmt: skip
    answers = []
    for line in lines:
        with socket.create_connection(("127.0.0.1", port), timeout=NEVER) as wire:
            wire.sendall(line.replace("%s", new(line)).encode())
            wire.shutdown(socket.SHUT_WR)
            answers.append(wire.recv(65_536).decode("latin-1"))
    return answers


def test_nothing_that_is_refused_is_told_again_or_logged(
    templates: Templates, tmp_path: Path
) -> None:
    new, log = Canaries(), tmp_path / "log"
    with overheard(templates.copy(seeded=True), log) as (client, port):
        stored = {**CLAIM, "id": "kept", "notes": new("what is stored")}
        assert client.post("/v1/claims", json=stored).status_code == 201
        for method, path, sent in attempts(new):
            answer = client.request(method, path, **sent)
            assert answer.status_code < 500
            if answer.status_code != 200 or method == "POST":
                assert new.heard(told(answer)) == [], f"{method} {path}: {answer.text}"
        assert [new.heard(answer) for answer in raw(port, new)] == [[]] * 6
        assert new.heard(client.get("/metrics").text) == []
    print(f"{len(new.sent)} canaries")  # noqa: T201
    said = log.read_text()
    assert "serving on" in said
    assert new.heard(said) == []


def test_the_corpus_of_attacks_leaves_no_word_in_the_log(
    templates: Templates, tmp_path: Path
) -> None:
    attacks = [one for part in hostile.corpus(document()).values() for one in part]
    chosen = random.Random(SEED).sample(attacks, min(CORPUS, len(attacks)))
    with overheard(templates.copy(seeded=True), tmp_path / "log") as (client, _):
        for attack in chosen:
            url = client.base_url.copy_with(raw_path=attack.target.encode())
            given = [(name.encode(), value.encode("latin-1")) for name, value in attack.headers]
            request = client.build_request(attack.method, url, content=attack.body, headers=given)
            assert client.send(request).status_code < 500, attack.name
    print(f"{len(chosen)} attacks")  # noqa: T201
    assert hostile.CANARY not in (tmp_path / "log").read_text().lower()


def test_a_failure_of_ours_is_logged_without_what_was_sent(
    templates: Templates, tmp_path: Path
) -> None:
    new, log, url = Canaries(), tmp_path / "log", templates.copy(seeded=True)
    with overheard(url, log) as (client, _):
        for broken in ("DELETE FROM log_head", "UPDATE quantity SET doc = '{'"):
            change_shape(url, broken)
        client.headers["Connection"] = "close"  # as the server will, after it failed
        sent = {**CLAIM, "notes": new("a claim")}
        failed = [
            client.post("/v1/claims", json=sent, headers={"Idempotency-Key": new("a key")}),
            client.get("/v1/measures/containers.prk-rus/series", headers={"X-Odd": new("odd")}),
            client.post("/v1/imports", content=json.dumps({**LINE, "notes": new("a line")}),
                        headers={"content-type": "application/jsonl", "X-Odd": new("a header")}),
        ]  # fmt: skip
        for answer in failed:
            assert answer.status_code == 500
            written(log, answer.json()["request_id"])
    said = log.read_text()
    for answer in failed:
        assert new.heard(answer.text) == []
    assert new.heard(said) == []
    assert ADMIN not in said


def change_shape(url: str, statement: str) -> None:
    """Break a database behind its server's back."""
    db = Database(Settings(database_url=url))
    with db.engine.begin() as connection:
        connection.exec_driver_sql(statement)
    db.engine.dispose()


def test_no_key_is_in_the_log_or_the_database(templates: Templates, tmp_path: Path) -> None:
    url, log = templates.copy(seeded=True), tmp_path / "log"
    with overheard(url, log) as (client, _):
        made = [
            client.post("/v1/keys", json={"name": "desk", "scopes": ["write"]}).json()["token"]
            for _ in range(5)
        ]
        wrong = [
            api_keys.make_key(api_keys.key_id(secrets.token_bytes(5)), secrets.token_bytes(32))
        ]
        for token in made + wrong:
            source = {"id": f"of-{secrets.token_hex(4)}", "name": "X"}
            answer = client.post("/v1/sources", json=source, headers=bearer(token))
            assert answer.status_code == (401 if token in wrong else 201)
            client.get("/v1/claims", params={"q": token}, headers=bearer(token))
    db, held = Database(Settings(database_url=url)), log.read_text()
    with db.engine.begin() as connection:
        for table in SQLModel.metadata.sorted_tables:
            held += "".join(str(row) for row in connection.execute(table.select()))
    db.engine.dispose()
    if url.startswith("sqlite"):
        files = Path(url.removeprefix("sqlite:///"))
        for file in files.parent.glob(f"{files.name}*"):
            held += file.read_bytes().decode("latin-1")
    secret = [
        parts.secret for token in (*made, *wrong, ADMIN) if (parts := api_keys.parse_key(token))
    ]
    assert len(secret) == 7
    assert [one for one in secret if one in held] == []
