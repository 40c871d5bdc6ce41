"""View models of figures: one row of a table, whichever page it stands on."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from app.pages import words
from app.pages.scale import Scale, Strip
from app.rules.json_types import JsonObject

NamesById = Mapping[str, str]


class FigureRow(NamedTuple):
    """A figure as a page shows it."""

    mark: str
    """The class of its answer: yes, maybe, no; empty where nothing was asked."""
    answer: str
    claim: str
    worded: str
    beside: str
    who: tuple[tuple[str, str], ...]
    when: str
    through: str
    allows: str
    strip: Strip | None


class ClaimRow(NamedTuple):
    """A claim as a list shows it."""

    id: str
    worded: str
    allows: str
    measures: tuple[tuple[str, str], ...]
    who: tuple[tuple[str, str], ...]
    through: str
    firmness: str
    when: str
    inferred: bool
    status: str
    statement: str


def names_of(*answers: JsonObject) -> dict[str, str]:
    """The names of the sources and measures that answers brought with them."""
    known = {}
    for answer in answers:
        for many in answer.get("included", {}).values():
            known.update({one["id"]: one.get("name", one["id"]) for one in many})
    return known


def claimants(claim: JsonObject, names: NamesById) -> tuple[tuple[str, str], ...]:
    """Who said it: ids and names; the joint ones together; empty where nobody is named."""
    if "claimant" in claim:
        return ((claim["claimant"], names.get(claim["claimant"], claim["claimant"])),)
    chain = [one for one in claim.get("attributions", []) if "position" in one]
    last = max((one["position"] for one in chain), default=0)
    joint = [
        one["source"] for one in chain
        if one["position"] == last and one["role"] in ("speaker", "author", "originator")
    ]  # fmt: skip
    return tuple((id, names.get(id, id)) for id in joint)


def key(figure: JsonObject) -> tuple[str, int, int, str]:
    """What tells one figure from all others of a list."""
    return (
        figure["claim"], figure.get("slot", 1), figure.get("alternative", 1),
        figure.get("reading", "A"),
    )  # fmt: skip


def figure_row(
    figure: JsonObject, claim: JsonObject, names: NamesById, match: str | None, axis: Scale | None
) -> FigureRow:
    """One row of a measure's table."""
    mark, answer = words.MATCH[match] if match else ("", "")
    dimensions = figure.get("dimensions", {})
    beside = [f"{name.replace('_', ' ')}: {value}" for name, value in dimensions.items()]
    if claim.get("polarity") == "negative" or claim.get("speech_act") in ("deny", "retract"):
        beside.append("denied or taken back")
    time = words.when(figure.get("period", figure.get("stated")))
    return FigureRow(
        mark, answer, figure["claim"], words.worded(figure), "; ".join(beside),
        claimants({**claim, **figure}, names), time,
        words.through(claim.get("attributions", []), names), words.allows(figure),
        axis.strip(figure) if axis else None,
    )  # fmt: skip


def claim_row(claim: JsonObject, names: NamesById) -> ClaimRow:
    """One row of a list of claims."""
    figures = claim.get("quantities", [])
    preferred = [one for one in figures if one.get("preferred")] or figures
    about = dict.fromkeys(one["measure"] for one in figures)
    modality = claim.get("modality", "plain")
    return ClaimRow(
        claim["id"], words.heading(claim),
        words.allows(preferred[0]) if preferred else "",
        tuple((id, names.get(id, id)) for id in about),
        claimants(claim, names), words.through(claim.get("attributions", []), names),
        "" if modality == "plain" else words.MODALITIES[modality].lower(),
        words.when(claim.get("stated")), "stated" in claim.get("inferred", []),
        "" if claim.get("status", "active") == "active" else words.STATUSES[claim["status"]],
        claim.get("statement", ""),
    )  # fmt: skip


def claim_rows(answer: JsonObject) -> list[ClaimRow]:
    """The rows of a page of `/v1/claims` that was asked with `expand=sources,measures`."""
    names = names_of(answer)
    return [claim_row(one, names) for one in answer["items"]]


def tally(marks: Iterable[str]) -> str:
    """`Three certainly, one possibly`; `None`, where no figure is."""
    found = list(marks)
    parts = [
        f"{words.number(n)} {word}"
        for mark, word in (("yes", "certainly"), ("maybe", "possibly"))
        if (n := found.count(mark))
    ]
    return words.capital(", ".join(parts)) or "None"
