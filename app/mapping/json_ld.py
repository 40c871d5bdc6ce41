"""JSON-LD as pages and dumps have it: the reviews in a page, an object, an array, a graph, a feed.

Nothing is fetched: a context is taken for schema.org's, and a reference is looked up in the graph
that it stands in.
"""

import html
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from app.errors import Malformed, Problem
from app.models.strict_json import items, members, parse_json
from app.rules.json_types import JsonObject

MAX_WHOLE = 16_000_000
"""Bytes of a page, or of one graph; an array and a feed are read item by item."""
LONGEST_TAG = 2000
LD_TYPE = re.compile(rb"""type\s*=\s*["']?\s*application/ld\+json""")
BLOCK = re.compile(r"<(?:/?(?:p|div|li|h[1-6])|br)(?:\s[^<>]{0,1000})?/?>", re.I)
TAG = re.compile(r"</?[a-z][^<>]{0,1000}>", re.I)
FEED = b'"dataFeedElement"'


class FoundReview(NamedTuple):
    """A review and its number in the file; or why what stands there cannot be read."""

    number: int
    review: JsonObject | None
    problem: Problem | None = None


def found_reviews(raw: bytes) -> Iterator[FoundReview]:
    """Every ClaimReview and MediaReview, in order."""
    number = 0
    for part in _parts(raw):
        try:
            reviews = list(_reviews(parse_json(part)))
        except Problem as problem:
            number += 1
            yield FoundReview(number, None, problem)
            continue
        for review in reviews:
            number += 1
            yield FoundReview(number, review)


def _parts(raw: bytes) -> Iterator[bytes]:
    """What is parsed by itself: the scripts of a page, the items of an array or a feed."""
    bare = raw.removeprefix(b"\xef\xbb\xbf").strip()
    if bare[:1] == b"<":
        for script in scripts(bare):
            yield from _items(script)
        return
    if bare[:1] not in (b"{", b"["):
        raise Malformed(
            "This is neither a page nor JSON-LD: send the page's HTML, or what stands in its"
            ' <script type="application/ld+json">.'
        )
    yield from _items(bare)


def _items(raw: bytes) -> Iterator[bytes]:
    several = items(raw)
    if several is None and FEED in raw:
        feed = members(raw)
        elements = [value for name, value in feed or () if name == "dataFeedElement"]
        several = items(elements[0]) if elements else None
    if several is not None:
        yield from several
    elif len(raw) > MAX_WHOLE:
        raise Malformed(f"One object has at most {MAX_WHOLE} bytes: send an array of several.")
    else:
        yield raw


def scripts(page: bytes) -> list[bytes]:
    """The JSON-LD scripts of a page; raises ``Malformed`` where it has none."""
    if len(page) > MAX_WHOLE:
        raise Malformed(f"A page has at most {MAX_WHOLE} bytes: send its JSON-LD alone.")
    try:
        page.decode()
    except UnicodeDecodeError:
        raise Malformed("The page is not UTF-8: save it as such, or send its JSON-LD.") from None
    found, low, at = [], page.lower(), 0
    while (at := low.find(b"<script", at)) >= 0:
        opened = low.find(b">", at, at + LONGEST_TAG)
        end = low.find(b"</script", opened)
        if opened < 0 or end < 0:
            break
        if LD_TYPE.search(low, at, opened):
            found.append(page[opened + 1 : end].strip())
        at = end
    found = [one for one in found if one]
    if not found:
        raise Malformed(
            'The page has no <script type="application/ld+json">; is it the whole page as it was'
            " sent, and not only what it shows?"
        )
    return [one.removeprefix(b"<!--").removesuffix(b"-->").strip() for one in found]


def types_of(value: Any) -> set[str]:
    """The types of an object, without the prefix that may stand before them."""
    told = every(value.get("@type")) if isinstance(value, dict) else ()
    return {one.rpartition("/")[2].rpartition(":")[2] for one in told if isinstance(one, str)}


def every(value: Any) -> list[Any]:
    """What a property has, be it one value or a list of them."""
    return value if isinstance(value, list) else [value]


REVIEWS = frozenset({"ClaimReview", "MediaReview"})


def _reviews(value: Any) -> Iterator[JsonObject]:
    """The reviews in a value, with references of its graph looked up one level deep."""
    known: dict[str, JsonObject] = {}
    for node in _nodes(value):
        if isinstance(node.get("@id"), str) and len(node) > 1:
            known.setdefault(node["@id"], node)
    for node in _nodes(value):
        if types_of(node) & REVIEWS:
            yield _resolved(node, known)


def _resolved(node: JsonObject, known: dict[str, JsonObject], deep: bool = True) -> JsonObject:
    found: dict[str, Any] = {}
    for name, value in node.items():
        if isinstance(value, dict) and value.keys() == {"@id"}:
            value = known.get(str(value["@id"]), value)
        if deep and isinstance(value, dict):
            value = _resolved(value, known, False)
        found[name] = value
    return found


def _nodes(value: Any) -> Iterator[JsonObject]:
    """Every object, outermost first; how deep they lie is bounded by the JSON reader."""
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from _nodes(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _nodes(inner)


def plain(value: Any) -> str:
    """A text without tags, whichever way it is put: text, {"@value": …}, a name, the first item."""
    if isinstance(value, list):
        return next((found for one in value if (found := plain(one))), "")
    if isinstance(value, dict):
        return next(
            (found for name in ("@value", "name", "text") if (found := plain(value.get(name)))), ""
        )
    if value is None or isinstance(value, bool):
        return ""
    text = str(value)
    text = TAG.sub("", BLOCK.sub(" ", text))
    if "&" in text:
        text = html.unescape(text)
    return " ".join(text.split())
