"""One resource a line: the format of exports and imports, and the line that proves the end."""

from app.render.documents import text

TYPES = {
    "sources": "source", "measures": "measure", "claims": "claim", "assessments": "assessment",
    "mappings": "mapping",
}  # fmt: skip


def line(
    resource: str,
    id: str,
    version: int,
    status: str,
    reason: str | None,
    content_hash: str,
    doc: bytes,
) -> tuple[bytes, bytes, bytes]:
    """A version as a line: everything it says, but not when this database recorded it.

    In pieces, for many to be joined at once: the document is most of it, and stays as it is stored.
    """
    state = "" if reason is None else f',"status":"{status}","reason":{text(reason)}'
    head = (
        f'{{"type":"{TYPES[resource]}","id":"{id}","version":{version}{state}'
        f',"content_hash":"{content_hash}",'
    )
    return head.encode(), doc[1:], b"\n"


def trailer(count: int, digest: str) -> str:
    """The last line: without it the export was cut off; ``digest`` is of all bytes before it."""
    return text({"type": "end", "count": count, "digest": digest}) + "\n"
