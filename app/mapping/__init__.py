"""Files as people have them, read into rows, and rows into the lines of an import."""

import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any


@lru_cache
def vocabulary(name: str) -> dict[str, Any]:
    """A table of words beside the code, for a person to extend: ``column_words``, ``wikidata``."""
    return tomllib.loads((Path(__file__).parent / f"{name}.toml").read_text(encoding="utf-8"))
