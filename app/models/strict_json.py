"""Strict JSON (RFC 8259, I-JSON): bounded, read digit for digit, then validated, faults in words.

To build a value is one call, which nothing else in the process can come between; a body of a few
megabytes can name a million of them. So what is long is looked over first, token by token.
"""

import difflib
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, get_args

import jiter
from pydantic import BaseModel, ValidationError

from app.errors import Fault, Invalid, Malformed
from app.models.base import Recorded, StrictModel
from app.models.field_types import EXACT_PATTERN, FIND, SLUG

MAX_VALUES = 50_000
LONGEST = 250_000
"""Bytes of one string or number: the longest text that a field takes, each character escaped."""

TOKEN = re.compile(rb'"(?:[^"\\]++|\\.)*+("?)|[\[\]{},:]', re.DOTALL)
"""What follows an open quote is a string to its end, or this would look for one again and again."""


def bounded(raw: bytes, longest: int = LONGEST) -> None:
    """Raise ``Malformed`` where more would be built than any resource needs."""
    if len(raw) <= MAX_VALUES:
        return  # a value takes a byte at least
    strings = others = 0
    for start, _ in tokens(raw, longest):
        strings += start == b'"'
        others += start in b"[{,:"
        if max(strings, others) > MAX_VALUES:
            raise Malformed(f"At most {MAX_VALUES} names and values: send several.")


def tokens(raw: bytes, longest: int = LONGEST) -> Iterator[tuple[bytes, int]]:
    """The first byte of each token that is no number and no word, and where the token ends.

    Each is looked for in so many bytes only: what it takes is in steps of a few milliseconds.
    """
    at, size = 0, len(raw)
    while at < size:
        found = TOKEN.search(raw, at, at + longest)
        if at + longest < size and (found is None or (found[1] == b"" and found.end() > at)):
            raise Malformed(f"A string, number or space of over {longest} bytes: shorten it.")
        if found is None:
            return
        at = found.end()
        yield raw[found.start() : found.start() + 1], at


def items(raw: bytes, longest: int = LONGEST) -> Iterator[bytes] | None:
    """The items of an array, each as it was sent; None where it is no array.

    Raises ``Malformed`` before the first, where it does not end as one.
    """
    begin = len(raw) - len(raw.lstrip(b" \t\r\n"))
    if raw[begin : begin + 1] != b"[":
        return None
    ends, depth = [begin + 1], 0
    for start, end in tokens(raw, longest):
        depth += (start in b"[{") - (start in b"]}")
        if depth < 1 or (depth == 1 and start == b","):
            ends.append(end)
        if depth < 1:
            break
    if depth != 0 or raw[ends[-1] :].strip(b" \t\r\n"):
        raise Malformed("The array does not end as one.")
    return _between(raw, ends)


def _between(raw: bytes, ends: list[int]) -> Iterator[bytes]:
    if len(ends) > 2 or raw[ends[0] : ends[1] - 1].strip(b" \t\r\n"):
        for begin, end in zip(ends, ends[1:], strict=False):
            yield raw[begin : end - 1]


def members(raw: bytes) -> Iterator[tuple[str, bytes]] | None:
    """The members of an object, each with its value as it was sent; None where it is no object.

    However many there are, only one is held at a time. Raises ``Malformed`` where it comes to them.
    """
    begin = len(raw) - len(raw.lstrip(b" \t\r\n"))
    return _members(raw, begin) if raw[begin : begin + 1] == b"{" else None


def _members(raw: bytes, begin: int) -> Iterator[tuple[str, bytes]]:
    depth, start, name = 0, begin, ""
    seen: set[str] = set()
    for token, end in tokens(raw):
        depth += (token in b"[{") - (token in b"]}")
        if token == b":" and depth == 1:
            name, start = _name(raw[start : end - 1]), end
            if name in seen:
                raise Malformed("An object has a key twice.")
            seen.add(name)
        elif (token == b"," and depth == 1) or depth < 1:
            if name:
                yield name, raw[start : end - 1]
            start, name = end, ""
        elif token == b"{" and depth == 1:
            start = end
        if depth < 1:
            break
    if depth != 0 or raw[start:].strip(b" \t\r\n"):
        raise Malformed("The object does not end as one.")


def _name(raw: bytes) -> str:
    try:
        found = jiter.from_json(raw)
    except ValueError:
        found = None
    if not isinstance(found, str) or not found:
        raise Malformed("A name in an object is no string, or an empty one.")
    return found


MAYBE_MINUS_ZERO = re.compile(rb"-0(?![0-9.eE])(?<![^\s:,\[]-0)")
MINUS_ZERO = re.compile(r'("(?:[^"\\]|\\.)*"|-0(?![0-9.eE]))')
MAX_DEPTH = 32
MAX_FAULTS = 100
MAX_NAMES = 100


def parse_json(raw: bytes, longest: int = LONGEST) -> Any:
    """JSON without duplicate keys, NaN, lone surrogates, NUL, or bottomless nesting."""
    bounded(raw, longest)
    value = lossless(raw)
    if not _harmless(raw) and any("\x00" in text for text in texts(value)):
        raise Malformed("U+0000 stands for nothing that was printed.")
    return value


def lossless(raw: bytes) -> Any:
    """JSON of any size, digit for digit; raises ``Malformed`` where a reader may lose a part."""
    try:
        value = jiter.from_json(
            raw, allow_inf_nan=False, catch_duplicate_keys=True, float_mode="lossless-float"
        )
    except ValueError as error:
        raise Malformed("The body is not JSON as this API takes it.", (_fault(error),)) from None
    if MAYBE_MINUS_ZERO.search(raw) and "-0" in MINUS_ZERO.findall(raw.decode()):
        raise Malformed("JSON readers drop the sign of -0: send it as a string.")
    return value


def lossless_json(value: Any) -> str:
    """JSON as it was read, digit for digit: a number stays one, which ``json`` has no way for."""
    if isinstance(value, jiter.LosslessFloat):
        return str(value)
    if isinstance(value, dict):
        pairs = (f"{json.dumps(name)}:{lossless_json(one)}" for name, one in value.items())
        return "{" + ",".join(pairs) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(lossless_json, value)) + "]"
    return json.dumps(value)


def _harmless(raw: bytes) -> bool:
    """Too short and too flat to break a bound, whatever it says: most need no second look."""
    return (
        len(raw) <= MAX_VALUES
        and raw.count(b"[") + raw.count(b"{") <= MAX_DEPTH
        and raw.count(b":") <= MAX_NAMES
        and b"\\u0000" not in raw
    )


def _fault(error: ValueError) -> Fault:
    # The message may name a duplicate key, which is input: only what is wrong and where is told.
    what, _, where = str(error).rpartition(" at ")
    told = next((plain for begin, plain in JSON_FAULTS.items() if what.startswith(begin)), what)
    return Fault(f"{told}, at {where}", pointer="")


JSON_FAULTS = {
    "Detected duplicate key": "an object has a key twice",
    "EOF while parsing": "it ends too early",
    "expected ident": "no value of JSON begins so",
    "expected value": "no value of JSON begins so",
}
"""What the reader of JSON says, in words; where it begins otherwise it is told as it is."""


def texts(value: Any, depth: int = 0) -> Iterator[str]:
    """Every string in a JSON value, names included; raises ``Malformed`` where it is too deep."""
    if depth > MAX_DEPTH:
        raise Malformed(f"Nested deeper than {MAX_DEPTH} levels.")
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        if len(value) > MAX_NAMES:
            raise Malformed(f"An object has at most {MAX_NAMES} names.")
        for name, inner in value.items():
            yield name
            yield from texts(inner, depth + 1)
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner, depth + 1)
    else:
        yield ""


def validated(kind: type[StrictModel], value: Any) -> StrictModel:
    """A JSON value as a shape; raises ``Invalid`` with a pointer for every rule it breaks."""
    if not isinstance(value, dict):
        raise Invalid(faults=(Fault("send an object", pointer="", code="not_an_object"),))
    try:
        return kind.model_validate(value)
    except ValidationError as error:
        raise invalid(error, value, kind) from None


def invalid(error: ValidationError, value: Any, kind: type[StrictModel] | None = None) -> Invalid:
    """Pydantic's findings, without the input they were found in; ``kind`` knows the names."""
    if error.error_count() > 1000:
        told = "rules broken, which are too many to list: send a part of it first."
        return Invalid(f"{error.error_count()} {told}")
    found = error.errors(include_url=False, include_context=False, include_input=False)
    faults = {
        (pointer(one["loc"], value), sentence(one["msg"], one["loc"], kind), one["type"]): None
        for one in found
    }
    count = f"{len(faults)} rule{'s' if len(faults) > 1 else ''} broken."
    return Invalid(
        count,
        tuple(Fault(detail, pointer=at, code=code) for at, detail, code in [*faults][:MAX_FAULTS]),
    )


def escaped(name: str) -> str:
    """A name as one step of a JSON Pointer."""
    return name.replace("~", "~0").replace("/", "~1")[:200]


def pointer(location: tuple[int | str, ...], value: Any) -> str:
    """A JSON Pointer (RFC 6901) to where pydantic found a fault, in what was sent."""
    path = ""
    for n, part in enumerate(location):
        known = (isinstance(value, dict) and part in value) or (
            isinstance(value, list) and isinstance(part, int) and part < len(value)
        )
        missing = isinstance(value, dict) and n == len(location) - 1
        if not known and not missing:
            break
        path += f"/{escaped(str(part))}"
        value = value[part] if known else None
    return path


NO_FIELD = "there is no such field, or it is set by the server: leave it out"
WORDED = {
    SLUG: "an id is made of a–z, 0–9 and . _ : -, begins with a letter or a digit, and has at most "
    "128 characters",
    r"^[a-z][a-z0-9]*(_[a-z0-9]+)*_?$": "a name is made of a–z, 0–9 and _, begins with a "
    "letter, and has no two _ side by side: in a filter an operator begins there",
    r"^[A-Z]$": "send one capital letter, A to Z",
    r"^[A-Z]{2}$": "send two capital letters, as in KR (ISO 3166-1)",
    r"^https?://[^\s]+$": "send a URL that begins with https:// or http://",
    r"^[A-Za-z][A-Za-z0-9+.-]*:[^\s]+$": "send an address or another IRI, such "
    "as https://www.wikidata.org/wiki/Q42",
    r"^[^\x00-\x1f]{1,200}$": "send a text of one line, at most 200 characters long",
    rf"^[^\x00-\x1f]{{1,500}}$|{EXACT_PATTERN}": "send a number, or a text of one "
    "line, at most 500 characters long",
    r"\S": "it is blank: send a name",
    r"^[0-9a-f]{64}$": "send 64 hexadecimal digits, in lower case",
    r"^(sources|claims)/[a-z0-9][a-z0-9._:-]{0,127}$": "send sources/ID or claims/ID, such as "
    "sources/reuters",
    r"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$": "send a language tag, as in en or ko-KR (BCP 47)",
}
"""What the patterns of fields ask for."""

PLAIN = {
    "Field required": "it is needed, and was not sent",
    "String should have at least 1 character": "it is empty: send a text, or leave it out",
}
"""What pydantic says, as a person would put it."""

KINDS = {"measure": "measures", "object": "claims", "utterance": "utterances"}
"""The fields whose ids are not of sources."""

PATTERN = re.compile(r"String should match pattern '(.*)'", re.S)


def sentence(message: str, place: Sequence[int | str], kind: type[StrictModel] | None) -> str:
    """One finding of pydantic's as a person would put it."""
    if message == "Extra inputs are not permitted":
        return no_field(str(place[-1]), _names(_at(kind, place[:-1])))
    if found := PATTERN.fullmatch(message):
        return _pattern(found[1], place) or "is not of the form it has here: /docs shows it"
    return _plain(message)


def no_field(name: str, known: Iterable[str]) -> str:
    """There is no such field; which was probably meant."""
    if name in Recorded.model_fields:
        return NO_FIELD
    near = difflib.get_close_matches(name[:100], sorted(known), 1, 0.6)
    return f"there is no such field; did you mean `{near[0]}`?" if near else NO_FIELD


def _pattern(pattern: str, place: Sequence[int | str]) -> str | None:
    words = WORDED.get(pattern)
    if pattern != SLUG or not place:
        return words
    names = [part for part in place if isinstance(part, str)]
    if not names or names[-1] == "id":
        return words
    return f"{words}; send {FIND[KINDS.get(names[-1], 'sources')]}"


def _plain(message: str) -> str:
    if message in PLAIN:
        return PLAIN[message]
    text = message.removeprefix("Value error, ")
    return text.removeprefix("Input ").removeprefix("String ")


def _at(kind: Any, place: Sequence[int | str]) -> Any:
    """The shape that a part of a body is held to."""
    for part in place:
        if isinstance(part, str) and kind is not None:
            kind = next(_shapes(_fields(kind).get(part)), None)
    return kind


def _names(kind: Any) -> Iterable[str]:
    return _fields(kind) if kind is not None else ()


def _fields(kind: Any) -> dict[str, Any]:
    """The fields of a shape by the names they are sent with, each with its annotation."""
    return {one.alias or name: one.annotation for name, one in kind.model_fields.items()}


def _shapes(annotation: Any) -> Iterator[Any]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _shapes(part)
