"""A first mapping for a file: what it says of itself, and questions for what it does not."""

from collections.abc import Iterator, Mapping
from typing import IO, NamedTuple

from app.mapping.cells import printed
from app.mapping.columns import ColumnFacts, braced, hedge_of
from app.mapping.encodings import MAX_UNPACKED, unpacked
from app.mapping.file_draft import FileDraft, OpenQuestion, part_of_year, span_of, toml
from app.mapping.slugs import name_key, shortened, slug, trait_name

KINDS = (("figure",), ("worded",), ("low", "best", "high"))
"""Columns that hold figures, each kind of them told in a way of its own."""
FEW = 4
"""So many columns of figures are told one by one; more are one figure in many columns."""


class Suggestion(NamedTuple):
    """The text of a mapping, and what is still to be settled in it."""

    text: str
    open: list[OpenQuestion]
    columns: list[ColumnFacts]

    @property
    def questions(self) -> list[str]:
        """The questions as sentences."""
        return [one.asked for one in self.open]


def suggested(
    file: IO[bytes],
    name: str = "",
    most: int = MAX_UNPACKED,
    answers: Mapping[str, str] | None = None,
) -> Suggestion:
    """A first mapping for a file; raises ``Malformed`` where it cannot even be looked at."""
    with unpacked(file, most) as whole:
        return _Draft(whole, name, dict(answers or {})).suggestion()


class _Draft(FileDraft):
    """A mapping that is being written."""

    def __init__(self, file: IO[bytes], name: str, answers: dict[str, str]):
        super().__init__(file, answers)
        self.name = answers.get("document") or name
        if not self.name:
            self.ask("document", "What is the file called, and who made it? It becomes a source.")
        self.document = slug(self.name or "my table")
        self.id = self._id()

    def suggestion(self) -> Suggestion:
        """The whole text."""
        self._settle_marks()
        claim = self._claim()
        parts = [_HEAD, *self.told_options(), *self._sources(), *claim, *self._figures()]
        return Suggestion("\n".join(parts) + "\n", self.open, self.facts.columns)

    def _sources(self) -> Iterator[str]:
        yield "[[source]]  # the file itself: its name, kind, date, url, publisher"
        yield f"id = {toml(self.document)}"
        yield f"name = {toml(self.name or 'My table')}"
        yield 'kind = "dataset"'
        languages, answer = self.facts.languages, self.answers.get("language")
        if answer or len(languages) > 1:
            self.ask("language", "In which language are the figures worded?", *languages)
            note = "" if answer else f"  # of the worded figures: {' or '.join(languages)}"
            yield f"language = {toml(answer or OPEN)}{note}"
        elif languages and languages != ("en",):
            yield f"language = {toml(languages[0])}  # the figures are worded in it"
        yield ""

    def _dimensions(self) -> list[ColumnFacts]:
        found = [one for one in self.facts.of("text") if one.cells]
        return [one for one in found if max(map(len, one.cells)) <= 200]

    def _period(self) -> object:
        """The value of `period`, as the mapping has it."""
        if dates := self.facts.of("date"):
            return self._dated(dates)
        if self.facts.of("year"):
            return part_of_year(self.facts)[0]
        if words := self.years:
            plain = all(name == year for name, year in words.items())
            return "{{@column}}" if plain else {"of": "{{@column}}", "words": words}
        if self.days:
            return "{{@column}}"
        self.ask("period", "No column has dates: what time are the figures of? Say it as `period`.")
        return self.answers.get("period")

    def _dated(self, dates: list[ColumnFacts]) -> str:
        """The column of the dates that figures are of; of several that is asked, but for a span."""
        if span := span_of(dates):
            return span
        if len(dates) == 1:
            return braced(dates[0])
        names = {one.name: braced(one) for one in dates}
        told = " or ".join(f"“{printed(name)}”" for name in names)
        self.ask("period", f"Which column says what time the figures are of: {told}?", *names)
        answer = self.answers.get("period", OPEN)
        return names.get(answer, answer)

    def _claim(self) -> Iterator[str]:
        period = self._period()
        yield "[claim]  # of every figure"
        own = self.id and self._id_of_column() if self._is_alone("figure") else self.id
        yield f"id = {toml(own)}" if own else f"# id: {NO_ID}"
        yield f"document = {toml(self.document)}"
        yield f"period = {toml(period)}" if period else '# period = "2024"'
        yield from self._voices()
        for field, kind in (("notes", "notes"), ("locator", "link")):
            if found := [one for one in self.facts.columns if one.seems == kind]:
                yield f"{field} = {toml(braced(found[0]))}"
        yield ""

    def _voices(self) -> Iterator[str]:
        speakers, outlets = self.facts.of("source"), self.facts.of("via")
        if speakers:
            found: dict[str, object] = {"name": braced(speakers[0]), "kind": "other", "new": True}
            yield f"claimant = {toml(found)}  # matched with names and aliases that are stored"
        elif name := self.answers.get("claimant"):
            yield f"claimant = {toml({'id': slug(name), 'name': name, 'kind': 'other'})}"
        else:
            self.ask("claimant", "Who says these figures? Leave it empty where nobody is named.")
            yield '# claimant = {id = "who-says-it", name = "Who says it", kind = "government"}'
        if outlets:
            found = {"name": braced(outlets[0]), "kind": "newspaper", "new": True}
            parted = any(";" in cell for cell in outlets[0].cells)
            yield f"via = {toml(found | ({'split': ';', 'beside': True} if parted else {}))}"

    def _id(self) -> str | None:
        """A template of the columns that tell rows apart; None where all do not."""
        dated = self.facts.of("date")[:1] or self.facts.of("year", "month", "quarter")
        narrow = [one for one in self._dimensions()
                  if max(map(len, one.cells)) <= 60 and not one.figured]  # fmt: skip
        keys = (
            self._filled(self.facts.of("id")) or self._filled([*dated, *narrow])[: len(dated) + 4]
        )
        more = self._filled(self.facts.of("source", "via"))
        while not self._tells_apart([one.name for one in keys]):
            if not more:
                return None
            keys = [*keys, more.pop(0)]
        return ".".join([self.document, *map(braced, keys)])

    def _filled(self, columns: list[ColumnFacts]) -> list[ColumnFacts]:
        """Those that have a cell in every row: an id has none without."""
        return [one for one in columns if len(one.cells) == len(self.rows)]

    def _id_of_column(self) -> str:
        return f"{self.id}.{{{{@column}}}}" if self._melts() else f"{self.id}"

    def _is_alone(self, kind: str) -> bool:
        """Whether all figures are of this kind: alone they share the id of the claim."""
        return all(bool(self.facts.of(*some)) == (kind in some) for some in KINDS)

    def _tells_apart(self, names: list[str]) -> bool:
        places = [self.columns.index(name) for name in names]
        rows = [tuple(slug(cells[place]) for place in places) for _, cells in self.rows]
        return bool(places) and len(set(rows)) == len(rows)

    def _melts(self) -> bool:
        return bool(self.years or self.days) or len(self.facts.of("figure")) >= FEW

    def _figures(self) -> Iterator[str]:
        figures, worded = self.facts.of("figure"), self.facts.of("worded")
        sides = self.facts.of("low", "best", "high")
        single = len(figures) + len(worded) + bool(sides) == 1
        if sides:
            yield from self._sided(sides, single)
        if self._melts():
            yield from self._melted(figures)
        else:
            for column in figures:
                yield from self._one(column, "value", single)
        for column in worded:
            yield from self._one(column, "raw_text", single)
        if not figures and not worded and not sides:
            yield '# No column holds figures only: say where they are.\n[[figure]]\nvalue = "{{?}}"'
            yield 'measure = {id = "{{?}}", name = "{{?}}", unit = "{{?}}"}'

    def _shared(self) -> Iterator[str]:
        """What stands beside every figure: its hedge, what narrows it."""
        for column in self.facts.of("hedge"):
            known = dict.fromkeys(map(name_key, column.cells))
            words = {word: self._hedge(word) for word in known}
            yield f"hedge = {toml({'of': braced(column), 'words': words})}"
            if column.missing:
                yield f"absence = {toml({'of': braced(column), 'words': column.missing})}"
        if found := self._dimensions():
            note = "  # what narrows a figure; what only describes: attributes"
            yield f"dimensions = {toml({trait_name(one.name): braced(one) for one in found})}{note}"
        if beside := self.facts.of("beside"):
            yield f"attributes = {toml({trait_name(one.name): braced(one) for one in beside})}"

    def _hedge(self, word: str) -> str:
        known = hedge_of(word) or self.answers.get(f"hedge {word}")
        if not known:
            self.ask(f"hedge {word}", f"Which hedge is “{printed(word)}”? none, approximate, …")
        return known or OPEN

    def _sided(self, sides: list[ColumnFacts], single: bool) -> Iterator[str]:
        yield "[[figure]]"
        fields = {"low": "lower", "best": "value", "high": "upper"}
        for column in sides:
            yield f"{fields[column.seems]} = {toml(braced(column))}"
        if not single and self.id:
            yield f"claim.id = {toml(self.id)}"
        yield from self._shared()
        if any(one.percent for one in sides):
            yield 'scale = "percent"'
        yield from self._measure(self.name or "figure", self.name, sides)

    def _one(self, column: ColumnFacts, field: str, single: bool) -> Iterator[str]:
        yield "[[figure]]"
        yield f"{field} = {toml(braced(column))}"
        if field == "value" and (scale := self._scale(column)):
            yield f"scale = {toml(scale)}"
        if not single and self.id:
            yield f"claim.id = {toml(f'{self.id}.{slug(column.name)}')}"
        yield from self._shared()
        yield from self._measure(column.name, column.name, [column])

    def _scale(self, column: ColumnFacts) -> str | None:
        """How far the point of its figures moves; a question, where that is not sure."""
        if (scale := column.scale) is not None or not (column.of_percent or column.percent):
            return scale
        bare = (cell for cell in column.cells if not cell.endswith("%"))
        key, cell = f"scale {column.name}", printed(next(bare, column.cells[0]))
        self.ask(key, f"“{printed(column.name)}”: is {cell} in it of a hundred (percent), or a"
                 " part of 1 (none)?", "percent", "none")  # fmt: skip
        answer = self.answers.get(key, OPEN)
        return None if answer == "none" else answer

    def _melted(self, figures: list[ColumnFacts]) -> Iterator[str]:
        others = [one.name for one in self.facts.columns if one not in figures]
        scales = {one.name: self._scale(one) for one in figures}
        yield "[[figure]]  # one in each column but these; `columns` lists them instead"
        yield f"columns_not = {toml(others)}" if others else f"columns = {toml([*scales])}"
        yield 'value = "{{@cell}}"'
        if self.id and not self._is_alone("figure"):
            yield f"claim.id = {toml(self._id_of_column())}"
        if len(set(scales.values())) > 1:
            words = {name: scale or 0 for name, scale in scales.items()}
            yield f"scale = {toml({'of': '{{@column}}', 'words': words})}"
        elif scale := scales[figures[0].name]:
            yield f"scale = {toml(scale)}"
        yield from self._shared()
        if self.years or self.days:
            yield from self._measure(self.name or "figure", self.name, figures[:1])
        else:
            yield from self._measure("{{@column}}", "{{@column}}", figures)

    def _measure(self, id: str, name: str, columns: list[ColumnFacts]) -> Iterator[str]:
        """The measure of these columns; a look-up of their names where they differ in unit."""
        part = id if id.startswith("{{") else slug(id)
        own = part if part == self.document else f"{self.document}.{part}"
        own = own if "{{" in own else shortened(own)
        units = {one.name: self._unit(one) for one in columns}
        shares = [one.name for one in columns if one.percent]
        told: dict[str, object] = {"id": own, "name": name or "What is counted"}
        if len(set(units.values())) > 1 or 0 < len(shares) < len(columns):
            told["unit"] = {"of": "{{@column}}", "words": units}
            share = dict.fromkeys(shares, "share")
            told |= {"statistic": {"of": "{{@column}}", "words": share}} if shares else {}
        else:
            told["unit"] = units[columns[0].name]
            told |= {"statistic": "share"} if shares else {}
        told |= columns[0].label_of(str(told["unit"]))
        about = (
            "  # ? {person}, t, EUR …: UCUM" if any(OPEN in one for one in units.values()) else ""
        )
        yield f"measure = {toml(told)}{about}"
        yield ""

    def _unit(self, column: ColumnFacts) -> str:
        """The unit of a column's figures; a question, where its name and the file's say none."""
        unit = column.unit(self.name)
        if unit is None:
            self.ask("unit", "In which unit are the figures? As in {person}, t, EUR (UCUM).")
            unit = self.answers.get("unit") or OPEN
        return f"{column.power}{unit}"


OPEN = "{{?}}"
"""What is to be filled in; a mapping that has it left is refused with its line."""
NO_ID = "no columns tell all rows apart, so each claim is named by its content"
_HEAD = """\
# How this table is read. Every key is explained in docs/files.md.
# Try it: sayso import FILE --map THIS --dry-run
"""
