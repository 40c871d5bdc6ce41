"""Everything in, from the shell."""

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Annotated

import typer
from rich.table import Table

from app.cli.console import app, err, out
from app.cli.context import bar, opened
from app.errors import Fault, Problem
from app.render.plain_text import printable
from app.store.import_.job import Import
from app.store.import_.readers import ImportFormat
from app.store.import_.result import COUNTS, ImportOptions, ImportResult, Mode, OnExisting
from app.store.write_transaction import Actor

ENDINGS: dict[str, ImportFormat] = {".json": "json", ".csv": "csv", ".tsv": "csv"}


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
        typer.Option(
            metavar="ID", help="Make this document's active claims exactly those of the file."
        ),
    ] = None,
    max_errors: Annotated[int, typer.Option(min=1, help="How many errors to tell.")] = 100,
    on_existing: Annotated[
        OnExisting, typer.Option(help="What becomes of a stored id that the file has otherwise.")
    ] = "update",
    restore: Annotated[
        bool, typer.Option("--restore", help="What was withdrawn and is in the file comes back.")
    ] = False,
    form: Annotated[
        ImportFormat | None,
        typer.Option("--format", help="Unless told, by the file's ending; or jsonl."),
    ] = None,
) -> None:
    """Store sources, measures, claims and assessments from a file, in any order.

    Each broken line is told with its number and where in it; then the exit code is 1.

    Try: sayso import claims.jsonl --dry-run
    """
    options = ImportOptions(mode, dry_run, replace_document, max_errors, on_existing, restore)
    with opened() as db, _readable(file) as content:
        job = Import(db, options, actor=Actor("sayso import"))
        problem = _run(job, content, form or ENDINGS.get(file.suffix.lower(), "jsonl"))
    _report(job.result, problem)
    if problem is not None or job.result.failed:
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


def _run(job: Import, content: IO[bytes], form: ImportFormat) -> Problem | None:
    """Do it, with progress: the lines done, of those that hold their shape."""
    with bar() as progress:
        task = progress.add_task("checking", total=None)

        def step(lines: int) -> None:
            whole = job.result.lines
            progress.update(task, advance=lines, total=whole, description="storing")

        job.step = step
        try:
            job.run(content, form)
        except Problem as problem:
            return problem
    return None


def _report(result: ImportResult, problem: Problem | None) -> None:
    for fault in result.errors:
        typer.echo(printable(_line(fault)), err=True)
    if problem is not None and not result.failed:
        for fault in problem.faults:
            typer.echo(printable(_line(fault)), err=True)
    if (untold := result.failed - len({fault.line for fault in result.errors})) > 0:
        err.print(f"and {untold} more lines; --max-errors tells more")
    if problem is not None:
        err.print(f"{problem.title}: {problem.detail}", style="red", markup=False, soft_wrap=True)
    for notice in result.notices:
        err.print(printable(_line(notice)), style="yellow", markup=False, soft_wrap=True)
    if problem is None or not result.failed:
        out.print(_table(result, stopped=problem is not None))


def _line(fault: Fault) -> str:
    """``line 6, /raw_text: input should be a valid string``."""
    at = [] if fault.line is None else [f"line {fault.line}"]
    at += [fault.pointer] if fault.pointer else []
    return f"{', '.join(at) or 'the file'}: {fault.detail}"


def _table(result: ImportResult, stopped: bool) -> Table:
    title = "a dry run" if result.options.dry_run else "imported"
    table = Table(title="stopped" if stopped else title, title_style="bold", show_header=False)
    table.add_column()
    table.add_column(justify="right")
    for name in ("lines", *COUNTS):
        style = "red" if name == "failed" and result.failed else None
        table.add_row(name, str(getattr(result, name)), style=style)
    return table
