"""A corpus of hostile requests, each with the answer that a careful API gives.

It only grows: a request that once broke something stays here. Most of it is generated, over every
field of every shape and every parameter of every list, so that a new field is attacked as well.
"""

import base64
import json
import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

from jsonschema import Draft202012Validator

from app.models.filters import FACETS, FILTERS, SORTS

CANARY = "canary7f3a"
"""Planted wherever it can be; no error may repeat it, but for pointers and parameter names."""

JSON = ("Content-Type", "application/json")
MERGE = ("Content-Type", "application/merge-patch+json")
ANY_VERSION = ("If-Match", "*")
LIMIT = 100_000
"""The largest body that the server under attack takes."""

LISTS = ("sources", "measures", "claims", "assessments", "quantities")
STORED = {
    "sources": "reuters",
    "measures": "containers.prk-rus",
    "claims": "shin-2024-03-containers",
    "assessments": "a-example",
}
IDS = {**STORED, "mappings": "log", "keys": "zzzzzzzz", "utterances": "shin-2024-02-26-briefing"}
"""Something for every path that takes an id: there is no such key."""

SOURCE = {"id": "s-new", "name": "New", "kind": "person"}
MEASURE = {"id": "m-new", "unit": "{thing}"}
CLAIM = {
    "document": "daily-digest-article",
    "claimant": "shin-won-sik",
    "measure": "containers.prk-rus",
    "raw_text": "7,001",
}
ASSESSMENT = {"target": "sources/reuters", "assessor": "desk", "comment": "careful"}
PHRASE = {"text": "roughly 6,700", "measure": "containers.prk-rus"}
SENT: dict[str, dict[str, Any]] = {
    "sources": SOURCE,
    "measures": MEASURE,
    "claims": CLAIM,
    "assessments": ASSESSMENT,
}
SHAPES = {
    "sources": "SourceIn",
    "measures": "MeasureIn",
    "claims": "ClaimSent",
    "assessments": "AssessmentIn",
}


@dataclass(frozen=True)
class Attack:
    """One hostile request, and the statuses that answer it well (the first is the best)."""

    name: str
    method: str
    target: str
    status: tuple[int, ...]
    body: bytes | None = None
    headers: tuple[tuple[str, str], ...] = ()
    pointer: str | None = None
    parameter: str | None = None
    empty: bool = False

    def but(self, **changed: Any) -> "Attack":
        """The same attack with something else."""
        return replace(self, **changed)


def encoded(value: Any) -> bytes:
    """A value as JSON; what Python's own reader would repair is written as it stands."""
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")


@dataclass(frozen=True)
class Door:
    """One way to send a body: a path and a method, with a document that it would take."""

    method: str
    target: str
    sent: dict[str, Any]
    headers: tuple[tuple[str, str], ...] = (JSON,)

    def attack(self, name: str, status: int | tuple[int, ...], body: Any, **more: Any) -> Attack:
        raw = body if isinstance(body, bytes) else encoded(body)
        wanted = status if isinstance(status, tuple) else (status,)
        headers = more.pop("headers", self.headers)
        return Attack(f"{self}: {name}", self.method, self.target, wanted, raw, headers, **more)

    def __str__(self) -> str:
        return f"{self.method} {self.target.removeprefix('/v1/')}"


POSTS = {name: Door("POST", f"/v1/{name}", sent) for name, sent in SENT.items()}
PUTS = {
    name: Door("PUT", f"/v1/{name}/{STORED[name]}", {**sent, "id": STORED[name]},
               (JSON, ANY_VERSION))
    for name, sent in SENT.items() if name != "assessments"
}  # fmt: skip
PATCHES = {
    name: Door("PATCH", f"/v1/{name}/{STORED[name]}", {"notes": "x"}, (MERGE, ANY_VERSION))
    for name in PUTS
}
PARSE = Door("POST", "/v1/lexicon/parse", PHRASE)
SCAN = Door("POST", "/v1/lexicon/scan", PHRASE)
KEYS = Door("POST", "/v1/keys", {"name": "x", "scopes": ["read"]})
QUOTE = Door("POST", f"/v1/claims/{STORED['claims']}/quote", {"text": "x"})
DOORS = (*POSTS.values(), *PUTS.values(), *PATCHES.values(), PARSE, SCAN, QUOTE, KEYS)


# ------------------------------------------------------------------------------- broken JSON

_C = CANARY.encode()
BROKEN: dict[str, bytes] = {
    "an empty body": b"",
    "only spaces": b" \n\t ",
    "an open brace": b"{",
    "a lone quote": b'{"' + _C,
    "single quotes": b"{'id': '" + _C + b"'}",
    "a key without quotes": b"{" + _C + b": 1}",
    "a trailing comma": b'{"id": "' + _C + b'",}',
    "a comment": b'{"id": 1 /* ' + _C + b" */}",
    "garbage after the value": b'{"id": "a"} ' + _C,
    "two values": b'{"id": "a"}{"id": "b"}',
    "a key twice": b'{"' + _C + b'": 1, "' + _C + b'": 2}',
    "a key twice, once in escapes": b'{"name": "a", "\\u006eame": "b"}',
    "a key twice deep inside": b'{"a": [{"' + _C + b'": 1, "' + _C + b'": 1}]}',
    "a key twice that reads like a message": b'{"x at line 1 key": 1, "x at line 1 key": 2}',
    "NaN": b'{"value": NaN}',
    "Infinity": b'{"value": Infinity}',
    "minus Infinity": b'{"value": -Infinity}',
    "nan in lower case": b'{"value": nan}',
    "a lone high surrogate": b'{"name": "' + _C + b'\\ud800"}',
    "a lone low surrogate": b'{"name": "\\udc00' + _C + b'"}',
    "a surrogate pair reversed": b'{"name": "\\ude00\\ud83d"}',
    "a lone surrogate in a key": b'{"' + _C + b'\\ud800": 1}',
    "a NUL in a string": b'{"name": "' + _C + b'\\u0000"}',
    "a NUL in a key": b'{"' + _C + b'\\u0000": 1}',
    "a NUL in a list in a list": b'{"aliases": [["' + _C + b'\\u0000"]]}',
    "a NUL byte": b'{"name": "' + _C + b'\x00"}',
    "a line break inside a string": b'{"name": "' + _C + b'\n"}',
    "a byte order mark": b'\xef\xbb\xbf{"name": "' + _C + b'"}',
    "UTF-16 with its mark": json.dumps({"name": CANARY}).encode("utf-16"),
    "UTF-16 without a mark": json.dumps({"name": CANARY}).encode("utf-16-be"),
    "UTF-32": json.dumps({"name": CANARY}).encode("utf-32"),
    "Latin-1": b'{"name": "' + _C + b'\xe9"}',
    "an overlong NUL": b'{"name": "' + _C + b'\xc0\x80"}',
    "a surrogate as three bytes": b'{"name": "' + _C + b'\xed\xa0\x80"}',
    "beyond the last code point": b'{"name": "' + _C + b'\xf4\x90\x80\x80"}',
    "UTF-8 cut in two": b'{"name": "' + _C + b'\xe2\x82"}',
    "lists 45,000 deep": b"[" * 45_000 + b"]" * 45_000,
    "lists 45,000 deep that never close": b"[" * 45_000,
    "objects 15,000 deep": b'{"a":' * 15_000 + b"1" + b"}" * 15_000,
    "lists 33 deep in a field": b'{"notes": ' + b"[" * 33 + b"]" * 33 + b"}",
    "an integer of 10,000 digits": b'{"value": ' + b"7" * 10_000 + b"}",
    "a number with leading zeros": b'{"value": 007}',
    "a number with a plus": b'{"value": +5}',
    "a number that ends in its point": b'{"value": 1.}',
    "a number that starts with its point": b'{"value": .5}',
    "a number without its exponent": b'{"value": 5e}',
    "a lone minus": b'{"value": -}',
    "a number in hex": b'{"value": 0x1F}',
    "a number with an underscore": b'{"value": 1_000}',
    "digits of another script": '{"value": ٣}'.encode(),
    "True": b'{"preferred": True}',
    "undefined": b'{"value": undefined}',
    "half a word": b'{"value": nul}',
    "an escape that is none": b'{"name": "\\x41"}',
    "an escape cut short": b'{"name": "\\u12"}',
    "spaces that JSON has not": b'\x0b{"name": "a"}\x0c',
    "a form": b"name=" + _C,
    "XML": b"<name>" + _C + b"</name>",
    "a gzip of something": b"\x1f\x8b\x08\x00" + _C,
}
NO_OBJECT: dict[str, bytes] = {
    "a list": b"[]",
    "a list of an object": b'[{"id": "a"}]',
    "null": b"null",
    "true": b"true",
    "a string": b'"' + _C + b'"',
    "a number": b"17",
    "a huge number": b"1e999",
}


def broken_json() -> Iterator[Attack]:
    """JSON that is none, or not what RFC 8259 and I-JSON call interoperable: 400."""
    for n, door in enumerate(DOORS):
        # One reader serves all doors: four meet everything, the others a different part each.
        whole = door in (POSTS["claims"], PUTS["claims"], PATCHES["claims"], PARSE)
        for name, body in [*BROKEN.items()][0 if whole else n % 5 :: 1 if whole else 5]:
            yield door.attack(name, 400, body)


def no_object() -> Iterator[Attack]:
    """JSON, but not an object: 422."""
    for door in DOORS:
        for name, body in NO_OBJECT.items():
            yield door.attack(name, (422, 400), body)


KINDS = {
    "none": "",
    "plain text": "text/plain",
    "XML": "application/xml",
    "a form": "application/x-www-form-urlencoded",
    "multipart": f"multipart/form-data; boundary={CANARY}",
    "JSON Patch": "application/json-patch+json",
    "another JSON": f"application/{CANARY}+json",
    "two kinds": "application/json, text/plain",
    "no kind": "application",
    "only a parameter": "; charset=utf-8",
    "JSON in UTF-16": "application/json; charset=utf-16",
    "JSON in Latin-1": "application/json;charset=ISO-8859-1",
    "JSON in a charset nobody knows": f"application/json; charset={CANARY}",
    "JSON in a charset that only mentions UTF-8": "application/json; charset=utf-16; x=utf-8",
}


def wrong_kinds() -> Iterator[Attack]:
    """Bodies that say they are something else: 415, however good their JSON is."""
    for door in DOORS:
        rest = tuple(header for header in door.headers if header[0] != "Content-Type")
        for name, kind in KINDS.items():
            if door is QUOTE and kind == "text/plain":
                continue  # the text itself, which is taken as it is
            headers = (("Content-Type", kind), *rest) if kind else rest
            yield door.attack(f"content type {name}", 415, door.sent, headers=headers)
        if door.method != "PATCH":
            yield door.attack("a merge patch", 415, door.sent, headers=(MERGE, *rest))


# ------------------------------------------------------------------------------- wrong values

PROBES: dict[str, Any] = {
    "null": None,
    "true": True,
    "17": 17,
    "-1": -1,
    "1.5": 1.5,
    "2^63": 2**63,
    "a 300-digit integer": 10**299,
    "an empty string": "",
    "a word": f"{CANARY} Ω",
    "a control character": f"{CANARY}\x01",
    "a long string": CANARY * 2_500,
    "an empty list": [],
    "a list": [CANARY],
    "a list of null": [None],
    "an object": {CANARY: CANARY},
    "an empty object": {},
}


def wrong_types(document: dict[str, Any]) -> Iterator[Attack]:
    """Every field of every shape, with every type that its schema does not allow: 422, and where.

    What the schema allows is not hostile; it is left to the contract's own tests.
    """
    for resource, shape in SHAPES.items():
        yield from _wrong_in(document, POSTS[resource], shape, POSTS[resource].sent, "")
    for part, (whole, pointer) in PARTS.items():
        at = tuple(_path(pointer))
        yield from _wrong_in(document, POSTS["claims"], "ClaimSent", whole, pointer, part, at)
    yield from _wrong_in(document, PARSE, "Phrase", PHRASE, "")
    yield from _wrong_in(document, SCAN, "PlainText", PHRASE, "")


FULL = {"document": "daily-digest-article", "claimant": "shin-won-sik"}
PARTS: dict[str, tuple[dict[str, Any], str]] = {
    "QuantityIn": (
        FULL | {"quantities": [{"measure": "containers.prk-rus", "raw_text": "7,001"}]},
        "/quantities/0",
    ),
    "Attribution": (
        FULL | {"attributions": [{"source": "daily-digest-article", "role": "document"},
                                 {"source": "shin-won-sik", "role": "speaker"}]},
        "/attributions/1",
    ),
    "Relation": (
        FULL | {"relations": [{"predicate": "supports", "object": "shin-2024-03-containers"}]},
        "/relations/0",
    ),
    "Quote": (FULL | {"quote": {"exact": "x", "start": 1, "end": 2}}, "/quote"),
    "SourceIn": (FULL | {"included": {"sources": [SOURCE]}}, "/included/sources/0"),
    "MeasureIn": (FULL | {"included": {"measures": [MEASURE]}}, "/included/measures/0"),
}  # fmt: skip


def fields_of(schemas: dict[str, Any], shape: str) -> dict[str, Any]:
    """The fields of a shape, with those of the shapes that it is made from."""
    found: dict[str, Any] = {}
    for part in schemas[shape].get("allOf", [schemas[shape]]):
        base = part.get("$ref", "").rpartition("/")[2]
        found |= fields_of(schemas, base) if base else part.get("properties", {})
    return found


def _path(pointer: str) -> Iterator[str | int]:
    for part in pointer.split("/")[1:]:
        yield int(part) if part.isdigit() else part


def _wrong_in(
    document: dict[str, Any],
    door: Door,
    shape: str,
    whole: dict[str, Any],
    pointer: str,
    part: str = "",
    at: tuple[str | int, ...] = (),
) -> Iterator[Attack]:
    schemas = document["components"]["schemas"]
    for field, schema in fields_of(schemas, part or shape).items():
        allowed = Draft202012Validator({**schema, "components": {"schemas": schemas}})
        for name, value in PROBES.items():
            if not allowed.is_valid(value):
                label = f"{part + ' ' if part else ''}{field} is {name}"
                sent = placed(whole, (*at, field), value)
                yield door.attack(label, 422, sent, pointer=f"{pointer}/{field}")


def placed(whole: Any, path: tuple[str | int, ...], value: Any) -> Any:
    """A copy of a document with one value put at a path."""
    if not path:
        return value
    copy: Any = list(whole) if isinstance(whole, list) else dict(whole)
    if isinstance(path[0], int):
        copy[path[0]] = placed(copy[path[0]], path[1:], value)
    else:
        copy[path[0]] = placed(copy.get(path[0]), path[1:], value)
    return copy


OWNED = {
    "version": 7, "recorded_at": "2020-01-01T00:00:00.000000Z", "status": "withdrawn",
    "reason": CANARY, "content_hash": "0" * 64, "recorded_to": 1, "recorded": True, "doc": "{}",
    "search": CANARY, "match": "certain", CANARY: 1, "__class__": CANARY, "": 1, "a/b~c": 1,
    "class_": "agent",
}  # fmt: skip


def unknown_fields() -> Iterator[Attack]:
    """What the server owns, and what nobody knows, is not taken from a writer: 422, and where."""
    for door in DOORS:
        for field, value in OWNED.items():
            escaped = field.replace("~", "~0").replace("/", "~1")
            sent = {**door.sent, field: value}
            yield door.attack(f"a field {field!r}", 422, sent, pointer=f"/{escaped}")
        if door.method == "PATCH":
            for field in (CANARY, "version", "status"):
                sent = {field: None}
                yield door.attack(f"{field!r} set to null", 422, sent, pointer=f"/{field}")
    for part, (whole, pointer) in PARTS.items():
        sent = placed(whole, (*_path(pointer), CANARY), CANARY)
        label = f"a field of {part} that nobody knows"
        yield POSTS["claims"].attack(label, 422, sent, pointer=f"{pointer}/{CANARY}")


def _hops(count: int) -> list[dict[str, Any]]:
    first = {"source": "daily-digest-article", "role": "document"}
    return [first, *({"source": "ap", "role": "relayer"} for _ in range(count - 1))]


_FIGURE = {"measure": "containers.prk-rus", "value": "1"}
LONG: dict[str, dict[str, Any]] = {
    "sources": {
        "name": "n" * 501, "job_title": "j" * 501, "title": "t" * 501, "notes": "n" * 20_001,
        "aliases": ["a"] * 101, "same_as": ["urn:a"] * 101, "url": "https://a/" + "u" * 2_000,
        "language": "en" + "-abcdefgh" * 4, "id": "i" * 129, "affiliation": "a" * 129,
        "date": "2024" + "?" * 100, "content_sha256": "0" * 65, "country": "KOR",
    },
    "measures": {
        "unit": "u" * 101, "name": "n" * 501, "definition": "d" * 20_001, "unit_label": "l" * 501,
        "domain_min": "0." + "1" * 999, "domain_max": "1" + "0" * 1_000, "id": "i" * 129,
    },
    "claims": {
        "statement": "s" * 20_001, "notes": "n" * 20_001, "locator": "l" * 501, "cue": "c" * 501,
        "raw_text": "1" * 501, "value": "0." + "1" * 999, "stated": "2024" + "?" * 100,
        "tags": ["t"] * 101, "inferred": ["i"] * 101, "via": ["ap"] * 101,
        "dimensions": {f"d{n}": n for n in range(51)}, "utterance": "u" * 129,
        "reading_note": "r" * 20_001, "lexicon_version": "1" * 501, "unit": "u" * 101,
    },
    "assessments": {"comment": "c" * 20_001, "assessor": "a" * 129, "id": "i" * 129},
}  # fmt: skip


def too_long() -> Iterator[Attack]:
    """One more than the most that is taken: 422, and where."""
    for resource, fields in LONG.items():
        for field, value in fields.items():
            sent = {**POSTS[resource].sent, field: value}
            yield POSTS[resource].attack(f"{field} too long", 422, sent, pointer=f"/{field}")
    lists: dict[str, list[Any]] = {
        "quantities": [{**_FIGURE, "slot": n} for n in range(1, 202)],
        "attributions": _hops(101),
        "relations": [{"predicate": "supports", "object": "a"}] * 201,
        "tags": ["t" * 201],
        "inferred": [""],
    }
    for field, value in lists.items():
        sent = {**FULL, field: value}
        label = f"{field}, {len(value)} of them"
        yield POSTS["claims"].attack(label, 422, sent, pointer=f"/{field}")
    for field, one in (("sources", SOURCE), ("measures", MEASURE)):
        sent = FULL | {"included": {field: [one] * 201}}
        label = f"included {field} too long"
        yield POSTS["claims"].attack(label, 422, sent, pointer=f"/included/{field}")
    yield PARSE.attack("501 characters", 422, {"text": "1" * 501}, pointer="/text")


BAD_SLUGS = (
    "", " ", "-a", ".", "..", "../a", "A", "Canary7f3a", "a b", "a/b", "a%2Fb", "ä", "a\n",
    "a\u0301",
    "\u0430", "a" * 129, "1\u00b2", "a'--", "a\x7f", "\u202ea", "a\u200b", ":a", "_a",
)  # fmt: skip


def bad_slugs() -> Iterator[Attack]:
    """Ids that are none, wherever one is asked for: 422, and where."""
    one_of_many = {
        "sources": ("id", "affiliation", "author", "publisher"),
        "measures": ("id",),
        "claims": ("id", "claimant", "document", "measure", "utterance"),
        "assessments": ("id", "assessor"),
    }
    for resource, fields in one_of_many.items():
        for field in fields:
            for bad in BAD_SLUGS:
                sent = {**SENT[resource], field: bad}
                door = POSTS[resource]
                yield door.attack(f"{field} is {bad[:20]!r}", 422, sent, pointer=f"/{field}")
    for bad in BAD_SLUGS:
        sent = {**CLAIM, "via": ["ap", bad]}
        yield POSTS["claims"].attack(f"via is {bad[:20]!r}", 422, sent, pointer="/via/1")
        for kind in ("sources", "claims", "quantities", ""):
            if (kind, bad) in (("", "a/b"),):
                continue
            sent = {**ASSESSMENT, "target": f"{kind}/{bad}"}
            label = f"target is {kind}/{bad[:20]!r}"
            yield POSTS["assessments"].attack(label, 422, sent, pointer="/target")


BAD_DATES = (
    "99999", "2024-13", "2024-00", "2024-02-30", "2023-02-29", "2024-1", "24", "2024/2023",
    "2024-02-26T25:00:00Z", "44 BCE", "-0000", "+2024", "2024-W05", "2024-060", "20240226",
    "2024-02-26 ", " 2024", "２０２４", "٢٠٢٤", "2024—02", "[2024", "[]", "{}", "[..]", "/",
    "2024/2025/2026", "Y2024", "Y99999999999999999999", "Y1E99", "2024-99-99", "yesterday",
    f"{CANARY}", "2024-02-26\n", "0x7E8", "1e3", "NaN", "2024-", "--02", "X" * 99, "[2024,]",
    "[2024..2023]", "2024-02/..-03", "null", "2024\u20102",
)  # fmt: skip


def bad_dates() -> Iterator[Attack]:
    """Dates that no calendar has, in every field and filter that takes one: 422, and where."""
    for bad in BAD_DATES:
        for field in ("stated", "published", "period", "date"):
            sent = {**CLAIM, field: bad}
            yield POSTS["claims"].attack(f"{field} is {bad[:30]!r}", 422, sent, pointer=f"/{field}")
        sent = {**SOURCE, "date": bad}
        yield POSTS["sources"].attack(f"date is {bad[:30]!r}", 422, sent, pointer="/date")
        for name in ("stated", "published__gte", "known_by", "period__overlaps", "date__lt"):
            yield asked("claims", name, bad, 422)
    for open_end in ("2024/..", "../2024"):
        op = "gt" if open_end.startswith("2024") else "lt"
        yield asked("claims", f"stated__{op}", open_end, 422)


BAD_FIGURES = (
    "", " ", "007", "+5", "1.", ".5", "-", "5e400", "1e301", "-1e301", "1e-301", "-1e-301",
    "1e3000", "1e99999999999999999999", "1e-99999999999999999999", "NaN", "nan", "Infinity",
    "-inf", "1e", "1e+", "1,000", "1 000", "1_000", "0x10", "٣", "１２", "Ⅳ", "½", "1e٣", "10²",
    "--5", "−5", "5-", "1.2.3", "1e5.5", "5\n", "\t5", "1\u00a0000", CANARY, "1" * 1_001,
    "1" + "0" * 301, "0." + "0" * 300 + "1", "=5", "5%", "1/2", "true", "null",
)  # fmt: skip
BAD_NUMBERS = (
    "1e301", "-1e301", "1e999", "1e-301", "5e400", "1" + "0" * 301, "1e99999999999999999999",
    "0." + "1" * 1_000, "1" * 4_000,
)  # fmt: skip


def bad_figures() -> Iterator[Attack]:
    """Figures that are none, or beyond 1e±300, as strings and as JSON numbers: 422, and where."""
    for field in ("value", "lower", "upper", "interval_level"):
        for bad in BAD_FIGURES:
            sent = {**CLAIM, field: bad}
            yield POSTS["claims"].attack(f"{field} is {bad[:30]!r}", 422, sent, pointer=f"/{field}")
        for bad in BAD_NUMBERS:
            body = encoded(CLAIM)[:-1] + f', "{field}": {bad}}}'.encode()
            yield POSTS["claims"].attack(
                f"{field} is the number {bad[:30]}", 422, body, pointer=f"/{field}"
            )
    for field in ("domain_min", "domain_max"):
        for bad in BAD_FIGURES:
            sent = {**MEASURE, field: bad}
            door = POSTS["measures"]
            yield door.attack(f"{field} is {bad[:30]!r}", 422, sent, pointer=f"/{field}")
    for bad in BAD_FIGURES:
        for name in ("value", "value__gte", "nominal__lt", "lower", "upper__gt"):
            yield asked("claims", name, bad, 422)
        yield asked("assessments", "credibility__gte", bad, 422)


def nearly_integers() -> Iterator[Attack]:
    """Numbers that a float would round to an integer are none: 422, never repaired."""
    nearly = "1.00000000000000000001"
    whole = {
        "sources": {},
        "claims": {"slot": nearly},
        "assessments": {"credibility": nearly, "confidence": "50.00000000000000000001"},
    }
    for resource, fields in whole.items():
        for field, number in fields.items():
            body = encoded(SENT[resource])[:-1] + f', "{field}": {number}}}'.encode()
            yield POSTS[resource].attack(f"{field} is {number}", 422, body, pointer=f"/{field}")
    for number in ("1e400", "1e-400", "true", "[]", '"\\u0001"', '""'):
        body = encoded(CLAIM)[:-1] + f', "dimensions": {{"calibre_mm": {number}}}}}'.encode()
        label = f"a dimension is {number}"
        yield POSTS["claims"].attack(label, 422, body, pointer="/dimensions/calibre_mm")
    for name in ("", "A", "1a", "a b", "a.b", "a-b", "ä", "a" * 65, "_a", "a\n", CANARY.upper()):
        sent = {**CLAIM, "dimensions": {name: 1}}
        label = f"a dimension named {name[:20]!r}"
        yield POSTS["claims"].attack(label, 422, sent, pointer="/dimensions")


# ------------------------------------------------------------------------------- incoherent wholes

NOWHERE = f"{CANARY}-nowhere"
_AT = {"source": "daily-digest-article", "role": "document"}
_BY = {"source": "shin-won-sik", "role": "speaker"}
_S = SOURCE
INCOHERENT: list[tuple[str, str, dict[str, Any], str | None]] = [
    ("claims", "a document that is not stored", {**CLAIM, "document": NOWHERE}, "/document"),
    ("claims", "a claimant that is not stored", {**CLAIM, "claimant": NOWHERE}, "/claimant"),
    ("claims", "a relayer that is not stored", {**CLAIM, "via": ["ap", NOWHERE]}, "/via/1"),
    ("claims", "a measure that is not stored", {**CLAIM, "measure": NOWHERE}, "/measure"),
    ("claims", "a measure of quantities that is not stored",
     FULL | {"quantities": [_FIGURE, {"measure": NOWHERE, "value": "1"}]}, "/quantities/1/measure"),
    ("claims", "a hop that is not stored",
     {"document": "daily-digest-article", "attributions": [_AT, {**_BY, "source": NOWHERE}]},
     "/attributions/1/source"),
    ("claims", "a relation to a claim that is not stored",
     FULL | {"relations": [{"predicate": "supports", "object": NOWHERE}]}, "/relations/0/object"),
    ("claims", "a relation to itself",
     {**FULL, "id": "c-me", "relations": [{"predicate": "supports", "object": "c-me"}]},
     "/relations/0/object"),
    ("claims", "a document that is a person", {**CLAIM, "document": "shin-won-sik"}, "/document"),
    ("claims", "a figure flat and in quantities",
    {**CLAIM, "quantities": [_FIGURE]}, "/quantities"),
    ("claims", "via and attributions",
    {**CLAIM, "via": ["ap"], "attributions": [_AT, _BY]}, "/via"),
    ("claims", "a figure without its measure", FULL | {"raw_text": "5"}, "/measure"),
    ("claims", "a wording that cannot be read", {**CLAIM, "raw_text": f"{CANARY} 5"}, "/raw_text"),
    ("claims", "a wording of control characters", {**CLAIM, "raw_text": "5\x07"}, "/raw_text"),
    ("claims", "two wordings in one", {**CLAIM, "raw_text": "5 or 6"}, "/raw_text"),
    ("claims", "alternatives without a mode",
     FULL | {"quantities": [_FIGURE, {**_FIGURE, "slot": 1, "alternative": 2}]}, None),
    ("claims", "two figures at one place",
     FULL | {"quantities": [{**_FIGURE, "slot": 1}, {**_FIGURE, "slot": 1}]}, "/quantities"),
    ("claims", "two preferred readings",
     FULL | {"quantities": [{**_FIGURE, "slot": 1, "reading": "A", "preferred": True},
                            {**_FIGURE, "slot": 1, "reading": "B", "preferred": True}]},
     "/quantities"),
    ("claims", "a chain without a document",
     {"document": "daily-digest-article", "attributions": [_BY]}, "/attributions"),
    ("claims", "a chain with two documents",
     {"document": "daily-digest-article", "attributions": [_AT, _AT]}, "/attributions"),
    ("claims", "a chain of another document",
     {"document": "daily-digest-article", "attributions": [{**_AT, "source": "ap"}]},
     "/attributions"),
    ("claims", "a chain without the claimant",
     FULL | {"attributions": [_AT, {"source": "ap", "role": "speaker"}]}, "/attributions"),
    ("claims", "evidence with a position",
     FULL | {"attributions": [{**_AT, "position": 0}, {**_BY, "position": 1},
                              {"source": "ap", "role": "evidence", "position": 2}]},
     "/attributions/2"),
    ("claims", "positions for half of the chain",
     FULL | {"attributions": [{**_AT, "position": 0}, _BY]}, "/attributions/1"),
    ("claims", "positions with a gap",
     FULL | {"attributions": [{**_AT, "position": 0}, {**_BY, "position": 2}]}, "/attributions"),
    ("claims", "positions that run down",
     FULL | {"attributions": [{**_AT, "position": 1}, {**_BY, "position": 0}]}, "/attributions"),
    ("claims", "the claimant beside the document",
     FULL | {"attributions": [{**_AT, "position": 0}, {**_BY, "position": 0}]}, "/attributions"),
    ("claims", "a quote that ends before it starts",
     FULL | {"quote": {"exact": "x", "start": 5, "end": 4}}, "/quote"),
    ("claims", "a quote that only starts", FULL | {"quote": {"start": 5}}, "/quote"),
    ("claims", "something included twice with other content",
     FULL | {"included": {"sources": [_S | {"id": "s-2"}, _S | {"id": "s-2", "name": "Other"}]}},
     "/included/sources/1"),
    ("claims", "a measure included twice with other content",
     {**CLAIM, "included": {"measures": [MEASURE | {"id": "m-2"},
                                         MEASURE | {"id": "m-2", "unit": "kg"}]}},
     "/included/measures/1"),
    ("claims", "an included source under one that is not stored",
     FULL | {"included": {"sources": [_S | {"id": "s-3", "affiliation": NOWHERE}]}},
     "/included/sources/0/affiliation"),
    ("claims", "included sources, and a figure that cannot be read",
     {**CLAIM, "raw_text": "umpteen",
      "included": {"sources": [_S | {"id": "s-4"}], "measures": [MEASURE | {"id": "m-4"}]}},
     "/raw_text"),
    ("claims", "included sources, and a relation to nowhere",
     {**CLAIM, "included": {"sources": [_S | {"id": "s-5"}]},
      "relations": [{"predicate": "supports", "object": NOWHERE}]}, "/relations/0/object"),
    ("claims", "a period that runs backwards", {**CLAIM, "period": "2024/2023"}, "/period"),
    ("claims", "a reading in lower case", {**CLAIM, "reading": "a"}, "/reading"),
    ("sources", "an affiliation with itself", {**SOURCE, "affiliation": "s-new"}, "/affiliation"),
    ("sources", "an affiliation not stored", {**SOURCE, "affiliation": NOWHERE}, "/affiliation"),
    ("sources", "an author not stored", {**SOURCE, "author": NOWHERE}, "/author"),
    ("sources", "a publisher not stored", {**SOURCE, "publisher": NOWHERE}, "/publisher"),
    ("sources", "a root with somebody above",
     {**SOURCE, "is_root": True, "affiliation": "reuters"}, None),
    ("sources", "a class that does not go with its kind", {**SOURCE, "class": "work"}, None),
    ("sources", "an address that is a script", {**SOURCE, "url": f"javascript:{CANARY}"}, "/url"),
    ("sources", "an address with a space", {**SOURCE, "url": f"https://a/ {CANARY}"}, "/url"),
    ("sources", "a country in lower case", {**SOURCE, "country": "kr"}, "/country"),
    ("sources", "a language that is none", {**SOURCE, "language": "e_n"}, "/language"),
    ("measures", "a domain upside down", {**MEASURE, "domain_min": "2", "domain_max": "1"}, None),
    ("measures", "a domain upside down, its zero with an endless exponent",
     {**MEASURE, "domain_min": "0e99999999999999999999", "domain_max": "-1"}, None),
    ("measures", "a domain below zero of a count", {**MEASURE, "domain_max": "-1"}, None),
    ("assessments", "a target that is not stored",
     {**ASSESSMENT, "target": f"claims/{NOWHERE}"}, "/target"),
    ("assessments", "a source as a claim", {**ASSESSMENT, "target": "claims/reuters"}, "/target"),
]  # fmt: skip


def incoherent() -> Iterator[Attack]:
    """Each field is right, the whole is not: 422, and where."""
    for resource, name, sent, pointer in INCOHERENT:
        yield POSTS[resource].attack(name, 422, sent, pointer=pointer)
    for resource, door in PUTS.items():
        for bad in ({"id": "other"}, {"id": None}, {"id": 17}, {"id": "BAD"}, {"id": ""}):
            sent = {**door.sent, **bad}
            yield door.attack(f"the id {bad['id']!r}", 422, sent, pointer="/id")
        missing = dict.fromkeys(REQUIRED[resource])
        for field in missing:
            sent = {name: value for name, value in door.sent.items() if name != field}
            yield door.attack(f"without {field}", 422, sent, pointer=f"/{field}")
    yield PARSE.attack("a measure not stored", 422, {**PHRASE, "measure": NOWHERE},
                       pointer="/measure")  # fmt: skip
    for name, text in UNREADABLE.items():
        yield PARSE.attack(name, 422, {"text": text}, pointer="/text")


REQUIRED = {"sources": ("name",), "measures": ("unit",), "claims": ("document",)}
UNREADABLE = {
    "a word": CANARY,
    "a control character": "5\x1b[31m",
    "only a space": " ",
    "a full stop": ".",
    "emoji": "🎉🎉🎉",
    "keycap digits": "5️⃣",
    "a right-to-left override": "\u202e000,7",
    "a zero-width joiner in digits": "7\u200d000",
    "superscript digits": "10²",
    "a Roman numeral": "Ⅳ",
    "a fraction with nothing below": "1/0",
    "500 opening brackets": "(" * 500,
    "a tower of scales": "1 " + "million " * 60,
    "digits and digits and digits": "1,2,3,4,5,6,7,8,9,0" * 20,
    "an exponent without end": "1e" + "9" * 400,
    "a tiny exponent": "1e-" + "9" * 400,
    "SQL": "5'; DROP TABLE claim; --",
    "a format": "%s%s%n {0} ${jndi:ldap://x}",
    "a private-use letter": "\ue000",
    "a combining mark alone": "\u0301",
}


# ------------------------------------------------------------------------------- changes


def bad_changes() -> Iterator[Attack]:
    """PATCH: what may not be null, of the wrong type, or not changed at all."""
    claims, sources, measures = PATCHES["claims"], PATCHES["sources"], PATCHES["measures"]
    for door, required in ((sources, "name"), (measures, "unit"), (claims, "document")):
        yield door.attack(f"{required} set to null", 422, {required: None}, pointer=f"/{required}")
        yield door.attack("another id", 422, {"id": "other"}, pointer="/id")
        yield door.attack("its id set to null", 422, {"id": None}, pointer="/id")
    wrong: dict[str, list[Any]] = {
        "quantities": ["x", {"0": {"value": "1"}}, [None], [[]], [{}], 5, [{"measure": None}]],
        "attributions": ["x", {"0": None}, [None], [{}], [{"source": "ap"}]],
        "relations": [[None], [{}], {"a": 1}],
        "quote": ["x", [], {"exact": {"a": 1}}, {"start": 5, "end": None}],
        "tags": ["x", {"a": 1}, [None], [""]],
        "modality": [CANARY, [], {}],
        "stated": ["2024-13", 2024, {"a": 1}],
        "claimant": ["BAD", NOWHERE, []],
        "included": ["x", {"sources": [{}]}],
        "notes": [[], {"a": 1}, 5, ""],
        "raw_text": ["umpteen squillion", 5],
        "via": ["ap", ["BAD"], [NOWHERE], [None]],
    }
    for field, values in wrong.items():
        for value in values:
            label = f"{field} set to {json.dumps(value)[:40]}"
            yield claims.attack(label, 422, {field: value})
    for field, value in (("name", 5), ("aliases", "x"), ("date", 5)):
        yield sources.attack(f"{field} set to {value!r}", 422, {field: value}, pointer=f"/{field}")
    for field, value in (("unit", 5), ("domain_min", "x"), ("statistic", CANARY)):
        yield measures.attack(f"{field} set to {value!r}", 422, {field: value}, pointer=f"/{field}")


TAGS = {
    "no quotes": "1", "another version": '"999"', "empty": "", "a comma": ",",
    "garbage": f'"{CANARY}', "a huge number": '"99999999999999999999999999"', "a word": CANARY,
    "a negative": '"-1"', "a float": '"1.0"', "a list without it": '"7", "8"', "bytes": "\xff\xfe",
    "very long": f'"{CANARY}"' * 200, "in Arabic digits": '"\xd9\xa1"', "leading zeros": '"01"',
}  # fmt: skip


def preconditions() -> Iterator[Attack]:
    """If-Match that is not the version: 412; none at all: 428; If-None-Match of nonsense: 200."""
    for resource, id in STORED.items():
        target = f"/v1/{resource}/{id}"
        withdraw = f"{target}?reason=wrong"
        for name, tag in TAGS.items():
            header = (("If-Match", tag),)
            yield Attack(f"DELETE {resource}: If-Match {name}", "DELETE", withdraw, (412,), None,
                         header)  # fmt: skip
            if resource in PUTS:
                put, patch = PUTS[resource], PATCHES[resource]
                yield put.attack(f"If-Match {name}", 412, put.sent, headers=(JSON, *header))
                yield patch.attack(f"If-Match {name}", 412, patch.sent, headers=(MERGE, *header))
            unseen = (("If-None-Match", tag),)
            yield Attack(f"GET {resource}: If-None-Match {name}", "GET", target,
                         (200,), None, unseen)  # fmt: skip
        yield Attack(f"DELETE {resource}: no If-Match", "DELETE", withdraw, (428,))
        yield Attack(f"DELETE {resource}: nowhere", "DELETE", f"/v1/{resource}/{NOWHERE}?reason=x",
                     (404,), None, (ANY_VERSION,))  # fmt: skip
        for name, asked_ in {
            "no reason": "", "an empty reason": "?reason=", "a reason of spaces": "?reason=%20%09",
            "a reason too long": "?reason=" + "r" * 2_001, "two reasons": "?reason=a&reason=b",
            "another status": f"?reason=a&status={CANARY}", "active": "?reason=a&status=active",
            "an unknown parameter": f"?reason=a&{CANARY}=1", "as_of": "?reason=a&as_of=2024",
        }.items():  # fmt: skip
            yield Attack(f"DELETE {resource}: {name}", "DELETE", target + asked_, (422,), None,
                         (ANY_VERSION,))  # fmt: skip
        yield Attack(f"DELETE {resource}: a NUL as reason", "DELETE", f"{target}?reason=a%00",
                     (400,), None, (ANY_VERSION,))  # fmt: skip
        yield Attack(f"DELETE {resource}: a reason of bad bytes", "DELETE",
                     f"{target}?reason=%ED%A0%80", (400,), None, (ANY_VERSION,))  # fmt: skip
    for resource, put in PUTS.items():
        patch = PATCHES[resource]
        yield put.attack("no If-Match", 428, put.sent, headers=(JSON,))
        yield patch.attack("no If-Match", 428, patch.sent, headers=(MERGE,))
        for name in ("another version", "garbage", "empty"):
            unmatched = (JSON, ("If-None-Match", TAGS[name]))
            yield put.attack(f"If-None-Match {name}", 428, put.sent, headers=unmatched)
        taken = (JSON, ("If-None-Match", "*"))
        yield put.attack("created where it is stored", 412, put.sent, headers=taken)
        away = Door("PUT", f"/v1/{resource}/{NOWHERE}", {**put.sent, "id": NOWHERE}, put.headers)
        yield away.attack("nowhere", 404, away.sent)
        gone = Door("PATCH", f"/v1/{resource}/{NOWHERE}", patch.sent, patch.headers)
        yield gone.attack("nowhere", 404, gone.sent)
        yield put.attack("a query", 422, put.sent).but(target=f"{put.target}?{CANARY}=1")
        yield patch.attack("a query", 422, patch.sent).but(target=f"{patch.target}?as_of=2024")
    for resource, post in POSTS.items():
        yield post.attack("a query", 422, post.sent).but(target=f"{post.target}?mode=partial")
        other = {**post.sent, "id": STORED[resource], **OTHER[resource]}
        yield post.attack("a stored id with other content", 409, other)


OTHER = {
    "sources": {"name": "Another"}, "measures": {"unit": "{other}"},
    "claims": {"raw_text": "7,002"}, "assessments": {"comment": "another"},
}  # fmt: skip


# ------------------------------------------------------------------------------- questions

SQL = f"{CANARY}' OR 1=1; --\"%_\\ :moment %(c0_0)s $1 ?1 {{{{7}}}} <b>\u202e\u0301😀 컨"

LONG_WORDS = " ".join(word for word in SQL.split() if len(word) > 3)
"""The same for ``q``, which takes no words of one letter."""


def asked(resource: str, name: str, value: str, *status: int, **more: Any) -> Attack:
    """A list asked with one parameter."""
    target = f"/v1/{resource}?{quote(name, safe='')}={quote(value, safe='')}"
    label = f"GET {resource}: {name}={value[:40]!r}"
    if status[0] == 422:
        more.setdefault("parameter", name)
    return Attack(label, "GET", target, status, **more)


def injections() -> Iterator[Attack]:
    """SQL, formats, markup and odd scripts in every parameter: nothing is found, nothing breaks."""
    for resource in LISTS:
        for filter in FILTERS[resource]:
            for op in filter.ops:
                name = filter.name if op == "eq" else f"{filter.name}__{op}"
                word = filter.kind == "word" and op in ("eq", "ne")
                # An id that nothing stored has is told; any other word is looked for.
                free = filter.kind == "search" or (word and not filter.words and not filter.refers)
                text = LONG_WORDS if filter.kind == "search" else SQL
                nothing = free and op == "eq"
                yield asked(resource, name, text, 200 if free else 422, empty=nothing)
        for option in ("sort", "limit", "count", "fields", "as_of", "match"):
            yield asked(resource, option, SQL, 422)
        yield asked(resource, "cursor", SQL, 400)
    for resource in ("claims", "quantities"):
        for option in ("readings", "policy", "expand"):
            yield asked(resource, option, SQL, 422)
        yield asked(resource, "dim.calibre_mm", SQL, 200, empty=True)
        for name in ("q", "tag", "claimant", "unit", "name_as_given", "dim.calibre_mm"):
            for text in ("%%", "__", "%25", ".*", "(a|b)+", "[", "\\\\", "a\tb", "\x1f\x1f",
                         "\U0010ffff\U0010ffff", "ﷺﷺ", "\u0345\u0345", "ßß", "İİ"):  # fmt: skip
                short = name == "q" and text in ("[", "a\tb")
                # Packed columns are separated by U+001F: nobody may ask across two values.
                short = short or ("\x1f" in text and name not in ("unit", "name_as_given"))
                short = short or name == "claimant"  # no id
                yield asked(resource, name, text, 422 if short else 200, empty=not short)
    yield asked("facets", "by", SQL, 422)


def bad_questions() -> Iterator[Attack]:
    """Parameters that are unknown, repeated, badly encoded, or mean nothing."""
    for resource in (*LISTS, "facets"):
        path = f"/v1/{resource}"
        by = "by=measure&" if resource == "facets" else ""
        for name, query, status in (
            ("an unknown parameter", f"{CANARY}=1", 422),
            ("an unknown operator", "status__gt=active", 422),
            ("a misspelt parameter", "statuss=active", 422),
            ("an empty name", "=1", 422),
            ("a name in another case", "STATUS=active", 422),
            ("a name in brackets", "status[]=active", 422),
            ("a name of 5,000 letters", "n" * 5_000 + "=1", 422),
            ("a name of an emoji", "%F0%9F%98%80=1", 422),
            ("a name of a line break", "a%0Ab=1", 422),
            ("match twice", "match=any&match=any", 422),
            ("as_of twice", "as_of=2024-01-01T00:00:00Z&as_of=2024-01-01T00:00:00Z", 422),
            ("bytes that are not UTF-8", f"status={CANARY}%ff%fe", 400),
            ("a surrogate in percent", "status=%ED%A0%80", 400),
            ("a NUL in a value", f"status={CANARY}%00", 400),
            ("a NUL in a name", f"{CANARY}%00=1", 400),
            ("half a percent escape", "status=%", 422),
            ("a percent escape that is none", "status=%zz", 422),
            ("semicolons", "status=active;match=any", 422),
            ("a query of 9 KB", "status=" + "a" * 9_000, 414),
            ("a query of 60 KB", CANARY * 6_000, 414),
            ("a status that is none", f"status={CANARY}", 422),
            ("an empty status", "status=", 422),
            ("a match that is none", "match=maybe", 422),
            ("101 values", "&".join(["status=active"] * 101), 422),
            ("offset", "offset=5", 422),
            ("a condition on is_null twice", "status__is_null=true&status__is_null=true", 422),
        ):
            yield Attack(f"GET {resource}: {name}", "GET", f"{path}?{by}{query}", (status,))
    for resource in LISTS:
        for value in ("0", "-1", "1001", "1000000000", "9" * 400, "1.0", "1e2", "+1", "01x", "",
                      " 1", "1 ", "٣", "0x10", "null", "1_0", CANARY):  # fmt: skip
            yield asked(resource, "limit", value, 422)
        for value in ("", "-", "--id", "+id", "id,stated", "ID", "match", CANARY, "id desc", "1"):
            yield asked(resource, "sort", value, 422)
        for value in ("", ",", "id,", CANARY, "id,id;", "*", "items", "doc"):
            yield asked(resource, "fields", value, 422)
        for value in ("", "true", "1", "estimate", "EXACT"):
            yield asked(resource, "count", value, 422)
        for option in ("limit", "sort", "fields", "count", "cursor"):
            query = f"{option}=id&{option}=id"
            yield Attack(f"GET {resource}: {option} twice", "GET", f"/v1/{resource}?{query}",
                         (422,), parameter=option)  # fmt: skip
        yield asked(resource, "expand", "documents", 422)
        for value in ("", " ", "a", "a b", "  a  ", "\u3000", "\u3164"):
            yield asked(resource, "q", value, 422)
        twice = f"/v1/{resource}?q=reuters&q={CANARY}"
        yield Attack(f"GET {resource}: two searches", "GET", twice, (422, 200), empty=True)
        yield asked(resource, "q", "x" * 8_000, 200, empty=True)
        words = "+".join(a + b for a in _WORDS for b in _WORDS)
        yield Attack(f"GET {resource}: 1,296 words", "GET", f"/v1/{resource}?q={words}", (422, 200))
    yield from _figure_questions()
    yield from _facet_questions()


def _figure_questions() -> Iterator[Attack]:
    for resource in ("claims", "quantities"):
        for name in ("dim.", "dim", "dim.A", "dim.1a", "dim._a", "dim.a-b", "dim.a.b", "dim.ä",
                     "dim.a b", "dim.a\nb", "dim.a=b", "dim." + "a" * 65, f"dim.{CANARY}'--",
                     "dim.a__gt", "Dim.a"):  # fmt: skip
            if name != "dim.a__gt":
                yield asked(resource, name, "1", 422, parameter=None)
        many = "&".join(f"dim.{a}{b}=1" for a in _LETTERS for b in _WORDS[:33])
        yield Attack(f"GET {resource}: 858 dimensions", "GET", f"/v1/{resource}?{many}", (422, 200))
        for query in ("value=5&value=6", "value__gte=1&value__gte=2", "stated=2024&stated=2025",
                      "known_by=2024&known_by=2025", "nominal__gt=1&nominal__gt=2",
                      "recorded_at__gt=2024-01-01T00:00:00Z&recorded_at__gt=2024-01-01T00:00:00Z",
                      "period__overlaps=2024&period__overlaps=2025",
                      "stated__is_null=true&stated__is_null=false"):  # fmt: skip
            yield Attack(f"GET {resource}: {query}", "GET", f"/v1/{resource}?{query}", (422,))
        for query in ("value__gte=1e300&value__lte=-1e300", "stated__gt=2025&stated__lt=2024",
                      "lower__gt=5&lower__lt=4", "value__gt=1e300", "value__lt=-1e300",
                      "match=certain&value__gte=1e300", "nominal=1&nominal__lt=0"):  # fmt: skip
            yield Attack(f"GET {resource}: {query}", "GET", f"/v1/{resource}?{query}", (200,))
        for query in (
            "stated=Y170000002",
            "stated=-9999",
            "stated=-0001",
            "stated__lt=Y-9999999",
            "known_by=..%2F2024",
            "period__overlaps=..%2F..",
            "stated=%5B..2024%5D",
            "date=Y1E12",
            "stated__gte=Y9999999999999",
            "published__lte=0000",
        ):
            yield Attack(f"GET {resource}: {query}", "GET", f"/v1/{resource}?{query}", (200,))
        for value in ("yes", "1", "TRUE", "", "null", CANARY):
            yield asked(resource, "claimant__is_null", value, 422)
    for value in ("yes", "1", "TRUE", "", "null", CANARY):
        yield asked("sources", "is_root", value, 422)
    yield asked("claims", "value__eq", "5", 422, parameter="value__eq")
    deep = "&".join(f"tag={n}" for n in range(100))
    yield Attack("GET claims: 100 tags", "GET", f"/v1/claims?{deep}", (200,), empty=True)


_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_WORDS = _LETTERS + "0123456789"


def _facet_questions() -> Iterator[Attack]:
    yield Attack("GET facets: by nothing", "GET", "/v1/facets", (422,), parameter="by")
    for by in ("", ",", "claimant,", CANARY, "claimant;hedge", "id", "recorded_at", "doc", "*"):
        yield asked("facets", "by", by, 422)
    yield Attack("GET facets: by twice", "GET", "/v1/facets?by=hedge&by=unit", (422,))
    every = ",".join(FACETS)
    yield Attack("GET facets: by everything", "GET", f"/v1/facets?by={every}", (200,))
    for option in (
        "limit=5",
        "sort=id",
        "cursor=abc",
        "fields=id",
        "expand=sources",
        "count=exact",
    ):
        yield Attack(f"GET facets: {option}", "GET", f"/v1/facets?by=hedge&{option}", (422,))


def bad_analyses() -> Iterator[Attack]:
    """Questions that no analysis answers: 422 naming the parameter, whatever is sent."""
    measure, claim = f"/v1/measures/{STORED['measures']}", f"/v1/claims/{STORED['claims']}"
    utterance = f"/v1/utterances/{IDS['utterances']}"
    ratios = f"/v1/ratios{NEEDED['ratios']}"
    own = {
        f"{measure}/series": ("group_by", ("", "claimants", "id", CANARY, "claimant,origin")),
        f"{measure}/comparison": ("at", ("", "soon", "2024-13", "2024/2023", CANARY, "0x10")),
        f"{measure}/corroboration": ("match", ("", "sure", CANARY)),
        f"{utterance}/corroboration": ("match", ("", "sure", CANARY)),
        f"{claim}/corroboration": ("readings", ("", "some", CANARY)),
        "/v1/corroboration": ("policy", ("", "lax", CANARY)),
        f"{utterance}/drift": ("baseline", ("", "No-Slug", CANARY, "a" * 200, "../x", "nobody")),
        f"{claim}/drift": ("as_of", BAD_INSTANTS),
        ratios: ("by", ("", ",", "magic", CANARY, "derivation,magic")),
        "/v1/totals?measure=containers.prk-rus": (
            "by",
            ("", ",", "magic", CANARY, "dim.", "dim.NAME"),
        ),
        "/v1/totals": ("measure", ("", "No-Slug", CANARY, "nobody", "containers.prk-rus")),
    }
    for path, (name, values) in own.items():
        mark = "&" if "?" in path else "?"
        for value in (*values, SQL):
            target = f"{path}{mark}{name}={quote(value, safe='')}"
            yield Attack(f"GET {path}: {name} {value[:30]}", "GET", target, (422,), parameter=name)
        for query in (f"{CANARY}=1", "sort=id", "fields=id", "count=exact", "expand=sources", "=1"):
            yield Attack(f"GET {path}: {query}", "GET", f"{path}{mark}{query}", (422,))
    for limit in ("0", "-1", "1.5", "1e3", "10001", "99999999999999999999", CANARY):
        for path in (f"{measure}/series?", f"{measure}/comparison?", f"{ratios}&",
                     f"{utterance}/drift?"):  # fmt: skip
            yield Attack(f"GET {path}limit={limit}", "GET", f"{path}limit={limit}", (422,))
    for cursor in ("", "abc", "W10", "bnVsbA", CANARY):
        target = f"{measure}/series?cursor={cursor}"
        yield Attack(f"GET series: cursor {cursor}", "GET", target, (400 if cursor else 422,))
    for path, name in ((measure, "measure"), (utterance, "utterance")):
        target = f"{path}/corroboration?{name}=x"
        yield Attack(f"GET {target}", "GET", target, (422,), parameter=name)
    for side in (
        "",
        "numerator=nobody&denominator=shells.prk-rus",
        "numerator=shells.prk-rus",
        "numerator=manufacture-date.rockets.prk&denominator=containers.prk-rus",
        f"numerator={CANARY}&denominator={CANARY}",
        "measure=a&numerator=b&denominator=c",
    ):
        yield Attack(f"GET ratios: {side}", "GET", f"/v1/ratios?{side}", (422,))  # fmt: skip


BAD_INSTANTS = (
    "", "2024", "2024-01-01", "2024-01-01T00:00:00", "2024-01-01 00:00:00Z", "NaN", "0",
    "1700000000", "2024-01-01T00:00Z", "2024-13-01T00:00:00Z", "2024-02-30T00:00:00Z",
    "2024-01-01T24:00:00Z", "2024-01-01T00:60:00Z", "2024-01-01T00:00:60Z", "now", CANARY,
    "0000-01-01T00:00:00Z", "10000-01-01T00:00:00Z", "-001-01-01T00:00:00Z",
    "2024-01-01T00:00:00+24:00", "2024-01-01T00:00:00+99:99", "2024-01-01T00:00:00.1234567Z",
    "2024-01-01T00:00:00,5Z", "٢٠٢٤-01-01T00:00:00Z", "2024-01-01T00:00:00Z ",
    "2024-01-01T00:00:00ZZ",
    "2024-01-01T00:00:00−01:00", "20240101T000000Z", "2024-W01-1T00:00:00Z",
)  # fmt: skip
FUTURE = ("9999-12-31T23:59:59Z", "9999-12-31T23:59:59-23:59", "9999-12-31T23:59:59.999999+00:00",
          "2200-01-01T00:00:00Z")  # fmt: skip
FIRST = ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00+23:59", "0001-01-01T00:00:00-23:59",
         "1969-12-31T23:59:59.999999Z")  # fmt: skip


def bad_moments() -> Iterator[Attack]:
    """as_of on every read: what is no instant or has not come is 422; the year 1 is only empty."""
    reads = [f"/v1/{name}" for name in LISTS] + ["/v1/facets?by=measure"]
    items = [f"/v1/{name}/{id}" for name, id in STORED.items()]
    claim = f"/v1/claims/{STORED['claims']}"
    items += [f"{claim}{tail}" for tail in TAILS[3:]]
    for path in (*reads, *items):
        mark = "&" if "?" in path else "?"
        for bad in (*BAD_INSTANTS, *FUTURE):
            target = f"{path}{mark}as_of={quote(bad, safe='')}"
            yield Attack(f"GET {path}: as_of {bad!r}", "GET", target, (422,), parameter="as_of")
        for early in FIRST:
            target = f"{path}{mark}as_of={quote(early, safe='')}"
            status = 200 if path in reads else 404
            yield Attack(f"GET {path}: as_of {early!r}", "GET", target, (status,))
    for resource in LISTS:
        for bad in BAD_INSTANTS:
            yield asked(resource, "recorded_at__gte", bad, 422)
        for edge in (*FIRST, *FUTURE):
            yield asked(resource, "recorded_at__lt", edge, 200)


# ------------------------------------------------------------------------------- cursors


def forged(value: Any) -> str:
    """Anything as a cursor."""
    raw = value if isinstance(value, bytes) else encoded(value)
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


Forge = Callable[[list[Any]], Any]
"""From the JSON of a true cursor to the JSON (or the bytes) of a false one."""


def _part(n: int, value: Any) -> Forge:
    return lambda whole: [*whole[:n], value, *whole[n + 1 :]]


WRONG_KEYS: dict[str, Any] = {
    "null": None, "true": True, "a list": [], "an object": {"a": 1}, "NaN": math.nan,
    "2^63": 2**63, "-2^64": -(2**64), "a 401-digit integer": 10**400, "a NUL": "a\x00b",
    "a lone surrogate": "\ud800", "a list of lists": [[1]],
}  # fmt: skip


def forgeries(whole: list[Any]) -> Iterator[tuple[str, Forge]]:
    """False cursors made of a true one: every part of it wrong, one at a time."""
    for form in (0, 2, "1", None, True, 1.0, [1]):
        yield f"form {form!r}", _part(0, form)
    for name, value in (
        WRONG_KEYS | {"a string": "x", "a float": 1.5, "Infinity": math.inf}
    ).items():
        yield f"moment {name}", _part(1, value)
    for moment in (-(2**63) - 1, -(10**30), 10**30, 2**62):
        yield f"moment {moment}", _part(1, moment)
    for mark in ("", "0" * 16, CANARY, None, 5, ["x"], {"a": 1}):
        yield f"mark {mark!r}", _part(2, mark)
    for n, key in enumerate(whole[3:], 3):
        for name, value in WRONG_KEYS.items():
            yield f"key {n - 2} {name}", _part(n, value)
        if isinstance(key, str):
            for value in (5, -1, 1.5, math.inf):
                yield f"key {n - 2} the number {value}", _part(n, value)
        else:
            for value in ("x", "", "5", "1e5", "'; --"):
                yield f"key {n - 2} the text {value!r}", _part(n, value)
        if isinstance(key, int):
            for value in (math.inf, -math.inf, 1.5, 1e300):
                yield f"key {n - 2} the number {value}", _part(n, value)
    yield "a key too few", lambda whole: whole[:-1]
    yield "a key too many", lambda whole: [*whole, whole[-1]]
    yield "two keys too many", lambda whole: [*whole, 1, 1]
    yield "no keys", lambda whole: whole[:3]


MARKS: dict[str, str] = {
    "an empty text": "", "a word": CANARY, "no base64": "!!!!", "half a byte": "A",
    "an empty list": forged([]), "a number": forged(5), "null": forged(None),
    "an object": forged({}),
    "a text": forged("abc"), "lists 2,000 deep": forged(b"[" * 2_000 + b"]" * 2_000),
    "lists that never close": forged(b"[" * 6_000), "NaN": forged(b"NaN"),
    "an integer of 5,000 digits": forged(b"[1," + b"9" * 5_000 + b"]"),
    "bytes": forged(b"\xff\xfe\x00"), "UTF-16": forged("[1,2,3]".encode("utf-16")),
    "a duplicate key": forged(b'{"a":1,"a":1}'), "other letters": "ａｂｃ", "a slash": "ab/+cd==",
    "nothing but padding": "====",
}  # fmt: skip


def sorts() -> list[tuple[str, str]]:
    """Every list with every order it takes."""
    return [(name, sign + by) for name in LISTS for by in SORTS[name] for sign in ("", "-")]


def bad_cursors() -> Iterator[Attack]:
    """Cursors that are not even JSON of ours: 400. The test forges more, from true ones."""
    for resource in LISTS:
        for name, text in MARKS.items():
            target = f"/v1/{resource}?cursor={quote(text, safe='')}"
            yield Attack(f"GET {resource}: cursor {name}", "GET", target, (400, 422),
                         parameter="cursor")  # fmt: skip


# ------------------------------------------------------------------------------- paths and methods

BAD_IDS = {
    "129 letters": "a" * 129, "upper case": "REUTERS", "one dot": "%2e", "two dots": "%2e%2e",
    "an encoded slash": "a%2Fb", "a NUL": "a%00b", "only a NUL": "%00", "a space": "%20",
    "a line break": "a%0A", "bad UTF-8": "%ff%fe", "a surrogate": "%ED%A0%80",
    "an emoji": "%F0%9F%98%80",
    "another script": "%D0%B0", "a semicolon": "reuters;v=1", "a star": "*", "a quote": "a'--",
    "a double escape": "a%2500", "braces": "%7Bid%7D", "a full-width letter": "%EF%BD%81",
    "8,000 letters": "a" * 8_000, "a percent": "%25", "a backslash": "..%5C..",
    "a dash first": "-a",
    "the canary": "CANARY7f3a",
}  # fmt: skip
BAD_VERSIONS = (
    "0", "-1", str(2**53), str(2**63 - 1), str(2**63), str(2**64), "9" * 400, "1.0", "1e0", "+1",
    "%201", "1%20", "%D9%A1", "1_0", "01", "0x1", "abc", "NaN", "%00", "1%00", "null", "latest",
    "true", "%EF%BC%91",
)  # fmt: skip
PAPERS = ("/provenance", "/citation", "/claim-review")
LINKED = (
    *PAPERS[1:],
    "/quantities.csv",
    "/changes.atom",
    "/chart.svg",
    "/chart.png",
    "/chart.json",
    "/corroboration.svg",
)
"""What tells where it can be found, and so starts with the Host that was asked."""
TAILS = ("", "/revisions", "/revisions/1", "/relations", *PAPERS)


def bad_keys() -> Iterator[Attack]:
    """Keys that cannot be made, and names that no key has."""
    wrong: dict[str, list[Any]] = {
        "name": ["", " ", "n" * 101, 1, None, [CANARY]],
        "scopes": [[], None, "read", [CANARY], [["read"]], ["read"] * 5, {}],
        "id": ["short", "UPPERCAS", "a2345671", "a2345678 ", CANARY, 12345678],
        "expires_at": [CANARY, "2020-01-01T00:00:00Z", "2127-01-01", "9999-99-99T00:00:00Z", 1],
    }
    for field, values in wrong.items():
        for value in values:
            sent = {**KEYS.sent, field: value}
            yield KEYS.attack(f"{field} is {value!r}", 422, sent, pointer=f"/{field}")
    yield Attack("DELETE of a key that is none", "DELETE", "/v1/keys/zzzzzzzz", (404,))
    for bad in ("short", "UPPERCAS", CANARY, "a%00345672", "a" * 5_000, "%F0%9F%8E%89"):
        yield Attack(f"DELETE of the key {bad[:20]}", "DELETE", f"/v1/keys/{bad}", (422, 404, 400))
    yield asked_of("GET", "/v1/keys")
    yield asked_of("POST", "/v1/keys")
    yield asked_of("DELETE", "/v1/keys/zzzzzzzz")


def asked_of(method: str, path: str) -> Attack:
    """A parameter that an operation does not take."""
    named = f"{method} {path} with a parameter"
    return Attack(named, method, f"{path}?token={CANARY}", (422,), parameter="token")


def bad_paths() -> Iterator[Attack]:
    """Ids that are none: never found, never a fault of ours."""
    for resource, id in STORED.items():
        for name, bad in BAD_IDS.items():
            for tail in TAILS if resource == "claims" else TAILS[:3]:
                target = f"/v1/{resource}/{bad}{tail}"
                yield Attack(f"GET {resource}{tail}: id {name}", "GET", target, (422, 404, 400))
            target = f"/v1/{resource}/{bad}"
            yield Attack(f"DELETE {resource}: id {name}", "DELETE", f"{target}?reason=x",
                         (422, 404, 400), None, (ANY_VERSION,))  # fmt: skip
            if resource in PUTS:
                for door in (PUTS[resource], PATCHES[resource]):
                    away = Door(door.method, target, door.sent, door.headers)
                    sent = {k: v for k, v in door.sent.items() if k != "id"}
                    attack = away.attack(f"id {name}", (422, 404, 400), sent)
                    yield attack.but(name=f"{door.method} {resource}: id {name}")
        for version in BAD_VERSIONS:
            target = f"/v1/{resource}/{id}/revisions/{version}"
            yield Attack(f"GET {resource}: version {version[:20]}", "GET", target, (422, 404, 400))
        for version in ("2", "999999", str(2**53 - 1)):
            target = f"/v1/{resource}/{id}/revisions/{version}"
            yield Attack(f"GET {resource}: version {version}", "GET", target, (404,))
        for tail in ("?x=1", "/revisions?as_of=2024-01-01T00:00:00Z", "/revisions/1?fields=id",
                     "/revisions?limit=1", "?fields=id", "?expand=sources"):  # fmt: skip
            target = f"/v1/{resource}/{id}{tail}"
            yield Attack(f"GET {resource}: {tail}", "GET", target, (422,))
        for tail in PAPERS if resource == "claims" else ():
            for bad in ("?x=1", f"?format={CANARY}", "?format=", "?format=json&format=jsonld"):
                target = f"/v1/{resource}/{id}{tail}{bad}"
                yield Attack(f"GET {resource}: {tail}{bad}", "GET", target, (422,))
        for tail in ("/", "/revisions/", "/revisions/1/", "/nothing", "/revisions/1/2", "//"):
            target = f"/v1/{resource}/{id}{tail}"
            yield Attack(f"GET {resource}: {tail}", "GET", target, (404,))
        yield Attack(f"GET {resource}: nowhere", "GET", f"/v1/{resource}/{NOWHERE}", (404,))
        nowhere = f"/v1/{resource}/{NOWHERE}/revisions"
        yield Attack(f"GET {resource}: revisions of nowhere", "GET", nowhere, (404,))
        yield Attack(f"GET {resource}: a revision of nowhere", "GET", f"{nowhere}/1", (404,))
    for path in ("/v1", "/v1/", "/v1/claims/", "/v1//claims", "/V1/claims", "/v1/claim",
    "/v2/claims",
                 f"/{CANARY}", "/v1/claims.json", "/api/v1/claims", "/%76%31/%00", "/v1/lexicon/",
                 "/v1/lexicon/parse/", "/v1/facets/", "/.env", "/static/", "/static/%2e%2e/main.py",
                 "/static/..%2f..%2fmain.py", "/static/%00", "/static/page.css%00", "/static/a%0Ab",
                 "/static/" + "a" * 300, "/static/" + "a/" * 2_000, "/static/swagger-ui", "/docs/",
                 "/static//etc/passwd", "/static/page.css/x",
                 f"/problems/{CANARY}", "/problems/%00", "/problems/", "/openapi.yaml", "/redoc",
                 "/" + "a" * 20_000, "/%ff", "/%ED%A0%80"):  # fmt: skip
        yield Attack(f"GET {path[:60]}", "GET", path, (404,))


METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")


ANY_ID = {("PUT", "/v1/mappings/suggest"), ("GET", "/v1/mappings/suggest")}
"""What is the path of an id too, and so takes the methods of one."""


def wrong_methods(document: dict[str, Any]) -> Iterator[Attack]:
    """Methods that a path does not take: 405 with an Allow that names all it does."""
    others: dict[str, Any] = {"/healthz": {"get": {}}, "/readyz": {"get": {}}, "/docs": {"get": {}},
              "/": {"get": {}}, "/openapi.json": {"get": {}}, "/static/page.css": {"get": {}},
              "/problems/not_found": {"get": {}}}  # fmt: skip
    for path, operations in {**document["paths"], **others}.items():
        taken = {name.upper() for name in operations}
        resource = path.split("/")[2] if path.startswith("/v1/") else ""
        target = path.replace("{id}", IDS.get(resource, "")).replace("{version}", "1")
        for method in METHODS:
            if method not in taken and (method, path) not in ANY_ID:
                yield Attack(f"{method} {path}", method, target, (405,))


def allowed(document: dict[str, Any], target: str) -> set[str]:
    """The methods that the contract promises for a target."""
    for path, operations in document["paths"].items():
        resource = path.split("/")[2]
        if path.replace("{id}", IDS.get(resource, "")).replace("{version}", "1") == target:
            found = {name.upper() for name in operations}
            found |= {method for method, any_id in ANY_ID if any_id == target}
            return found | ({"HEAD"} if "GET" in found else set())
    return {"GET", "HEAD"}


def reads(document: dict[str, Any]) -> list[str]:
    """Every path that answers a GET, ready to be asked."""
    found = ["/healthz", "/readyz", "/docs", "/", "/openapi.json", "/static/page.css",
             "/problems/not_found"]  # fmt: skip
    for path, operations in document["paths"].items():
        if "get" in operations:
            resource = path.split("/")[2]
            if resource in REFUSED:
                continue
            target = path.replace("{id}", IDS.get(resource, "")).replace("{version}", "1")
            found.append(target + NEEDED.get(resource, ""))
    return found


NEEDED = {
    "facets": "?by=measure",
    "search": "?q=reuters",
    "ratios": "?numerator=shells.capacity.prk-rus&denominator=containers.prk-rus",
}
"""What a read cannot be asked without."""


REFUSED = {"totals"}
"""What the seed has no answer to: nothing in it is counted in periods."""


HEADERS: dict[str, tuple[tuple[str, str], ...]] = {
    "a host that is none": (("Host", "[::1"),),
    "a host with a path": (("Host", "evil.example/x?y#z"),),
    "a host of an attacker": (("Host", f"{CANARY}.example"),),
    "an accept of nothing": (("Accept", "application/xml;q=0"),),
    "an accept of garbage": (("Accept", ";;;,,,q=x"),),
    "a range": (("Range", "bytes=0-1,5-4,-0"),),
    "cookies": (("Cookie", f"a={CANARY}; ;;=" * 50),),
    "a long header": (("X-Long", "a" * 30_000),),
    "a method override": (("X-HTTP-Method-Override", "DELETE"),),
    "a forwarded host": (("X-Forwarded-Host", f"{CANARY}.example"),
    ("X-Forwarded-Proto", "gopher")),
    "a forwarded client": (("X-Forwarded-For", "203.0.113.9"), ("Forwarded", "for=_x;by=")),
    "an authorization of garbage": (("Authorization", f"Bearer {CANARY}\xff"),),
    "an old date": (("If-Modified-Since", CANARY), ("If-Unmodified-Since", "x")),
    "an idempotency key of garbage": (("Idempotency-Key", "\xff" * 500),),
    "an upgrade to nothing": (("Connection", "Upgrade"), ("Upgrade", CANARY)),
    "an upgrade to HTTP/2": (("Connection", "Upgrade, HTTP2-Settings"), ("Upgrade", "h2c")),
    "an origin": (("Origin", "null"), ("Access-Control-Request-Method", "DELETE")),
    "a content type on a read": (("Content-Type", "\xff"),),
}  # fmt: skip


def odd_headers(document: dict[str, Any]) -> Iterator[Attack]:
    """Headers that mean nothing here change nothing; a key that is none is refused."""
    for target in reads(document):
        for name, headers in HEADERS.items():
            if target.startswith("/v1/"):
                status: tuple[int, ...] = (401,) if headers[0][0] == "Authorization" else (200,)
                if headers[0][0] == "Host" and target.endswith(LINKED):
                    status = (200, 400)  # links in the answer start with it
                yield Attack(f"GET {target}: {name}", "GET", target, status, None, headers)


# ------------------------------------------------------------------------------- bulk

JSONL, CSV = ("Content-Type", "application/jsonl"), ("Content-Type", "text/csv")
_LINE = {"type": "claim", **CLAIM}
BAD_LINES: dict[str, Any] = {
    "no type": {"id": "s-bulk", "name": "x"},
    "a type that is none": {**_LINE, "type": CANARY},
    "a type that is null": {**_LINE, "type": None},
    "a type that is a list": {**_LINE, "type": ["claim"]},
    "a type that is an object": {**_LINE, "type": {"claim": 1}},
    "a type that is a number": {**_LINE, "type": 1},
    "a type that is a switch": {**_LINE, "type": True},
    "a list": [CANARY],
    "a text": CANARY,
    "null": None,
    "a field that nobody knows": {**_LINE, CANARY: 1},
    "when it was recorded": {**_LINE, "recorded_at": "2020-01-01T00:00:00Z"},
    "version 0": {**_LINE, "version": 0},
    "version -1": {**_LINE, "version": -1},
    "version 2^53": {**_LINE, "version": 2**53},
    "version 2^64": {**_LINE, "version": 2**64},
    "version true": {**_LINE, "version": True},
    "version null": {**_LINE, "version": None},
    "version in a text": {**_LINE, "version": "1"},
    "version in a list": {**_LINE, "version": [1]},
    "a status without a version": {**_LINE, "status": "withdrawn"},
    "a reason without a status": {**_LINE, "version": 1, "reason": CANARY},
    "a status without a reason": {**_LINE, "version": 1, "status": "withdrawn"},
    "an empty reason": {**_LINE, "version": 1, "status": "withdrawn", "reason": ""},
    "a status that is none": {**_LINE, "version": 1, "status": CANARY, "reason": "x"},
    "a hash that is none": {**_LINE, "version": 1, "content_hash": CANARY},
    "a hash without a version": {**_LINE, "content_hash": "0" * 64},
    "something included": {**_LINE, "included": {"sources": [SOURCE]}},
    "a claimant not stored": {**_LINE, "claimant": NOWHERE},
    "a measure not stored": {**_LINE, "measure": NOWHERE},
    "a relation to nowhere": {
        **_LINE, "relations": [{"predicate": "denies", "object": NOWHERE}],
    },
    "a relation to itself": {
        **_LINE, "id": "c-bulk", "relations": [{"predicate": "denies", "object": "c-bulk"}],
    },
    "a wording that cannot be read": {**_LINE, "raw_text": "umpteen"},
    "a number as notes": {**_LINE, "notes": json.loads("15")},
    "a target not stored": {**ASSESSMENT, "type": "assessment", "target": f"claims/{NOWHERE}"},
    "a source under itself": {**SOURCE, "type": "source", "affiliation": "s-new"},
    "a later version of what is stored": {
        "type": "source", "id": "ap", "name": "x", "version": 99,
    },
    "another version 1 of what is stored": {
        "type": "source", "id": "ap", "name": "x", "version": 1,
    },
}  # fmt: skip
RAW_LINES = {
    "a fraction as notes": '{"type":"claim","document":"daily-digest-article","notes":1.5}',
    "a fraction as a dimension": '{"type":"claim","document":"daily-digest-article",'
    '"measure":"containers.prk-rus","value":"5","dimensions":{"a":1e400}}',
    "a fraction as a name": '{"type":"source","id":"s-bulk","name":1e5}',
    "a fraction as a quote": '{"type":"claim","document":"daily-digest-article","quote":1.5}',
    "a fraction as a tag": '{"type":"claim","document":"daily-digest-article","tags":[1.5]}',
}
BAD_CSV: dict[str, str | bytes] = {
    "nothing": "", "only a line break": "\n", "no columns": "a\nb\n",
    "a column twice": "document,measure,measure\na,b,c\n",
    "no measure": "document,value\ndaily-digest-article,5\n",
    "bytes": b"document,measure\n\xff\xfe,x\n",
    "half of UTF-16": "document,measure\n".encode("utf-16")[:-1],
    "an open quote": 'document,measure\n"daily-digest-article,x\n',
    "a quote in the middle": 'document,measure\ndaily"x"y,"a"b\n',
    "a cell too few": "document,measure,value\ndaily-digest-article,containers.prk-rus\n",
    "a cell too many": "document,measure\ndaily-digest-article,containers.prk-rus,5\n",
    "a NUL": "document,measure,value\ndaily-digest-article,containers.prk-rus,\x00\n",
    "a field nobody knows": f"document,measure,value,{CANARY}\n"
    "daily-digest-article,containers.prk-rus,5,6\n",
    "a column of quantities": "document,measure,quantities\n"
    "daily-digest-article,containers.prk-rus,[]\n",
    "dimensions twice over": "document,measure,value,dimensions,dim.a\n"
    "daily-digest-article,containers.prk-rus,5,x,1\n",
    "a dimension without a name": "document,measure,value,dim.\n"
    "daily-digest-article,containers.prk-rus,5,1\n",
    "a dimension of 5,000 digits": "document,measure,value,dim.a\n"
    f"daily-digest-article,containers.prk-rus,5,{'9' * 5_000}\n",
    "a slot of 5,000 digits": "document,measure,value,slot\n"
    f"daily-digest-article,containers.prk-rus,5,{'9' * 5_000}\n",
    "a slot in Arabic digits": "document,measure,value,slot\n"
    "daily-digest-article,containers.prk-rus,5,٣\n",
    "a cell of 200 KB": f"document,measure,notes\na,b,{'x' * 90_000}{'x' * 45_000}\n"[:99_000],
    "another type": "document,measure,type\ndaily-digest-article,containers.prk-rus,source\n",
    "a figure with zeros before": "document,measure,value\n"
    "daily-digest-article,containers.prk-rus,007\n",
    "a formula": "document,measure,value\ndaily-digest-article,containers.prk-rus,=1+1\n",
    "a switch that is none": "document,measure,value,preferred\n"
    "daily-digest-article,containers.prk-rus,5,yes\n",
}  # fmt: skip


def bad_imports() -> Iterator[Attack]:
    """Lines that cannot be stored: 422 with their number, and nothing of the import is stored."""

    def sent(
        name: str, kind: tuple[str, str], body: bytes, *status: int, query: str = ""
    ) -> Attack:
        target = f"/v1/imports{query}"
        return Attack(f"POST imports: {name}", "POST", target, status, body, (kind,))

    good = encoded({"type": "source", "id": "s-bulk-good", "name": "x"}) + b"\n"
    lines = {name: encoded(value) for name, value in BAD_LINES.items()}
    lines |= {name: text.encode() for name, text in RAW_LINES.items()}
    for name, line in lines.items():
        yield sent(f"a line, {name}", JSONL, good + line + b"\n", 422, 409)
        yield sent(f"an item, {name}", JSON, b"[" + line + b"]", 422, 409)
        yield sent(f"a dry run, {name}", JSONL, line, 422, 409, query="?dry_run=true")
    for name, body in BROKEN.items():
        if body.strip() and b"\n" not in body:
            yield sent(f"a line, {name}", JSONL, good + body + b"\n", 422, 400)
        yield sent(f"an array, {name}", JSON, body, 400, 422)
    for name, body in NO_OBJECT.items():
        if body != b"[]":
            yield sent(f"no array, {name}", JSON, body, 400, 422)
    for name, text in BAD_CSV.items():
        body = text if isinstance(text, bytes) else text.encode()
        yield sent(f"CSV, {name}", CSV, body, 422, 400)
    for name, query in {
        "a mode that is none": f"mode={CANARY}", "no mode": "mode=",
        "mode twice": "mode=atomic&mode=atomic",
        "a dry run perhaps": "dry_run=maybe", "errors without end": "max_errors=1001",
        "no errors": "max_errors=0", "a document that is no id": "replace_document=BAD",
        "a document in another script": "replace_document=%D0%B0",
        "an option nobody knows": f"{CANARY}=1",
    }.items():  # fmt: skip
        yield sent(name, JSONL, good, 422, query=f"?{query}")
    yield sent("a NUL in an option", JSONL, good, 400, query="?mode=a%00")
    yield sent("no type", ("Content-Type", ""), good, 415)
    for kind in (
        "text/plain",
        "application/xml",
        "multipart/form-data",
        "application/jsonl, text/csv",
    ):
        yield sent(f"of type {kind}", ("Content-Type", kind), good, 415)
    yield sent("over the limit", JSONL, b"\n" * (LIMIT + 1), 413)
    for query, status in {
        "format=csvx": 422, "format=": 422, "history=1": 422, "history=true&history=true": 422,
        "limit=5": 422, f"{CANARY}=1": 422, "as_of=2024": 422,
        "as_of=9999-12-31T23:59:59-23:59": 422,
        "as_of=a%00": 400,
    }.items():  # fmt: skip
        yield Attack(f"GET export: {query}", "GET", f"/v1/export?{query}", (status,))
    for query, status in {
        "since=-1": 422, "since=9007199254740992": 422, "since=1e3": 422, "since=": 422,
        "since=٣".replace("٣", "%D9%A3"): 422, "until=x": 422, "limit=0": 422, "limit=1001": 422,
        "since=1&since=2": 422, "sort=id": 422, f"{CANARY}=1": 422,
        "as_of=2024-01-01T00:00:00Z": 422,
        "since=a%00": 400, "since=9007199254740991": 409, "since=5&until=2": 200,
    }.items():  # fmt: skip
        yield Attack(f"GET changes: {query}", "GET", f"/v1/changes?{query}", (status,))


# ------------------------------------------------------------------------------- raw bytes


@dataclass(frozen=True)
class Raw:
    """Bytes on the wire that no HTTP library would send, and the statuses that may answer."""

    name: str
    sent: bytes
    status: tuple[int, ...]
    problem: bool = True


def _request(line: str, *headers: str, body: bytes = b"") -> bytes:
    head = "\r\n".join((line, "Host: a", "Connection: close", *headers))
    return head.encode("utf-8") + b"\r\n\r\n" + body


_KIND = "Content-Type: application/json"


def raw() -> Iterator[Raw]:
    """Requests that are broken below HTTP's own rules, or at their edge."""
    post = "POST /v1/claims HTTP/1.1"
    for length in ("-1", "abc", "1e3", "0x10", "+5", "5 5", "5, 6", "9" * 30, "", "١"):
        sent = _request(post, _KIND, f"Content-Length: {length}", body=b"{}   ")
        # The server below may refuse it before we see it, in its own words; over the limit is ours.
        yield Raw(f"Content-Length {length!r}", sent, (400, 413, 422), problem=False)
    twice = ("Content-Length: 2", "Content-Length: 3")
    spaced = _request("DELETE /v1/sources/reuters?reason=x HTTP/1.1", "If-Match:   ")
    yield Raw("If-Match of spaces", spaced, (412,))
    yield Raw("two lengths", _request(post, _KIND, *twice, body=b"{}"), (400,), problem=False)
    both = ("Content-Length: 2", "Transfer-Encoding: chunked")
    yield Raw("a length and chunks", _request(post, _KIND, *both, body=b"0\r\n\r\n"), (400,),
              problem=False)  # fmt: skip
    chunked = "Transfer-Encoding: chunked"
    yield Raw("chunks of garbage", _request(post, _KIND, chunked, body=b"zz\r\n{}\r\n0\r\n\r\n"),
              (400,), problem=False)  # fmt: skip
    yield Raw("an unknown transfer coding", _request(post, _KIND, "Transfer-Encoding: gzip",
              body=b"{}"), (400, 411, 415, 422, 501), problem=False)  # fmt: skip
    big = b"".join(b"2000\r\n" + b"a" * 8192 + b"\r\n" for _ in range(LIMIT // 8192 + 3))
    yield Raw("chunks over the limit", _request(post, _KIND, chunked, body=big + b"0\r\n\r\n"),
              (413,))  # fmt: skip
    over = f"Content-Length: {LIMIT + 1}"
    yield Raw("a length over the limit", _request(post, _KIND, over, body=b"{"), (413,))
    for door in ("PUT /v1/claims/a", "PATCH /v1/claims/a", "POST /v1/lexicon/parse",
                 "POST /v1/sources", "POST /v1/assessments"):  # fmt: skip
        line = f"{door} HTTP/1.1"
        kinds = (_KIND, "If-Match: *")
        yield Raw(f"{door}: a length over the limit", _request(line, *kinds, over), (413,))
        yield Raw(f"{door}: chunks over the limit",
                  _request(line, *kinds, chunked, body=big + b"0\r\n\r\n"), (413,))  # fmt: skip
    for target in ("/v1/claims/..", "/v1/../v1/claims/../../etc/passwd", "/v1/./claims",
                   "/static/../main.py", "/static/../../pyproject.toml"):  # fmt: skip
        yield Raw(f"GET {target}", _request(f"GET {target} HTTP/1.1"), (404, 400, 422))
    yield Raw("bytes in the path", _request("GET /v1/claims/\u00e9\u4e2d HTTP/1.1"),
    (400, 404, 422),
              problem=False)  # fmt: skip
    yield Raw("bytes in the query", _request("GET /v1/claims?q=\u00e9\u4e2d\u6587 HTTP/1.1"),
              (400, 422, 200), problem=False)  # fmt: skip
    yield Raw("an absolute target", _request(f"GET http://{CANARY}.example/v1/nowhere HTTP/1.1"),
              (404, 400), problem=False)  # fmt: skip
    yield Raw("a fragment", _request("GET /v1/claims/a#b HTTP/1.1"), (404, 400), problem=False)
    yield Raw("OPTIONS of everything", _request("OPTIONS * HTTP/1.1"), (400, 404, 405, 204, 200),
              problem=False)  # fmt: skip
    yield Raw("CONNECT", _request("CONNECT a:443 HTTP/1.1"), (400, 404, 405), problem=False)
    yield Raw("a method nobody knows", _request("FOO /v1/claims HTTP/1.1"), (400, 405, 501),
              problem=False)  # fmt: skip
    yield Raw(
        "a method in lower case", _request("get /v1/claims HTTP/1.1"), (400, 405), problem=False
    )
    yield Raw("no path", _request("GET HTTP/1.1"), (400,), problem=False)
    yield Raw("HTTP/9", _request("GET /v1/claims HTTP/9.9"), (400, 505), problem=False)
    yield Raw("no HTTP at all", CANARY.encode() + b"\r\n\r\n", (400,), problem=False)
    yield Raw("a NUL in a header", _request("GET /v1/nowhere HTTP/1.1", "X: a\x00b"), (400, 404),
              problem=False)  # fmt: skip
    yield Raw("a header on two lines", _request("GET /v1/nowhere HTTP/1.1", "X: a\r\n b"),
    (400, 404),
              problem=False)  # fmt: skip
    yield Raw("1,000 headers", _request("GET /v1/nowhere HTTP/1.1",
    *(f"X{n}: 1" for n in range(1000))),
              (404, 400, 431), problem=False)  # fmt: skip
    socket = ("Upgrade: websocket", "Sec-WebSocket-Version: 13")
    line, key = "GET /v1/claims HTTP/1.1", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="
    upgrade = "\r\n".join((line, "Host: a", "Connection: Upgrade", *socket, key)).encode()
    yield Raw("a websocket", upgrade + b"\r\n\r\n", (400, 403, 404, 426, 200), problem=False)
    unkeyed = "\r\n".join((line, "Host: a", "Connection: Upgrade", *socket)).encode()
    yield Raw("a websocket without a key", unkeyed + b"\r\n\r\n", (400, 403, 404, 426, 200),
              problem=False)  # fmt: skip


_made: dict[str, list[Attack]] = {}


TOML = ("Content-Type", "application/toml")
MAPPINGS = {
    "no TOML": b"= = =",
    "not UTF-8": b"claim = '\xff'",
    "nothing": b"",
    "an unknown key": b"nothing = 1",
    "a number of 5,000 digits": b"file = {header = " + b"9" * 5000 + b"}",
    "a deep key": b"x" + b".a" * 3000 + b" = 1",
    "a deep list": b"x = " + b"[" * 5000 + b"]" * 5000,
    "a sheet with a NUL": b'file = {sheet = "\\u0000"}',
    "a delimiter of two": b'file = {delimiter = ";;"}',
}


def bad_mappings() -> Iterator[Attack]:
    """What is no mapping is not stored, and what would read nothing is not suggested."""
    for name, body in MAPPINGS.items():
        yield Attack(f"PUT mappings: {name}", "PUT", "/v1/mappings/log", (422, 400), body,
                     (TOML, ANY_VERSION))  # fmt: skip
    for name, body in {"nothing": b"", "no zip": b"PK\x03\x04x"}.items():
        yield Attack(f"POST suggest: {name}", "POST", "/v1/mappings/suggest", (400, 422), body,
                     (("Content-Type", "text/csv"),))  # fmt: skip


def corpus(document: dict[str, Any]) -> dict[str, list[Attack]]:
    """Every attack over HTTP, by what it is about; made once for both engines."""
    if _made:
        return _made
    groups: dict[str, Iterable[Attack]] = {
        "broken JSON": broken_json(),
        "JSON that is no object": no_object(),
        "wrong content types": wrong_kinds(),
        "wrong types": wrong_types(document),
        "unknown fields": unknown_fields(),
        "too long": too_long(),
        "bad ids": bad_slugs(),
        "bad dates": bad_dates(),
        "bad figures": bad_figures(),
        "numbers that are nearly right": nearly_integers(),
        "incoherent wholes": incoherent(),
        "bad changes": bad_changes(),
        "preconditions": preconditions(),
        "injections": injections(),
        "bad questions": bad_questions(),
        "bad analyses": bad_analyses(),
        "bad moments": bad_moments(),
        "bad cursors": bad_cursors(),
        "bad keys": bad_keys(),
        "bad paths": bad_paths(),
        "wrong methods": wrong_methods(document),
        "odd headers": odd_headers(document),
        "imports": bad_imports(),
        "mappings": bad_mappings(),
    }
    _made.update((name, list(attacks)) for name, attacks in groups.items())
    return _made
