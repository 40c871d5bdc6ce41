"""Names to ids: one id for one name, whatever script it is in."""

import hashlib
import re
import unicodedata
from base64 import b32encode

from app.rules import text_search

LONGEST = 80
"""Characters of a part of an id; what is longer ends in a hash."""
MAX_ID = 128
_OTHER = re.compile("[^a-z0-9._]+")


def slug(text: str) -> str:
    """A part of an id: letters without marks, in lower case; a hash where letters are lost."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    bare = "".join(one for one in plain if not unicodedata.combining(one))
    found = _OTHER.sub("-", bare).strip("-._")
    lost = any(one.isalnum() and not one.isascii() for one in bare)
    if found and not lost and len(found) <= LONGEST:
        return found
    return f"{found[:60].rstrip('-._') or 'x'}-{digest(name_key(text))[:8]}"


def shortened(id: str) -> str:
    """An id of parts; one that is too long for an id ends in a hash of the whole."""
    return id if len(id) <= MAX_ID else f"{id[: MAX_ID - 9].rstrip('-._:')}-{digest(id)[:8]}"


def digest(*parts: str) -> str:
    """A few letters that stand for some texts, always the same."""
    whole = "\x00".join(parts).encode("utf-8", "surrogatepass")
    return b32encode(hashlib.sha256(whole).digest()).decode().lower()[:12]


def name_key(name: str) -> str:
    """What two spellings of one name have in common: case, width and spaces do not count."""
    return " ".join(text_search.folded(name).split())


def trait_name(name: str) -> str:
    """A column's name as that of a dimension."""
    found = re.sub("_+", "_", re.sub("[^a-z0-9]", "_", slug(name))).strip("_")
    return found if found[:1].isalpha() else f"x_{found}"[:60]
