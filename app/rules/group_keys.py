"""Group keys of a series: one claimant, several together, or nobody who is named.

Two claims that name nobody are no claims of one voice, unless one document holds both: else two
papers would revise each other. Joint claimants are a voice of their own.
"""

from typing import Any, NamedTuple

NOBODY, TOGETHER, PART = " ", "+", "="
"""No id holds any of these: what a key starts with where nobody is named, what stands between
joint sources, and what goes before the value of a dimension."""
TRAIT_FIELDS = {"dim": "dimensions", "attr": "attributes"}
"""What comes before the dot of ``dim.NAME``, and the field of a figure that has the name."""


class Voice(NamedTuple):
    """Who speaks in a group: what its key stands for."""

    group: str | None
    members: tuple[str, ...] = ()
    document: str | None = None

    @property
    def sources(self) -> tuple[str, ...]:
        """The sources in it."""
        return self.members or ((self.group,) if self.group is not None else ())


def read(key: str) -> Voice:
    """The voice that a key stands for."""
    if key.startswith(NOBODY):
        return Voice(None, document=key[len(NOBODY) :])
    members = tuple(key.split(TOGETHER)) if TOGETHER in key else ()
    return Voice(key, members)


def group_fields(by: str, key: str) -> dict[str, Any]:
    """A group of a series, as its answer begins."""
    if by == "none":
        return {"group": None}
    if by.startswith(("dim.", "attr.")):
        return {"group": key.removeprefix(PART) if key.startswith(PART) else None}
    voice = read(key)
    found: dict[str, Any] = {"group": voice.group}
    if voice.members:
        found["members"] = list(voice.members)
    if voice.document is not None:
        found["document"] = voice.document
    return found
