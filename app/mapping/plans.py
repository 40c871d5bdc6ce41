"""A mapping compiled: every value made ready, every fault of the mapping told at once."""

from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from app.errors import Fault
from app.mapping.cells import DOCS, Table, printed, shown, unreadable_file
from app.mapping.names import MappedReference, compiled
from app.mapping.schema import FIGURE_FIELDS, ClaimRule, Mapping
from app.mapping.values import DATES, Compiler, Template, columns_of
from app.rules.chain import BESIDE_ROLES

SAID = ("value", "lower", "upper", "raw_text", "date")
"""What makes a figure one: without any of them there is none, and perhaps a word why."""
SOURCES = ("document", "claimant", "via", *BESIDE_ROLES)
OF_COLUMN = {"@cell", "@column"}


@dataclass(frozen=True)
class ClaimPlan:
    """The fields of a claim, compiled."""

    fields: dict[str, Any]
    sources: dict[str, list[MappedReference]]

    @property
    def columns(self) -> list[str]:
        """The columns that it is filled in from."""
        named = [one for some in self.sources.values() for one in some]
        return columns_of(self.fields) + [name for one in named for name in one.every_column]


@dataclass(frozen=True)
class FigurePlan:
    """A figure of each row, compiled: its fields, its columns, and the claim that it is in."""

    fields: dict[str, Any]
    measure: MappedReference
    claim: ClaimPlan
    scale: Any
    rule: Any

    def columns(self, names: list[str]) -> list[str | None]:
        """The columns that hold such a figure each; None where the row has one."""
        if self.rule.columns:
            return list(self.rule.columns)
        if self.rule.columns_not:
            return [name for name in names if name not in self.rule.columns_not]
        return [None]


class CompiledMapping(Compiler):
    """A mapping whose every value is ready to be filled in; raises ``Invalid`` with its faults."""

    def __init__(self, mapping: Mapping):
        self.mapping = mapping
        super().__init__()
        self.dates: set[str] = set()
        base = _set_fields(mapping.claim)
        self.claim = self._claim(base, "/claim")
        self.figures = [self._figure(rule, base, n) for n, rule in enumerate(mapping.figure)]
        if any("document" not in plan.claim.sources for plan in self.figures):
            self._fault("every claim has a `document`: the id of a source", "/claim")
        if not mapping.figure and mapping.model_fields_set - {"file", "figure"}:
            self._fault(
                "without a [[figure]] it is a table with our own columns, which takes [file] alone:"
                " say in a [[figure]] where the figures are",
                "/figure",
            )
        if mapping.one_claim and OF_COLUMN & {*self.claim.columns}:
            self._fault(
                "the figures of a row are of one claim, which stands in no column of its own: put"
                " {{@column}} into [[figure]], or leave `one_claim` out",
                "/claim",
            )
        self.done()
        self.named = self._named()

    def _fault(self, detail: str, at: str) -> None:
        fault = Fault(detail, at, code="mapping")
        if fault not in self.faults:
            self.faults.append(fault)

    def _claim(self, raw: dict[str, Any], at: str) -> ClaimPlan:
        sources: dict[str, list[MappedReference]] = {}
        fields: dict[str, Any] = {}
        for name, value in raw.items():
            if name in SOURCES:
                several = value if isinstance(value, list) else [value]
                found = [compiled(self, one, "sources", f"{at}/{name}") for one in several]
                sources[name] = [one for one in found if one is not None]
                if name == "document" and (
                    len(several) != 1 or any(x.split for x in sources[name])
                ):
                    self._fault("a claim has one document", f"{at}/document")
            else:
                fields[name] = self.value(value, f"{at}/{name}")
        if "attributions" in fields and sources.keys() & {"via", *BESIDE_ROLES}:
            self._fault("send `attributions`, or the parts of the chain, not both", at)
        if "@line" in columns_of(fields.get("id")):
            self._fault(
                "a line's number changes with the next version: take other columns", f"{at}/id"
            )
        self._remember_dates(fields)
        for references in sources.values():
            for one in references:
                self._remember_dates(one.fields)
        return ClaimPlan(fields, sources)

    def _remember_dates(self, fields: dict[str, Any]) -> None:
        """Columns that hold dates: in an id they are written as such."""
        for name in DATES & fields.keys():
            value = fields[name]
            if isinstance(value, Template) and all(not p.strip(" /") for p in value.parts[::2]):
                self.dates.update(value.columns)

    def _figure(self, rule: Any, base: dict[str, Any], n: int) -> FigurePlan:
        at = f"/figure/{n}"
        raw = {name: one for name, one in _set_fields(rule).items() if name in FIGURE_FIELDS}
        named = raw.pop("measure", None)
        fields = {name: self.value(value, f"{at}/{name}") for name, value in raw.items()}
        own = self._overrides(rule.claim, f"{at}/claim")
        if own and self.mapping.one_claim:
            self._fault(
                "the figures of a row are of one claim: put this into [claim]", f"{at}/claim"
            )
        measure = compiled(self, named or "", "measures", f"{at}/measure")
        if not named:
            self._fault("every figure has a `measure`", at)
        if measure and measure.split:
            self._fault("a figure has one measure", f"{at}/measure")
        if not fields.keys() & {*SAID, "absence"}:
            self._fault(
                "say where the figure is: `value`, `raw_text`, `lower`, `upper`, `date`", at
            )
        claim = self._claim({**base, **own}, f"{at}/claim") if own else self.claim
        self._remember_dates(fields)
        scale = self.value(rule.scale, f"{at}/scale")
        if rule.scale is not None and not fields.keys() & {"value", "lower", "upper"}:
            self._fault(
                "a scale moves the point of `value`, `lower` and `upper` alone", f"{at}/scale"
            )
        if rule.columns and rule.columns_not:
            self._fault("say `columns`, or `columns_not`", at)
        used = {*claim.columns, *columns_of([fields, scale])}
        used |= {*measure.every_column} if measure else set()
        if not (rule.columns or rule.columns_not) and used & OF_COLUMN:
            self._fault("{{@cell}} and {{@column}} need `columns`, or `columns_not`", at)
        return FigurePlan(fields, measure or MappedReference("measures"), claim, scale, rule)

    def _overrides(self, raw: dict[str, Any], at: str) -> dict[str, Any]:
        for name in raw:
            if name not in ClaimRule.model_fields:
                near = get_close_matches(name[:100], [*ClaimRule.model_fields], 1, 0.6)
                hint = f"; did you mean `{near[0]}`?" if near else ""
                self._fault(f"there is no such field{hint}", f"{at}/{printed(name)}")
        return {name: value for name, value in raw.items() if name in ClaimRule.model_fields}

    def _named(self) -> dict[str, None]:
        """Every column that the mapping names."""
        found = dict(self.columns)
        file = self.mapping.file
        found |= dict.fromkeys([*file.fill, *file.only, *file.not_])
        for rule in self.mapping.figure:
            found |= dict.fromkeys([*rule.only, *rule.not_, *rule.columns, *rule.columns_not])
        return found

    def require(self, table: Table) -> None:
        """Raise ``Malformed``, once, where the table lacks columns that the mapping names."""
        missing = [name for name in self.named if name not in table.columns]
        if not missing:
            return
        detail = (
            f"the table has the columns {shown(table.columns)}; the mapping also names"
            f" {shown(missing)}. {_is_title(table)}Mappings are explained in {DOCS}"
        )
        raise unreadable_file(detail, max(table.header, 1), "header")


def _is_title(table: Table) -> str:
    """Where the header is one filled cell above wider rows, it is a title."""
    named = [name for name in table.columns if not name.startswith("column ")]
    if len(named) > 1:
        return ""
    return "If this line is a title, say which one names the columns: file.header = 3. "


def _set_fields(rule: Any) -> dict[str, Any]:
    """The keys that a table of a mapping sets, in the same order each time."""
    told = ((name, getattr(rule, name)) for name in type(rule).model_fields)
    return {
        name: value for name, value in told if value is not None and name in rule.model_fields_set
    }
