"""Everything in, from the shell."""

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Annotated, Literal

import typer
from rich.table import Table

from app.cli.console import app, err, out
from app.cli.context import bar, opened, unfit_told
from app.db import Database
from app.errors import Fault, Problem
from app.mapping.exchange import ExchangeFormat
from app.mapping.file_draft import OpenQuestion
from app.mapping.schema import Mapping, read_mapping
from app.mapping.suggest import suggested
from app.render.plain_text import printable
from app.store.import_.job import Import
from app.store.import_.preview import Preview, preview
from app.store.import_.readers import ExchangeReader, ImportFormat, MappedReader, RowReader
from app.store.import_.result import COUNTS, ImportOptions, ImportResult, Mode, OnExisting
from app.store.mappings import stored_mapping
from app.store.write_transaction import Actor

TABLES = (".csv", ".tsv", ".tab", ".txt", ".xlsx", ".xlsm", ".xls", ".ods")
AnyFormat = Literal[ImportFormat, ExchangeFormat]
ENDINGS: dict[str, ImportFormat] = {".json": "json", **dict.fromkeys(TABLES, "csv")}


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
        AnyFormat | None,
        typer.Option(
            "--format",
            help="Unless told, by the file's ending; or jsonl. Of others: claimreview "
            "(a page, a feed), wikidata (EntityData, a dump).",
        ),
    ] = None,
    map_: Annotated[
        str | None,
        typer.Option(
            "--map", metavar="FILE", help="A mapping: a file, or the id of one that is stored."
        ),
    ] = None,
    suggest: Annotated[
        bool,
        typer.Option("--suggest", help="Write a first mapping for the file, to be looked over."),
    ] = False,
    document: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="With --suggest: what the file is called."),
    ] = None,
) -> None:
    """Store sources, measures, claims, assessments and mappings from a file, in any order.

    Each broken line is told with its number and where in it; then the exit code is 1.

    A table of any other shape needs a mapping: --suggest writes a first one, --map imports by it.

    Try: sayso import claims.jsonl --dry-run
    """
    if suggest:
        with unfit_told(), _readable(file) as content:
            _suggest(content, file, document)
        return
    options = ImportOptions(mode, dry_run, replace_document, max_errors, on_existing, restore)
    with opened() as db, _readable(file) as content:
        job = Import(db, options, actor=Actor("sayso import"))
        mapping = None if map_ is None else _mapping(db, map_)
        if mapping is not None and dry_run:
            _show(preview(db, content, mapping))
        problem = _run(job, content, _reader(db, mapping, form or format_of(file)))
    _report(job.result, problem)
    if problem is not None or job.result.failed:
        raise typer.Exit(1)


def _suggest(content: IO[bytes], file: Path, document: str | None) -> None:
    """Print a mapping for a file; what it does not say is asked, where somebody is there."""
    name = document or ("" if str(file) == "-" else file.name.split(".")[0].replace("_", " "))
    answers: dict[str, str] = {}
    found = suggested(content, name)
    if sys.stdin.isatty() and str(file) != "-":
        for question in found.open:
            if answer := _asked(question):
                answers[question.key] = answer
        found = suggested(content, name, answers=answers)
    typer.echo(found.text, nl=False)
    for one in found.questions:
        err.print(f"? {one}", style="yellow", markup=False, soft_wrap=True)


def _asked(question: OpenQuestion) -> str:
    """One answer; empty where it is left open."""
    choices = f" [{' | '.join(question.choices)}]" if question.choices else ""
    told: str = typer.prompt(f"{question.asked}{choices}", default="", show_default=False, err=True)
    return told.strip()


def _reader(db: Database, mapping: Mapping | None, form: AnyFormat) -> ImportFormat | RowReader:
    """How the file is read: by a mapping, as a format of others, or as one of ours."""
    if form == "claimreview" or form == "wikidata":
        if mapping is not None:
            raise typer.BadParameter("a mapping is for tables: leave out --map or --format")
        return ExchangeReader(db, form)
    return form if mapping is None else MappedReader(db, mapping)


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


def format_of(file: Path) -> ImportFormat:
    """What a file is by its ending, that of what is packed in it; JSONL where that says nothing."""
    endings = [ending.lower() for ending in file.suffixes if ending.lower() != ".gz"]
    return ENDINGS.get(endings[-1] if endings else "", "jsonl")


def _mapping(db: Database, named: str) -> Mapping:
    """A mapping from a file, or a stored one."""
    if (path := Path(named)).is_file():
        return read_mapping(path.read_bytes())
    return read_mapping(stored_mapping(db, named).encode())


def _show(found: Preview) -> None:
    """The first claims, each in a sentence."""
    for one in found.claims:
        out.print(printable(f"line {one.line}: {one.words}"), markup=False, soft_wrap=True)


def _run(job: Import, content: IO[bytes], form: ImportFormat | RowReader) -> Problem | None:
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
    more = problem.faults if problem is not None and not result.failed else ()
    for fault in (*result.errors, *more):
        typer.echo(printable(_line(fault)), err=True)
    # Are there perhaps more than were told? One row of a table may have several faults.
    is_cut = len(result.errors) >= result.options.max_errors
    if is_cut and result.failed > len({fault.line for fault in result.errors}):
        err.print(f"{result.failed} lines are broken in all; --max-errors tells more")
    if problem is not None:
        err.print(f"{problem.title}: {problem.detail}", style="red", markup=False, soft_wrap=True)
    for notice in result.notices:
        err.print(printable(_line(notice)), style="yellow", markup=False, soft_wrap=True)
    if len(result.notices) >= result.options.max_errors:
        err.print("there may be more to tell of lines; --max-errors tells more", style="yellow")
    if problem is None or not result.failed:
        out.print(_table(result, stopped=problem is not None))


def _line(fault: Fault) -> str:
    """``line 6, /raw_text: input should be a valid string``."""
    at = [] if fault.line is None else [f"line {fault.line}"]
    at += [f"column “{fault.column}”"] if fault.column else []
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
