"""Getting going: demo, serve, migrate, seed."""

import os
from typing import Annotated

import typer
import uvicorn
from rich.panel import Panel

from app.cli.console import app, err, out
from app.config import Settings, settings
from app.db import Database
from app.store import schema

Host = Annotated[str | None, typer.Option(help="Address to listen on.")]
Port = Annotated[int | None, typer.Option(help="Port to listen on; 0 takes a free one.")]


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

    err.print(f"serving on http://{chosen.host}:{chosen.port}")
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
