"""Generated clients, as docs/clients.md has it: made, compiled, and put to a running server.

The tools of Node are looked for in ``.venv/node`` (or ``SAYSO_TEST_NODE``), where `.ci/run` puts
them; without them those tests are skipped, and say so.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from app.config import Settings
from tests.conftest import ADMIN, Server, Templates, openapi

ROOT = Path(__file__).parents[1]
NODE = Path(os.environ.get("SAYSO_TEST_NODE", ROOT / ".venv" / "node"))
BLOCKS = {
    name.strip(): text
    for name, text in re.findall(
        r"```([^\n]+)\n(.*?)```", (ROOT / "docs" / "clients.md").read_text("utf-8"), re.DOTALL
    )
}
QUESTIONS = 10


@pytest.fixture(scope="module")
def env(sqlite_templates: Templates) -> Iterator[dict[str, str]]:
    """A server on the seed, named as the programs look for it."""
    with Server(Settings(database_url=sqlite_templates.copy(True))) as server:
        yield {**os.environ, "SAYSO_URL": server.url, "SAYSO_KEY": ADMIN}


@pytest.fixture(scope="module")
def described(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The description as a file."""
    file = tmp_path_factory.mktemp("description") / "openapi.json"
    file.write_text(json.dumps(openapi()))
    return file


@pytest.fixture
def node(tmp_path: Path, described: Path) -> Path:
    """A folder with the tools of Node, and the description in it."""
    if shutil.which("node") is None:
        pytest.skip("there is no node: TypeScript clients and linters are not tried")
    if not (NODE / "node_modules").is_dir():
        pytest.skip(f"no tools in {NODE}: npm install tests/clients/package.json there")
    (tmp_path / "node_modules").symlink_to(NODE / "node_modules")
    shutil.copy(ROOT / "tests" / "clients" / "package.json", tmp_path)
    shutil.copy(described, tmp_path)
    return tmp_path


def ran(folder: Path, command: list[str], env: Mapping[str, str] | None = None) -> str:
    done = subprocess.run(
        command, cwd=folder, env=env, capture_output=True, text=True, check=False, timeout=280
    )
    assert done.returncode == 0, f"{command[:3]}: {done.stdout[-3000:]}{done.stderr[-3000:]}"
    return done.stdout


def tool(name: str, *words: str) -> list[str]:
    """What ``npx name words`` starts, without npx, which takes a second to find it."""
    return ["node", f"node_modules/.bin/{name}", *words]


def numbered(printed: str) -> dict[int, str]:
    """The answers by the numbers of their questions."""
    found = (line.partition(" ") for line in printed.splitlines())
    return {int(number): answer for number, _, answer in found}


def test_the_generated_python_client_asks_ten_typed_questions(
    tmp_path: Path, described: Path, env: dict[str, str]
) -> None:
    made = ["-m", "openapi_python_client", "generate", "--path", str(described)]
    ran(tmp_path, [sys.executable, *made, "--output-path", "sayso-client", "--overwrite"])
    path = {"PYTHONPATH": str(tmp_path / "sayso-client")}
    program = BLOCKS["python generated"]
    said = numbered(ran(tmp_path, [sys.executable, "-c", program], env | path))
    assert len(said) == QUESTIONS
    assert said[2] == "shin-won-sik [('containers.prk-rus', 'more_than', '7000')]"
    assert said[3].endswith(" 10000")
    assert said[6] == "['approximate']", "of several values that are sent, one was lost"
    assert said[7] == "approximate 6700 6500 6900"
    assert said[8] == "201 ['12000', '0'] True"
    assert said[9] == "422 True stated"
    assert said[10] == "True []"


def test_the_generated_typescript_client_compiles_and_asks_ten_typed_questions(
    node: Path, env: dict[str, str]
) -> None:
    (node / "ask.ts").write_text(BLOCKS["ts generated"])
    for line in BLOCKS["sh typescript"].splitlines()[1:]:
        words = line.split()
        printed = ran(node, tool(*words[1:]) if words[0] == "npx" else words, env)
    said = numbered(printed)
    assert len(said) == QUESTIONS
    assert said[2] == "shin-won-sik containers.prk-rus more_than 7000"
    assert said[3].endswith(" 10000")
    assert said[6] == "approximate", "of several values that are sent, one was lost"
    assert said[7] == "approximate 6700 6500 6900"
    assert said[8] == "201 12000,0 true"
    assert said[9] == "422 validation_failed stated"
    assert said[10] == "true"


def test_plain_http_prints_the_same_rows_from_python_and_javascript(
    tmp_path: Path, env: dict[str, str]
) -> None:
    rows = ran(tmp_path, [sys.executable, "-c", BLOCKS["python http"]], env)
    assert "state-dept-2024-containers 10,000 certain" in rows
    if shutil.which("node") is None:
        pytest.skip("there is no node: the JavaScript is not tried")
    (tmp_path / "ask.mjs").write_text(BLOCKS["js http"])
    assert ran(tmp_path, ["node", "ask.mjs"], env) == rows


def test_spectral_finds_no_error(node: Path) -> None:
    (node / "rules.yaml").write_text('extends: ["spectral:oas"]')
    ran(node, tool("spectral", "lint", "-r", "rules.yaml", "openapi.json"))


def test_redocly_finds_no_error(node: Path) -> None:
    ran(node, tool("redocly", "lint", "--extends=recommended", "openapi.json"))
