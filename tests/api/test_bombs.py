"""Bodies made to take long or to take room: each is refused, and nobody else notices."""

import gc
import json
import select
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.errors import Problem
from tests.conftest import ADMIN, AT_LENGTH, ENGINES, NO_TLS, ONE_ENGINE, Serve, Templates
from tests.patience import NEVER, until
from tests.processes import process, serving
from tests.test_connection_limits import wire

SIZE = 9_600_000
KIND = {"content-type": "application/json"}
KEY = {"authorization": f"Bearer {ADMIN}", **KIND}


def filled(start: bytes, one: bytes, end: bytes, size: int) -> bytes:
    """So many bytes of the same."""
    return start + one * ((size - len(start) - len(end)) // len(one)) + end


def keys(size: int) -> bytes:
    """Names that differ; joined as they are made, for this process is the server's as well."""
    found = bytearray(b"{")
    for n in range((size - 6) // 13):
        found += b'"k%07d":1,' % n
    return bytes(found + b'"k":1}')


SHAPES = {
    "deep": (b"", b"[", b""),
    "deep, and closed": (b'{"notes":', b"[[[[]]]],", b"1}"),
    "a long number": (b'{"a":', b"9", b"}"),
    "a long exponent": (b'{"quantities":[{"value":1e', b"9", b"}]}"),
    "escaped quotes": (b'{"notes":"', b'\\"', b'"}'),
    "escaped letters": (b'{"notes":"', b"\\u0041", b'"}'),
    "escaped letters in many strings": (b"[", b'"' + b"\\u0041" * 30_000 + b'",', b"1]"),
    "an open quote": (b'{"notes":"', b'\\"', b""),
    "the same name": (b"{", b'"a":1,', b'"a":1}'),
    "empty arrays": (b"[", b"[],", b"[]]"),
    "arrays of arrays": (b'{"tags":[', b"[[1],[1]],", b"1]}"),
    "one long name": (b'{"', b"k", b'":1}'),
    "space before": (b"", b" ", b"{}"),
    "space within": (b'{"id":"a"', b" \r\n\t", b"}"),
    "digits": (b'{"tags":[', b"1.5,", b"1]}"),
    "minus zero": (b"[", b"-0,", b"1]"),
    "empty strings": (b'{"aliases":[', b'"",', b'""]}'),
    "figures": (b'{"document":"d","quantities":[', b'{"value":"1","measure":"m"},', b"{}]}"),
    "claims": (b"[", b'{"document":"d","measure":"m","raw_text":"7"},', b"{}]"),
    "quotes": (b"", b'"', b""),
    "a byte order mark": (b"\xef\xbb\xbf", b"\x00", b""),
}


MANY = 2_000_000 if AT_LENGTH else 12_000
"""Bytes of an import of empty arrays and the like: each of them is a line, and is read."""


def bombs(size: int, one_in: int = 1) -> Iterator[tuple[str, bytes]]:
    """One at a time: it is the memory of the server that is looked at."""
    yield "names", keys(size)
    for name, shape in [*SHAPES.items()][::one_in]:
        yield name, filled(*shape, size)


@contextmanager
def watched(client: httpx.Client) -> Iterator[list[int]]:
    """Ask after its health all along; what was answered each time."""
    seen: list[int] = []
    over = threading.Event()

    def ask() -> None:
        while not over.is_set():
            # On a connection of its own: one that is kept may be closed just as it is used again.
            seen.append(client.get("/healthz", headers={"Connection": "close"}).status_code)
            over.wait(0.005 if AT_LENGTH else 0.02)

    asking = threading.Thread(target=ask)
    asking.start()
    try:
        yield seen
    finally:
        over.set()
        asking.join()
    assert {*seen} == {200}


def memory(process_id: int, which: str) -> int:
    """Bytes of memory that a process has (VmRSS), or had at most (VmHWM)."""
    status = Path(f"/proc/{process_id}/status").read_text()
    return int(status.partition(f"{which}:")[2].split()[0]) * 1024


def doors(n: int) -> list[tuple[str, str]]:
    """Where the n-th bomb is sent to: one of them, in turn; both with ``SAYSO_TEST_CROWD=1``."""
    both = [("POST", "/v1/claims"), ("PATCH", "/v1/sources/ap")]
    return both if AT_LENGTH else [both[n % 2]]


SETTLED_BEFORE_A_DATABASE_IS_ASKED = pytest.mark.parametrize(
    "engine", ENGINES if AT_LENGTH else ENGINES[:1], indirect=True
)


@SETTLED_BEFORE_A_DATABASE_IS_ASKED
def test_no_bomb_is_built(templates: Templates, tmp_path: Path) -> None:
    unlimited: dict[str, Any] = {"rate_per_minute": "0", "anonymous_rate_per_minute": "0"}
    with (
        (tmp_path / "said").open("wb") as said,
        process(templates.copy(True), said=said, from_nothing=True, **unlimited) as (started, port),
        serving(port) as client,
        httpx.Client(base_url=client.base_url, timeout=NEVER, verify=NO_TLS) as other,
    ):
        # The first large body of a process makes room for it, once.
        client.post("/v1/claims", content=b" " * SIZE, headers=KIND)
        rest = memory(started.pid, "VmRSS")
        Path(f"/proc/{started.pid}/clear_refs").write_text("5")  # the most is counted from here
        with watched(other) as seen:
            for n, (name, bomb) in enumerate(bombs(SIZE, one_in=1 if AT_LENGTH else 3)):
                for method, path in doors(n):
                    given = {**KIND, "if-match": "*"}
                    answer = client.request(method, path, content=bomb, headers=given)
                    assert answer.status_code in (400, 413, 422), f"{name}: {answer.text}"
        more = memory(started.pid, "VmHWM") - rest
    print(f"{more / 1e6:.1f} MB, {len(seen)} times healthy")  # noqa: T201  (shown with -s)
    assert more < 50_000_000


@SETTLED_BEFORE_A_DATABASE_IS_ASKED
def test_no_array_of_an_import_is_built_whole(serve: Serve) -> None:
    client = serve(rate_per_minute=0)
    client.post("/v1/imports", content=b" " * SIZE, headers=KEY)
    with watched(client):
        for name, bomb in bombs(MANY):
            answer = client.post("/v1/imports", content=bomb, headers=KEY)
            assert answer.status_code in (400, 413, 422), f"{name}: {answer.text}"


@SETTLED_BEFORE_A_DATABASE_IS_ASKED
@pytest.mark.parametrize("size", [40_000, 63_000])
def test_who_sends_no_key_may_send_little_and_no_bomb_of_that_size_goes_off(
    serve: Serve, size: int
) -> None:
    server = serve(anonymous_rate_per_minute=0).server  # type: ignore[attr-defined]
    with server.client(None) as client, server.client(None) as other, watched(other):
        for name, bomb in bombs(size):
            answer = client.post("/v1/lexicon/parse", content=bomb, headers=KIND)
            assert answer.status_code in (400, 422), f"{name}: {answer.text}"


def test_a_body_without_a_key_is_limited_and_the_answer_says_to_what(serve: Serve) -> None:
    server = serve().server  # type: ignore[attr-defined]
    large = json.dumps({"text": "roughly 6,700"}).encode() + b" " * 64_000
    for content in (large, iter([large])):
        with server.client(None) as client:
            answer = client.post("/v1/lexicon/parse", content=content, headers=KIND)
        assert answer.status_code == 413
        assert "64000" in answer.json()["detail"]
    with server.client() as client:
        assert client.post("/v1/lexicon/parse", content=large, headers=KIND).status_code == 200


@SETTLED_BEFORE_A_DATABASE_IS_ASKED
def test_health_is_answered_while_a_large_body_is_read(serve: Serve) -> None:
    client = serve(rate_per_minute=0)
    figure = b'{"notes":"%b","value":"1"},' % (b"\\u0041" * 200)
    body = filled(b'{"document":"d","quantities":[', figure, b"{}]}", SIZE)
    head = [b"POST /v1/claims HTTP/1.1", b"Host: a", b"Content-Length: %d" % len(body)]
    head += [f"{name}: {value}".encode() for name, value in KEY.items()]
    client.get("/healthz")
    with wire(client, b"\r\n".join([*head, b"", b""]) + body[:-1]) as large:
        assert client.get("/healthz").status_code == 200
        large.sendall(body[-1:])
        meanwhile = 0
        while not select.select([large], [], [], 0)[0]:
            assert client.get("/healthz").status_code == 200
            meanwhile += 1
        assert large.recv(100).startswith(b"HTTP/1.1 422 ")
    # Asked one after the other, once it had come whole: on the event loop, one at most is in time.
    assert meanwhile > 2


def test_a_body_that_does_not_come_holds_nothing_of_the_database(serve: Serve) -> None:
    client = serve(readers=1)
    started = b"POST /v1/lexicon/parse HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
    with wire(client, started + b"Content-Length: 90\r\n\r\n{") as slow:
        for _ in range(3):
            assert (
                client.get("/v1/claims?count=exact&as_of=2020-01-01T00:00:00Z").status_code == 200
            )
        slow.sendall(b'"text": "7", "measure": "containers.prk-rus"}'.ljust(89))
        assert slow.recv(100).startswith(b"HTTP/1.1 200 ")


@SETTLED_BEFORE_A_DATABASE_IS_ASKED
@pytest.mark.parametrize("encoding", ["gzip", "br", "deflate, gzip", "made-up"])
def test_an_encoded_body_is_refused_and_told_how_to_come(serve: Serve, encoding: str) -> None:
    client = serve()
    asked = [
        ("POST", "/v1/claims"), ("PUT", "/v1/sources/x"), ("PATCH", "/v1/sources/ap"),
        ("POST", "/v1/imports"), ("POST", "/v1/lexicon/parse"), ("POST", "/v1/keys"),
        ("POST", "/v1/sources"),
    ]  # fmt: skip
    for method, path in [*asked, *asked]:  # of the second time, the key is known
        sent = {**KIND, "content-encoding": encoding, "if-match": "*"}
        answer = client.request(method, path, content=b"{}", headers=sent)
        assert (answer.status_code, answer.headers["accept-encoding"]) == (415, "identity")
    plain = {**KIND, "content-encoding": "identity"}
    assert client.post("/v1/sources", content=b"{}", headers=plain).status_code == 422


@contextmanager
def no_collector() -> Iterator[None]:
    """The garbage collector stands still: what is freed is freed because nobody refers to it."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def refusals() -> int:
    """Refusals that are still in memory, and with them all that they came through."""
    return sum(isinstance(one, Problem) for one in gc.get_objects())


REFUSED = {
    "no JSON": ("/v1/claims", b"[" * 60_000),
    "too long": ("/v1/claims", b'{"a":' + b"9" * 300_000 + b"}"),
    "of no document": (
        "/v1/claims",
        b'{"document":"x","claimant":"x","statement":"x"}' + b" " * 60_000,
    ),
    "no fields": ("/v1/sources", b'{"a":1}' + b" " * 60_000),
    "an import of half an array": ("/v1/imports", b"[" + b" " * 60_000),
}


@ONE_ENGINE
@pytest.mark.parametrize("name", REFUSED)
def test_a_refused_body_is_let_go_of_at_once(serve: Serve, name: str) -> None:
    client, (path, content) = serve(), REFUSED[name]
    client.post(path, content=content, headers=KEY)  # the first time, much is imported
    with no_collector():
        before = refusals()
        for _ in range(3):
            answer = client.post(path, content=content, headers=KEY)
            assert answer.status_code in (400, 422), answer.text
        until(lambda: refusals() <= before)
