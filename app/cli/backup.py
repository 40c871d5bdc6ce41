"""Kept safe: proof that nothing was altered, backups, and their restoring."""

import re
import shlex
from itertools import chain
from pathlib import Path
from typing import Annotated

import typer

from app.cli.console import app, done, err
from app.cli.context import bar, opened, unfit_told
from app.config import settings
from app.db import Database
from app.render.plain_text import printable
from app.store import verification
from app.store.backup import restore_backup, take_backup
from app.store.snapshot import LogPosition, log_position, read_snapshot

DUMP = 'pg_dump --format=custom --file={file} "$SAYSO_DATABASE_URL"'
LOAD = 'pg_restore --exit-on-error --single-transaction --no-owner --dbname="$NEW_URL" {file}'


LOG_HEAD_FORMAT = re.compile("(?:([0-9]{1,18}):)?([0-9a-f]{64})")


def _kept(value: str | None) -> str | None:
    if value is not None and not LOG_HEAD_FORMAT.fullmatch(value):
        raise typer.BadParameter("send SEQ:HASH as it was printed: a number, and 64 hex digits")
    return value


@app.command()
def verify(
    published: Annotated[
        str | None,
        typer.Option(
            "--head",
            callback=_kept,
            metavar="SEQ:HASH",
            help="A head that was printed before, and kept elsewhere.",
        ),
    ] = None,  # fmt: skip
) -> None:
    """Check the log's chain and every stored row; say exactly what was altered, and exit 1.

    Where all is sound it prints the head of the log, the number and hash of its newest line.
    Publish it, or keep it on another machine: later [bold]sayso verify --head SEQ:HASH[/bold]
    proves that everything up to that line is still what it was, and that nothing was cut off.
    Serving goes on meanwhile.
    """
    with opened() as db, read_snapshot(db) as connection:
        newest = log_position(connection)
        wrong = 0
        with bar() as progress:
            task = progress.add_task("verifying", total=newest.seq)
            lost = verification.since_head(connection, *_parts(published)) if published else ()
            for finding in chain(
                verification.verify(connection, lambda: progress.advance(task)), lost
            ):
                wrong += 1
                typer.echo(printable(f"{finding.what}: {finding.where}"))
    _verdict(wrong, newest)


def _parts(published: str) -> tuple[int | None, str]:
    seq, _, hash = published.rpartition(":")
    return int(seq) if seq else None, hash


def _verdict(wrong: int, newest: LogPosition) -> None:
    if wrong:
        err.print(f"[red]✗[/red] {wrong} finding{'s' * (wrong > 1)}; nothing was repaired")
        raise typer.Exit(1)
    err.print("[green]✓[/green] every line of the log and every stored row is as it was written")
    typer.echo(newest)


@app.command(name="backup")
def backup_(
    file: Annotated[Path, typer.Argument(help="The file to make; never written over.")],
) -> None:
    """Copy the database into one file, complete and checked, while serving goes on (SQLite).

    Try: sayso backup "sayso-$(date +%F).db"

    For PostgreSQL it prints the command to use, and exits 2.
    """
    _only_sqlite(DUMP, file)
    with opened() as db, err.status("copying and checking"):
        newest = take_backup(db, file)
    done(f"{file}: {newest.seq} writes, sound")
    typer.echo(newest)


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(help="What [bold]sayso backup[/bold] made.")],
    replace: Annotated[
        bool, typer.Option("--replace", help="Where there is a database: keep it beside.")
    ] = False,
) -> None:
    """Make a backup the database: checked first, then migrated, then put in place in one step.

    Stop [bold]sayso serve[/bold] before. For PostgreSQL it prints the command to use, and exits 2.
    """
    _only_sqlite(LOAD, file)
    with unfit_told(), err.status("checking and restoring"):
        restored = restore_backup(settings(), file, replace)
    if restored.kept:
        err.print(f"what was there before is {restored.kept}", highlight=False, soft_wrap=True)
    done(f"{file} is restored: {restored.head.seq} writes")
    typer.echo(restored.head)


def _only_sqlite(command: str, file: Path) -> None:
    if Database(settings()).dialect != "sqlite":
        err.print("PostgreSQL has tools of its own for this; see docs/backup.md:")
        typer.echo(command.format(file=shlex.quote(str(file))))
        raise typer.Exit(2)
