"""API keys: made, listed, revoked."""

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from app.cli.console import app, err, out
from app.cli.context import opened
from app.config import Settings
from app.db import Database
from app.models.key import SCOPES, KeyIn
from app.models.strict_json import validated
from app.rules import instants
from app.store import keys, writes
from app.store.snapshot import Unfit, read_snapshot
from app.store.write_transaction import Actor

commands = typer.Typer(no_args_is_help=True, help="API keys: who may read, write, import.")
app.add_typer(commands, name="keys")
ACTOR = Actor("sayso keys")


def known(scopes: list[str]) -> list[str]:
    """The scopes, if they are such."""
    if not set(scopes) <= set(SCOPES):
        raise typer.BadParameter(f"choose from {', '.join(SCOPES)}")
    return scopes


Scopes = Annotated[
    list[str],
    typer.Option(
        "--scope", help="read, write, import or admin; repeat it for several.", callback=known
    ),
]
Expires = Annotated[
    datetime | None,
    typer.Option(formats=["%Y-%m-%d"], help="From this day (UTC) on it is refused."),
]


@commands.command()
def create(name: str, scope: Scopes, expires: Expires = None) -> None:
    """Make a key, and print it, this once.

    Try: SAYSO_KEY=$(sayso keys create desk --scope write)
    """
    end = None if expires is None else expires.replace(tzinfo=UTC) - instants.EPOCH
    moment = None if end is None else instants.text(int(end.total_seconds()) * 1_000_000)
    with opened() as db:
        token = made(db, db.settings, {"name": name, "scopes": scope, "expires_at": moment})
    err.print("[green]✓[/green] The key is printed this once; only a digest of it is kept.")
    typer.echo(token)


DEMO: dict[str, object] = {"name": "demo", "scopes": ["read", "write", "import"]}
"""The first key of a demo: for everything but keys."""


def made(db: Database, chosen: Settings, sent: dict[str, object]) -> str:
    """A new key."""
    asked = validated(KeyIn, sent)
    assert isinstance(asked, KeyIn)
    token: str = writes.write(db, keys.create, chosen, asked, actor=ACTOR)[1]
    return token


def first(file: Path | None = None) -> str | None:
    """A key for a database that has none, kept in a file if one is named; else None."""
    with opened() as db:
        with db.transaction() as connection:
            if keys.every(connection):
                return None
        if file is None:
            return made(db, db.settings, DEMO)
        return _kept(db, file)


def _kept(db: Database, file: Path) -> str:
    """The file is made first: a key that could not be kept would be lost."""
    try:
        kept = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise Unfit(f"{file} is there already, from another database: move it away.") from None
    try:
        token = made(db, db.settings, DEMO)
        os.write(kept, f"{token}\n".encode())
        os.fsync(kept)
    except BaseException:
        file.unlink()
        raise
    finally:
        os.close(kept)
    return token


@commands.command(name="list")
def list_() -> None:
    """Show every key: whose it is, what it may do, and when it was last used."""
    table = Table("id", "name", "scopes", "made", "by", "last used", "expires", "revoked", "by")
    with opened() as db, read_snapshot(db) as connection:
        found = keys.every(connection)
    for key in found:
        told = key.document()
        names = ("created_at", "created_by", "last_used", "expires_at", "revoked_at", "revoked_by")
        long = {name: told.get(name, "") for name in names}
        ends = {"created_at": 10, "expires_at": 10, "revoked_at": 19}
        cells = (value[: ends.get(name)] for name, value in long.items())
        table.add_row(key.id, escape(key.name), key.scopes, *cells)
    out.print(table)


@commands.command()
def revoke(id: Annotated[str, typer.Argument(help="The 8 letters after sayso_.")]) -> None:
    """Refuse a key from now on; every server knows within a second."""
    with opened() as db:
        key = writes.write(db, keys.revoke, id, actor=ACTOR)
    err.print("[green]✓[/green] revoked:", key.name, style=None, markup=False)
