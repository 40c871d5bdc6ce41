"""Citations of a question about a measure: a line of text, CSL-JSON, and BibTeX.

What is cited is an answer, so all that it depends on stands in it: the question, the moment of the
database, the figures with their hedges, and how few voices may be behind them.
"""

from dataclasses import dataclass
from typing import Any

from app.render.citation import bibtex_entry, escaped
from app.render.date_words import spoken
from app.render.field_words import capital, counted, number, small
from app.render.figure_views import FigureView
from app.render.plain_text import one_line
from app.rules.json_types import JsonObject

LISTED = 12
"""Figures that a citation lists; how many more there are is told."""


@dataclass(frozen=True)
class CitedFigures:
    """The figures that a question about a measure finds, at a moment of the database."""

    measure: JsonObject
    asked: list[str]
    """The conditions in words."""
    figures: list[FigureView]
    """The first of them; ``total`` counts all."""
    total: int
    certain: int
    voices: tuple[int, int]
    """Independent origins: at least, at most."""
    moment: str
    permalink: str

    @property
    def name(self) -> str:
        """The measure's name and what was asked of it."""
        name = one_line(self.measure.get("name", self.measure["id"]))
        return f"{name}: {one_line(', '.join(self.asked))}?" if self.asked else name

    @property
    def tally(self) -> str:
        """`Three figures certainly, one possibly`; without conditions, how many there are."""
        if not self.total:
            return "Nobody here has said such a figure"
        possible = self.total - self.certain
        if not possible and not self.asked:
            return capital(counted(self.total, "figure"))
        told = f"{capital(counted(self.certain, 'figure'))} certainly"
        return f"{told}, {number(possible)} possibly" if possible else told

    @property
    def listed(self) -> str:
        """The figures as worded, each with who said it, and when."""
        told = [_said(one) for one in self.figures[:LISTED]]
        if self.total > LISTED:
            told.append(f"and {self.total - len(told):,} more")
        return "; ".join(told)

    @property
    def behind(self) -> str:
        """`At least two independent voices, at most three`; nothing, where nobody spoke."""
        low, high = self.voices
        if not high or not self.total:
            return ""
        told = counted(low, "independent voice")
        return capital(told) if low == high else f"At least {told}, at most {number(high)}"

    @property
    def note(self) -> str:
        """All of it in sentences, but for the question and the address."""
        parts = (self.tally, self.listed, self.behind)
        return " ".join(f"{part.rstrip('.')}." for part in parts if part)


def _said(one: FigureView) -> str:
    """A figure with all that it depends on: what it counts, of what it is one, who said it."""
    beside = [f"{name}: {one_line(str(value))}" for name, value in one.dimensions.items()]
    told = [one.claimant.name, one.time.words, *beside, one.among, one.put]
    match = "possibly" if one.match == "possible" else ""
    return f"{one_line(one.in_short)} ({', '.join(filter(None, [*told, match]))})"


def text(cited: CitedFigures) -> str:
    """The citation as one line of plain text."""
    end = "" if cited.asked else "."
    when = f"{spoken(cited.moment[:10])}, {cited.moment[11:16]} UTC"
    kept = f"Sayso, measure {cited.measure['id']}, as recorded by {when}: {cited.permalink}"
    return f"{cited.name}{end} {cited.note} {kept}"


def csl(cited: CitedFigures) -> list[dict[str, Any]]:
    """CSL-JSON: a list of one item, a data set of the database that Sayso is."""
    return [{
        "id": _key(cited),
        "type": "dataset",
        "title": f"{cited.name} ({_in_short(cited)})",
        "accessed": {"date-parts": [[int(part) for part in cited.moment[:10].split("-")]]},
        "container-title": "Sayso",
        "version": cited.moment,
        "URL": cited.permalink,
        "note": cited.note,
        "custom": {
            "measure": cited.measure["id"],
            "asked": cited.asked,
            "figures": {"certain": cited.certain, "possible": cited.total - cited.certain},
            "independent_origins": {"min": cited.voices[0], "max": cited.voices[1]},
        },
    }]  # fmt: skip


def bibtex(cited: CitedFigures) -> str:
    """One `@misc` entry in UTF-8, in fields that BibTeX and biblatex share."""
    entry = f"Sayso, measure {cited.measure['id']}, as recorded by {cited.moment}"
    fields = {
        "title": f"{{{{{escaped(f'{cited.name} ({_in_short(cited)})')}}}}}",
        "howpublished": f"{{{escaped(entry)}}}",
        "note": f"{{{escaped(cited.note)}}}",
        "url": f"{{{cited.permalink}}}",
        "urldate": f"{{{cited.moment[:10]}}}",
    }
    return bibtex_entry(_key(cited), fields)


def _in_short(cited: CitedFigures) -> str:
    """Few styles print a note, so the title carries the counts."""
    behind = f"; {small(cited.behind)}" if cited.behind else ""
    return f"{small(cited.tally)}{behind}"


def _key(cited: CitedFigures) -> str:
    """The same for one measure at one moment."""
    digits = "".join(one for one in cited.moment if one.isdigit())
    return f"{cited.measure['id']}.at.{digits}"
