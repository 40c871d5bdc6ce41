"""Wikidata's items written back: the claims of a statement become that statement again.

Each reference was a claim of one statement; here they are merged. Claims that never came from
Wikidata have no item, no property and no statement's id, and are left out, never made up.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any, NamedTuple

from app.errors import Problem
from app.mapping.wikidata import claim_id
from app.mapping.wikidata_snaks import (
    END,
    PART,
    PART_NAME,
    POINT,
    START,
    Qualified,
    implied_qualifiers,
    implied_reference,
    qualified,
)
from app.mapping.wikidata_values import (
    EXACT,
    PROPERTIES,
    UNITS,
    Held,
    entity_id,
    exact_amount,
    main_value,
    read_back,
    snak,
    time_value,
    unit_address,
)
from app.rules import agreement
from app.rules.json_types import JsonObject

_MEASURE = re.compile(r"wd\.(p[1-9][0-9]{0,11})")
_REVISION = re.compile(r"revision ([0-9]{1,15})")
_QUALIFIER, _REFERENCE = re.compile("p[0-9]+"), re.compile("ref_(p[0-9]+)")
OWN = {"statement", "rank", "item_label", "item_label_language", "datatype", EXACT}
OWN_TAGS = re.compile("wikidata:.*|bounds-kind-unknown|period-not-kept")
IMPLIED = {POINT, START, END, PART}
OWN_SOURCES = re.compile(r"wikidata|wd\.q[0-9]+|web\..*")
ONLY_HERE = (
    "statement", "quote", "cue", "modal_cue", "stated", "published", "relations", "speech_act",
    "inferred",
)  # fmt: skip
"""Fields of a claim that a statement has no place for; an import from Wikidata writes none."""
ONLY_OF_FIGURE = ("raw_text", "interval_type", "interval_level", "reading_note")
"""And those of a figure."""

ItemFound = tuple[str, str | None, str, int | None]
"""An item, its label with its language, and the revision it was found at."""
Snaks = dict[str, list[Held]]


class StatementClaim(NamedTuple):
    """A claim that came from a statement of Wikidata."""

    id: str
    claim: JsonObject
    figure: JsonObject
    item: str
    name: str

    @property
    def attributes(self) -> Mapping[str, str]:
        """What describes its figure."""
        found: Mapping[str, str] = self.figure["attributes"]
        return found

    @property
    def statement(self) -> str:
        """The id of its statement."""
        return self.attributes["statement"]

    @property
    def number(self) -> int:
        """Which of the statement's references it is; the first is 1."""
        more = self.id.removeprefix(f"{claim_id(self.statement)}.")
        return int(more) if more.isdecimal() else 1

    @property
    def source(self) -> ItemFound:
        """Where it was found."""
        found = _REVISION.match(self.claim.get("locator", ""))
        language = self.attributes.get("item_label_language", "en")
        label = self.attributes.get("item_label")
        return self.item, label, language, int(found[1]) if found else None


def statement_claim(id: str, claim: JsonObject) -> StatementClaim | None:
    """A claim as one of a statement; None where it did not come from Wikidata.

    Of several readings the preferred one is its figure.
    """
    figures = claim.get("quantities", ())
    for figure in sorted(figures, key=lambda one: (one.get("slot", 1), not one.get("preferred"))):
        item = entity_id(figure.get("dimensions", {}).get("item"))
        name = _MEASURE.fullmatch(figure["measure"])
        if item and name and figure.get("attributes", {}).get("statement"):
            return StatementClaim(id, claim, figure, item, name[1].upper())
    return None


class ItemWriter:
    """Makes entities of claims that come in order of id, so that an item's stand together."""

    def __init__(self) -> None:
        self.left_out = 0
        """Claims that did not come from Wikidata."""
        self._waiting: list[StatementClaim] = []

    def entities(self, claims: Iterable[tuple[str, JsonObject]]) -> Iterator[dict[str, Any]]:
        """The entities that are whole once these claims are added."""
        for id, claim in claims:
            found = statement_claim(id, claim)
            if found is None:
                self.left_out += 1
                continue
            if self._waiting and self._waiting[0].item != found.item:
                yield from self.rest()
            self._waiting.append(found)

    def rest(self) -> Iterator[dict[str, Any]]:
        """What still waits for more of its item."""
        some, self._waiting = self._waiting, []
        for source, of in groupby(sorted(some, key=_place), key=lambda one: one.source):
            yield _entity(source, list(of))


def _place(one: StatementClaim) -> tuple[Any, ...]:
    return str(one.source), one.name, one.statement, one.number


def _entity(source: ItemFound, some: list[StatementClaim]) -> dict[str, Any]:
    """An entity with its statements, and what none of them can say."""
    item, label, language, revision = source
    claims: dict[str, list[dict[str, Any]]] = {}
    notices: list[str] = []
    for _, of in groupby(some, key=lambda one: one.statement):
        several = list(of)
        made = _statement(several, notices)
        if made is not None:
            claims.setdefault(several[0].name, []).append(made)
    found: dict[str, Any] = {"type": "item", "id": item}
    found |= {} if revision is None else {"lastrevid": revision}
    found["labels"] = {language: {"language": language, "value": label}} if label else {}
    return found | {"claims": claims} | ({"notices": notices} if notices else {})


def _statement(some: list[StatementClaim], notices: list[str]) -> dict[str, Any] | None:
    """A statement of its claims; None where no value says what they say."""
    denied = [one for one in some if agreement.denies(one.claim)]
    notices += [f"{one.id}: left out, for it denies what a statement would say" for one in denied]
    some = [one for one in some if one not in denied]
    if not some:
        return None
    first = some[0]
    notices += [f"{one.id}: {lost}" for one in some for lost in _lost(one)]
    value = _main(first, notices)
    if value is None:
        notices.append(f"{first.id}: left out, for no value of Wikidata says its figure")
        return None
    qualifiers = _qualifiers(first)
    same = [_main(one, []) == value and _qualifiers(one) == qualifiers for one in some]
    if not all(same):
        notices.append(f"{first.id}: is written; other claims of its statement differ from it")
    references = [_snaks(_reference(one)) for one in some]
    return {
        "mainsnak": snak(first.name, value, _datatype(first)),
        "type": "statement",
        "id": first.statement,
        "rank": first.attributes.get("rank", "normal"),
        "qualifiers": _snaks(qualifiers),
        "references": [{"snaks": told} for told in references if told],
    }


def _snaks(told: Snaks) -> dict[str, list[dict[str, Any]]]:
    return {name: [snak(name, one) for one in some] for name, some in sorted(told.items())}


def _datatype(one: StatementClaim) -> str:
    dated = "date" in one.figure or one.attributes.get("datatype") == "time"
    known = PROPERTIES.get(one.name, {})
    return "time" if dated or known.get("statistic") == "date" else "quantity"


def _main(one: StatementClaim, notices: list[str]) -> Held | None:
    """The value: as it was sent, if the figure still says that, else as the figure says it."""
    kept = one.attributes.get(EXACT)
    if kept is not None:
        match read_back(kept):
            case [{"value": dict(sent)} as value] if _says(sent, one.figure):
                return value
        notices.append(f"{one.id}: was changed here, and is written as it is now")
    told = {
        name: text for name, text in one.figure.items()
        if name not in ("lower", "upper") or one.figure.get(f"{name}_basis") == "stated"
    }  # fmt: skip
    return main_value(told, str(one.figure.get("unit", "")))


def _says(value: JsonObject, figure: JsonObject) -> bool:
    """Whether a value of Wikidata is what a figure says."""
    try:
        if "time" in value:
            return time_value(value).edtf == str(figure.get("date", "")).removesuffix("~")
        named = (("amount", "value"), ("lowerBound", "lower"), ("upperBound", "upper"))
        sent = {ours: value[theirs] for theirs, ours in named if value.get(theirs) is not None}
        return (
            "value" in sent
            and _is_of(value.get("unit"), str(figure.get("unit", "")))
            and all(exact_amount(told) == figure.get(ours) for ours, told in sent.items())
        )
    except Problem:
        return False


def _is_of(sent: Any, unit: str) -> bool:
    """Whether a unit of Wikidata is ours; of one that is not known here, that it has no other."""
    address = unit_address(unit)
    if address is None:
        return entity_id(sent) not in (None, *UNITS)
    return bool((sent or "1") == address)


def _qualifiers(one: StatementClaim) -> Snaks:
    """Those that were sent; of a period or part that was changed here, what they are now."""
    period, dimensions = one.claim.get("period"), one.figure["dimensions"]
    implied, kept = implied_qualifiers(period, dimensions), _kept(one, _QUALIFIER, 0)
    read = _read(implied | kept)
    if read is None or (read.period, read.dimensions.get(PART_NAME)) != (
        period, dimensions.get(PART_NAME)
    ):  # fmt: skip
        kept = {name: some for name, some in kept.items() if name not in IMPLIED}
    return implied | kept


def _read(told: Snaks) -> Qualified | None:
    """What qualifiers say; None where one was changed to what is none."""
    try:
        return qualified(_snaks(told), lambda code, detail: None)
    except Problem:
        return None


def _reference(one: StatementClaim) -> Snaks:
    return implied_reference(one.claim.get("attributions", ())) | _kept(one, _REFERENCE, 1)


def _kept(one: StatementClaim, names: re.Pattern[str], group: int) -> Snaks:
    """The snaks that are attributes."""
    return {
        found[group].upper(): read_back(text)
        for name, text in one.attributes.items()
        if (found := names.fullmatch(name))
    }


def _lost(one: StatementClaim) -> Iterator[str]:
    """What was added to a claim here, and stands in no statement."""
    written = _qualifiers(one)
    told = [name for name in ONLY_HERE if one.claim.get(name)]
    told += [tag for tag in one.claim.get("tags", ()) if not OWN_TAGS.fullmatch(tag)]
    told += [name for name in one.attributes
             if name not in OWN and not _QUALIFIER.fullmatch(name)
             and not _REFERENCE.fullmatch(name)]  # fmt: skip
    told += [name for name in one.attributes if name.upper() in IMPLIED - written.keys()]
    hops = one.claim.get("attributions", ())
    told += [hop["source"] for hop in hops if not OWN_SOURCES.fullmatch(hop["source"])]
    told += [name for name in one.figure["dimensions"] if name not in ("item", PART_NAME)]
    read = _read(written) or Qualified()
    told += _firmness(one, read)
    if told:
        yield f"{', '.join(told)} left out: a statement has no place for it"
    if len(one.claim["quantities"]) > 1:
        yield "its other figures are left out: a statement has one value"
    period = one.claim.get("period")
    if period and not {POINT, START, END} & written.keys():
        yield "its period is left out: no time of Wikidata says it"
    elif period and period != read.period:
        yield "its period is written in part: no time of Wikidata says the rest"


def _firmness(one: StatementClaim, read: Qualified) -> Iterator[str]:
    """How a figure was put, where the value and its qualifiers do not say the same."""
    figure = one.figure
    yield from (name for name in ONLY_OF_FIGURE if figure.get(name))
    hedge = "approximate" if read.approximate else "none"
    if "value" in figure and figure.get("hedge", "none") != hedge:
        yield f"hedge {figure.get('hedge', 'none')}"
    if str(figure.get("date", "")).endswith("~") and not read.approximate:
        yield "circa"
    if one.claim.get("modality", "plain") != (read.modality or "plain"):
        yield f"modality {one.claim.get('modality', 'plain')}"
    stated = [side for side in ("lower", "upper") if figure.get(f"{side}_basis") == "stated"]
    yield from stated if len(stated) == 1 and EXACT not in one.attributes else ()
    yield from (f"{side}_inclusive" for side in stated if not figure.get(f"{side}_inclusive", True))
