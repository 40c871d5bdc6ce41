"""Everything out, from the shell."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import IO, Annotated, Literal
from urllib.parse import urlencode

import typer
from rich.markup import escape

from app.cli.console import app, done, err
from app.cli.context import bar, named_values, opened
from app.cli.figure_files import WRITERS, FigureFormat, FileNotes
from app.cli.process import loading, stop_when_told
from app.db import Database
from app.mapping.wikidata_items import ItemWriter
from app.rules import instants
from app.store import exports, list_query
from app.store.as_of import last_change, settle
from app.store.atomic_file import draft_file, publish
from app.store.snapshot import read_snapshot


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
        Literal["jsonl", "csv", "wikidata", "quantities.csv", "parquet", "xlsx"],
        typer.Option(
            "--format",
            help="jsonl: what import takes; csv: the same with a row for each figure; "
            "wikidata: what came from there, as a dump of items; quantities.csv, parquet, xlsx: "
            "the figures of a question, for notebooks and sheets.",
        ),
    ] = "jsonl",
    where: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=VALUE",
            help="Of the figures only these: any filter of the API, like via=ap; repeat it.",
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there.")] = False,
) -> None:
    """Write everything out, one resource a line, as GET /v1/export does; serving goes on.

    The last line counts the others and has the SHA-256 of all before it. An export is an import:
    [bold]sayso export --history all.jsonl[/bold], and elsewhere [bold]sayso import all.jsonl[/bold]
    """
    stop_when_told()
    moment = _moment(as_of)
    _check(file, form, history, where, force)
    with opened() as db, _written(file) as target:
        if form == "jsonl" or form == "csv" or form == "wikidata":
            asyncio.run(_exported(db, target, history, moment, form))
        else:
            asyncio.run(_figures(db, target, form, where or [], moment))
    if file is not None:
        done(escape(str(file)))


def _check(
    file: Path | None, form: str, history: bool, where: list[str] | None, force: bool
) -> None:
    """Refuse options that do not go together."""
    if file is not None and file.is_file() and not force:
        raise typer.BadParameter(f"{file} is there already: another name, or --force to replace it")
    if form != "jsonl" and history:
        raise typer.BadParameter("a table has the newest version only; leave out --history")
    if form in ("jsonl", "csv", "wikidata") and where:
        raise typer.BadParameter(
            "--where is for --format quantities.csv, parquet or xlsx: an export for import is whole"
        )
    if form in ("parquet", "xlsx") and file is None and sys.stdout.isatty():
        raise typer.BadParameter("this is no text: name a file to write it to")


@contextmanager
def _written(file: Path | None) -> Iterator[IO[bytes]]:
    """Standard output, or a file that appears, or is replaced, once all of it is there."""
    if file is None or str(file) == "-":
        with _until_nobody_reads():
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


@contextmanager
def _until_nobody_reads() -> Iterator[None]:
    """Whoever reads may have enough (``| head``): then it ends as by SIGPIPE, and says nothing."""
    try:
        yield
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # for what is still held
        raise typer.Exit(128 + signal.SIGPIPE) from None


async def _exported(
    db: Database, target: IO[bytes], history: bool, as_of: int | None, form: str
) -> None:
    async with db.serving():
        moment = await _settled(db, as_of)
        total = _total(db, history, moment) if err.is_terminal else None
        items = ItemWriter()
        parts = {
            "jsonl": exports.as_jsonl(db, history, moment),
            "csv": exports.as_csv(db, moment),
            "wikidata": exports.as_wikidata(db, moment, items),
        }
        await _write_stream(parts[form], target, total)
    if form == "wikidata" and items.left_out:
        told = f"{items.left_out} claims did not come from Wikidata, and are left out"
        err.print(f"[yellow]Careful:[/yellow] {told}", highlight=False, soft_wrap=True)


async def _figures(
    db: Database, target: IO[bytes], form: FigureFormat, where: list[str], as_of: int | None
) -> None:
    """The table of a question's figures; what a cell could not hold is told."""
    with loading():
        from app.api import quantities  # how a question is read

    asked = urlencode(named_values(where))
    question = quantities.table_asked(asked.encode()).question
    if as_of is not None and question.moment is not None:
        raise typer.BadParameter("the moment is asked twice: --as-of, or --where as_of=…")
    async with db.serving():
        moment = await _settled(db, as_of if question.moment is None else question.moment)
        question = replace(question, moment=moment)
        async with db.snapshot() as reader:
            rows = await list_query.count_up_to(reader, question, 2**53)
        notes = FileNotes(asked, instants.text(moment), rows)
        pages = exports.figure_pages(db, question, db.settings.public_url.rstrip("/"))
        with bar() as progress:
            task = progress.add_task("writing", total=rows)
            writer = None
            async for page in pages:
                writer = writer or WRITERS[form](target, notes)  # none for what is refused
                writer.add(page)
                progress.advance(task, len(page))
            left = writer.close() if writer else {}
    for what, count in left.items():
        told = f"{count} {what}"
        err.print(f"[yellow]Careful:[/yellow] {told}", highlight=False, soft_wrap=True)


async def _settled(db: Database, as_of: int | None) -> int:
    """The moment of an export: the one asked for, once it is final, or the last change."""
    if as_of is not None:
        await settle(db, as_of)
        return as_of
    async with db.snapshot() as reader:
        return await last_change(reader)


def _total(db: Database, history: bool, moment: int) -> int:
    """How many lines there will be: counting takes a while, so only where somebody looks."""
    with read_snapshot(db) as connection:
        return exports.count_versions(connection, history, moment) + 1


async def _write_stream(parts: AsyncIterator[bytes], target: IO[bytes], total: int | None) -> None:
    with bar() as progress:
        task = progress.add_task("writing", total=total)
        async for part in parts:
            target.write(part)
            progress.advance(task, part.count(b"\n"))
