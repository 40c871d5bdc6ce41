"""Names to ids: one id for one name, whatever script it is in."""

import hashlib
import re
import unicodedata
from base64 import b32encode

from app.rules import text_search

LONGEST = 80
_OTHER = re.compile("[^a-z0-9._]+")


def slug(text: str) -> str:
    """A part of an id: letters without marks, in lower case; a hash where letters are lost."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    bare = "".join(one for one in plain if not unicodedata.combining(one))
    found = _OTHER.sub("-", bare).strip("-._")
    lost = any(one.isalnum() and not one.isascii() for one in bare)
    if found and not lost and len(found) <= LONGEST:
        return found
    digest = hashlib.sha256(name_key(text).encode()).digest()
    return f"{found[:60].rstrip('-._') or 'x'}-{b32encode(digest).decode().lower()[:8]}"


def name_key(name: str) -> str:
    """What two spellings of one name have in common: case, width and spaces do not count."""
    return " ".join(text_search.folded(name).split())


def trait_name(name: str) -> str:
    """A column's name as that of a dimension."""
    found = re.sub("_+", "_", re.sub("[^a-z0-9]", "_", slug(name))).strip("_")
    return found if found[:1].isalpha() else f"x_{found}"[:60]
