"""What is wrong with a body, in words: the nearest name of a field, and how an id is found."""

import difflib
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, get_args

from pydantic import BaseModel

from app.models.base import FIND, SLUG, Recorded, StrictModel

NO_FIELD = "there is no such field, or it is set by the server: leave it out"
WORDED = {
    SLUG: "an id is made of a–z, 0–9 and . _ : -",
    r"^[a-z][a-z0-9]*(_[a-z0-9]+)*_?$": "a name is made of a–z, 0–9 and _, begins with a "
    "letter, and has no two _ side by side: in a filter an operator begins there",
    r"^[A-Z]$": "send one capital letter, A to Z",
    r"^[A-Z]{2}$": "send two capital letters, as in KR (ISO 3166-1)",
    r"^https?://[^\s]+$": "send a URL that begins with https:// or http://",
    r"^[0-9a-f]{64}$": "send 64 hexadecimal digits, in lower case",
    r"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$": "send a language tag, as in en or ko-KR (BCP 47)",
}
"""What the patterns of fields ask for."""

KINDS = {"measure": "measures", "object": "claims", "utterance": "utterances"}
"""The fields whose ids are not of sources."""

PATTERN = re.compile(r"String should match pattern '(.*)'", re.S)


def sentence(message: str, place: Sequence[int | str], kind: type[StrictModel] | None) -> str:
    """One finding of pydantic's as a person would put it."""
    if message == "Extra inputs are not permitted":
        return no_field(str(place[-1]), _names(_at(kind, place[:-1])))
    if found := PATTERN.fullmatch(message):
        return _pattern(found[1], place) or _plain(message)
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
    text = message.removeprefix("Value error, ").removeprefix("Input ")
    return text[:1].lower() + text[1:] if text.startswith("Should") else text


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
