"""How far a list is from its rows: which files it goes through, and in how many calls."""

import asyncio
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from types import FrameType
from typing import Any

import httpx

from app.config import Settings
from app.main import create_app
from tests.conftest import Templates

ROOT = Path(__file__).parents[1]
APP = str(ROOT / "app")
LIST = "/v1/claims?measure=containers.prk-rus&value__gte=10000"
MAX_CALLS = 60
"""Calls of our own functions for a list of four rows, of which some are one for each row."""
MAX_LOADED = 59
"""Modules of our own that stand behind the reads of a resource: 55, and four empty packages."""


def profiled(templates: Templates, path: str) -> Counter[str]:
    """The files that one warm request goes through, each with its calls; nothing is cached."""
    settings = Settings(database_url=templates.copy(True), response_cache_bytes=0)
    calls: Counter[str] = Counter()

    def note(frame: FrameType, event: str, _: Any) -> None:
        file = frame.f_code.co_filename
        if event == "call" and file.startswith(APP):
            calls[file.removeprefix(APP + "/")] += 1

    async def run() -> None:
        app = create_app(settings)
        async with app.router.lifespan_context(app):
            transport = httpx.ASGITransport(app)
            async with httpx.AsyncClient(transport=transport, base_url="http://sayso") as client:
                for _ in range(3):
                    assert (await client.get(path)).status_code == 200
                sys.setprofile(note)
                try:
                    assert (await client.get(path)).status_code == 200
                finally:
                    sys.setprofile(None)

    asyncio.run(run())
    return calls


def test_a_list_takes_few_calls_through_few_files(sqlite_templates: Templates) -> None:
    calls = profiled(sqlite_templates, LIST)
    assert calls.total() <= MAX_CALLS, calls
    assert not [file for file in calls if file.startswith(("pages/", "cli/", "store/import_"))]


def test_the_readme_names_the_files_that_a_list_goes_through(sqlite_templates: Templates) -> None:
    hops = re.search(r"`GET /v1/claims`, .*?\n\n", (ROOT / "README.md").read_text(), re.S)
    assert hops is not None
    named = re.findall(r"`((?:api|store)/\w+\.py)`", hops[0])
    assert named
    assert set(named) <= set(profiled(sqlite_templates, LIST))


def test_the_files_where_a_change_begins_exist() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text()
    rows = text.partition("## Where do I change …")[2].partition("\n## ")[0].splitlines()[4:]
    named = [re.findall(r"`(app/[\w./]+)`", row) for row in rows if row]
    assert len(named) >= 10
    assert all(named)
    assert all((ROOT / file).is_file() for files in named for file in files)


def test_the_walks_of_the_architecture_name_files_and_functions_that_exist() -> None:
    text = (ROOT / "docs/architecture.md").read_text()
    files = re.findall(
        r"`((?:rules|render|models|db|store|api|pages|cli)/[\w/]+\.(?:py|toml|html|js))`", text
    )
    assert len(files) > 30
    for file in files:
        assert (ROOT / "app" / file).exists(), file
    source = "".join(path.read_text() for path in (ROOT / "app").rglob("*.py"))
    for name in re.findall(r"`([A-Za-z_]+(?:\.[a-z_]+)?)\(\)`", text):
        last = name.rpartition(".")[2]
        assert re.search(rf"(?:def|class) {last}\b", source), name


def test_what_reads_is_loaded_without_what_writes_and_what_reads_wordings() -> None:
    asked = (
        "import app.api.resources, sys; print(*(one for one in sys.modules if one[:4] == 'app.'))"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", asked], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    assert not {"app.store.writes", "app.store.drafts", "app.rules.figures"} & set(loaded)
    assert len(loaded) <= MAX_LOADED
