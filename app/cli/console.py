"""The command line's ground: the application, and where it prints."""

from typing import Annotated

import typer
from rich.console import Console

from app import __version__

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_show_locals=False,
    help="Who said what number, when, through whom, and how firmly.\n\n"
    "[bold]sayso demo[/bold] is the place to start: it makes a database in the file sayso.db, "
    "loads an article's reported figures, and serves them.\n\n"
    "Settings come from the environment: SAYSO_DATABASE_URL=postgresql://… sayso serve",
)


def _print_version(asked: bool) -> None:
    if asked:
        typer.echo(f"sayso {__version__}")
        raise typer.Exit


@app.callback()
def _whole(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version."
        ),
    ] = False,
) -> None:
    """Without this, a single command that is loaded would be the whole program."""


out = Console()
err = Console(stderr=True)


def done(text: str) -> None:
    """What was done, on standard error behind a tick, in one line however narrow the terminal."""
    err.print(f"[green]✓[/green] {text}", highlight=False, soft_wrap=True)


def told(text: str, style: str = "") -> None:
    """A text on standard error as it is: none of it is markup, and its lines are not broken."""
    err.print(text, style=style, markup=False, highlight=False, soft_wrap=True)
