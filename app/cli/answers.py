"""What is known of a measure, as tables for the terminal."""

from collections.abc import Iterable

from rich.console import Group
from rich.text import Text

from app.cli.formats import interval, said, when
from app.cli.tables import MATCH, THROUGH, Answers, assumed, counted, headed, row, table
from app.cli.timeline import series
from app.rules.json_types import JsonObject


def measures(some: Iterable[JsonObject]) -> Group:
    """The measures there are."""
    made = table("measure", "what it is", "unit", "claims", right=(3,))
    for one in some:
        made.add_row(
            said(one["id"], "bold"), said(one["name"]), said(one["unit"], "dim"),
            str(one["claims"]),
        )  # fmt: skip
    more = Text("\nsayso ask MEASURE tells what is known of one.", "dim")
    return Group(made if made.rows else Text("There are no measures."), more)


def measure(found: Answers, about: JsonObject, width: int) -> Group:
    """Everything, from the figures to what is assumed."""
    told = found.series
    title = said(about.get("name", told["measure"]), "bold")
    kind = "running total" if told["accumulation"] == "cumulative" else about.get("statistic")
    facts = [told["measure"], told["unit"], kind or "count"]
    parts = [title, said("  ·  ".join(fact for fact in facts if fact), "dim")]
    parts_of = [_figures(found), series(found, width), _against(found)]
    if found.comparison is not None:
        parts_of.append(_comparison(found, found.comparison))
    parts_of += [_corroboration(found), assumed(_every(found))]
    return Group(*parts, *parts_of)


def _every(found: Answers) -> list[JsonObject]:
    some = (found.series, found.comparison, found.corroboration)
    return [one["assumptions"] for one in some if one is not None]


def _figures(found: Answers) -> Group:
    items = found.figures["items"]
    if not items:
        return headed("Figures", Text(), Text("No figure fits, not even possibly."))
    counts = [
        Text(f"{mark} {n} {match}", style)
        for match, (mark, style) in MATCH.items()
        if (n := sum(one["match"] == match for one in items))
    ]
    if found.figures["next_cursor"]:
        counts.append(Text("there are more: --limit", "dim"))
    made = table("", "worded", "who", "said", THROUGH, whole=(0,))
    for one in items:
        made.add_row(Text(*MATCH[one["match"]]), *row(found, one))
    return headed("Figures that fit", Text("   ").join(counts), made)


def _against(found: Answers) -> Group:
    """Denials stand apart."""
    points = found.series["against"]
    made = table("denied or taken back", "who", "said", THROUGH)
    for one in points:
        made.add_row(*row(found, one))
    note = Text(counted(len(points), "denial or retraction", "denials or retractions"), "dim")
    return headed("Against", note, made) if points else Group()


VERDICT = {True: ("✗ they disagree", "bold red"), "unclear": ("? unclear", "yellow")}


def _comparison(found: Answers, told: JsonObject) -> Group:
    """What each figure says of the time asked about, and the pairs that may disagree."""
    made = table("worded", "who", "said", f"says of {told['at']}")
    for one in told["figures"]:
        quoted = " / ".join(f"“{text}”" for text in one["raw_text"]) or interval(one["bounds"])
        says = said(interval(one["at"])) if one["at"] else Text("nothing", "dim")
        time = when(one.get("period") or one.get("stated"))
        made.add_row(said(quoted), said(found.name(one["claimant"])), said(time, "dim"), says)
    verdicts = [
        Text.assemble(VERDICT[pair["disagreement"]], "  ", said(pair["reason"]))
        for pair in told["pairs"]
        if pair["disagreement"] is not False
    ]
    return headed(
        "Do they agree?",
        said(f"at {told['at']}", "dim"),
        made,
        _sides(told),
        *verdicts,
        _rest(told),
    )


def _sides(told: JsonObject) -> Text:
    common, spread = (interval(told[n]) if told[n] else "nothing" for n in ("common", "spread"))
    return Text.assemble(
        ("\nfits all of them  ", "dim"), said(common, "bold"),
        ("     fits one of them  ", "dim"), said(spread), "\n",
    )  # fmt: skip


def _rest(told: JsonObject) -> Text:
    agreed = sum(pair["disagreement"] is False for pair in told["pairs"])
    found = f"Of {counted(len(told['pairs']), 'pair', 'pairs')}, {agreed} "
    found += "does not disagree." if agreed == 1 else "do not disagree."
    more = f" Figures further away, left out: {told['left_out']}." if told["left_out"] else ""
    return Text(found + more, "dim")


def _corroboration(found: Answers) -> Group:
    told = found.corroboration
    low, high = told["independent_origins"]["min"], told["independent_origins"]["max"]
    span = str(low) if low == high else f"{low} to {high}"
    origins = table("origin", "belongs to", "claims", right=(2,))
    for one in told["origins"]["items"]:
        root = said(found.name(one["root"])) if one["root"] else Text("not known", "yellow")
        name = said(found.name(one["source"]) + (" (anonymous)" if one["anonymous"] else ""))
        origins.add_row(name, root, str(one["claims"]))
    claims = counted(told["claims"]["count"], "claim", "claims")
    note = f"{claims} in {counted(told['documents']['count'], 'document', 'documents')}"
    heading = f"Independent origins: {span}"
    return headed(
        heading, Text(note, "dim"), *([origins] if told["origins"]["items"] else []), _beside(found)
    )


def _beside(found: Answers) -> Text:
    """Who and what adds no origin."""
    told, lines = found.corroboration, []
    relayers = told["relayers"]
    if relayers["count"]:
        names = ", ".join(found.name(id) for id in relayers["items"][:12])
        lines.append(said(f"Passed on by {names}: no origins, whatever their number.", "dim"))
    if told["derived_excluded"]["count"]:
        names = ", ".join(one["claim"] for one in told["derived_excluded"]["items"][:12])
        lines.append(said(f"Derived from other claims, so not counted: {names}.", "dim"))
    lines += [said(f"In a circle: {' → '.join(ring)}.", "red") for ring in told["cycles"][:12]]
    return Text("\n").join(lines)
