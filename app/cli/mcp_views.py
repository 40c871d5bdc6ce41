"""The API's answers as the MCP tools give them: short, in words, what is left out counted."""

from collections.abc import Iterable
from typing import Any

from app.cli.api_client import Voices
from app.cli.mcp_answers import (
    ClaimAnswer,
    ComparedRow,
    ComparisonAnswer,
    FigureRow,
    FoundAnswer,
    FoundItem,
    FoundKind,
    GroupRow,
    HistoryAnswer,
    HopRow,
    OriginRow,
    OriginsAnswer,
    PairRow,
    ReadingRow,
    RecordedAnswer,
    RelationLine,
    WordingAnswer,
)
from app.render import claim_views, figure_views, figure_words, views
from app.render.figure_views import HopView, Names, SourceView
from app.rules.json_types import JsonObject

ROWS = 20
"""At most so many rows in one answer; what is left out is counted."""


def found(told: JsonObject, kinds: Iterable[FoundKind]) -> FoundAnswer:
    """Of the answer of `/search`, with `expand`."""
    names = Names.included(told)
    items, left = [], []
    for kind in kinds:
        hits, total = told["hits"][f"{kind}s"], told["totals"][f"{kind}s"]
        items += [_found(kind, hit["record"], names) for hit in hits]
        if more := total["count"] - len(hits):
            left.append(f"{more}{' or more' if total['more'] else ''} {kind}s")
    hint = None if items else "Nothing has all of these words: send fewer, or others."
    return FoundAnswer(found=items, not_listed=left, hint=hint)


def _found(kind: FoundKind, one: JsonObject, names: Names) -> FoundItem:
    if kind == "claim":
        line = claim_views.line(one, names)
        says = " ".join(filter(None, [f"{line.sentence}.", line.statement]))
    else:
        more = (
            one.get("unit_label") or one["unit"] or one.get("statistic", "count")
            if kind == "measure"
            else one.get("kind", "other")  # what is usual is left out of a document
        )
        says = f"{one.get('name', one['id'])} ({more})"
    return FoundItem(kind=kind, id=one["id"], says=says)


def figure(one: JsonObject, voices: Voices) -> FigureRow:
    """A figure of a list or of a series."""
    one = figure_words.reaching(one)
    about = {"said": one.get("raw_text"), "allows": figure_words.allows(one)}
    said = figure_words.without_domain(one)
    return FigureRow.model_validate({**said, **about, "who": voices.who(one)})


def claim(
    told: JsonObject, provenance: JsonObject, relations: JsonObject, names: Names, citation: str
) -> ClaimAnswer:
    """Of a claim, its provenance, its relations and its citation."""
    seen = claim_views.claim(told, provenance, relations["items"], names)
    kept = {name: told.get(name) for name in ("id", "version", "status", "stated", "document")}
    return ClaimAnswer.model_validate({
        **kept, "who": seen.claimant.name, "statement": told.get("statement"),
        "quote": told.get("quote", {}).get("exact"), "firmness": seen.firmness or None,
        "figures_hold": seen.holds, "alternative_mode": told.get("alternative_mode"),
        "figures": [_reading(one) for one in seen.readings],
        "chain": [_hop(one) for one in seen.chain.hops],
        "stands_beside": [_hop(one) for one in seen.chain.beside],
        "independent_origins_min": seen.chain.low, "independent_origins_max": seen.chain.high,
        "inferred": seen.inferred,
        "relations": [
            RelationLine(words=one.words, claim=one.claim, basis=one.basis, note=one.note)
            for one in seen.relations[:ROWS]
        ],
        "relations_not_listed": len(seen.relations[ROWS:]),
        "notes": told.get("notes"), "citation": citation.strip(),
    })  # fmt: skip


def _reading(one: claim_views.ReadingView) -> ReadingRow:
    return ReadingRow(
        measure=one.measure.id, label=one.label or None, said=one.quoted, allows=one.allows,
        dimensions=dict(one.dimensions) or None,
        attributes=dict(one.attributes) or None, rests_on=one.rests, preferred=one.preferred,
        note=one.note,
    )  # fmt: skip


def _hop(one: HopView) -> HopRow:
    return HopRow(
        source=one.source.id, name=one.source.name, did=one.did,
        unsure=one.unsure or None, beside=one.beside or None,
    )  # fmt: skip


def comparison(told: JsonObject, voices: Voices) -> ComparisonAnswer:
    """Of the answer of `/measures/{id}/comparison`: the pairs that disagree first."""
    seen = views.comparison(told, voices.names)
    of = [one["claim"] for one in told["figures"]]
    counts = {word: sum(one["disagreement"] == word for one in told["pairs"])
              for word in ("true", "unclear", "false")}  # fmt: skip
    doubted = [one for one in told["pairs"] if one["disagreement"] != "false"]
    ranked = sorted(doubted, key=lambda one: one["disagreement"] != "true")
    pairs = [{**one, "one": of[one["one"]], "other": of[one["other"]]} for one in ranked[:ROWS]]
    rows = [
        ComparedRow(claim=one["claim"], who=voices.who(one), said=shown.worded,
                    time=shown.time.edtf, at=shown.says)
        for one, shown in zip(told["figures"], seen.figures, strict=True)
    ]  # fmt: skip
    return ComparisonAnswer(
        measure=told["measure"], at=told["at"], figures=rows[:ROWS],
        figures_not_listed=len(rows[ROWS:]), not_compared=seen.left_out,
        disagree=counts["true"], unclear=counts["unclear"], agree=counts["false"],
        pairs=[PairRow.model_validate(one) for one in pairs],
        pairs_not_listed=len(ranked[ROWS:]), common=seen.common, spread=seen.spread,
        denials=told["against"][:ROWS], denials_not_listed=len(told["against"][ROWS:]),
        **_assumed(told),
    )  # fmt: skip


def corroboration(told: JsonObject, names: Names) -> OriginsAnswer:
    """Of the answer of `/measures/{id}/corroboration`."""
    seen = views.corroboration(told, names)
    derived = told["derived_excluded"]["items"][:ROWS]
    denials = told["against"]["items"][:ROWS]
    return OriginsAnswer(
        independent_origins_min=seen.low, independent_origins_max=seen.high,
        origins=[
            OriginRow(source=one.source.id, name=one.source.name, anonymous=one.anonymous,
                      root=one.root and one.root.name, claims=one.claims)
            for one in seen.origins[:ROWS]
        ],
        origins_not_listed=seen.origin_count - len(seen.origins[:ROWS]),
        claims=seen.claims, documents=seen.documents, passed_on_by=_named(seen.relayers[:ROWS]),
        passed_on_by_not_listed=seen.relayer_count - len(seen.relayers[:ROWS]),
        derived=[f"{one['claim']} (from {', '.join(one['derived_from'])})" for one in derived],
        derived_not_listed=seen.derived_count - len(derived),
        circles=len(seen.cycles), circles_complete=seen.cycles_complete, denials=denials,
        denials_not_listed=told["against"]["count"] - len(denials), **_assumed(told),
    )  # fmt: skip


def _named(sources: list[SourceView]) -> list[str]:
    return [one.name if one.name == one.id else f"{one.name} ({one.id})" for one in sources]


def history(told: JsonObject, voices: Voices) -> HistoryAnswer:
    """Of the answer of `/measures/{id}/series`."""
    kept = ("measure", "unit", "accumulation", "group_by", "next_cursor")
    return HistoryAnswer(
        **{name: told[name] for name in kept},
        groups=[
            GroupRow(
                group=_group(one, told["group_by"], voices.names),
                figures=[figure(point, voices) for point in one["points"]],
            )
            for one in told["groups"]
        ],
        denials=[figure(point, voices) for point in told["against"][:ROWS]],
        denials_not_listed=len(told["against"][ROWS:]) + told["against_left_out"],
        **_assumed(told),
    )  # fmt: skip


def _group(one: JsonObject, by: str, names: Names) -> str:
    """Who or what a group is of: a joint group has members, what nobody named has a document."""
    if one["group"] is None:
        return one.get("document") or ("all of them" if by == "none" else f"without {by}")
    return " and ".join(_named([names.source(id) for id in one.get("members") or [one["group"]]]))


def _assumed(told: JsonObject) -> dict[str, Any]:
    seen = views.assumptions([told])
    return {"assumed": seen.notes, "as_of": seen.as_of}


def wording(told: JsonObject) -> WordingAnswer:
    """Of the answer of `/lexicon/parse`."""
    return WordingAnswer.model_validate({**told, "allows": told["sentence"]})


def recorded(told: JsonObject, stored: bool) -> RecordedAnswer:
    """Of the answer of a claim that was sent."""
    said = [
        figure_views.SaidFigure(**figure_views.in_words(one, Names({})))
        for one in told["quantities"]
    ]
    return RecordedAnswer(
        stored=stored, id=told["id"], similar=told.get("similar", []),
        notices=[one["detail"] for one in told.get("notices", [])],
        figures=[f"{one.worded}: {one.allows}" for one in said],
    )  # fmt: skip
