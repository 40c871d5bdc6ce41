"""How an import is to be done, and what became of its lines."""

from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal

from app.errors import Fault, Problem

Mode = Literal["atomic", "partial"]
OnExisting = Literal["update", "skip", "fail"]
COUNTS = (
    "created", "changed", "restored", "withdrawn", "unchanged", "skipped", "duplicates", "failed",
)  # fmt: skip


@dataclass(frozen=True)
class Options:
    """How an import is to be done."""

    mode: Mode = "atomic"
    dry_run: bool = False
    replace_document: str | None = None
    max_errors: int = 100
    on_existing: OnExisting = "update"
    restore: bool = False


@dataclass
class Outcome:
    """What became of the lines; faults are told up to a limit, and all counted in ``failed``."""

    mode: Mode
    dry_run: bool
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

    def fail(self, problem: Problem, number: int, limit: int, rows: tuple[int, ...] = ()) -> None:
        """One more line is broken, in these ways; ``rows`` of a CSV are figures of the line."""
        self.failed += 1
        told = problem.faults or (Fault(problem.detail, code=problem.code),)
        room = max(limit - len(self.errors), 0)
        self.errors += [_placed(fault, number, rows) for fault in told[:room]]

    def note(self, what: str, detail: str, number: int | None, limit: int) -> None:
        """Something about a line that is no fault, and that its sender should know."""
        if len(self.notices) < limit:
            self.notices.append(Fault(detail, code=what, line=number))

    def plus(self, more: "Outcome", limit: int) -> "Outcome":
        """This, and what became of more lines."""
        counts = {name: getattr(self, name) + getattr(more, name) for name in COUNTS}
        errors = [*self.errors, *more.errors][:limit]
        notices = [*self.notices, *more.notices][:limit]
        return replace(self, errors=errors, notices=notices, **counts)

    def document(self) -> dict[str, Any]:
        """As JSON; a fault has only the places that it has."""
        whole = asdict(self)
        for name in ("errors", "notices"):
            whole[name] = [
                {name: value for name, value in fault.items() if value is not None}
                for fault in whole[name]
            ]
        return whole


def _placed(fault: Fault, number: int, rows: tuple[int, ...]) -> Fault:
    """A fault with its line: of a claim of several rows, the row that its figure stands in."""
    if fault.line is not None:
        return fault
    first, _, rest = (fault.pointer or "").removeprefix("/quantities/").partition("/")
    if rows and first.isdecimal() and int(first) < len(rows):
        return replace(fault, line=rows[int(first)], pointer=f"/{rest}" if rest else "")
    return replace(fault, line=number)
