"""The command line. ``sayso --help`` teaches."""

from app.cli import ask, backup, keys, lexicon, start, transfer
from app.cli.console import app, err
from app.errors import Problem

__all__ = ["app", "ask", "backup", "keys", "lexicon", "main", "start", "transfer"]


def main() -> None:
    """The console script."""
    try:
        app()
    except Problem as problem:
        err.print(f"[red]{problem.title}.[/red] {problem.detail}")
        raise SystemExit(1) from None
