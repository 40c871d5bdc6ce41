"""What a series is grouped by, as SQL: who said it (together), their root, a dimension, nothing.

A key is text, so that a page can start behind it: ``rules/voices`` says what it stands for. Who
is named by nobody is somebody else in every document; who speaks together is another voice than
each alone.
"""

from typing import Any

from sqlalchemy import String, and_, bindparam, case, func, literal, select

from app.db import joined_texts, part_of_json
from app.models import ATTRIBUTION, SOURCE
from app.models.question import QueryShape
from app.rules.group_keys import NOBODY, PART, TOGETHER
from app.store import analysis
from app.store.as_of import current
from app.store.orders import Base


def key(base: Base, shape: QueryShape, by: str) -> Any:
    """The key of a row's group; of ``dim`` and ``attr``, the name is bound as ``named``."""
    claim = base.table.c
    if by == "none":
        return literal("", String)
    if by in analysis.PARTS:
        return func.coalesce(PART + part(base, by, bindparam("named", type_=String)), "")
    if by == "document":
        return claim.document
    nobody = NOBODY + claim.document
    if by == "origin_root":
        return func.coalesce(_roots(base, shape), nobody)
    one, joint = _only(base), _together(base)
    named = (one,) if by == "origin" else (claim.claimant, one)
    return case((joint.is_not(None), joint), else_=func.coalesce(*named, nobody))


def part(base: Base, by: str, name: Any) -> Any:
    """A dimension or an attribute as it is written in the figure; null where it has none."""
    return part_of_json(base.row.c.doc, literal(analysis.PARTS[by], String), name)


def _origins(base: Base, *columns: Any) -> Any:
    """The sources at the end of a row's chain."""
    hop = ATTRIBUTION.alias()
    same = and_(analysis.of_claim_and_version(hop, base.table), hop.c.is_origin)
    return hop, same


def _only(base: Base) -> Any:
    hop, same = _origins(base)
    return select(func.max(hop.c.source)).where(same).correlate(base.table).scalar_subquery()


def _together(base: Base) -> Any:
    """All of several origins; null of one or none, which is told without putting them in order."""
    hop, same = _origins(base)
    several = select(func.min(hop.c.source) < func.max(hop.c.source)).where(same)
    told, those = _origins(base)
    each = select(told.c.source.label("source")).where(those).distinct().order_by(told.c.source)
    every = each.correlate(base.table).subquery()
    listed = select(joined_texts(every.c.source, literal(TOGETHER, String)))
    return case(
        (several.correlate(base.table).scalar_subquery(), listed.scalar_subquery()), else_=None
    )


def _roots(base: Base, shape: QueryShape) -> Any:
    """The roots of a row's origins; an origin whose root is unknown stands for itself."""
    hop, same = _origins(base)
    known = _under_roots(shape)
    root = func.coalesce(known.c.root, hop.c.source).label("root")
    tables = hop.outerjoin(known, known.c.id == hop.c.source)
    each = select(root).select_from(tables).where(same).distinct().order_by(root)
    every = each.correlate(base.table).subquery()
    return select(joined_texts(every.c.root, literal(TOGETHER, String))).scalar_subquery()


def _under_roots(shape: QueryShape) -> Any:
    """Each source under a root, and that root, at the moment asked about."""
    top, below = SOURCE.alias(), SOURCE.alias()
    first = select(top.c.id.label("id"), top.c.id.label("root"))
    found = first.where(current(top, shape.past), top.c.is_root).cte("under", recursive=True)
    lower = select(below.c.id, found.c.root).join(found, below.c.affiliation == found.c.id)
    return found.union(lower.where(current(below, shape.past), below.c.is_root.is_(False)))
