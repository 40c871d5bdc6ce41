"""Options of an import, and its result: counts, faults by line, and notices."""

from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal

from app.errors import Fault, Problem

Mode = Literal["atomic", "partial"]
OnExisting = Literal["update", "skip", "fail"]
COUNTS = (
    "created", "changed", "restored", "withdrawn", "unchanged", "skipped", "duplicates", "failed",
)  # fmt: skip


@dataclass(frozen=True)
class ImportOptions:
    """How an import is to be done; the API and the command take the same."""

    mode: Mode = "atomic"
    dry_run: bool = False
    replace_document: str | None = None
    max_errors: int = 100
    on_existing: OnExisting = "update"
    restore: bool = False


@dataclass
class ImportResult:
    """What became of the lines; faults are told up to a limit, and all counted in ``failed``."""

    options: ImportOptions
    lines: int = 0
    created: int = 0
    changed: int = 0
    restored: int = 0
    withdrawn: int = 0
    unchanged: int = 0
    skipped: int = 0
    duplicates: int = 0
    failed: int = 0
    errors: list[Fault] = field(default_factory=list)
    notices: list[Fault] = field(default_factory=list)

    def count(self, what: str) -> None:
        """One more line became this."""
        setattr(self, what, getattr(self, what) + 1)

    def fail(
        self,
        problem: Problem,
        number: int,
        rows: tuple[int, ...] = (),
        columns: tuple[tuple[str, str], ...] = (),
    ) -> None:
        """One more line is broken, in these ways.

        ``rows`` of a table are figures of the line; ``columns`` are what its fields are from.
        """
        self.failed += 1
        faults = problem.faults or (Fault(problem.detail, code=problem.code),)
        room = max(self.options.max_errors - len(self.errors), 0)
        self.errors += [
            _located(_of_column(fault, columns), number, rows) for fault in faults[:room]
        ]

    def note(self, code: str, detail: str, number: int | None) -> None:
        """Something about a line that is no fault, and that its sender should know.

        What is of no line is of the whole file, and is told first, however many others there are.
        """
        if number is None or len(self.notices) < self.options.max_errors:
            found = [*self.notices, Fault(detail, code=code, line=number)]
            self.notices = _of_the_file_first(found)[: self.options.max_errors]

    def plus(self, more: "ImportResult") -> "ImportResult":
        """This, and what became of more lines."""
        counts = {name: getattr(self, name) + getattr(more, name) for name in COUNTS}
        errors = [*self.errors, *more.errors]
        notices = _of_the_file_first([*self.notices, *more.notices])
        limit = self.options.max_errors
        return replace(self, errors=errors[:limit], notices=notices[:limit], **counts)

    def document(self) -> dict[str, Any]:
        """As JSON; a fault has only the places that it has."""
        whole = asdict(self)
        del whole["options"]
        for name in ("errors", "notices"):
            whole[name] = [
                {name: value for name, value in fault.items() if value is not None}
                for fault in whole[name]
            ]
        return {"mode": self.options.mode, "dry_run": self.options.dry_run, **whole}


def _of_the_file_first(notices: list[Fault]) -> list[Fault]:
    return sorted(notices, key=lambda one: one.line is not None)


def _located(fault: Fault, number: int, rows: tuple[int, ...]) -> Fault:
    """A fault with its line: of a claim of several rows, the row that its figure stands in."""
    if fault.line is not None:
        return fault
    first, _, rest = (fault.pointer or "").removeprefix("/quantities/").partition("/")
    if rows and first.isdecimal() and int(first) < len(rows):
        return replace(fault, line=rows[int(first)], pointer=f"/{rest}" if rest else "")
    return replace(fault, line=number)


def _of_column(fault: Fault, columns: tuple[tuple[str, str], ...]) -> Fault:
    """A fault with the column that what it is about was read from."""
    if fault.column is not None or fault.pointer is None:
        return fault
    found = [name for at, name in columns if f"{fault.pointer}/".startswith(f"{at}/")]
    return replace(fault, column=found[0]) if found else fault
