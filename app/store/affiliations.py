"""Who stands above whom: sources and everything they are affiliated with, at one moment."""

import json
from typing import Any

from app.db import Reader
from app.rules.chain import Affiliations
from app.store import reads

Sources = dict[str, dict[str, Any]]


async def upward(reader: Reader, ids: set[str], moment: int | None) -> Sources:
    """The sources named, and everyone above them, by id."""
    rows = await reads.with_above(reader, ids, moment)
    return {id: json.loads(row.doc) for id, row in rows.items()}


def above(sources: Sources) -> Affiliations:
    """For each source, its affiliation and whether it is a root."""
    return {
        id: (source.get("affiliation"), bool(source.get("is_root")))
        for id, source in sources.items()
    }
