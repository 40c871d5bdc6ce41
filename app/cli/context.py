"""What commands share: the database they work on, and their progress bars."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from app.cli.console import err, told
from app.config import settings
from app.db import Database
from app.render.plain_text import printable
from app.store import schema
from app.store.snapshot import Unfit


@contextmanager
def opened() -> Iterator[Database]:
    """The database of the settings, where this version can use it; else what to do, and exit 1."""
    db = Database(settings())
    with unfit_told():
        try:
            _require_fit(db)
            yield db
        finally:
            db.engine.dispose()


def _require_fit(db: Database) -> None:
    """Raise ``Unfit`` where there is no database, or one that this version cannot use."""
    if db.dialect == "sqlite" and not Path(db.url.database or "").is_file():
        raise Unfit(f"There is no {db.url.database}: `sayso migrate` makes it.")
    if (wrong := schema.misfit(schema.present(db))) is not None:
        raise Unfit(wrong)


@contextmanager
def unfit_told() -> Iterator[None]:
    """Say in one line why something cannot be done, and exit 1."""
    try:
        yield
    except Unfit as error:
        why = str(error)
    except OSError as error:
        why = f"{error.filename}: {error.strerror}." if error.filename else f"{error}."
    else:
        return
    told(printable(why), "red")
    raise typer.Exit(1)


def named_values(given: list[str]) -> list[tuple[str, str]]:
    """The filters of ``--where``; raises where one has no value."""
    split = [one.partition("=") for one in given]
    if any(not sign or not name for name, sign, _ in split):
        raise typer.BadParameter("write NAME=VALUE, like claimant=shin-won-sik")
    return [(name, value) for name, _, value in split]


def bar() -> Progress:
    """A progress bar on stderr; nothing of it stays, and nothing is printed where nobody looks."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    return Progress(*columns, console=err, transient=True, disable=not err.is_terminal)
