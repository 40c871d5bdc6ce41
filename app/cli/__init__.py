"""The command line. ``sayso --help`` teaches."""

from app.cli.stopping import stop_at_once

stop_at_once()  # before the imports below: they take a second, and more on a busy machine

from app.cli import ask, backup, keys, lexicon, start, transfer  # noqa: E402
from app.cli.console import app, err  # noqa: E402
from app.errors import Problem  # noqa: E402

__all__ = ["app", "ask", "backup", "keys", "lexicon", "main", "start", "transfer"]


def main() -> None:
    """The console script."""
    try:
        app()
    except Problem as problem:
        err.print(f"[red]{problem.title}.[/red] {problem.detail}")
        raise SystemExit(1) from None
