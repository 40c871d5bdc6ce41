"""What surrounds the code: the lock, the wheel, the container, the settings, the checks."""

import os
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]  # its stubs would be one more dependency
from packaging.requirements import Requirement

from app import __version__
from app.config import Settings
from app.main import create_app

ROOT = Path(__file__).parents[1]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PROJECT = PYPROJECT["project"]
INSTALLING = (
    *("pyproject.toml", "constraints.txt", "constraints-hashes.txt", "Dockerfile"),
    *(".dockerignore", "compose.yaml"),
    *(".ci/run", ".github/workflows/ci.yml", ".github/workflows/release.yml"),
    ".pre-commit-config.yaml",
)
A_MACHINE = re.compile(r"(?<![\w.])/(?:home|root|Users|work)/[\w.]|[.]pyenv|_jobs[.]\d")
"""Paths that one computer has and others do not."""

HELD = {
    "app/py.typed",
    "app/static/swagger-ui/LICENSE",
    "app/static/swagger-ui/NOTICE",
    "app/static/swagger-ui/swagger-ui-bundle.js",
    "app/pages/static/page.js",
    "app/pages/templates/layout.html",
    "app/pages/guide_site/index.html",
    "app/pages/guide_site/first-article/index.html",
    "app/rules/lexicon/en.toml",
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
    info = f"sayso-{__version__}.dist-info"
    assert {f"{info}/licenses/{name}" for name in PROJECT["license-files"]} <= held
    assert {name.split("/")[0] for name in held} == {"app", "migrations", "seed", info}


# The version


def tracked() -> list[Path]:
    """Every file that belongs to the repository."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True)
    if listed.returncode:
        pytest.skip("not a git checkout")
    return [ROOT / name for name in listed.stdout.split("\0") if (ROOT / name).is_file()]


def test_the_version_is_written_in_one_place() -> None:
    this = re.compile(rf"(?<![\w.]){re.escape(__version__)}(?![\w.])")
    code = [path for path in tracked() if path.suffix in {".py", ".toml", ".yml", ".yaml", ".mako"}]
    written = [path for path in code if this.search(path.read_text(encoding="utf-8"))]
    assert written == [ROOT / "app/__init__.py"]


def test_the_api_says_the_version_of_the_code() -> None:
    assert create_app().version == __version__


# A release


def release_notes(tag: str, root: Path = ROOT) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, ".ci/release_notes.py", tag]
    return subprocess.run(command, cwd=root, capture_output=True, text=True)


def test_the_notes_of_a_release_are_its_section_of_the_changelog() -> None:
    told = release_notes(f"v{__version__}")
    assert told.returncode == 0, told.stderr
    assert told.stdout in read("CHANGELOG.md")
    assert f"tag `v{__version__}`" in told.stdout
    assert "\n## " not in told.stdout


DATED = "## [99.1.0] - 2031-05-06\n\n- New.\n\n## [99.0.0] - 2030-01-01\n\n- Old.\n"


@pytest.mark.parametrize(
    ("tag", "changelog", "told"),
    [
        ("v99.1.0", DATED, ""),
        ("v99.1.0", "## [Unreleased]\n\n" + DATED, ""),
        ("v99.0.0", DATED, "the code is 99.1.0"),
        ("99.1.0", DATED, "the code is 99.1.0"),
        ("v99.1.0", DATED.replace("2031-05-06", "unreleased"), "has no date"),
        ("v99.1.0", DATED.replace("99.1.0", "99.1.1"), "write one for [99.1.0]"),
        ("v99.1.0", "# Changelog\n", "write one for [99.1.0]"),
        ("v99.1.0", "## [Unreleased]\n\n- Newer.\n\n" + DATED, "under [Unreleased]"),
    ],
)
def test_a_tag_is_released_where_code_and_changelog_agree_with_it(
    tmp_path: Path, tag: str, changelog: str, told: str
) -> None:
    (tmp_path / ".ci").mkdir()
    (tmp_path / "app").mkdir()
    (tmp_path / ".ci/release_notes.py").write_text(read(".ci/release_notes.py"), encoding="utf-8")
    (tmp_path / "app/__init__.py").write_text('__version__ = "99.1.0"\n', encoding="utf-8")
    (tmp_path / "CHANGELOG.md").write_text(changelog, encoding="utf-8")
    answer = release_notes(tag, tmp_path)
    assert told in answer.stderr
    assert (answer.returncode, answer.stdout) == ((1, "") if told else (0, "- New.\n"))


def test_a_tag_starts_a_workflow_that_checks_builds_and_needs_no_secret() -> None:
    workflow = yaml.safe_load(read(".github/workflows/release.yml"))
    assert workflow[True] == {"push": {"tags": ["v*"]}}  # YAML reads `on` as true
    jobs = workflow["jobs"]
    assert jobs["release"]["needs"] == "checks"
    assert jobs["checks"]["needs"] == "agreement"
    assert "workflow_call" in yaml.safe_load(read(".github/workflows/ci.yml"))[True]
    steps = "\n".join(step.get("run", "") for step in jobs["release"]["steps"])
    for needed in ("release_notes.py", "hatchling build -t wheel", "docker build", "--version"):
        assert needed in steps, needed
    assert "secrets." not in read(".github/workflows/release.yml")


# What contributors are asked


@pytest.mark.parametrize("name", ["bug", "wording"])
def test_an_issue_form_asks_for_the_version_and_every_question_is_explained(name: str) -> None:
    form = yaml.safe_load(read(f".github/ISSUE_TEMPLATE/{name}.yml"))
    questions = {part["id"]: part for part in form["body"] if part["type"] != "markdown"}
    assert "sayso --version" in questions["version"]["attributes"]["description"]
    assert {part["attributes"]["label"] for part in questions.values()}
    assert questions["version"]["validations"] == {"required": True}
    assert form["name"]
    assert form["description"]


def test_the_length_of_a_subject_is_said_and_held_alike() -> None:
    template = read(".github/pull_request_template.md")
    assert "at most 72 characters" in read("CONTRIBUTING.md")
    assert "at most 72 characters" in template
    assert "CONTRIBUTING.md" in template
    [held] = [one for one in hooks() if one["id"] == "subject"]
    assert held["stages"] == ["commit-msg"]
    assert not re.search(held["entry"], "a" * 72 + "\n" + "b" * 100)
    assert re.search(held["entry"], "a" * 73)


def hooks() -> list[dict[str, Any]]:
    """What pre-commit runs: all of it from here."""
    [repository] = yaml.safe_load(read(".pre-commit-config.yaml"))["repos"]
    assert repository["repo"] == "local"
    found: list[dict[str, Any]] = repository["hooks"]
    return found


def test_git_checks_before_a_commit_what_the_checks_lint() -> None:
    steps = [line.removeprefix("step ") for line in lines(".ci/run") if line.startswith("step ")]
    linting = [step for step in steps if re.search("ruff|mypy", step)]
    assert [one["entry"] for one in hooks() if one["language"] == "system"] == linting


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
    named = []
    for path in tracked():
        content = path.read_bytes()
        if b"\0" not in content:
            found = A_MACHINE.search(content.decode("utf-8", "replace"))
            named += [f"{path.relative_to(ROOT)}: {found[0]}"] if found else []
    assert named == []
