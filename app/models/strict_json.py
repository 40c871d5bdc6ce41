"""Strict JSON (RFC 8259, I-JSON), read digit for digit, then held to a shape."""

import re
from collections.abc import Iterator
from typing import Any

import jiter
from pydantic import ValidationError

from app.errors import Fault, Invalid, Malformed
from app.models.base import StrictModel
from app.models.scanned import MAX_VALUES, bounded
from app.models.validation_messages import sentence

MAYBE_MINUS_ZERO = re.compile(rb"-0(?![0-9.eE])(?<![^\s:,\[]-0)")
MINUS_ZERO = re.compile(r'("(?:[^"\\]|\\.)*"|-0(?![0-9.eE]))')
MAX_DEPTH = 32
MAX_FAULTS = 100
MAX_NAMES = 100


def parse_json(raw: bytes) -> Any:
    """JSON without duplicate keys, NaN, lone surrogates, NUL, or bottomless nesting."""
    bounded(raw)
    try:
        value = jiter.from_json(
            raw, allow_inf_nan=False, catch_duplicate_keys=True, float_mode="lossless-float"
        )
    except ValueError as error:
        raise Malformed("The body is not JSON as this API takes it.", (_fault(error),)) from None
    if MAYBE_MINUS_ZERO.search(raw) and "-0" in MINUS_ZERO.findall(raw.decode()):
        raise Malformed("JSON readers drop the sign of -0: send it as a string.")
    if not _harmless(raw) and any("\x00" in text for text in texts(value)):
        raise Malformed("U+0000 stands for nothing that was printed.")
    return value


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
    told = "an object has a key twice" if what.startswith("Detected duplicate key") else what
    return Fault(f"{told}, at {where}", pointer="")


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
        return Invalid(f"{error.error_count()} rules broken.")
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
