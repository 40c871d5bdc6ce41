"""Connections that take their time, or say too much: each ends, and nobody else notices."""

import json
import os
import resource
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import Any

import httpx
import pytest

from app.config import Settings
from tests.conftest import ADMIN, Serve, Server, Templates

CROWD = int(os.environ.get("SAYSO_TEST_CONNECTIONS", "200"))
"""How many drip-fed connections: 1,000 outside the suite."""

GET = b"GET /v1/sources/ap HTTP/1.1\r\nHost: a\r\n"
KEY = {"authorization": f"Bearer {ADMIN}"}
POST = (
    b"POST /v1/sources HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
    b"Authorization: Bearer %b\r\n" % ADMIN.encode()
)
CHUNKED = POST + b"Transfer-Encoding: chunked\r\n\r\n"
LIMITS: dict[str, Any] = {"header_seconds": 1.0, "body_seconds": 1.5}


@contextmanager
def wire(client: httpx.Client, sent: bytes = b"") -> Iterator[socket.socket]:
    """A connection of one's own, with something said already."""
    address = (client.base_url.host, client.base_url.port or 0)
    with socket.create_connection(address, timeout=10) as opened:
        opened.sendall(sent)
        yield opened


def answered(opened: socket.socket) -> bytes:
    """All that comes until the other side closes."""
    found = b""
    while part := opened.recv(65_536):
        found += part
    return found


def dripped(opened: socket.socket, part: bytes) -> tuple[bytes, float]:
    """The answer to a part sent ten times a second, and after how long it came."""
    began = time.monotonic()
    opened.settimeout(0.1)
    while time.monotonic() < began + 10:
        with suppress(TimeoutError):
            return opened.recv(65_536), time.monotonic() - began
        opened.sendall(part)
    raise AssertionError("still open")


def refused(answer: bytes, status: int, code: str) -> None:
    """The answer is a problem, the only one, and the last."""
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 %d " % status), answer
    assert b"connection: close" in head.lower()
    assert b"content-type: application/problem+json" in head.lower()
    assert b"x-content-type-options: nosniff" in head.lower()
    assert json.loads(body)["code"] == code


@pytest.fixture(scope="module")
def copies(tmp_path_factory: pytest.TempPathFactory) -> Templates:
    """A connection is the same whatever the engine: one is enough here."""
    return Templates("sqlite", tmp_path_factory.mktemp("connections"), None)


@pytest.fixture
def serve(copies: Templates) -> Iterator[Serve]:
    with ExitStack() as stack:

        def start(**settings: Any) -> httpx.Client:
            chosen = Settings(database_url=copies.copy(True), **settings)
            return stack.enter_context(stack.enter_context(Server(chosen)).client())

        yield start


@pytest.fixture
def limited(serve: Serve) -> httpx.Client:
    return serve(**LIMITS)


@pytest.mark.parametrize(
    ("start", "more", "seconds"),
    [
        (GET, b"a", 1.0),
        (b"", b"\r\n", 1.0),
        (POST + b"Content-Length: 900\r\n\r\n", b"{", 1.5),
        (CHUNKED, b"1\r\n{\r\n", 1.5),
    ],
    ids=["header", "empty lines", "body", "chunks"],
)
def test_a_byte_now_and_then_does_not_keep_a_connection(
    limited: httpx.Client, start: bytes, more: bytes, seconds: float
) -> None:
    with wire(limited, start) as slow:
        answer, took = dripped(slow, more)
    refused(answer, 408, "request_timeout")
    assert seconds - 0.1 < took < seconds + 0.5


def test_a_connection_that_says_nothing_is_closed_without_a_word(limited: httpx.Client) -> None:
    with wire(limited) as silent:
        began = time.monotonic()
        assert answered(silent) == b""
    assert 0.9 < time.monotonic() - began < 1.5


def test_a_crowd_of_slow_connections_is_closed_while_good_requests_go_on(serve: Serve) -> None:
    client = serve(header_seconds=3.0, body_seconds=3.0, rate_per_minute=0)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, 8192)), hard))
    with ExitStack() as stack:
        starts = [GET, POST + b"Content-Length: 900\r\n\r\n{"]
        crowd = [stack.enter_context(wire(client, starts[n % 2])) for n in range(CROWD)]
        slowest, end = 0.0, time.monotonic() + 2.5
        while (began := time.monotonic()) < end:
            assert client.get("/v1/sources/ap").status_code == 200
            slowest = max(slowest, time.monotonic() - began)
            for slow in crowd[:: max(CROWD // 50, 1)]:
                slow.sendall(b"a")
        for slow in crowd:
            refused(answered(slow), 408, "request_timeout")
    print(f"{CROWD} slow connections, slowest good answer {slowest * 1000:.0f} ms")  # noqa: T201
    assert slowest < 1


def test_a_header_of_a_megabyte_is_refused_and_one_of_30_kilobytes_is_not(
    limited: httpx.Client,
) -> None:
    for status, size in ((200, 30_000), (431, 40_000), (431, 1 << 20)):
        long = GET + b"X: %b\r\nConnection: close\r\n\r\n" % (b"a" * size)
        with wire(limited) as opened:
            with suppress(ConnectionError):
                opened.sendall(long)
            answer = answered(opened)
        assert answer.startswith(b"HTTP/1.1 %d " % status), size
        if status == 431:
            refused(answer, 431, "headers_too_large")


def test_many_small_headers_are_too_much_as_well(limited: httpx.Client) -> None:
    with wire(limited, GET + b"X: a\r\n" * 9_000 + b"\r\n") as opened:
        refused(answered(opened), 431, "headers_too_large")


@pytest.mark.parametrize(
    "sent",
    [
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        CHUNKED.replace(b"\r\n\r\n", b"\r\nContent-Length: 2\r\n\r\n") + b"0\r\n\r\n",
        POST + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
        POST + b"Transfer-Encoding: gzip\r\n\r\n{}",
        CHUNKED + b"zz\r\n{}\r\n0\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n",
        b"GET /\0 HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET / HTTP/1.1\nHost: a\n\n\0",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"garbage\r\n\r\n",
    ],
)
def test_what_is_not_sound_http_is_refused_and_the_connection_closed(
    limited: httpx.Client, sent: bytes
) -> None:
    with wire(limited, sent) as opened:
        refused(answered(opened), 400, "malformed_request")


def test_requests_in_a_row_on_one_connection_are_answered_in_order(limited: httpx.Client) -> None:
    paths = ["/healthz", "/v1/sources/ap", "/v1/nowhere", "/healthz"]
    asked = [b"GET %b HTTP/1.1\r\nHost: a\r\n\r\n" % path.encode() for path in paths]
    with wire(limited, b"".join(asked) + b"gar\0bage") as opened:
        statuses = [int(part[:3]) for part in answered(opened).split(b"HTTP/1.1 ")[1:]]
    # What came whole is answered; garbage after it only ends the connection.
    assert statuses == [200, 200, 404, 200]


def test_a_connection_is_kept_for_a_while_and_its_deadlines_start_anew(
    limited: httpx.Client,
) -> None:
    with wire(limited) as opened:
        for _ in range(3):
            time.sleep(0.4)
            opened.sendall(GET)
            time.sleep(0.4)
            opened.sendall(b"\r\n")
            assert opened.recv(65_536).startswith(b"HTTP/1.1 200 ")
        began = time.monotonic()
        assert answered(opened) == b""
    assert 4.5 < time.monotonic() - began < 6


def test_half_a_request_after_a_whole_one_does_not_spoil_its_answer(limited: httpx.Client) -> None:
    with wire(limited, GET + b"\r\n" + GET) as opened:
        first, _, rest = answered(opened).partition(b"HTTP/1.1 408 ")
    assert first.startswith(b"HTTP/1.1 200 ")
    assert b"request_timeout" in rest


@pytest.mark.parametrize("form", ["length", "chunks"])
@pytest.mark.parametrize("path", ["/v1/sources", "/v1/imports"])
def test_a_hundred_megabytes_are_refused_with_memory_flat(
    serve: Serve, form: str, path: str
) -> None:
    client = serve(max_body_bytes=2_000_000, max_import_bytes=10_000_000)
    kind = "application/json" if path == "/v1/sources" else "application/jsonl"
    part = b" " * 1_000_000
    headers = {"content-type": kind, "connection": "close", **KEY}
    if form == "length":
        headers["content-length"] = str(100 * len(part))
    # The first large body of a process makes room for it, once.
    client.post(path, content=part, headers=headers | {"content-length": str(len(part))})
    before, peak = resident(), 0
    with wire(client, head(path, headers, form)) as opened:
        for _ in range(100):
            with suppress(ConnectionError):
                opened.sendall(b"%x\r\n%b\r\n" % (len(part), part) if form == "chunks" else part)
            peak = max(peak, resident())
        with suppress(ConnectionError):
            opened.sendall(b"0\r\n\r\n" if form == "chunks" else b"")
        assert answered(opened).startswith(b"HTTP/1.1 413 ")
    print(f"{path}, {form}: {(peak - before) / 1e6:.1f} MB")  # noqa: T201  (shown with -s)
    assert peak - before < 10_000_000


def head(path: str, headers: dict[str, str], form: str) -> bytes:
    """A request's beginning."""
    more = {"transfer-encoding": "chunked"} if form == "chunks" else {}
    lines = [f"{name}: {value}" for name, value in {"host": "a", **headers, **more}.items()]
    return "\r\n".join([f"POST {path} HTTP/1.1", *lines, "", ""]).encode()


def resident() -> int:
    """Bytes of memory that this process, and the server in it, has."""
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * resource.getpagesize()


def test_no_answer_believes_the_host_it_is_sent(limited: httpx.Client) -> None:
    for path in ("/v1/sources?limit=1", "/v1/sources/ap", "/v1/nowhere", "/"):
        answer = limited.get(path, headers={"host": "evil.example"})
        assert "evil.example" not in answer.text + str(answer.headers)
    made = limited.post(
        "/v1/sources", json={"id": "kyodo", "name": "Kyodo"}, headers={"host": "evil.example"}
    )
    assert made.headers["location"] == "/v1/sources/kyodo"


def test_where_hosts_are_named_others_are_refused_but_for_health(serve: Serve) -> None:
    client = serve(allowed_hosts="sayso.example, [::1]")
    for host in ("sayso.example", "Sayso.Example:8000", "[::1]:8000"):
        assert client.get("/v1/sources/ap", headers={"host": host}).status_code == 200
    for host in ("evil.example", "sayso.example.evil", "10.0.0.1"):
        assert client.get("/docs", headers={"host": host}).status_code == 400
        assert client.get("/healthz", headers={"host": host}).status_code == 200


def test_pages_of_other_origins_may_call_only_where_a_setting_says_so(serve: Serve) -> None:
    asked = {"origin": "https://desk.example", "access-control-request-method": "GET"}
    closed, opened = serve(), serve(cors_origins="https://desk.example")
    for path in ("/v1/sources/ap", "/docs"):
        assert "access-control-allow-origin" not in closed.get(path, headers=asked).headers
    allowed = opened.get("/v1/sources/ap", headers=asked).headers
    assert allowed["access-control-allow-origin"] == "https://desk.example"
    assert "etag" in allowed["access-control-expose-headers"].lower()
    assert "access-control-allow-credentials" not in allowed
    other = opened.get("/v1/sources/ap", headers={"origin": "https://evil.example"}).headers
    assert "access-control-allow-origin" not in other
    assert opened.options("/v1/sources/ap", headers=asked).status_code == 200
