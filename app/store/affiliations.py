"""Who stands above whom: sources and everything they are affiliated with, at one moment."""

import json
from typing import Any

from app.db import Reader
from app.rules.origins import Above
from app.store import reads


async def upward(reader: Reader, ids: set[str], moment: int | None) -> dict[str, dict[str, Any]]:
    """The sources named, and everyone above them, by id."""
    found: dict[str, dict[str, Any]] = {}
    while ids:
        rows = await reads.several(reader, "sources", ids, moment)
        found |= {row.id: json.loads(row.doc) for row in rows}
        above = {found[row.id].get("affiliation") for row in rows}
        ids = {id for id in above if id is not None} - found.keys()
    return found


def above(sources: dict[str, dict[str, Any]]) -> Above:
    """For each source, its affiliation and whether it is a root."""
    return {
        id: (source.get("affiliation"), bool(source.get("is_root")))
        for id, source in sources.items()
    }
