"""docs/reference.md: every field, filter, column and problem, as the code declares them.

``python -m guide.reference`` writes it.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from app.errors import Problem
from app.models.assessment import AssessmentIn
from app.models.claim import Attribution, ClaimIn, ClaimSent, Quote, Relation
from app.models.csv_columns import COLUMNS, FIGURE_COLUMNS
from app.models.filters import FILTERS
from app.models.measure import MeasureIn
from app.models.quantity import QuantityIn
from app.models.source import SourceIn
from app.render.csv import Kind
from app.render.figure_table import reference as figure_reference

PAGE = Path(__file__).parents[1] / "docs" / "reference.md"
OPENING = """\
# Fields and columns

<!-- Made from the models by `python -m guide.reference`: change the models, not this page. -->

Every field, filter and column there is, in one place. The same is at [/docs](/docs), where each
request can be tried. A word with its own meaning here is in the [glossary](glossary.md). A field
without a mark may be left out.

**EDTF** is a date written as precisely as it is known: `2024-03-18`, `2024-03` (in March), `197X`
(the 1970s), `2024-02/2024-03` (a period), `2024-03~` (about then). **An id** is made of small
letters, digits and `.` `_` `:` `-`, and is at most 128 long.
"""
PARTS: Mapping[str, tuple[type[BaseModel], str]] = {
    "A source": (SourceIn, "Whoever or whatever a claim can come from or through: a person, an "
                 "office, a newspaper, an article, a briefing."),
    "A measure": (MeasureIn, "What is counted. Figures of one measure can be compared."),
    "A claim": (ClaimIn, "One statement of one claimant, as found in one document."),
    "A figure of a claim": (QuantityIn, "One of `quantities`. A claim of one figure may have these "
                            "fields beside its own."),
    "A hop of the chain": (Attribution, "One of `attributions`. `via` is the short form, where all "
                           "are relayers."),
    "A relation to another claim": (Relation, "One of `relations`."),
    "A quote": (Quote, "Where the words stand in the document, counted in code points."),
    "An assessment": (AssessmentIn, "A signed opinion on a source or a claim. None is averaged."),
}  # fmt: skip
UNSAID: Mapping[str, str] = {
    "id": "what others call it by, for ever",
    "job_title": "of a person",
    "url": "where a work is",
    "archived_url": "where a copy of it is kept",
    "notes": "for colleagues; nothing is read from it",
    "speech_act": "what was done by saying it",
    "modality": "how sure the claimant sounded",
    "quote": "where the words stand; see [a quote](#a-quote)",
    "locator": "where in the document, in words: page 12, minute 3",
    "modal_cue": "the words that told how sure: “may have”",
    "tags": "words of your own to find claims by",
    "attributions": "the chain; see [a hop](#a-hop-of-the-chain)",
    "relations": "to other claims; see [a relation](#a-relation-to-another-claim)",
    "quantities": "its figures; see [a figure](#a-figure-of-a-claim)",
    "reading_note": "why it is read so",
    "lower_inclusive": "may the figure be the lower bound itself",
    "upper_inclusive": "may the figure be the upper bound itself",
    "interval_type": "what the bounds are",
    "interval_level": "of an interval of confidence: 0.95",
    "measure": "what is counted; a measure",
    "source": "who passed it on, or stands beside the chain; a source",
    "role": "what this source did",
    "basis": "is it stated, or did the recorder infer it",
    "predicate": "how this claim stands to the other",
    "note": "why it is said",
    "exact": "the words themselves",
    "prefix": "words right before them",
    "suffix": "words right after them",
    "start": "the first code point, counted from 0",
    "end": "the code point after the last",
    "type": "are they the claimant's own words",
    "name": "what people call it",
    "definition": "what is counted and what is not, so that others count the same",
}
"""What the models do not say of a field, because in the API its name is enough."""
CELLS: Mapping[Kind, str] = {
    "text": "text", "whole": "a whole number", "switch": "true or false",
    "list": "values, `;` between them", "named": "a column for each name", "json": "JSON",
}  # fmt: skip
NEEDED = " **needed**"
OPERATORS = {
    "eq": "`NAME=`", "ne": "`NAME__ne=`", "gt": "`NAME__gt=`", "gte": "`NAME__gte=`",
    "lt": "`NAME__lt=`", "lte": "`NAME__lte=`", "is_null": "`NAME__is_null=`",
    "overlaps": "`NAME__overlaps=`",
}  # fmt: skip


def page() -> str:
    """The whole page."""
    parts = [OPENING, *(_fields(title, *part) for title, part in PARTS.items())]
    return "\n".join([*parts, _filters(), _claim_columns(), _figure_columns(), _problems()])


def _table(head: tuple[str, ...], rows: Iterator[tuple[str, ...]]) -> str:
    lines = [head, tuple("--" for _ in head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in one) + " |"
                     for one in lines) + "\n"  # fmt: skip


def _fields(title: str, model: type[BaseModel], about: str) -> str:
    schema = model.model_json_schema()
    needed = schema.get("required", [])
    rows = (
        (
            f"`{name}`" + (" **needed**" if name in needed else ""),
            _type(one, schema),
            said(name, one),
        )
        for name, one in sorted(schema["properties"].items(), key=lambda one: one[0] != "id")
    )
    return f"## {title}\n\n{about}\n\n" + _table(("field", "what it holds", "meaning"), rows)


def said(name: str, field: Mapping[str, Any]) -> str:
    """The sentence of a field: the API's, or ours where the API has none."""
    found: str = field.get("description") or UNSAID[name]
    return found


def _type(field: Mapping[str, Any], schema: Mapping[str, Any]) -> str:
    told = str(field.get("description", ""))
    kind = "a date, EDTF" if told.startswith("EDTF") else _kind(field, schema)
    default = field.get("default")
    usual = f"; else `{_word(default)}`" if default not in (None, [], {}) else ""
    return kind + usual


def _word(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _kind(field: Mapping[str, Any], schema: Mapping[str, Any]) -> str:
    if "$ref" in field:
        return _kind(schema["$defs"][field["$ref"].rpartition("/")[2]], schema)
    if "enum" in field:
        return "one of " + ", ".join(f"`{one}`" for one in field["enum"])
    if "anyOf" in field:
        kinds = [_kind(one, schema) for one in field["anyOf"] if one.get("type") != "null"]
        return " or ".join(dict.fromkeys(kinds)).replace("text or a number", "text")
    if field.get("type") == "array":
        return f"a list: {_kind(field['items'], schema)}"
    return _plain(field)


def _plain(field: Mapping[str, Any]) -> str:
    """A type without parts, in words."""
    if field.get("type") == "integer":
        low, high = field.get("minimum"), field.get("maximum")
        small = high is not None and high <= 1000
        return f"a whole number, {low} to {high}" if small else "a whole number"
    plain = {"boolean": "true or false", "number": "a number", "object": "an object"}
    return plain.get(str(field.get("type")), _text(field))


def _text(field: Mapping[str, Any]) -> str:
    pattern = str(field.get("pattern", ""))
    known = {"^[a-z0-9][a-z0-9._:-]{0,127}$": "an id", "^[A-Z]{2}$": "two capital letters",
             "^[A-Z]$": "a capital letter", "^[0-9a-f]{64}$": "64 hexadecimal digits"}  # fmt: skip
    if pattern.startswith("^https?:"):
        return "an address, http(s)"
    if pattern.startswith("^-?(0"):
        return "a decimal, best sent as text"
    most = field.get("maxLength")
    return known.get(pattern, f"text, at most {most:,} characters" if most else "text")


def _filters() -> str:
    parts = [
        "## What lists can be filtered by\n",
        "`NAME=VALUE` in the query string; repeated, any of the values fits, but `value` and dates "
        "are sent once. With an operator the "
        "name is followed by two underscores: " + ", ".join(OPERATORS.values()) + ". A list of "
        "`/v1/quantities`, its tables and charts takes the filters of claims.\n",
    ]
    for resource, filters in FILTERS.items():
        rows = (
            (f"`{one.name}`", one.about, f"`{one.example}`", ", ".join(one.ops)) for one in filters
        )
        head = ("filter", "meaning", "example", "operators")
        parts += [f"### `/v1/{resource}`\n", _table(head, rows)]
    return "\n".join(parts)


def _claim_columns() -> str:
    known = ClaimSent.model_json_schema()["properties"]
    rows = ((f"`{one.name}`", CELLS[one.kind], _told(one.path, known)) for one in COLUMNS)
    return (
        "## The columns of a CSV of claims\n\n`sayso import FILE.csv`, `sayso export FILE.csv` and "
        "`/v1/export?format=csv`: a figure a row, and rows of one `id` are one claim. `id` and "
        "`version` come first; `status` and `reason` may come; `dim.NAME` and `attr.NAME` are a "
        "column for each name. Any other table needs a mapping: [From a spreadsheet](files.md).\n\n"
        + _table(("column", "cells", "meaning"), rows)
    )


def _told(path: tuple[str, ...], known: Mapping[str, Mapping[str, Any]]) -> str:
    return UNSAID[path[-1]] if len(path) > 1 else said(path[0], known[path[0]])


def _figure_columns() -> str:
    return (
        "## The columns of a table of figures\n\n`/v1/quantities.csv`, and `sayso export` with "
        "`--format quantities.csv`, `parquet` or `xlsx`; how to use them: "
        f"[From a notebook](notebooks.md).\n\n{figure_reference(FIGURE_COLUMNS)}\n"
    )


def _problems() -> str:
    kinds = sorted(Problem.__subclasses__(), key=lambda one: (one.status, one.code))
    rows = ((str(one.status), f"[`{one.code}`](/problems/{one.code})", one.title) for one in kinds)
    return (
        "## What can go wrong\n\nAn answer that is not the one asked for is a problem document "
        "(RFC 9457). Its `errors` say what is wrong with which field.\n\n"
        + _table(("status", "code", "what it says"), rows)
    )


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
