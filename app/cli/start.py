"""Getting going: demo, serve, migrate, seed."""

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer
from rich.panel import Panel

from app.cli import keys
from app.cli.console import app, done, err, out, told
from app.cli.context import opened, unfit_told
from app.cli.process import loading, stop_when_told
from app.config import Settings, settings
from app.db import Database, pg_sessions
from app.render.plain_text import printable
from app.rules import sqlite_versions
from app.store import schema
from app.store.snapshot import Unfit, sqlite_version

Host = Annotated[str | None, typer.Option(help="Address to listen on.")]
WorkerCount = Annotated[
    int | None,
    typer.Option(
        help="Processes that answer requests, on one port and one database.", min=1, max=64
    ),
]
Port = Annotated[int | None, typer.Option(help="Port to listen on; 0 takes a free one.")]

WAIT_S = 30.0
"""For a database that does not answer yet: whatever starts all starts it at the same time."""
WRITING = """curl '{base}/v1/sources' \\
  -H 'Authorization: Bearer {token}' \\
  -H 'Content-Type: application/json' \\
  -d '{{"id": "kyodo", "name": "Kyodo News", "kind": "news_agency"}}'
"""


FirstKey = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="Where there is no key yet, make one and keep it in this new file, which only its "
        "owner may read, rather than print it.",
    ),
]


@app.command()
def demo(
    host: Host = None, port: Port = None, workers: WorkerCount = None, first_key: FirstKey = None
) -> None:
    """Migrate, load the seed, and serve: a filled API in one command."""
    chosen = _prepared(host, port, workers, first_key, load=seed)
    if chosen.cors_localhost is None:  # a notebook or a page that somebody writes may ask at once
        chosen = chosen.model_copy(update={"cors_localhost": True})
    _serve(chosen, _welcome)


def _welcome(base: str) -> None:
    """What to try first, once it is there to be tried; and the first key."""
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
    if (token := keys.first()) is not None:
        out.print("To write, or to import, send this key; it is shown this once:")
        typer.echo(WRITING.format(base=base, token=token))


@app.command()
def serve(
    host: Host = None, port: Port = None, workers: WorkerCount = None, first_key: FirstKey = None
) -> None:
    """Migrate the database if it needs it (one replica at a time), and serve it over HTTP."""
    _serve(_prepared(host, port, workers, first_key))


def _prepared(
    host: str | None,
    port: int | None,
    workers: int | None,
    first_key: Path | None,
    load: Callable[[], None] = lambda: None,
) -> Settings:
    """The settings of a server, whose database is there, in shape, and with a key if one is due."""
    stop_when_told()
    given = {"host": host, "port": port, "workers": workers}
    changed = {name: value for name, value in given.items() if value is not None}
    for name, value in changed.items():
        os.environ[f"SAYSO_{name.upper()}"] = str(value)
    chosen = settings().model_copy(update=changed)
    _await_database(chosen)
    migrate()
    load()
    if first_key is not None and keys.first(first_key) is not None:
        done(f"the first key (read, write, import) is in {first_key}, and not printed")
    return chosen


def _await_database(chosen: Settings) -> None:
    """Until PostgreSQL takes connections, or long enough; why it does not yet is told at once."""
    end, last = time.monotonic() + WAIT_S, None
    while chosen.on_postgres and time.monotonic() < end:
        if (why := pg_sessions.refusal(chosen.database_url)) is None:
            return
        if why != last:
            waiting = f"waiting up to {WAIT_S:.0f} s for the database: {printable(why)}"
            told(waiting)
            last = why
        time.sleep(0.5)


def _serve(chosen: Settings, welcome: Callable[[str], None] = lambda _: None) -> None:
    with loading():
        from app.cli import uvicorn_server  # the web is loaded only where it is needed

    _warn(chosen)

    def announce(base: str) -> None:
        welcome(base)
        err.print(f"serving on {base}", highlight=False, soft_wrap=True)

    uvicorn_server.run(chosen, announce)


def _warn(chosen: Settings) -> None:
    """One line on what is not safe: an old SQLite, where processes cannot keep each other out."""
    db = Database(chosen)
    version, lock = sqlite_version(db), db.file_lock
    locked = lock is None or lock.tried()
    db.close()
    if chosen.workers > 1 and db.dialect == "sqlite":
        _require_shared(db, locked)
    if version is not None and not locked and (warning := sqlite_versions.warning(version)):
        err.print(f"[yellow]Careful:[/yellow] {warning}", highlight=False, soft_wrap=True)


def _require_shared(db: Database, locked: bool) -> None:
    """Workers need one database between them, and on SQLite a lock by which to take turns."""
    with unfit_told():
        if not db.file.path:
            raise Unfit("A database in memory is that of one process: name a file, or 1 worker.")
        if not locked:
            raise Unfit(
                "The file system of the database has no locks, so that several workers cannot "
                "take turns to write: move the file to a local disk, or run 1 worker."
            )


@app.command()
def migrate() -> None:
    """Bring the database to the shape this version expects; safe for several at once."""
    chosen = settings()
    with unfit_told(), err.status("migrating"):
        revision = schema.migrate(chosen)
    shown = Database(chosen).url.render_as_string(hide_password=True)
    err.print(f"[green]✓[/green] {shown} is at revision {revision}")


@app.command()
def seed() -> None:
    """Load the article's reported figures; a second time changes nothing."""
    from seed import seed as load

    with opened() as db, err.status("loading the article's figures"):
        loaded = load(db)
    err.print(f"[green]✓[/green] seed: {loaded.added} added, {loaded.kept} there already")
