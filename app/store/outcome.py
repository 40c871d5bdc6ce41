"""How an import is to be done, and what became of its lines."""

from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal

from app.errors import Fault, Problem

Mode = Literal["atomic", "partial"]
COUNTS = ("created", "changed", "withdrawn", "unchanged", "failed")


@dataclass(frozen=True)
class Options:
    """How an import is to be done."""

    mode: Mode = "atomic"
    dry_run: bool = False
    replace_document: str | None = None
    max_errors: int = 100


@dataclass
class Outcome:
    """What became of the lines; faults are told up to a limit, and all counted in ``failed``."""

    mode: Mode
    dry_run: bool
    lines: int = 0
    created: int = 0
    changed: int = 0
    withdrawn: int = 0
    unchanged: int = 0
    failed: int = 0
    errors: list[Fault] = field(default_factory=list)

    def count(self, what: str) -> None:
        """One more line became this."""
        setattr(self, what, getattr(self, what) + 1)

    def fail(self, problem: Problem, number: int, limit: int) -> None:
        """One more line is broken, in these ways."""
        self.failed += 1
        told = problem.faults or (Fault(problem.detail, code=problem.code),)
        room = max(limit - len(self.errors), 0)
        self.errors += [replace(fault, line=number) for fault in told[:room]]

    def plus(self, more: "Outcome", limit: int) -> "Outcome":
        """This, and what became of more lines."""
        counts = {name: getattr(self, name) + getattr(more, name) for name in COUNTS}
        return replace(self, errors=[*self.errors, *more.errors][:limit], **counts)

    def document(self) -> dict[str, Any]:
        """As JSON; a fault has only the places that it has."""
        whole = asdict(self)
        whole["errors"] = [
            {name: value for name, value in fault.items() if value is not None}
            for fault in whole["errors"]
        ]
        return whole
