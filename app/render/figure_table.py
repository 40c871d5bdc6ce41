"""The table of figures: one figure a row, in columns for notebooks and spreadsheets.

One declaration says of each column what it is called, what its cells are, and what it tells: CSV,
Parquet, XLSX and the reference of columns are all made from it. Days are ISO 8601 and whole, which
no spreadsheet takes for another date (of `2024-03` it makes one); a bound that is not known is an
empty cell.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, NamedTuple

from app.render import csv
from app.render.documents import text
from app.rules import chain, edtf, intervals
from app.rules.edtf import OPEN_FUTURE, OPEN_PAST, DateExtent, DaySpan
from app.rules.json_types import JsonObject

CellKind = Literal["text", "decimal", "whole", "switch", "day", "ids", "json"]
KIND_WORDS: Mapping[CellKind, str] = {
    "text": "text", "decimal": "a number, digit for digit", "whole": "a whole number",
    "switch": "true or false", "day": "a day, 2024-03-31", "ids": "ids, `;` between them",
    "json": "JSON",
}  # fmt: skip
BYTE_ORDER_MARK = "\ufeff"


@dataclass(frozen=True)
class TabledFigure:
    """A figure as /v1/quantities has it, its claim, and what both refer to.

    ``strict`` takes away what rests on convention, as the question does; ``grows``: the claim
    counts something that only grows, so that without a period it is about all the time until then.
    """

    figure: JsonObject
    claim: JsonObject
    sources: Mapping[str, JsonObject]
    measure: JsonObject
    grows: bool
    strict: bool
    base: str

    def name(self, id: str | None) -> str | None:
        """The name of a source."""
        return None if id is None else self.sources.get(id, {}).get("name", id)

    def names(self, ids: Iterable[str]) -> str | None:
        """The names of several, in the order of their ids."""
        return "; ".join(str(self.name(id)) for id in ids) or None

    @cached_property
    def origins(self) -> list[str]:
        """Who stands at the end of the chain."""
        return self._named(chain.origin_indexes)

    @cached_property
    def via(self) -> list[str]:
        """Who stands between the document and the origin, from the document on."""
        return self._named(chain.relay_indexes)

    def _named(self, chosen: Callable[[Any, str | None], set[int]]) -> list[str]:
        """The sources of some hops, in their order."""
        hops = self.claim.get("attributions", [])
        return [hops[n]["source"] for n in sorted(chosen(hops, self.claim.get("claimant")))]

    @property
    def counts(self) -> bool:
        """Is there, or may there be, a number: no date, and nothing that does not apply?"""
        dated = "date" in self.figure or self.measure.get("statistic") == "date"
        return not dated and self.figure.get("absence") != "not_applicable"

    def bound(self, side: str) -> str | None:
        """A bound as it is stored; none where the question takes it away."""
        opened = self.strict and intervals.soft(self.figure, side)
        return None if opened else self.figure.get(side)

    def is_open(self, side: str) -> bool | None:
        """Is no bound known on this side? None where there is no number."""
        return self.bound(side) is None if self.counts else None

    def inclusive(self, side: str) -> bool | None:
        """May the figure be the bound itself?"""
        return None if self.bound(side) is None else self.figure.get(f"{side}_inclusive", True)

    @property
    def reading(self) -> edtf.DateReading:
        """How dates are read."""
        return "strict" if self.strict else "convention"

    def days(self, name: str) -> DaySpan:
        """The days that a date of the figure's can mean."""
        written = self.figure.get(name)
        return edtf.EVER if written is None else edtf.span(written, self.reading)

    @cached_property
    def period(self) -> DateExtent:
        """When the time that is described begins, and when it ends."""
        if "period" in self.figure:
            return edtf.extent(self.figure["period"], self.reading)
        stated = self.days("stated")
        return (edtf.EVER, stated) if self.grows else (edtf.EVER, edtf.EVER)


class TableColumn(NamedTuple):
    """A column: its name, what its cells are, what they tell, and how a row has it."""

    name: str
    kind: CellKind
    about: str
    read: Callable[[TabledFigure], Any]


def figure_column(name: str, kind: CellKind, about: str, default: Any = None) -> TableColumn:
    """A column that the figure's row has under the same name."""
    return TableColumn(name, kind, about, lambda row: row.figure.get(name, default))


def _days(
    name: str, about: str, days: Callable[[TabledFigure], DaySpan]
) -> tuple[TableColumn, ...]:
    """The first day and the last one; an open end is an empty cell."""
    first, last = f"the first day {about}", "the last one; empty: no end is known"
    return (
        TableColumn(f"{name}_from", "day", first, lambda row: _closed(days(row).lo)),
        TableColumn(f"{name}_to", "day", last, lambda row: _closed(days(row).hi)),
    )


def _closed(day: int) -> int | None:
    return None if day in (OPEN_PAST, OPEN_FUTURE) else day


def _bounds(side: str, word: str) -> tuple[TableColumn, ...]:
    return (
        TableColumn(f"open_{word}", "switch", f"no {side} bound is known: draw an arrow, not a bar "
                    "that ends; empty: there is no number", lambda row: row.is_open(side)),
        TableColumn(f"{side}_inclusive", "switch", "may the figure be the bound itself",
                    lambda row: row.inclusive(side)),
        figure_column(f"{side}_basis", "text", "what the bound rests on: stated, entailed by the "
                      "words, convention, or the measure's domain"),
    )  # fmt: skip


WHO = (
    figure_column("claim", "text", "the claim that the figure belongs to"),
    figure_column("version", "whole", "its version"),
    figure_column("match", "text", "does it fit the question: certain, or possible"),
    figure_column("claimant", "text", "who is said to have said it; empty: nobody is named, or "
                  "several together: see `origins`"),
    TableColumn("claimant_name", "text", "the name of that source",
                lambda row: row.name(row.figure.get("claimant"))),
    figure_column("document", "text", "the work it was found in"),
    TableColumn("document_name", "text", "its name", lambda row: row.name(row.figure["document"])),
    TableColumn("via", "ids", "who passed it on, from the document to the origin",
                lambda row: row.via),
    TableColumn("via_names", "text", "their names, in the same order",
                lambda row: row.names(row.via)),
    TableColumn("origins", "ids", "who stands at the end of the chain: said it first",
                lambda row: row.origins),
    TableColumn("origin_names", "text", "their names, in the same order",
                lambda row: row.names(row.origins)),
)  # fmt: skip
WHAT = (
    figure_column("measure", "text", "what is counted"),
    TableColumn("measure_name", "text", "its name",
                lambda row: row.measure.get("name", row.figure["measure"])),
    figure_column("unit", "text", "UCUM; counted things in braces"),
    TableColumn("dimensions", "json", "what narrows the measure, by name",
                lambda row: row.figure.get("dimensions") or None),
    TableColumn("attributes", "json", "what describes the figure without narrowing it, by name",
                lambda row: row.figure.get("attributes") or None),
    figure_column("raw_text", "text", "the figure as printed"),
    figure_column("hedge", "text", "how firmly it was put"),
    figure_column("value", "decimal", "the figure that was named; empty: none was"),
    TableColumn("lower", "decimal", "at least so much; empty: see `open_below`",
                lambda row: row.bound("lower")),
    TableColumn("upper", "decimal", "at most so much; empty: see `open_above`",
                lambda row: row.bound("upper")),
    *_bounds("lower", "below"),
    *_bounds("upper", "above"),
    figure_column("interval_type", "text", "what the bounds are: bounds, confidence or "
                  "standard_deviation", "bounds"),
    figure_column("interval_level", "decimal", "of an interval of confidence"),
    figure_column("absence", "text", "why there is no figure: unknown, withheld, not_applicable"),
    *_days("date", "that the figure can mean, of a measure of dates", lambda row: row.days("date")),
)  # fmt: skip
WHEN = (
    *_days("stated", "on which the claimant may have said it", lambda row: row.days("stated")),
    *_days("period", "of the time that the figure is about (a running total without one: all the "
           "time until it was said)", lambda row: DaySpan(row.period[0].lo, row.period[1].hi)),
    *_days("published", "on which it may have been printed", lambda row: row.days("published")),
)  # fmt: skip
HOW = (
    figure_column("slot", "whole", "of figures claimed together: X containers and Y shells", 1),
    figure_column("alternative", "whole", "what the source itself leaves open: X or Y", 1),
    figure_column("reading", "text", "one way to understand ambiguous wording", "A"),
    figure_column("preferred", "switch", "the reading that the recorder prefers", False),
    figure_column("reading_note", "text", "why it is read so"),
    figure_column("alternative_mode", "text", "how alternatives go together", "single"),
    figure_column("polarity", "text", "negative: the figure is what is denied", "positive"),
    figure_column("modality", "text", "how sure the claimant sounded", "plain"),
    figure_column("speech_act", "text", "what was done by saying it"),
    figure_column("utterance", "text", "shared by all reports of one thing said once"),
    TableColumn("flags", "ids", "incoherence that was kept",
                lambda row: row.figure.get("flags")),
    TableColumn("status", "text", "active, withdrawn or entered_in_error",
                lambda row: row.claim["status"]),
    TableColumn("language", "text", "of the document, BCP 47",
                lambda row: row.sources.get(row.figure["document"], {}).get("language")),
    figure_column("lexicon_version", "text", "the lexicon that read the wording"),
    figure_column("recorded_at", "text", "when this version entered this database"),
)  # fmt: skip
PERMALINK = TableColumn(
    "permalink", "text", "this version of the claim, for ever the same",
    lambda row: f"{row.base}/v1/claims/{row.figure['claim']}/revisions/{row.figure['version']}",
)  # fmt: skip


def csv_lines(columns: Sequence[TableColumn], rows: Iterable[TabledFigure]) -> str:
    """Rows as CSV."""
    return csv.lines([written(one.read(row), one.kind) for one in columns] for row in rows)


def csv_header(columns: Sequence[TableColumn]) -> str:
    """The names of the columns as CSV."""
    return csv.lines([[one.name for one in columns]])


def written(value: Any, kind: CellKind) -> str:
    """A value as a cell; what is not there is an empty cell, and nothing is a formula."""
    if value is None or kind == "switch":
        return csv.written(value, "switch")
    return csv.safe(plain(value, kind))


def plain(value: Any, kind: CellKind) -> str:
    """A value as text; of a day ISO 8601, its year signed before 0 and after 9999."""
    if kind == "day":
        return edtf.date_text(value)
    if kind == "json":
        return text(value)
    return ";".join(value) if kind == "ids" else str(value)


def reference(columns: Iterable[TableColumn]) -> str:
    """The columns as a table of Markdown, for the documentation."""
    told = [f"| `{one.name}` | {KIND_WORDS[one.kind]} | {one.about} |" for one in columns]
    return "\n".join(["| column | cells | what it tells |", "|--|--|--|", *told])
