"""Everything in, everything out, from the shell."""

import asyncio
import shutil
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Annotated, Literal

import typer
from rich.table import Table

from app.cli.console import app, err, out
from app.cli.opening import bar, opened, plain
from app.cli.stopping import stop_when_told
from app.db import Database
from app.errors import Fault, Problem
from app.rules import instants
from app.store import exports, reads
from app.store.importing import Import
from app.store.lines import Format
from app.store.outcome import Mode, Options, Outcome
from app.store.steady import count, steady
from app.store.whole import draft, publish

ENDINGS: dict[str, Format] = {".json": "json", ".csv": "csv"}
COUNTS = ("created", "changed", "withdrawn", "unchanged")


@app.command(name="import")
def import_(
    file: Annotated[Path, typer.Argument(help="JSONL, .json or .csv; - is standard input.")],
    mode: Annotated[
        Mode, typer.Option(help="atomic: all or nothing; partial: what can be stored is.")
    ] = "atomic",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would become of it; store nothing.")
    ] = False,
    replace_document: Annotated[
        str | None,
        typer.Option(metavar="ID", help="Withdraw this document's claims that are not in it."),
    ] = None,
    max_errors: Annotated[int, typer.Option(min=1, help="How many errors to tell.")] = 100,
    form: Annotated[
        Format | None, typer.Option("--format", help="Unless told, by the file's ending; or jsonl.")
    ] = None,
) -> None:
    """Store sources, measures, claims and assessments from a file, in any order.

    Each broken line is told with its number and where in it; then the exit code is 1.

    Try: sayso import claims.jsonl --dry-run
    """
    options = Options(mode, dry_run, replace_document, max_errors)
    with opened() as db, _readable(file) as content:
        job = Import(db, options)
        problem = _run(job, content, form or ENDINGS.get(file.suffix.lower(), "jsonl"))
    _told(job.outcome, problem)
    if problem is not None or job.outcome.failed:
        raise typer.Exit(1)


@contextmanager
def _readable(file: Path) -> Iterator[IO[bytes]]:
    """A file that can be read twice, which what comes through a pipe cannot."""
    if str(file) != "-":
        with open(file, "rb") as content:
            yield content
        return
    with TemporaryFile() as content:
        shutil.copyfileobj(sys.stdin.buffer, content)
        yield content


def _run(job: Import, content: IO[bytes], form: Format) -> Problem | None:
    """Do it, with progress: the lines done, of those that hold their shape."""
    with bar() as progress:
        task = progress.add_task("checking", total=None)

        def step(lines: int) -> None:
            whole = job.outcome.lines
            progress.update(task, advance=lines, total=whole, description="storing")

        job.step = step
        try:
            job.run(content, form)
        except Problem as problem:
            return problem
    return None


def _told(outcome: Outcome, problem: Problem | None) -> None:
    for fault in outcome.errors:
        typer.echo(plain(_line(fault)), err=True)
    if problem is not None and not outcome.failed:
        for fault in problem.faults:
            typer.echo(plain(_line(fault)), err=True)
    if (untold := outcome.failed - len({fault.line for fault in outcome.errors})) > 0:
        err.print(f"and {untold} more lines; --max-errors tells more")
    if problem is not None:
        err.print(f"{problem.title}: {problem.detail}", style="red", markup=False, soft_wrap=True)
    if problem is None or not outcome.failed:
        out.print(_table(outcome, stopped=problem is not None))


def _line(fault: Fault) -> str:
    """``line 6, /raw_text: input should be a valid string``."""
    at = [] if fault.line is None else [f"line {fault.line}"]
    at += [fault.pointer] if fault.pointer else []
    return f"{', '.join(at) or 'the file'}: {fault.detail}"


def _table(outcome: Outcome, stopped: bool) -> Table:
    title = "a dry run" if outcome.dry_run else "imported"
    table = Table(title="stopped" if stopped else title, title_style="bold", show_header=False)
    table.add_column()
    table.add_column(justify="right")
    for name in ("lines", *COUNTS, "failed"):
        style = "red" if name == "failed" and outcome.failed else None
        table.add_row(name, str(getattr(outcome, name)), style=style)
    return table


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
) -> None:
    """Write everything out, one resource a line, as GET /v1/export does; serving goes on.

    The last line counts the others and has the SHA-256 of all before it. An export is an import:
    [bold]sayso export --history all.jsonl[/bold], and elsewhere [bold]sayso import all.jsonl[/bold]
    """
    stop_when_told()
    moment = _moment(as_of)
    if form == "csv" and history:
        raise typer.BadParameter("CSV has the newest version only")
    with opened() as db, _written(file) as target:
        asyncio.run(_exported(db, target, history, moment, form))
    if file is not None:
        err.print(f"[green]✓[/green] {file}", highlight=False, soft_wrap=True)


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
    with draft(file) as beside:
        with open(beside, "wb") as target:
            yield target
        publish(beside, file)


async def _exported(
    db: Database, target: IO[bytes], history: bool, as_of: int | None, form: str
) -> None:
    async with db.serving():
        async with db.snapshot() as reader:
            await reads.not_ahead(reader, as_of)
            moment = await exports.newest(reader) if as_of is None else as_of
        with steady(db) as connection:
            total = count(connection, history, moment)
        parts = exports.as_jsonl(db, history, moment)
        await _poured(exports.as_csv(db, moment) if form == "csv" else parts, target, total)


async def _poured(parts: AsyncIterator[bytes], target: IO[bytes], total: int) -> None:
    with bar() as progress:
        task = progress.add_task("writing", total=total + 1)
        async for part in parts:
            target.write(part)
            progress.advance(task, part.count(b"\n"))
