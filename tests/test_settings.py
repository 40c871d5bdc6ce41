"""Settings that are secrets may be in files, and no error repeats them."""

import stat
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy.engine import make_url

from app.cli import keys as cli_keys
from app.config import SECRET, Settings, SettingsError, settings
from tests.commands import sayso
from tests.conftest import Templates

PASSWORD = "p@ss:w/o?rd%#"
PLACE = "postgresql://sayso@db:5432/sayso"


@pytest.fixture(autouse=True)
def anew() -> None:
    settings.cache_clear()


def test_every_setting_that_is_a_secret_may_be_in_a_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    hidden = {
        name for name, one in Settings.model_fields.items() if isinstance(one.default, SecretStr)
    }
    assert hidden | {"database_url"} == set(SECRET)
    for name, text in (("KEY_PEPPER", "of a mill"), ("DATABASE_PASSWORD", PASSWORD)):
        (tmp_path / name).write_text(text + "\n")
        monkeypatch.setenv(f"SAYSO_{name}_FILE", str(tmp_path / name))
    (tmp_path / "url").write_text(PLACE)
    monkeypatch.setenv("SAYSO_DATABASE_URL_FILE", str(tmp_path / "url"))
    found = settings()
    assert found.key_pepper.get_secret_value() == "of a mill"
    assert found.database_url == "postgresql://sayso:p%40ss%3Aw%2Fo%3Frd%25%23@db:5432/sayso"
    assert PASSWORD not in repr(found.key_pepper) + repr(found.database_password)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"KEY_PEPPER": "canary", "KEY_PEPPER_FILE": "pepper"}, "are both set"),
        ({"KEY_PEPPER_FILE": "nowhere"}, "cannot be read: No such file"),
        ({"KEY_PEPPER_FILE": "empty"}, "is empty"),
        ({"KEY_PEPPER_FILE": "binary"}, "not text in UTF-8"),
        ({"DATABASE_PASSWORD": "canary"}, "is for postgresql://USER@HOST/NAME"),
        ({"DATABASE_PASSWORD": "canary", "DATABASE_URL": "postgresql://a:b@h/n"}, "of its own"),
        ({"WORKERS": "canary"}, "SAYSO_WORKERS: Input should be a valid integer"),
        ({"DATABASE_URL": "mysql://canary:canary@h/n"}, "names mysql, and claims are kept in"),
        ({"DATABASE_URL": "mssql+pyodbc://canary@h/n"}, "names mssql, and claims are kept in"),
        ({"DATABASE_URL": "https://canary/n"}, "names https, and claims are kept in"),
        ({"DATABASE_URL": ""}, "no URL of a database: write sqlite:///FILE"),
        ({"DATABASE_URL": "/data/canary.db"}, "no URL of a database: write sqlite:///FILE"),
        ({"DATABASE_URL": "host=h password=canary"}, "no URL of a database"),
        ({"DATABASE_URL": "c canary:x://h"}, "no URL of a database"),
        ({"DATABASE_URL": "sqlite+aiosqlite:///canary.db"}, "the driver aiosqlite: leave it out"),
        ({"DATABASE_URL": "sqlite://canary.db"}, "lacks a slash before the file"),
    ],
)
def test_what_cannot_be_used_is_told_and_never_repeated(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, given: dict[str, str], told: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("pepper").write_text("canary")
    Path("empty").write_text("\n")
    Path("binary").write_bytes(b"\xff\xfe")
    monkeypatch.delenv("SAYSO_DATABASE_URL", raising=False)
    for name, value in given.items():
        monkeypatch.setenv(f"SAYSO_{name}", value)
    with pytest.raises(SettingsError) as wrong:
        settings()
    assert told in str(wrong.value)
    assert "canary" not in str(wrong.value)


@pytest.mark.parametrize("url", ["SQLite:///a.db", "sqlite:///a.db\n", " sqlite+pysqlite:///a.db"])
def test_a_scheme_in_capitals_and_space_around_a_url_change_nothing(
    monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("SAYSO_DATABASE_URL", url)
    assert make_url(settings().database_url) in (
        make_url("sqlite:///a.db"), make_url("sqlite+pysqlite:///a.db"),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("command", "setting", "value", "told"),
    [
        ("keys list", "key_pepper_file", "/nowhere/pepper",
         "SAYSO_KEY_PEPPER_FILE: /nowhere/pepper cannot be read: No such file or directory."),
        ("serve", "database_url", "mysql://u:canary@h/n",
         "SAYSO_DATABASE_URL names mysql, and claims are kept in SQLite or PostgreSQL only: write "
         "sqlite:///FILE, with four slashes for a path from the root, or "
         "postgresql://USER:PASSWORD@HOST/NAME."),
    ],
)  # fmt: skip
def test_a_command_tells_a_wrong_setting_in_a_line(
    command: str, setting: str, value: str, told: str
) -> None:
    done = sayso("sqlite://", *command.split(), **{setting: value})
    assert done.returncode == 2
    assert done.stderr.splitlines() == [told]
    assert done.stdout == ""


def test_the_first_key_is_kept_in_a_file_of_its_owner(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, sqlite_templates: Templates
) -> None:
    url = f"sqlite:///{tmp_path}/a.db"
    assert sayso(url, "migrate").returncode == 0
    monkeypatch.setenv("SAYSO_DATABASE_URL", url)
    file = tmp_path / "first-key"
    token = cli_keys.first(file)
    assert token is not None
    assert file.read_text() == f"{token}\n"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert cli_keys.first(file) is None, "there is one now"
    settings.cache_clear()
    monkeypatch.setenv("SAYSO_DATABASE_URL", f"sqlite:///{tmp_path}/b.db")
    assert sayso(f"sqlite:///{tmp_path}/b.db", "migrate").returncode == 0
    with pytest.raises(BaseException):  # noqa: B017, PT011  # typer's exit, after a sentence
        cli_keys.first(file)
    assert file.read_text() == f"{token}\n", "it is never written over"
