"""The command line. ``sayso --help`` teaches."""

from app.cli.process import loading, stop_at_once

stop_at_once()  # before all that takes time to load, and takes more on a busy machine

import logging  # noqa: E402
import sys  # noqa: E402
from importlib import import_module  # noqa: E402
from typing import TYPE_CHECKING  # noqa: E402

from app import __version__  # noqa: E402

if TYPE_CHECKING:
    from typer import Typer

FILES = {
    "ask": ("ask",),
    "backup": ("verify", "backup", "restore"),
    "keys": ("keys",),
    "lexicon": ("lexicon",),
    "start": ("demo", "serve", "migrate", "seed"),
    "imports": ("import",),
    "exports": ("export",),
    "mcp_command": ("mcp",),
}
"""Where each command is."""


def commands(asked: str | None = None) -> "Typer":
    """The one that is asked for, or all: a server need not wait for what the others load."""
    found = [file for file, names in FILES.items() if asked in names]
    with loading():
        from app.cli.console import app

        for file in found or FILES:
            import_module(f"app.cli.{file}")
    return app


def _said_by_the_engine(problem: Exception) -> str:
    """The first line of the error behind a problem: a wrong password is no busy server."""
    from app.render.plain_text import printable

    behind = getattr(problem.__cause__, "orig", problem.__cause__)
    return printable(next(iter(str(behind or "").strip().splitlines()), ""))


def main() -> None:
    """The console script."""
    if sys.argv[1:] == ["--version"]:  # asked by scripts, so it loads nothing
        sys.stdout.write(f"sayso {__version__}\n")
        return
    asked = commands(*sys.argv[1:2])
    from app.cli.console import err, told
    from app.config import SettingsError
    from app.errors import Damaged, Problem, Unavailable

    if sys.argv[1:2] not in (["serve"], ["demo"]):
        logging.getLogger("sayso.database").disabled = True  # it is told below, once
    try:
        asked()
    except SettingsError as wrong:
        told(str(wrong), "red")
        raise SystemExit(2) from None
    except Damaged as damage:
        told(damage.detail, "red")
        raise SystemExit(1) from None
    except Problem as problem:
        from rich.markup import escape

        err.print(f"[red]{problem.title}.[/red] {escape(str(problem.detail))}")
        for fault in problem.faults:
            place = f"{fault.parameter}: " if fault.parameter else ""
            err.print(escape(f"{place}{fault.detail}"), highlight=False, soft_wrap=True)
        if isinstance(problem, Unavailable) and (why := _said_by_the_engine(problem)):
            told(why)
        raise SystemExit(1) from None
