"""API keys as text: ``sayso_``, 8 letters of id, ``_``, 43 of secret, and 6 of a checksum.

The checksum tells a mistyped key from a wrong one without asking the database, and lets scanners of
published code recognise a key that slipped out.
"""

import base64
import re
import zlib
from typing import NamedTuple

ID = r"^[a-z2-7]{8}$"
DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
SECRET_LENGTH, SUM_LENGTH = 43, 6
_TOKEN = re.compile(r"sayso_([a-z2-7]{8})_([0-9A-Za-z]{43})([0-9A-Za-z]{6})", re.ASCII)


class KeyParts(NamedTuple):
    """A key's public id and its secret."""

    id: str
    secret: str


def key_id(five: bytes) -> str:
    """The public id of a key, of five random bytes."""
    return base64.b32encode(five).decode().lower()


def make_key(id: str, secret: bytes) -> str:
    """The key itself, of its id and 32 random bytes as the secret."""
    body = f"sayso_{id}_{_base62(int.from_bytes(secret, 'big'), SECRET_LENGTH)}"
    return body + _checksum(body)


def parse_key(written: str) -> KeyParts | None:
    """Parse a key; None where it is no key, or its checksum says that it is mistyped."""
    found = _TOKEN.fullmatch(written)
    if found is None or _checksum(written[:-SUM_LENGTH]) != found[3]:
        return None
    return KeyParts(found[1], found[2])


def redacted(text: str) -> str:
    """Redact the keys that may be in a text, for logs and error messages."""
    return _TOKEN.sub("sayso_…", text) if "sayso_" in text else text


def _checksum(body: str) -> str:
    return _base62(zlib.crc32(body.encode()), SUM_LENGTH)


def _base62(number: int, length: int) -> str:
    digits = ""
    for _ in range(length):
        number, digit = divmod(number, 62)
        digits = DIGITS[digit] + digits
    return digits
