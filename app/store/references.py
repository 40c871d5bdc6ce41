"""What a question refers to: an empty answer is given where all of it exists, else what is near.

Asked only where nothing was found, or where a name that nobody has would widen the
answer in silence: of `__ne`, and of whether a dimension is there at all.
"""

import difflib
import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, bindparam, func, select, union_all

from app.db import Reader
from app.errors import Fault, Invalid
from app.models import CLAIM, MEASURE, SOURCE, TRAIT
from app.models.field_types import FIND, SLUG
from app.models.question import Condition, Question

COLUMNS = {
    "sources": SOURCE.c.id, "measures": MEASURE.c.id, "claims": CLAIM.c.id,
    "utterances": CLAIM.c.utterance, "traits": TRAIT.c.name,
}  # fmt: skip
AROUND = 300
"""So many ids before and behind, in their order, are looked at for one that is near."""

MAX_LISTED = 3


async def require(reader: Reader, question: Question, found: bool) -> None:
    """Raise ``Invalid`` for all that is asked about and was never stored, in whatever version."""
    faults: list[Fault] = []
    for one in question.conditions:
        if not found or one.widening:
            faults += await _faults(reader, one)
    if faults:
        raise Invalid("What this asks about is not stored.", tuple(faults))


async def require_traits(reader: Reader, names: Iterable[str]) -> None:
    """The same of dimensions and attributes to count by."""
    faults = [fault for one in names if "." in one for fault in await _trait(reader, one, "by")]
    if faults:
        raise Invalid("What this counts by is not stored.", tuple(faults))


async def _faults(reader: Reader, condition: Condition) -> list[Fault]:
    filter, op, values = condition
    ending = "" if op == "eq" else f"__{op}"
    if filter.kind == "trait":
        return await _trait(reader, values[0], f"{values[0]}{ending}")
    if not filter.refers or op not in ("eq", "ne"):
        return []
    lacking = [one for one in values if not await stored(reader, *_place(filter.refers, one))]
    name = f"{filter.name}{ending}"
    return [await lacks(reader, *_place(filter.refers, one), name) for one in lacking[:MAX_LISTED]]


def _place(refers: str, value: str) -> tuple[str, str]:
    """Where an id would be, and the id: a target names both."""
    kind, _, id = value.partition("/")
    return (kind, id) if refers == "targets" else (refers, value)


async def _trait(reader: Reader, name: str, parameter: str) -> list[Fault]:
    if await stored(reader, "traits", name):
        return []
    kind, _, own = name.partition(".")
    names = [row[0] for row in await reader.rows(_names, {})]
    what = {"dim": "dimension", "attr": "attribute"}[kind]
    of_kind = [one.partition(".")[2] for one in names if one.startswith(f"{kind}.")]
    near = [f"{kind}.{one}" for one in _nearest(own, of_kind)]
    beside = [one for one in names if one.partition(".")[2] == own]
    hint = _meant(beside or near) or f"; see `{kind}` in what /v1/quantities lists"
    detail = f"no figure has a {what} of this name{hint}".replace("a att", "an att")
    return [Fault(detail, parameter=parameter, code="unknown_parameter")]


async def stored(reader: Reader, kind: str, id: str) -> bool:
    """Is there, or was there ever, something with this id?"""
    return kind in COLUMNS and bool(await reader.rows(_stored(kind), {"id": id}))


async def near(reader: Reader, kind: str, id: str) -> list[str]:
    """Stored ids that are spelt alike, or go on as this begins."""
    if kind not in COLUMNS:
        return []
    sought = re.sub("[^a-z0-9._:]+", "-", id[:128].casefold()).strip("-._:")
    around = await reader.rows(_around(kind), {"id": sought})
    return _nearest(sought, list(dict.fromkeys(row[0] for row in around if row[0])))


async def lacks(reader: Reader, kind: str, id: str, parameter: str) -> Fault:
    """Says which id was probably meant, and where ids are to be found."""
    if kind not in COLUMNS:
        return Fault("send sources/ID or claims/ID", parameter=parameter, code="unknown_reference")
    alike = await near(reader, kind, id)
    said = "nothing stored has this id" if re.fullmatch(SLUG, id) else "this is no id"
    hint = _meant(alike) or f"; send {FIND[kind]}"
    return Fault(f"{said}{hint}", parameter=parameter, code="unknown_reference")


def _meant(near: list[str]) -> str:
    named = [f"`{one}`" for one in near]
    return f"; did you mean {' or '.join(named)}?" if named else ""


def _nearest(sought: str, known: list[str]) -> list[str]:
    """Those that go on as this begins, and those that are spelt alike."""
    longer = [one for one in known if sought and one.startswith(sought)]
    alike = difflib.get_close_matches(sought, known, MAX_LISTED, 0.6)
    return list(dict.fromkeys([*longer[:MAX_LISTED], *alike]))[:MAX_LISTED]


@lru_cache
def _stored(kind: str) -> Select[Any]:
    column = COLUMNS[kind]
    return select(column).where(column == bindparam("id")).limit(1)


@lru_cache
def _around(kind: str) -> Any:
    """The ids that lie nearest in their order, which an index knows, however many there are."""
    column = COLUMNS[kind]
    behind = select(column).where(column >= bindparam("id")).order_by(column).limit(AROUND)
    before = select(column).where(column < bindparam("id")).order_by(column.desc()).limit(AROUND)
    return union_all(select(behind.subquery()), select(before.subquery()))


def _every_name() -> Select[Any]:
    """Each name once: from one to the next, not row by row."""
    first = select(func.min(TRAIT.c.name).label("name")).cte("names", recursive=True)
    later = TRAIT.alias()
    following = select(func.min(later.c.name)).where(later.c.name > first.c.name).scalar_subquery()
    every = first.union_all(select(following).where(first.c.name.is_not(None)))
    return select(every.c.name).where(every.c.name.is_not(None)).limit(1000)


_names = _every_name()
