"""Does what was worked out beforehand still hold? The change log tells what happened since.

New versions rest on the newest ones of their ids, on the measures of their figures, and on their
documents being works in some language. References need no second look: ids never disappear.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence

from sqlalchemy import Connection, bindparam, select, tuple_

from app.models import CHANGE, CLAIM, FOREVER, SOURCE
from app.store.reference_lookup import CHUNK

_since = (
    select(CHANGE.c.seq, CHANGE.c.resource, CHANGE.c.id, CHANGE.c.version)
    .where(CHANGE.c.seq > bindparam("since"))
    .order_by(CHANGE.c.seq)
    .limit(CHUNK)
)
_before = SOURCE.alias()
_reclassed = (
    select(SOURCE.c.id)
    .join(_before, (_before.c.id == SOURCE.c.id) & (_before.c.version == SOURCE.c.version - 1))
    .where(
        tuple_(SOURCE.c.id, SOURCE.c.version).in_(bindparam("versions", expanding=True)),
        (SOURCE.c["class"] != _before.c["class"])
        | SOURCE.c.language.is_distinct_from(_before.c.language),
    )
)
_of_document = select(CLAIM.c.id).where(
    CLAIM.c.id.in_(bindparam("ids", expanding=True)),
    CLAIM.c.document == bindparam("document"),
    CLAIM.c.recorded_to == FOREVER,
)


def undisturbed(
    connection: Connection,
    seq: int,
    ours: Callable[[Iterable[tuple[str, str]]], bool],
    measures: set[str],
    document: str | None,
) -> bool:
    """Has nothing written after line ``seq`` touched our ids, measures, or claims of a document?"""
    for part in _parts(connection, seq):
        named = {(resource, id) for resource, id, _ in part}
        if ours(named) or measures & {id for resource, id in named if resource == "measures"}:
            return False
        if _reclasses(connection, [one[1:] for one in part if one[0] == "sources"]):
            return False
        claims = [id for resource, id in named if resource == "claims"]
        if document is not None and _touches(connection, document, claims):
            return False
    return True


def _parts(connection: Connection, seq: int) -> Iterator[list[tuple[str, str, int]]]:
    while rows := connection.execute(_since, {"since": seq}).all():
        yield [(row.resource, row.id, row.version) for row in rows]
        seq = rows[-1].seq


def _reclasses(connection: Connection, sources: Sequence[tuple[str, int]]) -> bool:
    changed = {"versions": [one for one in sources if one[1] > 1]}
    return bool(changed["versions"]) and bool(connection.execute(_reclassed, changed).first())


def _touches(connection: Connection, document: str, claims: list[str]) -> bool:
    asked = {"ids": claims, "document": document}
    return bool(claims) and bool(connection.execute(_of_document, asked).first())
