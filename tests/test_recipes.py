"""The recipes of CONTRIBUTING are walked as they stand there, in a copy of the tree."""

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from app.config import Settings
from app.db import Database
from app.store import schema
from seed import seed

ROOT = Path(__file__).parents[1]
RECIPES = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
KEPT, COLUMN = re.findall(r"^    \w+: .+Field\(.+\)\n", RECIPES, re.MULTILINE)
[FILTER] = re.findall(r"^    Filter\(.+\),\n", RECIPES, re.MULTILINE)
[REVISION] = re.findall(r"^\.venv/bin/(alembic revision .+)$", RECIPES, re.MULTILINE)

ASKING = """
import asyncio
import sys
from alembic import command
from httpx import ASGITransport, AsyncClient
from app.config import Settings
from app.db import Database
from app.main import create_app
from app.models.key import KeyIn
from app.rules import api_keys
from app.store import keys, schema, writes

field, filterable = sys.argv[1], sys.argv[2] == "filterable"
settings = Settings()
for revision in ("+1", "-1", "head") if filterable else ():
    way = command.downgrade if revision == "-1" else command.upgrade
    way(schema.alembic_config(settings), revision)
command.check(schema.alembic_config(settings))
db = Database(settings)
token = api_keys.make_key("ofadmins", bytes(32))
sent = KeyIn(id="ofadmins", name="tests", scopes=["admin"])
writes.write(db, keys.create, settings, sent, token)
headers = {"Authorization": f"Bearer {token}"}


async def ask_sources(client):
    source = {"id": "new", "name": "Nordau Harbour Office", field: "shells"}
    made = await client.post("/v1/sources", json=source)
    assert made.status_code == 201, made.text
    found = (await client.get("/v1/sources", params={field: "shells"})).json()["items"]
    assert [(one["id"], one[field]) for one in found] == [("new", "shells")]
    without = {f"{field}__is_null": "true", "count": "exact"}
    assert (await client.get("/v1/sources", params=without)).json()["count"] >= 17


async def ask(client):
    if sys.argv[3] == "sources":
        return await ask_sources(client)
    claim = {"id": "new", "document": "daily-digest-article", "measure": "containers.prk-rus"}
    made = await client.post("/v1/claims", json={**claim, "raw_text": "7,000", field: "shells"})
    assert made.status_code == 201, made.text
    assert (await client.get("/v1/claims/new")).json()[field] == "shells"
    exported = (await client.get("/v1/export?format=csv")).text.splitlines()
    assert field in exported[0].split(",")
    assert [line[:4] for line in exported if ",shells," in line] == ["new,"]
    if not filterable:
        return
    for asked, id in (("claims", "id"), ("quantities", "claim")):
        found = (await client.get(f"/v1/{asked}", params={field: "shells"})).json()["items"]
        assert [(one[id], one[field]) for one in found] == [("new", "shells")]
        without = {f"{field}__is_null": "true", "count": "exact"}
        assert (await client.get(f"/v1/{asked}", params=without)).json()["count"] >= 17
    counted = (await client.get("/v1/facets", params={"by": field})).json()["facets"]
    assert counted == {field: [{"value": "shells", "count": 1}]}


async def main():
    app = create_app(settings)
    where = {"transport": ASGITransport(app), "base_url": "http://localhost", "headers": headers}
    async with app.router.lifespan_context(app), AsyncClient(**where) as client:
        await ask(client)


asyncio.run(main())
"""


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A filled database of today's schema."""
    file = tmp_path_factory.mktemp("before") / "old.db"
    settings = Settings(database_url=f"sqlite:///{file}")
    schema.migrate(settings)
    db = Database(settings)
    seed(db)
    db.close()
    return file


@pytest.fixture
def tree(tmp_path: Path, before: Path) -> Path:
    """A copy of what the recipes change, and a database from before."""
    for folder in ("app", "migrations", "seed"):
        shutil.copytree(ROOT / folder, tmp_path / folder)  # what was compiled, too: it is faster
    for file in (ROOT / "pyproject.toml", before):
        shutil.copy(file, tmp_path)
    return tmp_path


def put(file: Path, behind: str, lines: str) -> None:
    """Lines put behind what is found once in a file."""
    text = file.read_text(encoding="utf-8")
    [place] = re.finditer(behind, text)
    file.write_text(text[: place.end()] + lines + text[place.end() :], encoding="utf-8")


def run(tree: Path, *arguments: str) -> None:
    environment = {"PYTHONPATH": str(tree), "SAYSO_DATABASE_URL": "sqlite:///old.db"}
    done = subprocess.run(
        [sys.executable, *arguments], cwd=tree, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr


def head_of(name: str) -> str:
    return rf'class {name}\(\w+\):\n +"""[^"]+"""\n\n?'


def test_a_field_that_is_only_kept_and_shown_is_one_line(tree: Path) -> None:
    put(tree / "app/models/claim.py", head_of("ClaimBody"), KEPT)
    run(tree, "-c", ASKING, KEPT.split(":")[0].strip(), "kept", "claims")


def test_a_field_to_filter_by_is_two_lines_and_a_migration(tree: Path) -> None:
    put(tree / "app/models/claim.py", head_of("ClaimFields"), COLUMN)
    put(tree / "app/models/filters.py", r"\nCLAIMS = \(\n", FILTER)
    run(tree, "-m", *shlex.split(REVISION))
    [written] = (tree / "migrations/versions").glob("*_claims_have_a_topic.py")
    text = written.read_text(encoding="utf-8")
    before, own = schema.expected(), f"{int(schema.expected()) + 1:04}"
    assert f'\n\nRevision {own}.\n"""\n' in text
    assert f'\nrevision = "{own}"\ndown_revision = "{before}"\n' in text
    assert f'\ncompatible_back_to = "{own}"\n' in text
    assert "batch" not in text
    run(tree, "-m", "ruff", "check", str(written))
    run(tree, "-m", "ruff", "format", "--check", str(written))
    run(tree, "-c", ASKING, COLUMN.split(":")[0].strip(), "filterable", "claims")


def test_a_field_of_a_source_is_the_same_two_lines_elsewhere(tree: Path) -> None:
    put(tree / "app/models/source.py", head_of("SourceFields"), COLUMN)
    put(tree / "app/models/filters.py", r"\nSOURCES = \(\n", FILTER)
    run(tree, "-m", *shlex.split(REVISION.replace("Claims", "Sources")))
    run(tree, "-c", ASKING, COLUMN.split(":")[0].strip(), "filterable", "sources")
