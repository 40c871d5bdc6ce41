"""Connections that take their time, or say too much: each ends, and nobody else notices."""

import json
import os
import resource
import select
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import Any

import httpx
import pytest

from app.config import Settings
from tests.conftest import ADMIN, Serve, Server, Templates
from tests.patience import NEVER, again_and_again

CROWD = int(os.environ.get("SAYSO_TEST_CONNECTIONS", "200"))
"""How many drip-fed connections: 1,000 outside the suite."""

GET = b"GET /v1/sources/ap HTTP/1.1\r\nHost: a\r\n"
KEY = {"authorization": f"Bearer {ADMIN}"}
POST = (
    b"POST /v1/sources HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
    b"Authorization: Bearer %b\r\n" % ADMIN.encode()
)
CHUNKED = POST + b"Transfer-Encoding: chunked\r\n\r\n"
LONG: dict[str, Any] = {"header_seconds": 600.0, "body_seconds": 600.0}
"""So long that an end within these tests is none of theirs."""


@contextmanager
def wire(client: httpx.Client, sent: bytes = b"") -> Iterator[socket.socket]:
    """A connection of one's own, with something said already."""
    address = (client.base_url.host, client.base_url.port or 0)
    with socket.create_connection(address, timeout=NEVER) as opened:
        opened.sendall(sent)
        yield opened


def answered(opened: socket.socket) -> bytes:
    """All that comes until the other side closes."""
    found = b""
    while part := opened.recv(65_536):
        found += part
    return found


def dripped(opened: socket.socket, part: bytes) -> bytes:
    """The answer to a part that is sent ten times a second, as long as there is none."""
    opened.settimeout(0.1)
    end = time.monotonic() + NEVER
    while time.monotonic() < end:
        with suppress(TimeoutError):
            return opened.recv(65_536)
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


@pytest.fixture(scope="module")
def serve(copies: Templates) -> Iterator[Serve]:
    with ExitStack() as stack:

        def start(**settings: Any) -> httpx.Client:
            chosen = Settings(database_url=copies.copy(True), **settings)
            server = stack.enter_context(Server(chosen))
            client = stack.enter_context(server.client())
            client.server = server  # type: ignore[attr-defined]
            return client

        yield start


@pytest.fixture(scope="module")
def patient(serve: Serve) -> httpx.Client:
    """A server that has all the time there is: what it refuses has another reason."""
    return serve(**LONG)


@pytest.mark.parametrize(
    ("start", "more", "limit"),
    [
        (GET, b"a", "header_seconds"),
        (b"", b"\r\n", "header_seconds"),
        (POST + b"Content-Length: 900\r\n\r\n", b"{", "body_seconds"),
        (CHUNKED, b"1\r\n{\r\n", "body_seconds"),
    ],
    ids=["header", "empty lines", "body", "chunks"],
)
def test_a_byte_now_and_then_does_not_keep_a_connection(
    serve: Serve, start: bytes, more: bytes, limit: str
) -> None:
    client, began = serve(**{**LONG, limit: 1.0}), time.monotonic()
    with wire(client, start) as slow:
        refused(dripped(slow, more), 408, "request_timeout")
    assert time.monotonic() - began > 0.9


def test_a_connection_that_says_nothing_is_closed_without_a_word(serve: Serve) -> None:
    client, began = serve(**{**LONG, "header_seconds": 1.0}), time.monotonic()
    with wire(client) as silent:
        assert answered(silent) == b""
    assert time.monotonic() - began > 0.9


@contextmanager
def crowd(client: httpx.Client) -> Iterator[list[socket.socket]]:
    """So many connections that have begun to say something."""
    starts = [GET, POST + b"Content-Length: 900\r\n\r\n{"]
    with ExitStack() as stack:
        yield [stack.enter_context(wire(client, starts[n % 2])) for n in range(CROWD)]


def test_a_crowd_of_slow_connections_is_closed_while_good_requests_go_on(serve: Serve) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, 8192)), hard))
    client = serve(**LONG, rate_per_minute=0)
    with crowd(client) as slow:
        for n in range(50):
            assert client.get("/v1/sources/ap").status_code == 200
            slow[n * len(slow) // 50].sendall(b"a")
        assert not any(open_to_read(slow)), "none of them had to be ended for that"
    client = serve(header_seconds=1.0, body_seconds=1.0, rate_per_minute=0)
    with crowd(client) as slow:
        while not all(open_to_read(slow)):
            assert client.get("/v1/sources/ap").status_code == 200
        for one in slow:
            refused(answered(one), 408, "request_timeout")


def open_to_read(connections: list[socket.socket]) -> list[bool]:
    """Of each, whether something was answered, or it was closed."""
    look = select.poll()
    for one in connections:
        look.register(one, select.POLLIN)
    there = {number for number, _ in look.poll(0)}
    return [one.fileno() in there for one in connections]


def test_a_header_of_a_megabyte_is_refused_and_one_of_30_kilobytes_is_not(
    patient: httpx.Client,
) -> None:
    for status, size in ((200, 30_000), (431, 40_000), (431, 1 << 20)):
        long = GET + b"X: %b\r\nConnection: close\r\n\r\n" % (b"a" * size)
        with wire(patient) as opened:
            with suppress(ConnectionError):
                opened.sendall(long)
            answer = answered(opened)
        assert answer.startswith(b"HTTP/1.1 %d " % status), size
        if status == 431:
            refused(answer, 431, "headers_too_large")


def test_many_small_headers_are_too_much_as_well(patient: httpx.Client) -> None:
    with wire(patient, GET + b"X: a\r\n" * 9_000 + b"\r\n") as opened:
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
    patient: httpx.Client, sent: bytes
) -> None:
    with wire(patient, sent) as opened:
        refused(answered(opened), 400, "malformed_request")


def test_requests_in_a_row_on_one_connection_are_answered_in_order(patient: httpx.Client) -> None:
    paths = ["/healthz", "/v1/sources/ap", "/v1/nowhere", "/healthz"]
    asked = [b"GET %b HTTP/1.1\r\nHost: a\r\n\r\n" % path.encode() for path in paths]
    with wire(patient, b"".join(asked) + b"gar\0bage") as opened:
        statuses = [int(part[:3]) for part in answered(opened).split(b"HTTP/1.1 ")[1:]]
    # What came whole is answered; garbage after it only ends the connection.
    assert statuses == [200, 200, 404, 200]


def test_a_connection_is_kept_for_a_while_and_its_deadlines_start_anew(serve: Serve) -> None:
    client = serve(header_seconds=1.0)
    kept_for(client, 2.5)
    with wire(client) as opened:
        for _ in range(2):
            opened.sendall(GET)
            time.sleep(0.1)
            began = time.monotonic()
            opened.sendall(b"\r\n")
            assert opened.recv(65_536).startswith(b"HTTP/1.1 200 ")
            time.sleep(1.1)  # longer than a header may take, and shorter than it is kept
        assert answered(opened) == b""
    assert time.monotonic() - began > 2.2


def kept_for(client: httpx.Client, seconds: float) -> int:
    """So long are connections kept from now on; how long they were before."""
    config = client.server.uvicorn.config  # type: ignore[attr-defined]
    before: int = config.timeout_keep_alive
    config.timeout_keep_alive = seconds
    return before


def test_half_a_request_after_a_whole_one_does_not_spoil_its_answer(serve: Serve) -> None:
    with wire(serve(header_seconds=1.0), GET + b"\r\n" + GET) as opened:
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


NEXT = b"GET /v1/sources/ap HTTP/1.1\r\nHost: a\r\n\r\n"
SOURCE = b'{"id": "s-%d", "name": "N", "kind": "person"}'


def chunked(start: bytes, body: bytes, trailers: bytes) -> bytes:
    """A request with its body in one chunk, and with trailers."""
    return start + b"%x\r\n%b\r\n0\r\n%b\r\n" % (len(body), body, trailers)


@pytest.mark.parametrize("start", [CHUNKED, GET + b"Transfer-Encoding: chunked\r\n\r\n"])
@pytest.mark.parametrize(
    "more",
    [b"a: b\r\n", b"a", b"x: " + b"a" * 1000, b";" + b"a" * 1000, b"0" * 1000],
    ids=["short", "a name", "a value", "an extension", "a size"],
)
def test_endless_trailers_are_refused_and_take_no_memory(
    patient: httpx.Client, start: bytes, more: bytes
) -> None:
    last = b"0" if more[:1] in b"0;" else b"0\r\n"
    before, peak = resident(), 0
    crowded = max(10, CROWD // 10)  # of each of these ten
    with ExitStack() as stack:
        # On a connection of its own each time: whoever connects anew is served, too.
        well = stack.enter_context(again_and_again(1, lambda: healthy(patient)))
        slow = [stack.enter_context(wire(patient, start + last)) for _ in range(crowded)]
        part = more * (100_000 // len(more))
        for one in slow:
            with suppress(ConnectionError):
                for _ in range(20):
                    one.sendall(part)
            peak = max(peak, resident())
        for one in slow:
            # A read may be answered before its trailers end; whatever it is, it is the last.
            answer = b"".join(iter(lambda one=one: received(one), b""))  # type: ignore[misc]
            early = start.startswith(b"GET") and answer.startswith(b"HTTP/1.1 200 ")
            assert early or not answer or int(answer[9:12]) in (400, 431)
    assert {one.status_code for one in well} == {200}
    assert peak - before < 50_000_000


def healthy(client: httpx.Client) -> httpx.Response:
    """What it says of its health a moment later, to who connects anew."""
    time.sleep(0.005)
    return client.get("/healthz", headers={"Connection": "close"})


def received(opened: socket.socket) -> bytes:
    """What comes next; nothing where the other side is tired of us."""
    with suppress(ConnectionError):
        return opened.recv(65_536)
    return b""


def test_trailers_that_come_byte_by_byte_end_at_the_deadline_of_the_body(serve: Serve) -> None:
    with wire(serve(**{**LONG, "body_seconds": 1.0}), CHUNKED + b"0\r\n") as slow:
        refused(dripped(slow, b"a: b\r\n"), 408, "request_timeout")


def test_a_little_over_the_limit_of_trailers_is_431_and_as_much_as_it_allows_is_dropped(
    patient: httpx.Client,
) -> None:
    ended = CHUNKED.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
    for number, size in ((1, 32_000), (2, 33_000)):
        sent = chunked(ended, SOURCE % number, b"a: b\r\n" * (size // 6))
        with wire(patient, sent) as opened:
            answer = answered(opened)
        if number == 1:
            assert answer.startswith(b"HTTP/1.1 201 ")
        else:
            refused(answer, 431, "headers_too_large")
    assert patient.get("/v1/sources/s-2").status_code == 404


@pytest.mark.parametrize(
    "trailer",
    [
        *(
            b"Authorization: Bearer " + ADMIN.encode(),
            b"Host: b\r\nHost: c",
            b"Expect: 100-continue",
        ),
        *(b"If-Match: *", b"Origin: https://x.example", b"X-Forwarded-For: 1.2.3.4"),
        *(b"Connection: upgrade\r\nUpgrade: websocket", b"Connection: keep-alive"),
        b"Content-Type: text/plain\r\nIdempotency-Key: one\r\nContent-Encoding: gzip",
    ],
    ids=lambda trailer: trailer.partition(b":")[0].decode(),  # and no key in a name
)
def test_a_trailer_changes_nothing_about_the_request_nor_about_the_next(
    patient: httpx.Client, trailer: bytes
) -> None:
    answers = []
    for trailers in (b"", trailer + b"\r\n"):
        for start in (CHUNKED, CHUNKED.replace(b"Authorization", b"X")):
            sent = chunked(start, SOURCE % 3, trailers) + NEXT
            with wire(patient, sent + b"GET /healthz HTTP/1.0\r\nHost: a\r\n\r\n") as opened:
                statuses = [int(part[:3]) for part in answered(opened).split(b"HTTP/1.1 ")[1:]]
            answers.append([200 if status == 201 else status for status in statuses])
    assert answers == [[200, 200, 200], [401, 200, 200]] * 2


@pytest.mark.parametrize(
    "trailer",
    [
        *(b"Content-Length: 5", b"Transfer-Encoding: chunked", b"Transfer-Encoding: gzip"),
        *(b"Content-Length : 5", b" folded", b"a", b"a: \0", b"Connection: close"),
    ],
)
def test_a_trailer_that_would_frame_the_next_request_ends_the_connection(
    patient: httpx.Client, trailer: bytes
) -> None:
    inner = b"DELETE /v1/sources/ap?reason=smuggled HTTP/1.1\r\nHost: a\r\n\r\n"
    with wire(patient, chunked(CHUNKED, SOURCE % 4, trailer + b"\r\n") + inner) as opened:
        answer = answered(opened)
    assert answer.count(b"HTTP/1.1 ") == 1, "what follows is nobody's"
    assert answer.startswith((b"HTTP/1.1 400 ", b"HTTP/1.1 20"))
    assert patient.get("/v1/sources/ap").json()["version"] == 1


def test_endless_trailers_behind_an_earlier_request_wait_for_its_answer(
    patient: httpx.Client,
) -> None:
    endless = CHUNKED + b"0\r\n" + b"a: b\r\n" * 9_000
    with wire(patient, b"GET /v1/export HTTP/1.1\r\nHost: a\r\n\r\n" + endless) as opened:
        first, last, rest = answered(opened).partition(b"HTTP/1.1 431 ")
    assert first.startswith(b"HTTP/1.1 200 ")
    refused(last + rest, 431, "headers_too_large")


def test_a_connection_whose_request_was_answered_before_it_had_come_is_not_kept_for_ever(
    patient: httpx.Client,
) -> None:
    with wire(patient, CHUNKED.replace(b"Authorization", b"X") + b"1\r\n{\r\n") as early:
        assert early.recv(65_536).startswith(b"HTTP/1.1 401 ")
        early.sendall(b"0\r\n\r\n" + NEXT)
        assert early.recv(65_536).startswith(b"HTTP/1.1 200 ")
    before = kept_for(patient, 1)
    with wire(patient, CHUNKED.replace(b"Authorization", b"X") + b"1\r\n{\r\n") as early:
        assert early.recv(65_536).startswith(b"HTTP/1.1 401 ")
        early.sendall(b"0\r\n\r\n")
        assert answered(early) == b"", "as long as any other"
    kept_for(patient, before)


@pytest.mark.parametrize(
    ("sent", "statuses"),
    [
        (NEXT, [200]),  # at the connection itself
        (NEXT.replace(b"Host", b"Origin: b\r\nHost"), [200]),  # through the framework
        (b"GET /v1/export HTTP/1.1\r\nHost: a\r\n\r\n", [200]),
        (POST + b"Content-Length: 46\r\n\r\n" + SOURCE % 50 + b" ", [201]),
        (chunked(CHUNKED, SOURCE % 6, b""), [201]),
        (NEXT * 3, [200] * 3),
        (b"GET /v1/export HTTP/1.1\r\nHost: a\r\n\r\n" + NEXT, [200] * 2),
        (POST + b"Content-Length: 46\r\n\r\n{", [400]),
        (CHUNKED + b"1\r\n{\r\n", [400]),
        (CHUNKED + b"0\r\na: b\r\n", [400]),
        (b"POST /v1/imports" + CHUNKED[16:] + b"1\r\n{\r\n", [400]),
        (GET, [400]),
        (NEXT + GET, [200, 400]),
        (b"", []),
    ],
)
def test_who_has_said_all_and_closes_that_half_still_gets_every_answer(
    patient: httpx.Client, sent: bytes, statuses: list[int]
) -> None:
    with wire(patient, sent) as opened:
        opened.shutdown(socket.SHUT_WR)
        answer = answered(opened)
    assert [int(part[:3]) for part in answer.split(b"HTTP/1.1 ")[1:]] == statuses
    if 400 in statuses:
        refused(answer[answer.index(b"HTTP/1.1 400") :], 400, "malformed_request")


def test_a_half_that_is_closed_later_ends_the_connection_at_once(patient: httpx.Client) -> None:
    for paused in (0.0, 0.2):
        with wire(patient, NEXT) as opened:
            time.sleep(paused)
            opened.shutdown(socket.SHUT_WR)
            assert answered(opened).startswith(b"HTTP/1.1 200 ")


MANY = 40
"""Descriptions of the API, which are more than the buffers between two processes hold."""


def test_who_reads_late_gets_every_answer_whole(patient: httpx.Client) -> None:
    size = len(patient.get("/openapi.json").content)
    asked = b"GET /openapi.json HTTP/1.1\r\nHost: a\r\n"
    with wire(patient, (asked + b"\r\n") * MANY + asked + b"Connection: close\r\n\r\n") as opened:
        time.sleep(0.5)  # long enough for the server to have to wait
        found = answered(opened)
    assert found.count(b"HTTP/1.1 200 ") == MANY + 1
    assert len(found) > size * (MANY + 1)


def test_who_reads_nothing_and_goes_holds_up_nobody(patient: httpx.Client) -> None:
    asked = b"GET /openapi.json HTTP/1.1\r\nHost: a\r\n\r\n"
    with wire(patient, asked * MANY):
        time.sleep(0.5)
    assert patient.get("/healthz").status_code == 200


def test_what_is_refused_fills_no_log(
    patient: httpx.Client, capfd: pytest.CaptureFixture[str]
) -> None:
    for sent in (b"garbage\r\n\r\n", GET + b"X: a\0b\r\n\r\n", CHUNKED + b"zz\r\n"):
        with wire(patient, sent) as opened:
            refused(answered(opened), 400, "malformed_request")
    assert capfd.readouterr() == ("", "")


def test_no_answer_believes_the_host_it_is_sent(patient: httpx.Client) -> None:
    for path in ("/v1/sources?limit=1", "/v1/sources/ap", "/v1/nowhere", "/"):
        answer = patient.get(path, headers={"host": "evil.example"})
        assert "evil.example" not in answer.text + str(answer.headers)
    made = patient.post(
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
