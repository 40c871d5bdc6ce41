"""The command line's ground: the application, and where it prints."""

import typer
from rich.console import Console

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_show_locals=False,
    help="Who said what number, when, through whom, and how firmly.\n\n"
    "[bold]sayso demo[/bold] is the place to start: it makes a database in the file sayso.db, "
    "loads an article's reported figures, and serves them.\n\n"
    "Settings come from the environment: SAYSO_DATABASE_URL=postgresql://… sayso serve",
)


@app.callback()
def _whole() -> None:
    """Without this, a single command that is loaded would be the whole program."""


out = Console()
err = Console(stderr=True)
