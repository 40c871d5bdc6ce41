"""What surrounds the code: the lock, the wheel, the container, the settings, the checks."""

import json
import os
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import httpx
import pytest
from packaging.requirements import Requirement

from app.config import Settings
from app.main import VERSION

ROOT = Path(__file__).parents[1]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PROJECT = PYPROJECT["project"]
INSTALLING = (
    *("pyproject.toml", "constraints.txt", "constraints-hashes.txt", "Dockerfile"),
    *(".dockerignore", "compose.yaml"),
    *(".ci/run", ".github/workflows/ci.yml"),
)
A_MACHINE = re.compile(r"(?<![\w.])/(?:home|root|Users|work)/[\w.]|[.]pyenv|_jobs[.]\d")
"""Paths that one computer has and others do not."""

HELD = {
    "app/static/swagger-ui/LICENSE",
    "app/static/swagger-ui/NOTICE",
    "app/static/swagger-ui/swagger-ui-bundle.js",
    "app/static/index.html",
    "app/rules/lexicon.toml",
    "migrations/env.py",
    "migrations/script.py.mako",
    "seed/__init__.py",
    "seed/article.json",
}


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def lines(name: str) -> list[str]:
    """The lines of a file that are neither empty nor a remark."""
    return [line for line in read(name).splitlines() if line and not line.startswith("#")]


def locked() -> dict[str, str]:
    """Version by name."""
    return dict(line.partition(" ;")[0].split("==") for line in lines("constraints.txt"))


def stages() -> list[list[tuple[str, str]]]:
    """The Dockerfile's stages, each a list of (instruction, the rest)."""
    found: list[list[tuple[str, str]]] = []
    for line in "\n".join(lines("Dockerfile")).replace("\\\n", "").splitlines():
        word, _, rest = line.partition(" ")
        if word == "FROM":
            found.append([])
        found[-1].append((word, rest))
    return found


def last_stage(word: str) -> str:
    """What the running image says of one thing."""
    [rest] = [rest for instruction, rest in stages()[-1] if instruction == word]
    return rest


def health_check() -> list[str]:
    command: list[str] = json.loads(last_stage("HEALTHCHECK").partition("CMD ")[2])
    return command


# The lock


def test_the_lock_holds_names_and_versions_and_nothing_else() -> None:
    shape = re.compile(r"[a-z0-9-]+==[\w.]+( ; [^/@]+)?")
    assert [line for line in lines("constraints.txt") if not shape.fullmatch(line)] == []


@pytest.mark.parametrize(
    "wanted",
    [
        *PROJECT["dependencies"],
        *PROJECT["optional-dependencies"]["dev"],
        *PYPROJECT["build-system"]["requires"],
    ],
)
def test_the_lock_has_a_version_that_the_project_allows(wanted: str) -> None:
    requirement = Requirement(wanted)
    assert locked()[requirement.name] in requirement.specifier, "renew it: see CONTRIBUTING.md"


def test_the_lock_with_hashes_is_the_lock_with_hashes() -> None:
    entries = read("constraints-hashes.txt").replace("\\\n", " ").splitlines()
    shape = re.compile(r"(\S+==\S+(?: ; .+?)?)((?: +--hash=sha256:[0-9a-f]{64})+) *")
    found = [shape.fullmatch(entry) for entry in entries]
    assert all(found), "make it again: see CONTRIBUTING.md"
    assert sorted(one[1] for one in found if one) == sorted(lines("constraints.txt"))


@pytest.mark.parametrize("name", INSTALLING)
def test_what_installs_names_no_address_of_an_index(name: str) -> None:
    text = re.sub(r"(sqlite|postgresql)://", "", read(name))
    assert "://" not in text
    assert not re.search(r"index-url|find-links|trusted-host", text)


# The wheel


def test_the_wheel_holds_migrations_seed_lexicon_pages_and_their_licence(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    [wheel] = tmp_path.glob("*.whl")
    held = set(zipfile.ZipFile(wheel).namelist())
    versions = (ROOT / "migrations" / "versions").glob("*.py")
    assert held >= HELD | {f"migrations/versions/{path.name}" for path in versions}
    info = f"sayso-{VERSION}.dist-info"
    assert {f"{info}/licenses/{name}" for name in PROJECT["license-files"]} <= held
    assert {name.split("/")[0] for name in held} == {"app", "migrations", "seed", info}


def test_the_version_is_the_same_wherever_it_is_written() -> None:
    assert PROJECT["version"] == VERSION
    newest, *_ = re.findall(r"^## \[(\d.+?)\]", read("CHANGELOG.md"), re.MULTILINE)
    assert newest == VERSION, "the newest section of the changelog that has a number"


# The container


def test_the_image_is_made_in_two_stages_and_the_last_installs_nothing() -> None:
    first, last = stages()
    assert first[0][1].removesuffix(" AS builder") == last[0][1]
    assert not [rest for _, rest in last if re.search(r"\b(pip|apt-get|curl)\b", rest)]


def test_the_image_installs_the_lock_before_it_copies_the_code() -> None:
    first, _ = stages()
    words = [f"{word} {rest}" for word, rest in first]
    copied = words.index("COPY . .")
    [installed] = [n for n, line in enumerate(words) if "-c constraints.txt" in line]
    assert installed < copied
    assert not [line for line in words[copied:] if "pip" in line and "--no-deps" not in line]


def test_the_image_runs_as_nobody_special_and_keeps_its_data_in_a_volume() -> None:
    assert last_stage("USER") == "10001"
    assert last_stage("VOLUME") == "/data"
    assert "SAYSO_DATABASE_URL=sqlite:////data/" in last_stage("ENV")


def test_the_image_starts_sayso_itself_so_that_it_hears_when_to_stop() -> None:
    assert json.loads(last_stage("CMD")) == ["sayso", "serve"]
    # SIGTERM, which sayso hears from the start: see tests/test_stopping.py.
    assert "STOPSIGNAL" not in {word for word, _ in stages()[-1]}


def test_the_health_check_asks_the_port_that_is_served(seeded: httpx.Client) -> None:
    def healthy(port: int | None) -> bool:
        command = [sys.executable, *health_check()[1:]]
        environment = {**os.environ, "SAYSO_PORT": str(port)}
        return subprocess.run(command, env=environment, capture_output=True).returncode == 0

    assert health_check()[0] == "python"
    assert healthy(seeded.base_url.port)
    assert not healthy(1)


def test_only_what_is_named_goes_into_the_image() -> None:
    everything, *named = lines(".dockerignore")
    assert everything == "*"
    kept = {line.removeprefix("!") for line in named if line.startswith("!")}
    assert kept == {
        *("pyproject.toml", "constraints.txt", "README.md", "LICENSE"),
        *("app", "migrations", "seed"),
    }
    assert named[-1] == "**/__pycache__"


# The settings


@pytest.mark.parametrize("name", Settings.model_fields)
def test_a_setting_has_a_default_and_a_sentence(name: str) -> None:
    setting = Settings.model_fields[name]
    assert not setting.is_required()
    assert re.fullmatch(r"[A-Z].{15,}\.", setting.description or "")


# The checks


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md"])
def test_the_checks_take_the_steps_that_a_newcomer_is_told(page: str) -> None:
    steps = [line.removeprefix("step ") for line in lines(".ci/run") if line.startswith("step ")]
    counted = [step.replace("bin/coverage run -m pytest", "bin/pytest") for step in steps]
    told = [step for step in counted if not re.search("ruff|mypy|coverage", step)]
    assert " && ".join(told) in read(page)
    assert os.access(ROOT / ".ci/run", os.X_OK)


def test_nothing_in_the_repository_names_a_path_of_one_computer() -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True)
    if listed.returncode:
        pytest.skip("not a git checkout")
    named = []
    for name in listed.stdout.split("\0"):
        path = ROOT / name
        content = path.read_bytes() if path.is_file() else b""
        if b"\0" not in content:
            found = A_MACHINE.search(content.decode("utf-8", "replace"))
            named += [f"{name}: {found[0]}"] if found else []
    assert named == []
