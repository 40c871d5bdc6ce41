"""The command line: demo, serve, migrate, seed, lexicon. ``sayso --help`` teaches."""

import json
import os
from typing import Annotated

import typer
import uvicorn
from rich.console import Console
from rich.panel import Panel
from rich.table import Table

from app.config import Settings, settings
from app.db import Database
from app.errors import Problem
from app.rules import figures, lexicon
from app.rules.hedges import Unreadable, Yardstick
from app.store import schema

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_show_locals=False,
    help="Who said what number, when, through whom, and how firmly.\n\n"
    "[bold]sayso demo[/bold] is the place to start: it makes a database in the file sayso.db, "
    "loads an article's reported figures, and serves them.\n\n"
    "Settings come from the environment: SAYSO_DATABASE_URL=postgresql://… sayso serve",
)
out = Console()
err = Console(stderr=True)

Host = Annotated[str | None, typer.Option(help="Address to listen on.")]
Port = Annotated[int | None, typer.Option(help="Port to listen on; 0 takes a free one.")]


def main() -> None:
    """The console script."""
    try:
        app()
    except Problem as problem:
        err.print(f"[red]{problem.title}.[/red] {problem.detail}")
        raise SystemExit(1) from None


@app.command()
def demo(host: Host = None, port: Port = None) -> None:
    """Migrate, load the seed, and serve: a filled API in one command."""
    migrate()
    seed()
    chosen = _chosen(host, port)
    base = f"http://{chosen.host}:{chosen.port}"
    out.print(
        Panel.fit(
            f"[bold]{base}[/bold]  a few questions to start with\n"
            f"[bold]{base}/docs[/bold]  every operation, to try in the browser\n\n"
            "Ctrl-C stops it; the data stays.",
            title="Sayso is ready",
        )
    )
    out.print("Which counts of containers are certainly 10,000 or more?")
    asked = "measure=containers.prk-rus&value__gte=10000&match=certain"
    # Plain, so that it can be copied whole from a narrow terminal.
    typer.echo(f"curl '{base}/v1/claims?{asked}'\n")
    _serve(chosen)


@app.command()
def serve(host: Host = None, port: Port = None) -> None:
    """Migrate the database if it needs it (one replica at a time), and serve it over HTTP."""
    migrate()
    _serve(_chosen(host, port))


def _chosen(host: str | None, port: int | None) -> Settings:
    given = {"host": host, "port": port}
    changed = {name: value for name, value in given.items() if value is not None}
    for name, value in changed.items():
        os.environ[f"SAYSO_{name.upper()}"] = str(value)
    return settings().model_copy(update=changed)


def _serve(chosen: Settings) -> None:
    from app.main import create_app

    uvicorn.run(
        create_app(chosen),
        host=chosen.host,
        port=chosen.port,
        server_header=False,
        proxy_headers=False,
        access_log=False,
        log_level="warning",
        timeout_keep_alive=5,
        timeout_graceful_shutdown=25,
    )


@app.command()
def migrate() -> None:
    """Bring the database to the shape this version expects; safe for several at once."""
    chosen = settings()
    with err.status("migrating"):
        schema.migrate(chosen)
    shown = Database(chosen).url.render_as_string(hide_password=True)
    err.print(f"[green]✓[/green] {shown} is at revision {schema.expected(chosen)}")


@app.command()
def seed() -> None:
    """Load the article's reported figures; a second time changes nothing."""
    from seed import seed as load

    with err.status("loading the article's figures"):
        loaded = load(Database(settings()))
    err.print(f"[green]✓[/green] seed: {loaded.added} added, {loaded.kept} there already")


@app.command(name="lexicon")
def lexicon_(
    phrase: Annotated[
        str | None, typer.Argument(help='A figure as printed, like "upwards of 7,000".')
    ] = None,
    unit: Annotated[
        str, typer.Option(help="The measure's unit (UCUM); 1 for a share.")
    ] = "{thing}",
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """Show how a phrase is read: its hedge, value and bounds. Without one, show every hedge.

    Try: sayso lexicon "at least several million"
    """
    if phrase is None:
        _hedges()
        return
    try:
        read = figures.complete({"raw_text": phrase}, _yardstick(unit))
    except Unreadable as error:
        named = ", ".join(f"“{word}”" for word in error.words)
        err.print(f"[red]Not read:[/red] {named or 'the phrase'}. {error.reason}")
        raise typer.Exit(1) from None
    if as_json:
        typer.echo(json.dumps(read, ensure_ascii=False))
    else:
        out.print(_figure(phrase, read))


def _yardstick(unit: str) -> Yardstick:
    from decimal import Decimal

    share = unit in ("1", "%")
    top = {"1": Decimal(1), "%": Decimal(100)}.get(unit)
    return Yardstick(
        unit=unit,
        statistic="share" if share else "count",
        domain_min=Decimal(0),
        domain_max=top,
    )


def _figure(phrase: str, read: dict[str, object]) -> Table:
    table = Table(title=f"“{phrase}”", show_header=False, title_style="bold")
    table.add_column(style="dim")
    table.add_column()
    for name, value in read.items():
        if name != "raw_text":
            table.add_row(name, str(value))
    table.add_row("interval", interval(read))
    return table


def interval(figure: dict[str, object]) -> str:
    """``[6500, 6900]``, ``(7000, ∞)``: as mathematicians write it."""
    left = "[" if figure.get("lower_inclusive") else "("
    right = "]" if figure.get("upper_inclusive") else ")"
    return f"{left}{figure.get('lower', '−∞')}, {figure.get('upper', '∞')}{right}"


def _hedges() -> None:
    table = Table(title=f"The lexicon, version {lexicon.VERSION}", title_style="bold")
    for heading in ("hedge", "words", "bounds", "example"):
        table.add_column(heading)
    for name, hedge in lexicon.as_document()["hedges"].items():
        words = [*hedge["before"], *(f"… {word}" for word in hedge["after"])]
        table.add_row(name, ", ".join(words), hedge["bounds"], hedge["example"]["text"])
    out.print(table)


if __name__ == "__main__":
    main()
