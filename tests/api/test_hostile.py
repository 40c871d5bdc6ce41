"""No input a client can send causes a 5xx, is half stored, or is echoed; what is taken stays exact.

The corpus is in `hostile.py`. Each test runs one part of it against the real server, and tells
every request that was answered otherwise than a careful API would: some of the part, chosen by
their names, so that the same ones are sent each time; ``SAYSO_TEST_CROWD=1`` sends every one.
"""

import base64
import json
import socket
import time
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import quote, urlsplit

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.sql import func

from app.api.problem import codes
from app.config import Settings
from app.models import (
    ATTRIBUTION,
    CHANGE,
    CLAIM,
    LOG_HEAD,
    MEASURE,
    QUANTITY,
    RELATION,
    SOURCE,
    TRAIT,
    VERSIONED,
)
from tests.api import hostile
from tests.api.hostile import CANARY, Attack
from tests.conftest import (
    ADMIN,
    AT_LENGTH,
    NO_TLS,
    ONE_ENGINE,
    Server,
    Templates,
    bearer,
    described,
    document,
)

TABLES = (SOURCE, MEASURE, CLAIM, QUANTITY, ATTRIBUTION, RELATION, TRAIT, CHANGE,
          VERSIONED["assessments"].table, VERSIONED["mappings"].table)  # fmt: skip
STATE = select(
    *(select(func.count()).select_from(table).scalar_subquery() for table in TABLES),
    select(LOG_HEAD.c.hash).scalar_subquery(),
)
ALIVE = (*(f"/v1/{name}?limit=1000" for name in hostile.LISTS), "/v1/facets?by=measure,via,status")
NAMED_BY_DESIGN = ("unreadable_figure", "header")
"""Faults that name words of the input: what the lexicon cannot read, and columns of a table."""


@dataclass
class Target:
    """A server under attack, and its database."""

    server: Server
    http: httpx.Client

    document = document()

    @cached_property
    def corpus(self) -> dict[str, list[Attack]]:
        return hostile.corpus(self.document)

    honesty = described()
    known: tuple[Any, ...] = ()
    """The state after the last attack."""

    def state(self) -> tuple[Any, ...]:
        """Every table's rows, and the head of the log: the same before and after a refusal."""
        with self.server.app.state.db.engine.connect() as connection:
            return tuple(connection.execute(STATE).one())

    def send(self, attack: Attack) -> httpx.Response:
        """The request as it is written, without any help."""
        url = httpx.URL(self.server.url).copy_with(raw_path=attack.target.encode())
        headers = [(name.encode(), value.encode("latin-1")) for name, value in attack.headers]
        request = self.http.build_request(attack.method, url, content=attack.body, headers=headers)
        assert request.url.raw_path == attack.target.encode(), "sent otherwise than written"
        try:
            return self.http.send(request)
        except httpx.TransportError:
            # After a 5xx the server closes the connection, which is no fault of the next request.
            return self.http.send(request)

    def sick(self) -> list[str]:
        """The lists that no longer answer."""
        answers = {path: self.http.get(path).status_code for path in ALIVE}
        return [
            f"afterwards {status} of {path}" for path, status in answers.items() if status != 200
        ]

    def wounds(self, attack: Attack) -> Iterator[str]:
        """Everything that is wrong with the answer to one attack."""
        before, reads = self.known, attack.method in ("GET", "HEAD")
        try:
            answer = self.send(attack)
        except httpx.HTTPError as error:
            yield f"no answer at all: {error!r}"
            return
        if answer.status_code not in attack.status:
            wanted = " or ".join(map(str, attack.status))
            yield f"{answer.status_code}, not {wanted}: {answer.text[:300]}"
        elif answer.status_code >= 400:
            yield from self.faults(attack, answer)
        elif attack.empty and answer.json()["items"]:
            yield "it found something"
        self.known = before if reads else self.state()
        if answer.status_code >= 400:
            yield from self.echoes(answer)
            if self.known != before:
                yield "it was refused, and something is stored"

    def faults(self, attack: Attack, answer: httpx.Response) -> Iterator[str]:
        """A refusal is a problem of the closed set, documented, and says where."""
        if answer.headers.get("content-type") != "application/problem+json":
            yield f"no problem+json: {answer.text[:200]}"
            return
        problem = answer.json()
        kind = codes().get(problem["code"])
        if kind is None or kind.status != answer.status_code or problem["status"] != kind.status:
            yield f"its code is {problem['code']}"
        found = self.honesty.operation(answer.request)
        if found and answer.status_code != 405:
            try:
                self.honesty.check(answer)
            except AssertionError as undocumented:
                yield str(undocumented)
        for key, wanted in (("pointer", attack.pointer), ("parameter", attack.parameter)):
            named = [fault.get(key) for fault in problem["errors"]]
            if wanted is not None and not any(_names(one, wanted) for one in named):
                yield f"the {key} {wanted!r} is not named, but {named[:5]}"

    def echoes(self, answer: httpx.Response) -> Iterator[str]:
        """What was sent is not told again, but for pointers and names of parameters."""
        try:
            problem = answer.json()
            for fault in problem.get("errors", []):
                fault.pop("pointer", None)
                fault.pop("parameter", None)
                if fault.get("code") in NAMED_BY_DESIGN:
                    fault.pop("detail")
            text = json.dumps(problem)
        except ValueError:
            text = answer.text
        if CANARY in (text + str(answer.headers)).lower():
            yield f"an echo: {answer.text[:300]}"


def _names(found: str | None, wanted: str) -> bool:
    """A pointer to the field or to something in it; a parameter by its name."""
    return found is not None and (found == wanted or found.startswith(f"{wanted}/"))


MAPPING = """\
claim = {id = "log.{{Day}}", document = "daily-digest-article", period = "{{Day}}"}
[[figure]]
measure = "containers.prk-rus"
value = "{{Number}}"
"""


@pytest.fixture(scope="module")
def target(templates: Templates) -> Iterator[Target]:
    """One server for the whole corpus: what one attack breaks, the next ones meet."""
    settings_ = Settings(
        database_url=templates.copy(True),
        max_body_bytes=hostile.LIMIT,
        max_import_bytes=hostile.LIMIT,
    )
    with (
        Server(settings_) as server,
        httpx.Client(base_url=server.url, headers=bearer(ADMIN), timeout=30, verify=NO_TLS) as http,
    ):
        assessment = {**hostile.ASSESSMENT, "id": hostile.STORED["assessments"],
                      "target": f"claims/{hostile.STORED['claims']}"}  # fmt: skip
        made = http.post("/v1/assessments", json=assessment)
        assert made.status_code == 201, made.text
        toml = {"Content-Type": "application/toml", "If-None-Match": "*"}
        made = http.put("/v1/mappings/log", content=MAPPING.encode(), headers=toml)
        assert made.status_code == 201, made.text
        yield Target(server, http)


def run(target: Target, attacks: list[Attack]) -> None:
    """Every attack of a part, and what is wrong with its answer."""
    assert len({attack.name for attack in attacks}) == len(attacks), "two attacks share a name"
    wrong: dict[str, list[str]] = {}
    target.known = target.state()
    for attack in attacks:
        state = target.known
        if found := list(target.wounds(attack)):
            wrong[attack.name] = found
        if target.known != state:
            wrong.setdefault(attack.name, []).extend(target.sick())
    if sick := target.sick():
        wrong["the end"] = sick
    lines = [f"{name}\n    {'; '.join(found)}" for name, found in wrong.items() if found]
    assert not lines, f"{len(lines)} of {len(attacks)} attacks:\n" + "\n".join(lines)


PARTS = (
    *("broken JSON", "JSON that is no object", "wrong content types", "wrong types"),
    *("unknown fields", "too long", "bad ids", "bad dates", "bad figures"),
    *("numbers that are nearly right", "incoherent wholes", "bad changes", "preconditions"),
    *(
        "injections",
        "bad questions",
        "bad analyses",
        "bad moments",
        "bad cursors",
        "bad keys",
        "bad paths",
    ),
    *("wrong methods", "odd headers", "imports", "mappings"),
)

OF_BODIES = {"broken JSON", "wrong types", "bad ids", "bad dates", "bad figures"}


def some(attacks: list[Attack], engine: str, part: str = "") -> list[Attack]:
    """One in sixteen; in 48 on PostgreSQL, in 96 of bodies, refused before a database is asked.

    Of small parts every second, and on PostgreSQL one in six.
    """
    one_in = 16 if engine == "sqlite" else 96 if part in OF_BODIES else 48
    if len(attacks) < 100:
        one_in = 2 if engine == "sqlite" else 6
    if AT_LENGTH:
        return attacks
    return [attack for attack in attacks if not zlib.crc32(attack.name.encode()) % one_in]


@pytest.mark.parametrize("part", PARTS)
def test_every_hostile_request_is_answered_as_a_careful_api_would(
    target: Target, engine: str, part: str
) -> None:
    run(target, some(target.corpus[part], engine, part))


def test_every_path_is_attacked(target: Target) -> None:
    asked = {(attack.method, urlsplit(attack.target).path)
             for attacks in target.corpus.values() for attack in attacks}  # fmt: skip
    for path, operations in target.document["paths"].items():
        id = hostile.IDS.get(path.split("/")[2], "")
        ready = path.replace("{id}", id).replace("{version}", "1")
        for method in operations:
            assert (method.upper(), ready) in asked, f"nothing attacks {method} {path}"


def test_every_part_of_the_corpus_is_tested(target: Target) -> None:
    assert set(PARTS) == set(target.corpus)


@pytest.mark.parametrize("resource", hostile.LISTS)
def test_a_forged_cursor_is_refused(target: Target, engine: str, resource: str) -> None:
    # It is refused before a database is asked, by its form, whichever list it is of: each list
    # meets some of the forgeries, each forgery several lists.
    one_in = 1 if AT_LENGTH else 8 if engine == "sqlite" else 24
    attacks = []
    for n, (name, sort) in enumerate(hostile.sorts()):
        if name == resource:
            attacks += forged_cursors(target, resource, sort)[n % one_in :: one_in]
    run(target, attacks)


def forged_cursors(target: Target, resource: str, sort: str) -> list[Attack]:
    """Every cursor that is none, or not of this question."""
    path = f"/v1/{resource}?limit=1&sort={sort}"
    page = target.http.get(path).json()
    if page["next_cursor"] is None:
        _second(target)
        page = target.http.get(path).json()
    token = page["next_cursor"]
    whole = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
    cut = [token[:n] for n in range(1, len(token), 7 if AT_LENGTH else 21)]
    texts = {f"cut at {len(text)}": text for text in cut}
    for char in "!\n =.ä":
        texts |= {f"with {n} of {char!r} inside": token[:8] + char * n + token[8:] for n in (1, 4)}
    for name, forge in hostile.forgeries(whole):
        texts[name] = hostile.forged(forge(whole))
    attacks = [
        Attack(f"{path}: {name}", "GET", f"{path}&cursor={quote(text, safe='')}", (400,),
               parameter="cursor")
        for name, text in texts.items()
    ]  # fmt: skip
    elsewhere = {
        "of another sort": f"/v1/{resource}?sort={'-id' if sort == 'id' else 'id'}",
        "of another list": f"/v1/{'claims' if resource == 'sources' else 'sources'}?sort={sort}",
        "of another question": f"{path}&q=nothing",
    }
    for name, other in elsewhere.items():
        wrong = sort.lstrip("-") not in ("id", "recorded_at")  # which not every list has
        status = (422, 400) if wrong and name == "of another list" else (400,)
        attacks.append(Attack(f"{path}: {name}", "GET", f"{other}&cursor={token}", status))
    return attacks


def _second(target: Target) -> None:
    """A second assessment, so that its list has a second page."""
    sent = {**hostile.ASSESSMENT, "id": "a-second"}
    assert target.http.post("/v1/assessments", json=sent).status_code == 201


@ONE_ENGINE
def test_a_method_not_allowed_names_all_that_are(target: Target) -> None:
    """Of each path one wrong method: all of a path are answered alike."""
    wrong = {}
    attacks = target.corpus["wrong methods"]
    for attack in attacks if AT_LENGTH else {one.target: one for one in attacks}.values():
        answer = target.send(attack)
        named = {one.strip() for one in answer.headers.get("allow", "").split(",")}
        if named != (wanted := hostile.allowed(target.document, attack.target)):
            wrong[attack.name] = f"{sorted(named)}, not {sorted(wanted)}"
    assert not wrong, wrong


@ONE_ENGINE
def test_head_answers_every_get_without_a_body(target: Target) -> None:
    for path in hostile.reads(target.document):
        got, head = target.http.get(path), target.http.head(path)
        assert (got.status_code, head.status_code) == (200, 200), path
        assert head.content == b"", path
        for name in ("content-type", "etag", "content-length", "link"):
            assert head.headers.get(name) == got.headers.get(name), f"{name} of {path}"


@ONE_ENGINE
@pytest.mark.parametrize("raw", list(hostile.raw()), ids=lambda raw: raw.name)
def test_bytes_that_no_library_sends_are_refused(target: Target, raw: hostile.Raw) -> None:
    before = target.state()
    answer = exchanged(target, raw.sent)
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 "), answer[:200]
    status = int(head.split()[1])
    assert status in raw.status, answer[:500]
    assert CANARY.encode() not in answer.lower()
    if raw.problem:
        assert b"application/problem+json" in head.lower()
        assert json.loads(body)["code"] in codes()
    assert target.state() == before
    assert not target.sick()


def exchanged(target: Target, sent: bytes) -> bytes:
    """Send bytes on a connection of their own, and take all that comes back."""
    with socket.create_connection(("127.0.0.1", urlsplit(target.server.url).port or 0)) as wire:
        wire.settimeout(3)
        found = b""
        sent = sent.replace(b"Host: a", b"Host: a\r\nAuthorization: Bearer " + ADMIN.encode(), 1)
        # It may answer, and close, before it has read all; or wait for more, and say nothing.
        with suppress(OSError):
            wire.sendall(sent)
        with suppress(OSError):
            while part := wire.recv(65_536):
                found += part
                wire.settimeout(1)  # it may be kept open, and nothing more come
        return found


@ONE_ENGINE
@pytest.mark.parametrize(
    "path", [f"/v1/{name}" for name in hostile.SENT] + ["/v1/lexicon/parse"]
)  # fmt: skip
def test_a_body_over_the_limit_is_told_so_however_it_comes(target: Target, path: str) -> None:
    big = b'{"notes": "' + b"a" * hostile.LIMIT + b'"}'
    kind = {"Content-Type": "application/json"}
    whole = target.http.post(path, content=big, headers=kind)
    parts = target.http.post(path, content=(big[n : n + 999] for n in range(0, len(big), 999)),
                             headers=kind)  # fmt: skip
    assert [(one.status_code, one.json()["code"]) for one in (whole, parts)] == [
        (413, "body_too_large")
    ] * 2


@ONE_ENGINE
@pytest.mark.parametrize(
    ("name", "body"),
    {
        "unknown fields": b"{" + b",".join(b'"%x":1' % n for n in range(11_000)) + b"}",
        "dimensions": b'{"document":"a","dimensions":{'
        + b",".join(b'"%X":[]' % n for n in range(9_000)) + b"}}",
        "wrong figures": b'{"document":"a","quantities":[' + b",".join([b"{}"] * 25_000) + b"]}",
    }.items(),
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_thousands_of_faults_are_answered_at_once_with_the_first_hundred(
    target: Target, name: str, body: bytes
) -> None:
    began, kind = time.process_time(), {"Content-Type": "application/json"}
    answer = target.http.post("/v1/claims", content=body, headers=kind)
    assert time.process_time() - began < 4
    assert answer.status_code in (400, 422)
    assert len(answer.json()["errors"]) <= 100


@ONE_ENGINE
def test_megabytes_of_faults_do_not_stop_the_server(serve: Any) -> None:
    client = serve()
    dimensions = b",".join(b'"%X":[]' % n for n in range(250_000))
    body = b'{"document":"a","dimensions":{' + dimensions + b"}}"
    began, kind = time.process_time(), {"Content-Type": "application/json"}
    answer = client.post("/v1/claims", content=body, headers=kind)
    assert time.process_time() - began < 6, "nobody else was answered meanwhile"
    assert answer.status_code in (400, 413, 422)


@ONE_ENGINE
@pytest.mark.parametrize("resource", [*hostile.LISTS, "facets"])
def test_thousands_of_unknown_parameters_are_answered_at_once_with_the_first_hundred(
    target: Target, resource: str
) -> None:
    letters = "abcdefghijklmnopqrstuvwxyz_"
    names = [a + b + c for a in letters for b in letters for c in letters][:2_000]
    began = time.process_time()
    answer = target.http.get(f"/v1/{resource}?" + "&".join(names))
    assert time.process_time() - began < 4
    assert answer.status_code == 422
    assert len(answer.json()["errors"]) <= 100


# ------------------------------------------------------------------------------- what is taken

ODD: dict[str, dict[str, Any]] = {
    "the largest figure": {"value": "1e300", "lower": "-1e300", "upper": "1E+300"},
    "the smallest figure": {"value": "1e-300", "lower": "-1e-300"},
    "zeros of every kind": {"value": "-0.000e-5", "lower": "-0", "upper": "0E99"},
    "a zero with an endless exponent": {"value": "0e99999999999999999999999"},
    "forty digits": {"value": "1234567890123456789012345678901234567890.0"},
    "a thousand characters": {"value": "0." + "7" * 998},
    "an exponent of 900 zeros": {"value": "7e" + "0" * 900 + "5"},
    "upside-down bounds": {"value": "5", "lower": "7", "upper": "6"},
    "figures outside the domain": {"value": "-5"},
    "a thousand years before now": {"value": "1", "stated": "-0044", "period": "Y-170000002/.."},
    "a hedge without a figure": {"hedge": "vague"},
    "an absence with a figure": {"absence": "withheld", "value": "5"},
    "a lexicon of another age": {"value": "5", "lexicon_version": "0", "hedge": "at_least"},
    "a wording nobody reads, with a figure": {"value": "5", "raw_text": "\u202eумптиен 🎉"},
    "fifty dimensions": {"value": "5", "dimensions": {f"d{n}": f"ü{n}'\"\\" for n in range(50)}},
}


def test_what_is_odd_but_right_is_kept_as_it_was_sent(target: Target) -> None:
    claims = []
    for name, odd in ODD.items():
        sent = {**hostile.FULL, "measure": "containers.prk-rus", **odd}
        made = target.http.post("/v1/claims", json=sent)
        assert made.status_code in (200, 201), (name, made.text)
        figure = made.json()["quantities"][0]
        whole = {**made.json(), **figure}
        assert {field: whole.get(field) for field in odd} == odd, name
        claims.append(made.json())
    assert not target.sick()
    for claim in claims:
        _stays_in_hand(target, claim)


def _stays_in_hand(target: Target, claim: dict[str, Any]) -> None:
    """What was taken is taken again: as it was answered, in a patch, and to be withdrawn."""
    path, tag = f"/v1/claims/{claim['id']}", {"If-Match": "*"}
    derived = ("version", "recorded_at", "status", "content_hash", "similar")
    again = {name: value for name, value in claim.items() if name not in derived}
    same = target.http.put(path, json=again, headers=tag)
    assert (same.status_code, same.json().get("version")) == (200, claim["version"]), same.text
    assert target.http.patch(path, json={"notes": "seen"}, headers=tag).status_code == 200
    gone = target.http.delete(f"{path}?reason=odd", headers=tag)
    assert gone.status_code == 200, gone.text


@pytest.mark.parametrize("count", [97, 98, 99, 100])
def test_a_claim_with_the_most_relayers_stays_in_hand(target: Target, count: int) -> None:
    sent = {**hostile.CLAIM, "via": ["ap"] * count}
    made = target.http.post("/v1/claims", json=sent)
    assert made.status_code in (201, 422), made.text
    if made.status_code == 201:
        _stays_in_hand(target, made.json())


def test_a_circle_of_affiliations_or_relations_hangs_nothing(target: Target) -> None:
    for id, above in (("loop-a", None), ("loop-b", "loop-a"), ("loop-c", "loop-b")):
        sent = {"id": id, "name": id, "affiliation": above}
        assert target.http.post("/v1/sources", json=sent).status_code == 201
    tag = {"If-Match": "*"}
    closed = target.http.patch("/v1/sources/loop-a", json={"affiliation": "loop-c"}, headers=tag)
    assert closed.status_code in (200, 422)
    claim = {**hostile.CLAIM, "id": "circle", "claimant": "loop-b"}
    assert target.http.post("/v1/claims", json=claim).status_code == 201
    other = {**claim, "id": "circle-2", "relations": [{"predicate": "denies", "object": "circle"}]}
    assert target.http.post("/v1/claims", json=other).status_code == 201
    back = {"relations": [{"predicate": "denies", "object": "circle-2"}] * 2}
    assert target.http.patch("/v1/claims/circle", json=back, headers=tag).status_code == 200
    for path in (
        "/v1/claims/circle/provenance",
        "/v1/claims/circle/relations",
        "/v1/claims?claimant_root=loop-a",
        "/v1/claims?origin_root=loop-c",
        "/v1/sources?root=loop-b",
    ):
        assert target.http.get(path).status_code == 200, path
    assert not target.sick()


def test_what_a_claim_includes_is_not_stored_where_the_claim_is_refused(target: Target) -> None:
    sources = [{"id": f"half-{n}", "name": "x"} for n in range(3)]
    measures = [{"id": "half-m", "unit": "x"}]
    sent = {**hostile.CLAIM, "included": {"sources": sources, "measures": measures}}
    before = target.state()
    for bad in (
        {"measure": "half-m", "raw_text": "umpteen"},
        {"claimant": "half-9"},
        {"document": "half-1"},
        {"relations": [{"predicate": "denies", "object": "half-0"}]},
        {"id": hostile.STORED["claims"], "raw_text": "9,999"},
    ):
        assert target.http.post("/v1/claims", json={**sent, **bad}).status_code in (409, 422)
        assert target.state() == before
    assert target.http.get("/v1/sources/half-0").status_code == 404


def test_an_export_of_a_moment_before_everything_is_empty(target: Target) -> None:
    for moment in ("1969-12-31T23:59:59Z", "1970-01-01T00:00:00Z", "1970-01-01T00:00:00.000001Z"):
        answer = target.http.get(f"/v1/export?as_of={moment}")
        assert (answer.status_code, len(answer.content.splitlines())) == (200, 1), moment


def test_what_is_imported_comes_back_as_it_was_sent_in_every_format(target: Target) -> None:
    """A JSON array, JSONL and CSV with the same claim make the same claim."""
    claim = {**hostile.CLAIM, "value": "1.50", "dimensions": {"a": "007", "b": 7}, "notes": "=1+1"}
    line = {"type": "claim", **claim}
    flat = "document,claimant,measure,raw_text,value,dim.a,dim.b,notes\n" + (
        'daily-digest-article,shin-won-sik,containers.prk-rus,"7,001",1.50,007,7,=1+1\n'
    )
    first = posted(target, "claims", hostile.encoded(claim))
    for kind, body in (
        ("application/jsonl", json.dumps(line)),
        ("application/json", json.dumps([line])),
        ("text/csv", flat),
    ):
        answer = target.http.post(
            "/v1/imports", content=body, headers={"Content-Type": kind, "Accept": "*/*"}
        )
        assert answer.status_code == 201, answer.text
        assert answer.json()["unchanged"] == 1, f"{kind} is another claim: {answer.text}"
    [kept] = target.http.get(f"/v1/claims/{first['id']}/revisions").json()["items"]
    assert {name: value for name, value in kept.items() if name != "recorded_by"} == first


def test_a_patch_says_what_it_cannot_take_or_takes_it(target: Target) -> None:
    """`included` and `via` are no stored fields: sent with PATCH they count, or are refused."""
    made = target.http.post("/v1/claims", json={**hostile.CLAIM, "id": "patched", "via": ["ap"]})
    assert made.status_code == 201, made.text
    path, tag = "/v1/claims/patched", {"If-Match": "*"}
    included = {"sources": [{"id": "with-patch", "name": "x"}]}
    answer = target.http.patch(path, json={"included": included}, headers=tag)
    stored = target.http.get("/v1/sources/with-patch").status_code
    assert (answer.status_code, stored) in ((200, 200), (422, 404)), "included was dropped"
    answer = target.http.patch(path, json={"via": None}, headers=tag)
    hops = [hop["source"] for hop in target.http.get(path).json()["attributions"]]
    assert answer.status_code == 422 or "ap" not in hops, "via: null was ignored"


# ------------------------------------------------------------------------------- round trips

EXAMPLES = settings(
    max_examples=25 if AT_LENGTH else 9, deadline=None, derandomize=True, database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)  # fmt: skip
DIGITS = "0123456789"


@st.composite
def figures(draw: st.DrawFn) -> str:
    """Any figure of the grammar: up to 1000 characters, within 1e±300."""
    sign = draw(st.sampled_from(["", "-"]))
    whole = draw(st.one_of(
        st.just("0"), st.integers(1, 10**40).map(str),
        st.text(DIGITS, min_size=200, max_size=280).map(lambda text: "9" + text),
    ))  # fmt: skip
    part = draw(st.one_of(
        st.just(""), st.text(DIGITS, min_size=1, max_size=40),
        st.text(DIGITS, min_size=300, max_size=680),
    ))  # fmt: skip
    text = sign + whole + ("." + part if part else "")
    if draw(st.booleans()):
        digits = (whole + part).lstrip("0")
        # Where the first digit stands, so that the exponent may take it to either end.
        first = len(digits) - len(part) - 1 if digits else 0
        power = draw(st.integers(-299 - first, 298 - first))
        plus = draw(st.sampled_from(["", "+"])) if power >= 0 else ""
        zeros = draw(st.sampled_from(["", "0", "00"]))
        shown = f"-{zeros}{-power}" if power < 0 else f"{plus}{zeros}{power}"
        text += draw(st.sampled_from("eE")) + shown
    return text


SENT = st.tuples(figures(), st.booleans()).filter(lambda pair: pair != ("-0", True))


def test_a_minus_zero_keeps_its_sign_or_is_refused(target: Target) -> None:
    start = json.dumps({**hostile.FULL, "measure": "containers.prk-rus", "notes": "-0 -0"})[:-1]
    json_type = {"content-type": "application/json"}
    for number in ("-0", "-0 "):
        body = f'{start}, "value": {number}}}'
        refused = target.http.post("/v1/claims", content=body, headers=json_type)
        assert refused.status_code == 400
    for kept in ('"-0"', "-0.0", "-0e5"):
        made = posted(target, "claims", f'{start}, "value": {kept}}}'.encode())
        assert made["quantities"][0]["value"] == kept.strip('"')


@given(st.lists(SENT, min_size=1, max_size=12))
@EXAMPLES
def test_a_figure_comes_back_digit_for_digit(target: Target, sent: list[tuple[str, bool]]) -> None:
    """As a string or as a JSON number, in the claim, its list, its versions, and the flat rows."""
    shown = [text if bare else f'"{text}"' for text, bare in sent]
    rows = ",".join(
        f'{{"measure":"containers.prk-rus","value":{one},"lower":{one},"interval_level":{one}}}'
        for one in shown
    )
    whole = json.dumps({**hostile.FULL, "utterance": "digits"})[:-1] + f', "quantities":[{rows}]}}'
    texts = [text for text, _ in sent]
    made = posted(target, "claims", whole.encode())
    path = f"/v1/claims/{made['id']}"
    listed = target.http.get("/v1/claims?utterance=digits&limit=1000").json()["items"]
    flat = target.http.get("/v1/quantities?utterance=digits&limit=1000").json()["items"]
    for found in (
        made["quantities"],
        target.http.get(path).json()["quantities"],
        target.http.get(f"{path}/revisions").json()["items"][0]["quantities"],
        next(row["quantities"] for row in listed if row["id"] == made["id"]),
        [row for row in flat if row["claim"] == made["id"]],
    ):
        for field in ("value", "lower", "interval_level"):
            assert [row[field] for row in found] == texts


@given(figures(), figures(), st.booleans())
@EXAMPLES
def test_a_domain_comes_back_digit_for_digit_or_is_refused(
    target: Target, low: str, high: str, bare: bool
) -> None:
    quote_ = "" if bare else '"'
    ends = f', "domain_min": {quote_}{low}{quote_}, "domain_max": {quote_}{high}{quote_}}}'
    body = json.dumps({"id": f"domain-{abs(hash((low, high)))}", "unit": "x"})[:-1] + ends
    answer = target.http.post(
        "/v1/measures", content=body, headers={"Content-Type": "application/json"}
    )
    if answer.status_code not in (400, 422):  # 400: a bare -0, whose sign JSON readers drop
        assert (answer.json()["domain_min"], answer.json()["domain_max"]) == (low, high)


def posted(target: Target, resource: str, body: bytes) -> dict[str, Any]:
    """What is stored of a document that is right."""
    answer = target.http.post(
        f"/v1/{resource}", content=body, headers={"Content-Type": "application/json"}
    )
    assert answer.status_code in (200, 201), answer.text
    found: dict[str, Any] = answer.json()
    return found


ANY_TEXT = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1, max_size=200
)
HARD = st.sampled_from([
    "e\u0301", "\u00e9", "\ufb01", "\u1e9e", "\u0130", "\ud55c\uad6d\uc5b4", "\u1112\u1161\u11ab",
    "\u202eabc\u202c", "\u200b", "\ufeff", "\u2028\u2029", "\x7f\x85\xa0", "\r\n\t", "\x01\x1b[0m",
    "\U0001f469\u200d\U0001f680", "\U0010ffff", "\ufffd\ufffe\uffff", "'\"\\/%_;--", "</script>",
    "\u0345\u0390", "A\u030a\u212b", " \u3000 ", "\ufdfa" * 100,
])  # fmt: skip
TEXTS = st.one_of(HARD, ANY_TEXT)
PLAIN_TEXTS = TEXTS.map(lambda text: "".join(c for c in text if c >= " ") or "x")


@given(TEXTS, TEXTS, TEXTS, PLAIN_TEXTS)
@EXAMPLES
def test_any_text_comes_back_code_point_for_code_point(
    target: Target, one: str, two: str, three: str, plain: str
) -> None:
    claim = {
        **hostile.FULL, "statement": one, "notes": two, "locator": three, "cue": one,
        "modal_cue": two, "quote": {"exact": one, "prefix": two, "suffix": three},
        "tags": [plain], "inferred": [three], "utterance": "texts",
        "quantities": [{"measure": "containers.prk-rus", "value": "1", "raw_text": one,
                        "reading_note": two, "dimensions": {"text": plain}}],
        "attributions": [
            {"source": "daily-digest-article", "role": "document", "position": 0,
             "basis": "stated", "wording": one},
            {"source": "shin-won-sik", "role": "speaker", "position": 1, "basis": "stated",
             "cue": two, "name_as_given": three},
        ],
    }  # fmt: skip
    claim["attributions"] = [
        {name: value for name, value in hop.items() if (name, value) != ("basis", "stated")}
        for hop in claim["attributions"]
        if isinstance(hop, dict)
    ]
    made = posted(target, "claims", hostile.encoded(claim))
    path = f"/v1/claims/{made['id']}"
    listed = target.http.get("/v1/claims?utterance=texts&limit=1000").json()["items"]
    flat = target.http.get("/v1/quantities?utterance=texts&limit=1000").json()["items"]
    sent_figure = claim.pop("quantities")[0]  # type: ignore[index]
    for found in (
        made,
        target.http.get(path).json(),
        next(row for row in listed if row["id"] == made["id"]),
    ):
        assert {name: found[name] for name in claim} == claim
        assert {name: found["quantities"][0][name] for name in sent_figure} == sent_figure
    row = next(row for row in flat if row["claim"] == made["id"])
    assert {name: row[name] for name in sent_figure} == sent_figure
    found = target.http.get("/v1/claims", params={"tag": plain, "utterance": "texts"}).json()
    assert made["id"] in [row["id"] for row in found["items"]]


@given(TEXTS, TEXTS, st.integers(0, 10**9))
@EXAMPLES
def test_names_reasons_and_changes_come_back_code_point_for_code_point(
    target: Target, one: str, two: str, n: int
) -> None:
    tag = {"If-Match": "*"}
    for resource, sent in (
        ("sources", {"id": f"t-{n}", "name": one, "aliases": [two, one], "notes": two}),
        ("measures", {"id": f"t-{n}", "unit": one[:100], "name": two, "definition": one}),
        ("assessments", {**hostile.ASSESSMENT, "id": f"t-{n}", "comment": one}),
    ):
        path = f"/v1/{resource}/t-{n}"
        answer = target.http.put(path, content=hostile.encoded(sent), headers={
            "Content-Type": "application/json",
            **({"If-None-Match": "*"} if target.http.get(path).status_code == 404 else tag),
        }) if resource != "assessments" else target.http.post(
            f"/v1/{resource}", content=hostile.encoded(sent),
            headers={"Content-Type": "application/json"},
        )  # fmt: skip
        assert answer.status_code in (200, 201, 409), answer.text
        if answer.status_code == 409:
            continue
        found = target.http.get(path).json()
        assert {name: found[name] for name in sent} == sent
    if (why := two.strip()) and len(why) > 1:
        gone = target.http.delete(f"/v1/measures/t-{n}", params={"reason": two}, headers=tag)
        assert gone.status_code == 200, gone.text
        assert gone.json()["reason"] == two


YEARS = st.one_of(
    st.integers(0, 9999).map(lambda year: f"{year:04}"),
    st.integers(1, 9999).map(lambda year: f"-{year:04}"),
    st.sampled_from(["197X", "19XX", "XXXX", "-19XX", "1X7X"]),
)
DAYS = st.one_of(
    YEARS,
    st.builds("{}-{:02}".format, YEARS, st.one_of(st.integers(1, 12), st.integers(21, 41))),
    st.builds("{}-{:02}-{:02}".format, YEARS, st.integers(1, 12), st.integers(1, 28)),
    st.sampled_from(["2024-XX-26", "2024-02-XX", "2024-02-29", "Y170000002", "Y-1E9",
                     "2024-02-26T10:00:00Z", "2024-02-26T23:59:60+09:00"]),
)  # fmt: skip
MARKED = st.builds("{}{}".format, DAYS.filter(lambda day: "T" not in day), st.sampled_from("?~%"))
EDTF = st.one_of(
    DAYS, MARKED, st.builds("{}/..".format, DAYS.filter(lambda day: "T" not in day)),
    st.builds("../{}".format, YEARS), st.builds("{}/".format, YEARS),
    st.builds("/{}".format, YEARS),
    st.builds("[..{}]".format, YEARS), st.builds("[{}..]".format, YEARS),
    st.builds("{{{},{}}}".format, YEARS, YEARS), st.builds("[{},{}]".format, YEARS, YEARS),
)  # fmt: skip


@given(EDTF, EDTF, EDTF)
@EXAMPLES
def test_a_date_comes_back_as_it_was_written(
    target: Target, stated: str, published: str, period: str
) -> None:
    sent = {"stated": stated, "published": published, "period": period}
    answer = target.http.post("/v1/claims", json={**hostile.FULL, "utterance": "dates", **sent})
    assert answer.status_code in (200, 201), answer.text
    found = target.http.get(f"/v1/claims/{answer.json()['id']}").json()
    assert {name: found[name] for name in sent} == sent
    for name, written in (("stated", stated), ("published", published)):
        value = written.rstrip("?~%")  # a question is not qualified
        inside = target.http.get("/v1/claims", params={name: value, "utterance": "dates",
                                                       "limit": 1000})  # fmt: skip
        assert found["id"] in [row["id"] for row in inside.json()["items"]]
