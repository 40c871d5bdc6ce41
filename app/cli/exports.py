"""Everything out, from the shell."""

import asyncio
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Annotated, Literal

import typer
from rich.markup import escape

from app.cli.console import app, err
from app.cli.context import bar, opened
from app.cli.signals import stop_when_told
from app.db import Database
from app.rules import instants
from app.store import exports
from app.store.as_of import last_change, settle
from app.store.atomic_file import draft_file, publish
from app.store.snapshot import count_versions, read_snapshot


def _moment(value: str | None) -> int | None:
    try:
        return None if value is None else instants.parse(value)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None


@app.command()
def export(
    file: Annotated[
        Path | None, typer.Argument(help="Written whole or not at all; without it: to stdout.")
    ] = None,
    history: Annotated[
        bool, typer.Option("--history", help="Every version, not only the newest.")
    ] = False,
    as_of: Annotated[
        str | None, typer.Option(help="As it was at this moment, like 2026-11-22T10:00:00Z.")
    ] = None,
    form: Annotated[
        Literal["jsonl", "csv"],
        typer.Option("--format", help="jsonl: what import takes; csv: a row for each figure."),
    ] = "jsonl",
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there.")] = False,
) -> None:
    """Write everything out, one resource a line, as GET /v1/export does; serving goes on.

    The last line counts the others and has the SHA-256 of all before it. An export is an import:
    [bold]sayso export --history all.jsonl[/bold], and elsewhere [bold]sayso import all.jsonl[/bold]
    """
    stop_when_told()
    moment = _moment(as_of)
    if file is not None and file.is_file() and not force:
        raise typer.BadParameter(f"{file} is there already: another name, or --force to replace it")
    if form == "csv" and history:
        raise typer.BadParameter("CSV has the newest version only")
    with opened() as db, _written(file) as target:
        asyncio.run(_exported(db, target, history, moment, form))
    if file is not None:
        err.print(f"[green]✓[/green] {escape(str(file))}", highlight=False, soft_wrap=True)


@contextmanager
def _written(file: Path | None) -> Iterator[IO[bytes]]:
    """Standard output, or a file that appears, or is replaced, once all of it is there."""
    if file is None or str(file) == "-":
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    if file.exists() and not file.is_file():
        with open(file, "wb") as target:  # a pipe or a device, to be written to, not replaced
            yield target
        return
    with draft_file(file) as beside:
        with open(beside, "wb") as target:
            yield target
        publish(beside, file)


async def _exported(
    db: Database, target: IO[bytes], history: bool, as_of: int | None, form: str
) -> None:
    async with db.serving():
        if as_of is not None:
            await settle(db, as_of)
        async with db.snapshot() as reader:
            moment = await last_change(reader) if as_of is None else as_of
        total = _total(db, history, moment) if err.is_terminal else None
        parts = exports.as_jsonl(db, history, moment)
        await _write_stream(exports.as_csv(db, moment) if form == "csv" else parts, target, total)


def _total(db: Database, history: bool, moment: int) -> int:
    """How many lines there will be: counting takes a while, so only where somebody looks."""
    with read_snapshot(db) as connection:
        return count_versions(connection, history, moment) + 1


async def _write_stream(parts: AsyncIterator[bytes], target: IO[bytes], total: int | None) -> None:
    with bar() as progress:
        task = progress.add_task("writing", total=total)
        async for part in parts:
            target.write(part)
            progress.advance(task, part.count(b"\n"))
