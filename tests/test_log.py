"""The log of a server: a line for each request on whichever way, and for floods of refusals few."""

import asyncio
import json
import logging
import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from app.api import access_log
from app.api.access_log import AccessLog
from app.cli import log, uvicorn_server
from app.cli.log import Json, Lines, Output
from app.config import Settings
from app.main import create_app
from tests.conftest import ADMIN, NO_TLS, Templates, bearer
from tests.patience import NEVER, until

Line = dict[str, Any]
Logged = Callable[..., Any]


def lines(file: Path) -> list[Line]:
    return [json.loads(line) for line in file.read_text().splitlines()]


@pytest.fixture
def logged(
    templates: Templates, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Logged]:
    """Serve as `sayso serve` does, with the log in a file; what is read there is whole."""
    uvicorn = logging.getLogger("uvicorn")
    monkeypatch.setattr(uvicorn, "handlers", [])
    monkeypatch.setattr(uvicorn, "propagate", True)
    file = tmp_path / "log"

    @contextmanager
    def start(
        prepare: Callable[[FastAPI], object] = lambda app: None, **given: Any
    ) -> Iterator[httpx.Client]:
        chosen = Settings(database_url=templates.copy(True), port=0, log="json", **given)
        with file.open("ab") as target:
            output = log.configure(chosen, target.fileno())
            told: list[str] = []
            server = uvicorn_server.Server(chosen, told.append)
            prepare(server.app)
            thread = threading.Thread(target=server.run, daemon=True)
            thread.start()
            try:
                until(lambda: bool(told))
                with httpx.Client(base_url=told[0], timeout=NEVER, verify=NO_TLS) as client:
                    yield client
            finally:
                server.should_exit = True
                thread.join(NEVER)
                output.stop()

    yield start
    root = logging.getLogger()
    for one in root.handlers[:]:
        if isinstance(one, Output):
            root.removeHandler(one)
    logging.getLogger("sayso").setLevel(logging.NOTSET)


def port(client: httpx.Client) -> int:
    return int(client.base_url.port or 0)


def said(port: int, sent: bytes) -> bytes:
    """What a connection answers to these bytes until it ends."""
    with socket.create_connection(("127.0.0.1", port), timeout=NEVER) as connection:
        connection.sendall(sent)
        heard = b""
        while part := connection.recv(65536):
            heard += part
        return heard


SECRET = "whom-i-ask-about"
SOURCE = {"id": "kyodo-press", "name": "Kyodo"}
WAYS: list[tuple[str, str, Any, int]] = [
    ("GET", "/v1/sources/ap", None, 200),  # within the connection
    ("GET", f"/v1/claims?q={SECRET}", None, 200),
    ("HEAD", "/v1/sources/ap", None, 200),  # through the framework
    ("GET", "/v1/changes", None, 200),
    ("GET", "/v1/export", None, 200),  # a stream
    ("POST", "/v1/sources", SOURCE, 201),
    ("PATCH", "/v1/sources/ap", {}, 428),
    ("GET", f"/v1/claims/{ADMIN}", None, 422),
    ("GET", "/nowhere", None, 404),
]


def test_every_way_of_answering_writes_one_line(logged: Logged, tmp_path: Path) -> None:
    with logged() as client:
        answers = [
            client.request(method, path, json=sent, headers=bearer(ADMIN))
            for method, path, sent, _ in WAYS
        ]
        again = client.get("/v1/sources/ap", headers=bearer(ADMIN))
    found = [line for line in lines(tmp_path / "log") if line["logger"] == "sayso.access"]
    told = [(line["method"], line["path"], line["status"]) for line in found[:-1]]
    hidden = [path.partition("?")[0].replace(ADMIN, "sayso_…") for _, path, _, _ in WAYS]
    assert told == [
        (method, path, status) for (method, _, _, status), path in zip(WAYS, hidden, strict=True)
    ]
    for line, answer in zip(found, [*answers, again], strict=True):
        assert line["bytes"] == len(answer.content)
        assert line["duration_ms"] > 0
        assert line.get("key", "ofadmins") == "ofadmins"
        assert line["client"] == "127.0.0.1"
        if "problem" in answer.headers["content-type"]:
            assert line["request_id"] == answer.json()["request_id"]
    assert [line["path"] for line in found if "key" not in line] == ["/nowhere"]
    assert len({line["request_id"] for line in found}) == len(found)
    whole = (tmp_path / "log").read_text()
    assert ADMIN not in whole
    assert ADMIN.rpartition("_")[2] not in whole
    assert SECRET not in whole
    assert "uthorization" not in whole


THEN = b"(and once that is answered)"
REFUSALS = {
    "no HTTP": (b"nonsense\r\n\r\n", 400, None),
    "no Host": (b"GET /v1/claims?q=x HTTP/1.1\r\n\r\n", 400, "/v1/claims"),
    "a body that ends": (
        b"POST /v1/sources HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        b"Authorization: Bearer %b\r\nContent-Length: 9\r\n\r\n{" % ADMIN.encode(),
        400, "/v1/sources",
    ),
    "a body that ends, of a slow route": (
        b"POST /v1/imports HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        b"Authorization: Bearer %b\r\nContent-Length: 9\r\n\r\n{" % ADMIN.encode(),
        400, "/v1/imports",
    ),
    "a second one that is none": (
        b"GET /v1/sources/ap HTTP/1.1\r\nHost: x\r\n\r\n" + THEN + b"nonsense\r\n\r\n", 400, None,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSALS)
def test_what_the_connection_refuses_is_written_once(
    logged: Logged, tmp_path: Path, name: str
) -> None:
    sent, status, path = REFUSALS[name]
    with logged(open_reads=True) as client:
        with socket.create_connection(("127.0.0.1", port(client)), timeout=NEVER) as connection:
            *before, last = sent.split(THEN)
            heard = b""
            for one in before:
                connection.sendall(one)
                heard += connection.recv(65536)
            connection.sendall(last)
            connection.shutdown(socket.SHUT_WR)
            heard += b"".join(iter(lambda: connection.recv(65536), b""))
        assert b"HTTP/1.1 %d" % status in heard
    *_, line = found = lines(tmp_path / "log")
    assert (line["status"], line.get("path")) == (status, path)
    assert line["request_id"] in heard.decode()
    assert len(found) == heard.count(b"HTTP/1.1 ")


def test_a_thousand_refusals_are_some_lines_and_their_sum(logged: Logged, tmp_path: Path) -> None:
    limited, malformed, shown = 900, 100, access_log.SHOWN
    with logged(anonymous_rate_per_minute=1) as client:
        assert client.get("/v1/sources/ap").status_code == 200
        one = b"GET /v1/sources/ap HTTP/1.1\r\nHost: x\r\n%b\r\n"
        sent = one % b"" * (limited - 1) + one % b"Connection: close\r\n"
        assert said(port(client), sent).count(b"HTTP/1.1 429") == limited
        for _ in range(malformed):
            assert b"HTTP/1.1 400" in said(port(client), b"nonsense\r\n\r\n")
    found = lines(tmp_path / "log")
    statuses = [line.get("status") for line in found]
    assert (statuses.count(429), statuses.count(400)) == (shown, shown)
    (summed,) = [line for line in found if "by_status" in line]
    assert summed["by_status"] == {"429": limited - shown, "400": malformed - shown}
    assert summed["requests"] == limited + malformed - 2 * shown
    assert len(found) == 2 * shown + 2


def test_a_period_has_its_sum_and_the_next_one_begins(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(access_log, "PERIOD", 0)  # over as soon as the loop goes on
    caplog.set_level(logging.INFO)
    requests, sums = access_log.SHOWN + 3, [3, 3]

    async def run() -> None:
        told = AccessLog()
        for wanted in (1, 2):
            for _ in range(requests):
                told.refused_by_connection(None, 400, "id", 0, None)
            while sum(hasattr(one, "fields") and "by_status" in one.fields
                      for one in caplog.records) < wanted:  # fmt: skip
                await asyncio.sleep(0.001)

    asyncio.run(run())
    found: list[Any] = caplog.records
    assert [one.fields["requests"] for one in found if "by_status" in one.fields] == sums
    assert len(found) == 2 * (access_log.SHOWN + 1)


def test_what_the_holder_of_a_key_does_wrong_is_all_written(logged: Logged, tmp_path: Path) -> None:
    with logged() as client:
        for _ in range(access_log.SHOWN + 5):
            client.get("/v1/claims/none-such", headers=bearer(ADMIN))
    assert len(lines(tmp_path / "log")) == access_log.SHOWN + 5


def test_a_fault_of_ours_is_written_once_with_its_traceback_and_request(
    logged: Logged, tmp_path: Path
) -> None:
    def broken() -> None:
        raise RuntimeError(f"what {ADMIN} met")

    def prepare(app: FastAPI) -> None:
        app.add_api_route("/broken", broken)

    with logged(prepare) as client:
        answer = client.get("/broken?of=me")
        assert answer.status_code == 500
    text = (tmp_path / "log").read_text()
    assert text.count("Traceback (most recent call last)") == 1
    assert ADMIN not in text
    requests = [line for line in lines(tmp_path / "log") if line["level"] == "error"]
    assert {line["request_id"] for line in requests} == {answer.json()["request_id"]}
    assert sorted(line["message"].split()[0] for line in requests) == ["request", "request"]
    assert {line["path"] for line in requests} == {"/broken"}


@pytest.mark.parametrize(("level", "paths"), [
    ("warning", []), ("info", ["/v1/sources/ap"]), ("debug", ["/healthz", "/v1/sources/ap"]),
])  # fmt: skip
def test_the_level_says_how_much(
    logged: Logged, tmp_path: Path, level: Any, paths: list[str]
) -> None:
    with logged(log_level=level) as client:
        client.get("/healthz")
        client.get("/v1/sources/ap")
    found = [line for line in lines(tmp_path / "log") if line["logger"] == "sayso.access"]
    assert [line["path"] for line in found] == paths


def test_there_is_one_handler_however_many_applications() -> None:
    def handlers() -> list[logging.Handler]:
        loggers = [None, "sayso", "sayso.access"]
        return [one for name in loggers for one in logging.getLogger(name).handlers]

    before = handlers()
    for _ in range(3):
        create_app(Settings(database_url="sqlite://"))
    assert handlers() == before
    for _ in range(3):
        output = log.configure(Settings())
    assert [one for one in handlers() if isinstance(one, Output)] == [output]
    logging.getLogger().removeHandler(output)
    output.stop()
    logging.getLogger("sayso").setLevel(logging.NOTSET)


def record(message: str, **fields: Any) -> logging.LogRecord:
    made = logging.LogRecord("sayso.access", logging.INFO, "x.py", 1, message, None, None)
    made.created, made.fields = 0.5, fields
    return made


def test_a_line_stays_a_line_whatever_is_asked_for() -> None:
    asked = {"path": '/v1/a"b c\n2026 error', "bytes": 1, "client": "::1", "odd": "\x1b[2J\u2028"}
    assert Lines().format(record("re\nquest", **asked)) == (
        r"1970-01-01T00:00:00.500Z info re\nquest"
        r' path="/v1/a\"b c\n2026 error" bytes=1 client=::1 odd="\u001b[2J\u2028"'
    )
    whole = Json().format(record("re\nquest", **asked))
    assert "\n" not in whole
    assert json.loads(whole) == {
        "time": "1970-01-01T00:00:00.500Z", "level": "info", "logger": "sayso.access",
        "message": "re\nquest", **asked,
    }  # fmt: skip


def test_who_logs_never_waits_for_who_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log, "MAX_QUEUED", 50)
    sent, (end, start) = 200, os.pipe()
    output = Output(start, "json")
    for n in range(sent):  # 2 MB, into a pipe that holds 64 kB and that nobody reads
        output.handle(record("x" * 10_000, n=n))
    assert output.dropped > 0

    heard: list[Line] = []

    def read() -> None:
        with os.fdopen(end) as pipe:
            heard.extend(json.loads(line) for line in pipe)

    reader = threading.Thread(target=read)
    reader.start()
    until(lambda: not output.dropped and not output.queue)
    output.stop()
    output.thread.join(NEVER)
    os.close(start)
    reader.join(NEVER)
    gaps = sum(line["lines"] for line in heard if "dropped" in line["message"])
    assert gaps > 0
    assert sum("n" in line for line in heard) + gaps == sent


def test_a_log_that_nobody_can_read_any_more_ends_nothing() -> None:
    end, start = os.pipe()
    os.close(end)
    output = Output(start, "text")
    output.handle(record("nobody reads this"))
    output.stop()
    assert not output.thread.is_alive()
    os.close(start)
