"""JSON before it is built: how much it would be, and where the items of an array are.

To build a value is one call, which nothing else in the process can come between; a body of a few
megabytes can name a million of them. So what is long is looked over first, token by token.
"""

import re
from collections.abc import Iterator

from app.errors import Malformed

MAX_VALUES = 50_000
LONGEST = 250_000
"""Bytes of one string or number: the longest text that a field takes, each character escaped."""

TOKEN = re.compile(rb'"(?:[^"\\]++|\\.)*+("?)|[\[\]{},:]', re.DOTALL)
"""What follows an open quote is a string to its end, or this would look for one again and again."""


def bounded(raw: bytes) -> None:
    """Raise ``Malformed`` where more would be built than any resource needs."""
    if len(raw) <= MAX_VALUES:
        return  # a value takes a byte at least
    strings = others = 0
    for start, _ in tokens(raw):
        strings += start == b'"'
        others += start in b"[{,:"
        if max(strings, others) > MAX_VALUES:
            raise Malformed(f"At most {MAX_VALUES} names and values: send several.")


def tokens(raw: bytes) -> Iterator[tuple[bytes, int]]:
    """The first byte of each token that is no number and no word, and where the token ends.

    Each is looked for in so many bytes only: what it takes is in steps of a few milliseconds.
    """
    at, size = 0, len(raw)
    while at < size:
        found = TOKEN.search(raw, at, at + LONGEST)
        if at + LONGEST < size and (found is None or (found[1] == b"" and found.end() > at)):
            raise Malformed(f"A string, number or space of over {LONGEST} bytes: shorten it.")
        if found is None:
            return
        at = found.end()
        yield raw[found.start() : found.start() + 1], at


def items(raw: bytes) -> Iterator[bytes] | None:
    """The items of an array, each as it was sent; None where it is no array.

    Raises ``Malformed`` before the first, where it does not end as one.
    """
    begin = len(raw) - len(raw.lstrip(b" \t\r\n"))
    if raw[begin : begin + 1] != b"[":
        return None
    ends, depth = [begin + 1], 0
    for start, end in tokens(raw):
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
