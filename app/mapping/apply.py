"""A mapping applied: the rows of a table become the lines of an import, one by one."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import Any, NamedTuple

from app.errors import Fault
from app.mapping import numerals
from app.mapping.cells import NumberCell, NumberedRow, Table, printed, shown, unfit_row
from app.mapping.names import Directory, NameLookup
from app.mapping.numerals import MARKED, MARKS, CellFault, decimal_mark, read_alike, shift_of
from app.mapping.plans import SAID, ClaimPlan, CompiledMapping, FigurePlan
from app.mapping.reading import RowFilter
from app.mapping.schema import FileOptions
from app.mapping.values import (
    SCALED,
    Absent,
    LookedUp,
    RowContext,
    Template,
    columns_of,
    rendered,
)
from app.rules.chain import BESIDE_ROLES
from app.rules.number_formats import format_of

BARE = re.compile(r"[-−–]?[0-9][0-9.,'’ \u00a0\u202f]*")
"""A number without words."""
NULLS = frozenset({"None", "NONE", "null", "Null", "NULL"})
NEEDED = frozenset({"id", "document", "period"})


class MappedLine(NamedTuple):
    """A line of an import and where it is from; or what is wrong with the row it would be of.

    ``columns`` has for each pointer into the line the column that was read.
    """

    number: int
    content: dict[str, Any] | None
    faults: tuple[Fault, ...] = ()
    columns: tuple[tuple[str, str], ...] = ()


ColumnOrigins = list[tuple[str, str]]
"""Fields, each with the column that it is from."""


class FilledFigure(NamedTuple):
    """A figure of a row, and the columns that its fields are from."""

    row: RowContext
    plan: FigurePlan
    content: dict[str, Any]
    origins: ColumnOrigins


class Mapper:
    """Makes lines of a table's rows, and counts what is left out."""

    def __init__(self, plan: CompiledMapping, lookup: NameLookup):
        self.plan, self.mapping = plan, plan.mapping
        self.directory = Directory(plan.mapping, lookup)
        self.skipped: Counter[str] = Counter()
        self.unused: list[str] = []
        self.filters: list[Callable[[], Iterable[tuple[str, str]]]] = []

    def lines(self, table: Table) -> Iterator[MappedLine]:
        """The lines, each after those that it refers to; raises ``Malformed`` at the header."""
        self.plan.require(table)
        named = {name: name for name in table.columns}  # a workbook's day as such, however named
        figures = [
            (
                one,
                [name and named[name] for name in one.columns(table.columns)],
                RowFilter(one.rule.only, one.rule.not_),
            )
            for one in self.plan.figures
        ]
        self.filters = [passes.notices for *_, passes in figures]
        self.filters.append(table.notices)
        melted = {name for _, columns, _ in figures for name in columns if name}
        self.unused = [
            one for one in table.columns if one not in self.plan.named and one not in melted
        ]
        self.directory.declare()
        yield from self._fresh(max(table.header, 1))
        for row in table.rows:
            yield from self._row(row, table.columns, figures)

    def notices(self) -> Iterator[tuple[str, str]]:
        """What was left out, to be told."""
        for unmet in self.filters:
            yield from unmet()
        if self.unused:
            yield "unused_columns", f"the mapping does not use the columns {shown(self.unused)}"
        for name, count in self.skipped.items():
            cells = "a cell" if count == 1 else f"{count} cells"
            yield "no_figure", f"{cells} of “{printed(name)}” held no figure and made no claim"
        if kept := self.directory.kept:
            told = ", ".join(kept[:20]) + (f" and {len(kept) - 20} more" if len(kept) > 20 else "")
            yield "stored_otherwise", f"stored otherwise than the mapping says, and left so: {told}"

    def _fresh(self, number: int) -> Iterator[MappedLine]:
        yield from (MappedLine(number, content) for content in self.directory.taken())

    def _row(self, row: NumberedRow, names: list[str], figures: list[Any]) -> Iterator[MappedLine]:
        number, cells = row
        if unfit := unfit_row(cells, len(names)):
            detail = f"{unfit}; mend the row, or leave it out: file.skip_lines = [{number}]"
            yield MappedLine(number, None, (Fault(detail, "", code="cells", line=number),))
            return
        known = dict(zip(names, cells, strict=True))
        claims = list(self._claims(number, known, figures))
        yield from self._fresh(number)
        yield from claims

    def _claims(
        self, number: int, cells: dict[str, str], figures: list[Any]
    ) -> Iterator[MappedLine]:
        found: list[FilledFigure] = []
        broken = False
        for plan, columns, passes in figures:
            if not passes(cells.items()):
                continue
            for column in columns:
                row = RowContext(number, cells, self.mapping.file, self.plan.dates, column=column)
                figure = self._figure(plan, row)
                if row.faults:
                    broken = True
                    yield MappedLine(number, None, tuple(row.faults))
                elif figure is not None:
                    found.append(figure)
        if not self.mapping.one_claim:
            ids: set[Any] = set()
            yield from (self._line([one], ids) for one in found)
        elif found:
            whole = self._line(found, set())
            if whole.faults or not broken:  # a claim of several figures lacks none of them
                yield whole

    def _line(self, found: list[FilledFigure], ids: set[Any]) -> MappedLine:
        """A claim of figures of a row; ``ids`` are those that other claims of it have."""
        row, plan = found[0].row, found[0].plan
        claim, origins = self._claim(plan.claim, row)
        id = claim.get("id")
        if id is not None and id in ids:
            detail = (
                "two figures of this row get one id: put {{@column}} into `claim.id`, give a figure"
                ' a `claim.id` of its own, or say one_claim = "row"'
            )
            row.faults.append(Fault(detail, "/id", code="two_of_one_id", line=row.number))
        ids.add(id)
        if row.faults:
            return MappedLine(row.number, None, tuple(row.faults))
        line = {"type": "claim", **claim}
        if self.mapping.one_claim:
            line["quantities"] = [one.content for one in found]
        else:
            line |= found[0].content
        for n, one in enumerate(found):
            at = f"/quantities/{n}" if self.mapping.one_claim else ""
            origins += [(f"{at}/{name}", column) for name, column in one.origins]
        return MappedLine(row.number, line, (), tuple(origins))

    def _figure(self, plan: FigurePlan, row: RowContext) -> FilledFigure | None:
        """A figure, and the columns it is from; None where there is none. Faults are the row's."""
        try:
            row.scale = _shift(plan.scale, row)
        except (Absent, CellFault) as error:
            row.tell(error, "scale", columns_of(plan.scale), "the scale's cell is empty")
        figure, origins, absent = _filled(plan.fields, row)
        if row.scale and "raw_text" in figure and not figure.keys() & SCALED:
            columns = columns_of(plan.fields["raw_text"])
            row.fault("this row has words alone, and a scale moves no words", "scale", columns)
        if row.faults:
            return None
        _settle_absence(figure, [absent[name].why for name in SAID if name in absent], row)
        if not figure.keys() & {*SAID, "absence"}:
            read = columns_of([plan.fields.get(one) for one in SAID])
            self.skipped[row.column or next(iter(read), "")] += 1
            return None
        columns = plan.measure.columns
        try:
            figure["measure"] = plan.measure.items(row, self.directory)[0].id
        except (Absent, CellFault) as error:
            row.tell(error, "measure", columns, "the measure's cell is empty")
        origins += [("measure", row.real(one)) for one in columns[:1]]
        if unit := self.directory.other_units.get(figure.get("measure", "")):
            figure.setdefault("unit", unit)
        self._settle_number(plan, figure, row)
        return FilledFigure(row, plan, figure, origins)

    def _settle_number(self, plan: FigurePlan, figure: dict[str, Any], row: RowContext) -> None:
        if "raw_text" not in figure or row.faults or self._is_told(figure):
            return
        try:
            if isinstance(plan.fields["raw_text"], Template):
                _require_no_null(figure)
            _value_beside_words(figure, row.file)
            if "value" not in figure:
                spoken, declared = self._languages(plan.claim, row)
                _require_one_mark(figure, row.file, spoken)
                _require_one_language(figure, spoken, declared)
        except CellFault as fault:
            row.tell(fault, "raw_text", columns_of(plan.fields["raw_text"]))

    def _languages(self, plan: ClaimPlan, row: RowContext) -> tuple[str | None, str | None]:
        """The language by which the row's wordings are read, and the one that the mapping says."""
        with suppress(Absent, CellFault):  # told of the claim
            (reference,) = plan.sources["document"]
            id = reference.items(row, self.directory)[0].id
            declared: str | None = self.directory.known("sources", id).get("language")
            return self.directory.languages.get(id, declared), declared
        return None, None

    def _is_told(self, figure: dict[str, Any]) -> bool:
        """Whether a figure has numbers or a date beside its words, or is to be a date."""
        measure = self.directory.known("measures", figure["measure"])
        return bool(figure.keys() & {*SCALED, "date"}) or measure.get("statistic") == "date"

    def _claim(self, plan: ClaimPlan, row: RowContext) -> tuple[dict[str, Any], ColumnOrigins]:
        """The fields of a claim; its document, claimant and relayers as whole hops if need be."""
        claim, origins, _ = _filled(plan.fields, row)
        found: dict[str, list[Any]] = {}
        for name, references in plan.sources.items():
            for one in references:
                try:
                    items = one.items(row, self.directory)
                    found.setdefault(name, []).append((items, one.beside))
                except Absent as absent:
                    row.tell(absent, name, (), _empty(name))
                except CellFault as fault:
                    row.tell(fault, name, one.columns)
        if not row.faults:
            claim |= _chain_of(found)
        return claim, [(f"/{name}", column) for name, column in origins]


def _filled(
    fields: dict[str, Any], row: RowContext
) -> tuple[dict[str, Any], ColumnOrigins, dict[str, Absent]]:
    """Fields filled in for a row, the columns that they are from, and those that are left out."""
    found: dict[str, Any] = {}
    origins: ColumnOrigins = []
    absent: dict[str, Absent] = {}
    for name, value in fields.items():
        columns = columns_of(value)
        try:
            found[name] = rendered(value, name, row)
            origins += [(name, row.real(one)) for one in columns[:1]]
        except (Absent, CellFault) as error:
            row.tell(error, name, columns, _empty(name))
            if isinstance(error, Absent):
                absent[name] = error
    return found, origins, absent


def _empty(name: str) -> str:
    """What is wrong with an empty cell of this field, if anything is."""
    return f"the cell is empty, and `{name}` needs it" if name in NEEDED else ""


def _shift(scale: Any, row: RowContext) -> int:
    if scale is None:
        return 0
    found = rendered(scale, "scale", row) if isinstance(scale, Template | LookedUp) else scale
    return shift_of(int(found) if re.fullmatch("-?[0-9]{1,3}", str(found)) else found)


def _settle_absence(figure: dict[str, Any], missing: list[str], row: RowContext) -> None:
    """Why there is no figure, where a cell has a word for it and no other has a figure."""
    said = figure.keys() & set(SAID)
    why = sorted({one for one in missing if one != "skip"})
    if said and "absence" in figure:
        row.fault("there is a figure, and a word for there being none", "absence")
    elif not said and "absence" not in figure and why:
        if len(why) > 1:
            row.fault("two cells say in two ways why there is no figure", "absence")
        figure["absence"] = why[0]


def _value_beside_words(figure: dict[str, Any], file: FileOptions) -> None:
    """A bare number that is taken as wording has its value beside it, where words do not say it.

    A number of a workbook has a point as decimal mark in every language; and a hedge that stands in
    a column of its own is not in the wording, which would be read as another figure and left out.
    """
    cell = figure["raw_text"]
    hedged = figure.get("hedge", "none") != "none"
    if isinstance(cell, NumberCell) and ("." in cell or hedged):
        figure["value"] = str(cell)
    elif hedged and BARE.fullmatch(cell):
        figure["value"] = numerals.figure(cell, file.decimal, file.thousands)
    if "value" in figure:
        figure.setdefault("hedge", "none")


def _require_no_null(figure: dict[str, Any]) -> None:
    """What programs write where there is nothing is no zero, though words may be read as one."""
    if figure["raw_text"] in NULLS:
        raise CellFault(
            "this may be 0, or what a program writes where there is no figure: list it in"
            " file.missing, or say that it is 0 by a look-up"
        )


def _require_one_mark(figure: dict[str, Any], file: FileOptions, language: str | None) -> None:
    """What the file says of its decimal mark holds for wordings too: “ca. 1.200” is not 1.2 there.

    A bare number has its value beside it; more words are read as their language writes figures, so
    that a file which writes them otherwise is refused.
    """
    mark, form = decimal_mark(file.decimal, file.thousands), format_of(language)
    if mark in (None, form.decimal) or form.either or not MARKED.search(figure["raw_text"]):
        return
    if BARE.fullmatch(figure["raw_text"]):
        marks = file.decimal, file.thousands
        figure |= {"value": numerals.figure(figure["raw_text"], *marks), "hedge": "none"}
        return
    raise CellFault(
        f"the file has {MARKS[mark or '']} as decimal mark, and the language of its document"
        f" {MARKS[form.decimal]}: say its `language` in [[source]], or mend file.decimal"
    )


def _require_one_language(figure: dict[str, Any], spoken: str | None, declared: str | None) -> None:
    """A document that is stored in another language than the mapping says is read in that one."""
    if declared is None or "value" in figure or figure["raw_text"].isdecimal():
        return
    if not read_alike(spoken, declared):
        told = f"the language {spoken}" if spoken else "no language"
        raise CellFault(
            f"the document is stored with {told}, by which its words are read, and the mapping says"
            f" {declared}: make them agree"
        )


def _chain_of(found: dict[str, list[tuple[list[Any], bool]]]) -> dict[str, Any]:
    """The fields of a claim that say through whom it came."""
    document = found["document"][0][0][0]
    claimants = [item for items, _ in found.get("claimant", []) for item in items]
    via = [group for items, beside in found.get("via", [])
           for group in ([items] if beside else [[item] for item in items]) if group]  # fmt: skip
    sides = [
        (role, item) for role in BESIDE_ROLES for items, _ in found.get(role, []) for item in items
    ]
    alone = claimants[0].id if len(claimants) == 1 else None
    told: dict[str, Any] = {"document": document.id} | ({"claimant": alone} if alone else {})
    every = [document, *claimants, *(item for group in via for item in group)]
    plain = len(claimants) < 2 and not sides and all(len(group) == 1 for group in via)
    if plain and not any(item.as_given for item in every):
        return told | ({"via": [group[0].id for group in via]} if via else {})
    steps = [("document", [document]), *(("relayer", group) for group in via)]
    steps += [("originator", claimants)] if claimants else []
    hops = [
        _hop(item, role) | {"position": place}
        for place, (role, items) in enumerate(steps)
        for item in items
    ]
    return told | {"attributions": hops + [_hop(item, role) for role, item in sides]}


def _hop(item: Any, role: str) -> dict[str, Any]:
    given = {"name_as_given": item.as_given} if item.as_given else {}
    return {"source": item.id, "role": role, **given}
