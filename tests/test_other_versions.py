"""An older program beside a newer one: it goes on where it can, else it says why in a sentence."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import text

from app.config import Settings
from app.db import Database, SchemaRevision, writer_engine
from app.store import schema
from tests.commands import sayso
from tests.conftest import Serve, Templates

LATER = """
from alembic import op
import sqlalchemy as sa

revision = "{0}"
down_revision = "{1}"
branch_labels = None
depends_on = None
{2}

def upgrade() -> None:
    op.add_column("claim", sa.Column("of_{0}", sa.String(), nullable=True))


def downgrade() -> None:
    op.drop_column("claim", "of_{0}")
"""
SINCE = "0013"
"""The first migration that had to say how old a program may be."""


def later(settings: Settings, folder: Path) -> Config:
    """Migrations that this program does not have: it can live with the first, not with the second.

    The second says nothing, as a migration whose author did not think of it.
    """
    word = f'compatible_back_to = "{schema.expected()}"'
    (folder / "later.py").write_text(LATER.format("9001", schema.expected(), word))
    (folder / "last.py").write_text(LATER.format("9002", "9001", ""))
    config = schema.alembic_config(settings)
    config.set_main_option("path_separator", "newline")
    config.set_main_option("version_locations", f"{schema.MIGRATIONS / 'versions'}\n{folder}")
    return config


@contextmanager
def looked(settings: Settings) -> Iterator[Database]:
    db = Database(settings)
    try:
        yield db
    finally:
        db.close()


def test_a_migration_leaves_word_for_programs_that_do_not_have_it(
    templates: Templates, tmp_path: Path
) -> None:
    settings = Settings(database_url=templates.copy(seeded=False))
    config, own = later(settings, tmp_path), schema.expected()
    with looked(settings) as db:
        command.upgrade(config, "9001")
        assert schema.present(db) == SchemaRevision("9001", own)
        assert schema.misfit(schema.present(db)) is None
        assert schema.migrate(settings) == "9001"
        command.upgrade(config, "9002")
        assert schema.present(db) == SchemaRevision("9002", "9002")
        assert "newer version" in str(schema.misfit(schema.present(db)))
        command.downgrade(config, "9001")
        assert schema.present(db) == SchemaRevision("9001", own)
        command.downgrade(config, "0011")
        assert schema.present(db) == SchemaRevision("0011")
        assert schema.misfit(schema.present(db)) == schema.NOT_MIGRATED


def test_every_migration_says_how_old_a_program_may_be() -> None:
    scripts = ScriptDirectory.from_config(schema.alembic_config(Settings()))
    for script in scripts.walk_revisions():
        if script.revision >= SINCE:
            assert script.module.compatible_back_to <= script.revision, script.path


def set_at(settings: Settings, number: str, oldest: str | None) -> None:
    """Have the database say that it is at a revision which a newer program has made."""
    engine = writer_engine(settings)
    told = {"number": number, "oldest": oldest}
    statement = "UPDATE alembic_version SET version_num = :number, compatible_back_to = :oldest"
    with engine.begin() as connection:
        connection.execute(text(statement), told)
    engine.dispose()


def test_a_server_goes_on_beside_a_newer_version_that_it_can_live_with(serve: Serve) -> None:
    """The first new replica does not take all old ones out."""
    client = serve()
    settings: Settings = client.server.settings  # type: ignore[attr-defined]
    source = {"id": "kyodo", "name": "Kyodo News"}
    for number, oldest, ready in (
        ("9001", schema.expected(), True), ("9002", "9002", False), ("9002", None, False),
        ("0011", None, False), (schema.expected(), None, True),
    ):  # fmt: skip
        set_at(settings, number, oldest)
        answer = client.get("/readyz")
        assert answer.status_code == (200 if ready else 503), (number, answer.text)
        if ready:
            assert answer.json()["revision"] == number
            assert client.post("/v1/sources", json=source).status_code in (200, 201)


COMMANDS: tuple[tuple[str, ...], ...] = (
    ("serve",), ("migrate",), ("seed",), ("export",), ("keys", "create", "desk", "--scope", "read"),
)  # fmt: skip
"""Of each way to open a database, one."""


def test_an_older_program_on_a_newer_database_says_one_sentence(tmp_path: Path) -> None:
    newer = f"sqlite:///{tmp_path}/sayso.db"
    schema.migrate(Settings(database_url=newer))
    set_at(Settings(database_url=newer), "9002", "9002")
    for words in COMMANDS:
        done = sayso(newer, *words)
        assert (done.returncode, done.stdout) == (1, ""), words
        assert done.stderr.startswith("The database is of a newer version of Sayso"), words
        assert done.stderr.count("\n") == 1, words


def test_a_program_on_an_older_database_that_it_cannot_migrate_says_so(
    templates: Templates,
) -> None:
    url = templates.copy(seeded=False)
    if templates.engine != "sqlite":
        pytest.skip("a standby is tested elsewhere")
    command.downgrade(schema.alembic_config(Settings(database_url=url)), "0011")
    done = sayso(f"{url}?mode=ro", "migrate")
    assert done.returncode == 1
    assert "not migrated" in done.stderr
    assert "read-only here" in done.stderr
    assert done.stderr.count("\n") == 1
