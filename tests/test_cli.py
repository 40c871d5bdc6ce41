"""The command line as it is used: real commands, in processes of their own."""

import hashlib
import json
import re
import signal
import subprocess
import sys
import tempfile
import time
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import create_engine, text

from app import __version__
from app.cli import FILES, commands
from app.config import Settings
from app.db import Database
from app.store import schema
from seed import seed
from tests.commands import Done, environment, sayso
from tests.conftest import NO_TLS, Serve, Templates
from tests.patience import NEVER
from tests.processes import Forked, free_port

CLAIM: dict[str, Any] = {
    "type": "claim", "claimant": "shin-won-sik", "document": "daily-digest-article",
    "stated": "2024-03", "measure": "containers.prk-rus", "raw_text": "upwards of 7,000",
}  # fmt: skip


@cache
def seed_in_sqlite() -> bytes:
    """The file of a database with the seed, and without a key."""
    with tempfile.TemporaryDirectory(prefix="sayso-seed-") as folder:
        file = Path(folder, "sayso.db")
        settings = Settings(database_url=f"sqlite:///{file}")
        schema.migrate(settings)
        db = Database(settings)
        seed(db)
        db.engine.dispose()
        return file.read_bytes()


@pytest.fixture
def lite(tmp_path: Path) -> str:
    """The seed in SQLite, for what the engine plays no part in."""
    file = tmp_path / "sayso.db"
    file.write_bytes(seed_in_sqlite())
    return f"sqlite:///{file}"


def good(done: Done) -> str:
    """What it printed, where it went well."""
    assert done.returncode == 0, done.stderr
    return done.stdout


def jsonl(*lines: Any) -> str:
    return "".join(json.dumps(line) + "\n" for line in lines)


def change(url: str, statement: str) -> None:
    """Tamper with a database behind its back."""
    engine = create_engine(Settings(database_url=url).sqlalchemy_url)
    with engine.begin() as connection:
        assert connection.execute(text(statement)).rowcount
    engine.dispose()


def test_help_names_every_command_and_where_to_start() -> None:
    told = good(sayso("sqlite://", "--help"))
    for name in ("demo", "serve", "migrate", "import", "export", "verify", "backup", "restore"):
        assert re.search(rf"│ {name}\b", told), name
    assert "sayso demo is the place to start" in " ".join(told.split())


def test_every_command_says_what_it_does_and_every_choice_what_it_means() -> None:
    from typer.main import get_command

    for name, command in get_command(commands()).commands.items():  # type: ignore[attr-defined]
        assert len(command.help or "") > 20, name
        for parameter in command.params:
            if parameter.name not in ("help", "file"):
                assert getattr(parameter, "help", ""), f"{name} {parameter.name}"


def test_a_command_by_itself_is_the_one_that_is_among_all() -> None:
    from typer.main import get_command

    listed = [name for names in FILES.values() for name in names]
    every = get_command(commands()).commands  # type: ignore[attr-defined]
    assert sorted(listed) == sorted(every)
    for name in every:
        assert f" {name} [OPTIONS]" in good(sayso("sqlite://", name, "--help")), name


def test_a_server_does_not_wait_for_what_only_other_commands_need() -> None:
    code = "from app.cli import commands; commands('serve'); import app.cli.uvicorn_server, sys; "
    code += "sys.exit(bool({'alembic', 'httpx', 'app.cli.ask'} & {*sys.modules}))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_version_is_told_at_once_and_in_the_help() -> None:
    code = "import app.cli, sys; sys.argv = ['sayso', '--version']; app.cli.main(); "
    code += "sys.exit(bool({'typer', 'rich', 'app.config', 'app.main'} & {*sys.modules}))"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (told.returncode, told.stdout) == (0, f"sayso {__version__}\n"), told.stderr
    assert good(sayso("sqlite://", "--version", "serve")) == told.stdout
    assert "--version" in good(sayso("sqlite://", "--help"))


def test_a_database_that_is_not_there_is_not_made_by_reading_it(tmp_path: Path) -> None:
    refused = sayso(f"sqlite:///{tmp_path}/none.db", "verify")
    assert refused.returncode == 1
    assert "sayso migrate" in refused.stderr
    assert list(tmp_path.iterdir()) == []


SEED = "import runpy; runpy.run_module('seed', run_name='__main__')"


@pytest.mark.parametrize(("words", "program"), [(["migrate"], ""), (["verify"], ""), ([], SEED)])
def test_a_server_that_is_away_is_told_of_in_a_sentence(words: list[str], program: str) -> None:
    url = "postgresql://127.0.0.1:1/nothing"
    done = sayso(url, *words, program=program)
    assert done.returncode == 1
    told, why = done.stderr.splitlines()
    assert told == "Temporarily unavailable. The database is busy or away."
    assert "connection refused" in why.lower()


def test_demo_serves_a_filled_database_and_the_seed_may_be_repeated(tmp_path: Path) -> None:
    url, port = f"sqlite:///{tmp_path}/sayso.db", free_port()
    kept, chosen = tmp_path / "key", {**environment(url), "SAYSO_CORS_LOCALHOST": "false"}
    ends = [tmp_path / name for name in ("err", "out")]
    words = ["sayso", "demo", "--port", str(port), "--first-key", str(kept)]
    demo = Forked(words, chosen, str(ends[0]), out=str(ends[1]))
    try:
        ready = answered(f"http://127.0.0.1:{port}/readyz")
        asked, elsewhere = f"http://127.0.0.1:{port}/v1/claims?limit=1000", "http://localhost:8888"
        answer = httpx.get(asked, headers={"Origin": elsewhere}, timeout=NEVER, verify=NO_TLS)
        claims = answer.json()
        demo.send_signal(signal.SIGINT)
        assert demo.wait(NEVER) is not None
    finally:
        demo.kill()
    told, printed = (end.read_text() for end in ends)
    assert len(claims["items"]) == 18
    assert "55 added" in told
    assert "access-control-allow-origin" not in answer.headers, "somebody chose so"
    assert f"the first key (read, write, import) is in {kept}, and not printed" in told
    assert kept.read_text().strip() not in printed + told
    assert "0 added, 55 there already" in sayso(url, "seed").stderr
    good(sayso(url, "migrate"))
    assert f"curl 'http://127.0.0.1:{port}/v1/claims?" in printed
    assert ready["sqlite"].keys() == {"version", "wal_reset_bug"}
    assert "WAL-reset" not in told, "the lock of the file keeps other processes out"


def answered(url: str) -> Any:
    """The answer, once there is one."""
    end = time.monotonic() + NEVER
    while time.monotonic() < end:
        try:
            return httpx.get(url, timeout=NEVER, verify=NO_TLS).raise_for_status().json()
        except httpx.TransportError:
            time.sleep(0.1)
    raise AssertionError("the demo does not answer")


def test_a_phrase_that_is_not_read_is_refused_with_the_reason() -> None:
    refused = sayso("sqlite://", "lexicon", "umpteen")
    assert refused.returncode == 1
    assert "umpteen" in refused.stderr


def test_the_lexicon_shows_every_interval_in_its_brackets() -> None:
    assert "[6500, 6900]" in sayso("sqlite://", "lexicon", "roughly 6,700").stdout
    assert "[x, x]" in sayso("sqlite://", "lexicon").stdout


def test_a_phrase_is_read_and_the_hedges_are_shown_in_the_language_asked_for() -> None:
    assert "[6500, 6900]" in good(sayso("sqlite://", "lexicon", "rund 6.700", "--lang", "de"))
    korean = good(sayso("sqlite://", "lexicon", "--lang", "ko"))
    assert "ko-1" in korean
    assert "정확히" in korean


def test_a_language_without_a_lexicon_is_said_to_be_read_as_english() -> None:
    told = sayso("sqlite://", "lexicon", "about 6,700", "--lang", "xx")
    assert "en-4" in told.stdout
    assert "xx has no words of its own here, and is read as English" in told.stderr
    assert sayso("sqlite://", "lexicon", "--lang", "de").stderr == ""
    assert sayso("sqlite://", "lexicon", "--lang", "no tongue").returncode == 2


def test_an_export_is_what_http_gives_and_an_import_makes_it_again(
    serve: Serve, templates: Templates, tmp_path: Path
) -> None:
    client = serve()
    url = client.server.settings.database_url  # type: ignore[attr-defined]
    client.patch(
        "/v1/claims/shin-2024-02-containers", json={"notes": "n"}, headers={"If-Match": "*"}
    )
    asked = {"history": "true"}
    whole = tmp_path / "whole.jsonl"
    good(sayso(url, "export", whole, "--history"))
    assert whole.read_bytes() == client.get("/v1/export", params=asked).content
    assert good(sayso(url, "export", "--format", "csv")).encode().splitlines() == (
        client.get("/v1/export?format=csv").content.splitlines()
    )
    empty = templates.copy(seeded=False)
    assert re.search(r"created +│ +55", good(sayso(empty, "import", whole)))
    assert good(sayso(empty, "export", "--history")).encode() == whole.read_bytes()
    assert [path.name for path in tmp_path.iterdir()] == ["whole.jsonl"]


def test_an_export_replaces_a_file_only_when_told_to(lite: str, tmp_path: Path) -> None:
    file = tmp_path / "mine.jsonl"
    file.write_text("something else")
    refused = sayso(lite, "export", file)
    assert refused.returncode == 2
    assert "--force" in refused.stderr
    assert file.read_text() == "something else"
    good(sayso(lite, "export", file, "--force"))
    assert file.read_text().endswith("}\n")


def test_a_moment_that_is_asked_twice_is_refused(lite: str) -> None:
    moment = "2020-01-01T00:00:00Z"
    twice = ("--as-of", moment, "--where", f"as_of={moment}")
    refused = sayso(lite, "export", "--format", "quantities.csv", *twice)
    assert refused.returncode == 2
    assert "asked twice" in refused.stderr
    assert refused.stdout == ""


@pytest.mark.parametrize("form", ["jsonl", "quantities.csv"])
def test_an_export_whose_reader_has_enough_ends_without_a_word(lite: str, form: str) -> None:
    command = [sys.executable, "-m", "app.cli", "export", "--format", form]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment(lite)
    ) as export:
        assert export.stdout is not None
        assert export.stderr is not None
        export.stdout.close()
        assert export.stderr.read() == b""
    assert export.returncode == 128 + signal.SIGPIPE


def test_an_export_of_an_earlier_moment_is_what_was_there_then(lite: str) -> None:
    url = lite
    told = json.loads(good(sayso(url, "export", "--as-of", "2020-01-01T00:00:00Z")))
    assert told == {"type": "end", "count": 0, "digest": hashlib.sha256().hexdigest()}


def test_an_import_tells_each_broken_line_and_stores_nothing(lite: str) -> None:
    url = lite
    lines = jsonl(
        CLAIM, {**CLAIM, "raw_text": 5}, {"type": "source", "id": "x\x1b[2J", "name": "X"}
    )
    refused = sayso(url, "import", "-", stdin=lines)
    assert refused.returncode == 1
    assert re.search(r"^line 2, /raw_text: ", refused.stderr, re.MULTILINE)
    assert re.search(r"^line 3, /id: ", refused.stderr, re.MULTILINE)
    assert "2 of 3 lines are broken; nothing was stored" in refused.stderr
    assert "\x1b" not in refused.stderr
    partial = sayso(url, "import", "-", "--mode", "partial", "--max-errors", "1", stdin=lines)
    assert partial.returncode == 1
    assert re.search(r"created +│ +1", partial.stdout)
    assert "2 lines are broken in all; --max-errors tells more" in partial.stderr


def test_where_more_is_to_be_said_of_lines_that_is_told(lite: str) -> None:
    lines = jsonl(*[{**CLAIM, "id": "one"}] * 4)
    few = sayso(lite, "import", "-", "--max-errors", "2", "--dry-run", stdin=lines)
    assert few.stderr.count("says the same as line 1") == 2
    assert "there may be more to tell of lines; --max-errors tells more" in few.stderr
    whole = sayso(lite, "import", "-", "--dry-run", stdin=lines)
    assert whole.stderr.count("says the same as line 1") == 3
    assert "more to tell" not in whole.stderr


def test_two_faults_of_one_row_are_not_taken_for_two_rows(lite: str, tmp_path: Path) -> None:
    table, mapping = tmp_path / "t.csv", tmp_path / "t.toml"
    table.write_text("a,b\n1.234,2.345\n")
    mapping.write_text(
        '[[source]]\nid = "t"\nname = "T"\n[claim]\ndocument = "t"\nid = "t.{{@column}}"\n'
        '[[figure]]\ncolumns = ["a", "b"]\nvalue = "{{@cell}}"\n'
        'measure = {id = "t", name = "T", unit = "t"}\n'
    )
    refused = sayso(lite, "import", table, "--map", mapping)
    assert refused.stderr.count("line 2, column") == 2
    assert "in all" not in refused.stderr


def test_a_dry_run_and_a_whole_document_from_files(lite: str, tmp_path: Path) -> None:
    url, file = lite, tmp_path / "claims.json"
    file.write_text(json.dumps([{**CLAIM, "id": "only"}]))
    more = ("--replace-document", "daily-digest-article")
    dry = good(sayso(url, "import", file, "--dry-run", *more))
    assert "a dry run" in dry
    done = good(sayso(url, "import", file, *more))
    for printed in (dry, done):
        assert re.search(r"created +│ +1", printed)
        assert re.search(r"withdrawn +│ +18", printed)


TAMPERED = "UPDATE source SET name = 'Another' WHERE id = 'reuters'"


def test_verify_prints_the_head_and_finds_what_was_altered(templates: Templates) -> None:
    url = templates.copy(seeded=True)
    head = good(sayso(url, "verify")).strip()
    seq, _, hash = head.partition(":")
    assert seq == "56", "28 sources, 9 measures, 18 claims, and the key of these tests"
    good(sayso(url, "import", "-", stdin=jsonl(CLAIM)))
    good(sayso(url, "verify", "--head", head))
    change(url, TAMPERED)
    found = sayso(url, "verify", "--head", hash)
    assert found.returncode == 1
    [line] = found.stdout.splitlines()
    assert re.fullmatch(r"the version was altered: sources/reuters version 1 \(line \d+\)", line)


def test_readyz_tells_the_version_of_sqlite(seeded: httpx.Client, engine: str) -> None:
    told = seeded.get("/readyz").json()
    assert ("sqlite" in told) is (engine == "sqlite")
    if engine == "sqlite":
        assert re.fullmatch(r"\d+\.\d+\.\d+(\.\d+)?", told["sqlite"]["version"])


@pytest.mark.parametrize("command", [["backup", "b.db"], ["restore", "b.db"]])
def test_for_postgresql_the_command_to_use_is_printed(command: list[str]) -> None:
    told = sayso("postgresql://nobody:secret@nowhere/none", *command)
    assert told.returncode == 2
    assert re.match(r"pg_(dump|restore) ", told.stdout)
    assert "secret" not in told.stdout + told.stderr
