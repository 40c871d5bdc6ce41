"""What commands say beside their answers: at a terminal, of a stranger, of what is left out."""

import asyncio
import io
import json
import logging
import os
import pty
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import openpyxl
import pytest
from click.testing import Result
from typer.testing import CliRunner

from app.cli import commands, log, process
from app.cli.answers import Strokes
from app.cli.api_client import ApiClient, Refused
from app.cli.figure_files import XLSX_CELL, XLSX_ROWS, FileNotes, XlsxWriter
from app.config import Settings, settings
from app.mapping.schema import read_mapping
from app.store.snapshot import Unfit
from tests.commands import CONTEXT, environment, forked_in, main
from tests.mapping.reviews import ONE, packed
from tests.mapping.test_suggestions import UNSURE
from tests.mapping.test_wikidata import SHAPES
from tests.mapping.twelve import text
from tests.patience import NEVER
from tests.test_cli import CLAIM, lite

__all__ = ["lite"]
Run = Callable[..., Result]


@pytest.fixture
def run(lite: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A command over the seed, in this process."""
    monkeypatch.setenv("SAYSO_DATABASE_URL", lite)
    settings.cache_clear()
    heard = signal.getsignal(signal.SIGTERM)
    yield lambda *words: CliRunner().invoke(commands(), [*map(str, words)])
    signal.signal(signal.SIGTERM, heard)
    settings.cache_clear()


def flat(done: Result) -> str:
    return " ".join(done.output.replace("│", " ").split())


def plot(lower: Any, value: Any, upper: Any) -> dict[str, Any]:
    return {"lower": lower, "value": value, "upper": upper, "open_below": lower is None,
            "open_above": upper is None}  # fmt: skip


@pytest.mark.parametrize(
    ("drawn", "line"),
    [
        (plot(0, 50, 100), "  ├───────●──────┤"), (plot(0, None, 100), "  ├──────────────┤"),
        (plot(50, None, 50), "          ●"), (plot(50, 50, 50), "          ●"),
        (plot(None, None, 50), "◀─────────┤"), (plot(50, 50, None), "          ●────────▶"),
    ],
)  # fmt: skip
def test_an_interval_is_drawn_where_it_lies(drawn: dict[str, Any], line: str) -> None:
    strokes = Strokes([plot(0, None, 100)], 20)
    assert strokes.of(drawn) == line


def test_a_sheet_says_what_it_could_not_hold_and_takes_no_more_than_its_rows() -> None:
    with pytest.raises(Unfit, match="A sheet holds 1,048,575 rows, and these are 1,048,576"):
        XlsxWriter(io.BytesIO(), FileNotes("", "2026", XLSX_ROWS + 1))
    for question, shown, lost in (
        ("x" * (XLSX_CELL + 1), "(too long for a cell)", "cells that are too long"),
        ("a\x01b", "a\ufffdb", "cells with characters that no cell can hold"),
        ("=1+1", "=1+1", ""),
    ):
        target = io.BytesIO()
        told = XlsxWriter(target, FileNotes(question, "2026", 0)).close()
        assert [one.partition(";")[0] for one in told] == [lost] * bool(lost)
        cell = openpyxl.load_workbook(target)["about"]["B1"]
        assert (cell.value, cell.data_type) == (shown, "s")


def test_a_line_of_the_log_has_its_traceback_and_a_level_below_is_not_written(
    capfd: pytest.CaptureFixture[str],
) -> None:
    try:
        raise ValueError("odd")
    except ValueError:
        record = logging.LogRecord("sayso", 40, "", 0, "it\nfailed", None, sys.exc_info())
    first, *more = log.Lines().format(record).split("\n")
    assert first.endswith(" error it\\nfailed")
    assert more[-1] == "ValueError: odd"
    for level in (logging.INFO, logging.ERROR):
        log.write_now(Settings(log_level="warning", log="json"), level, "told", pid=7)
    [line] = capfd.readouterr().err.splitlines()
    assert json.loads(line)["level"] == "error"


def test_a_handler_that_somebody_set_is_left() -> None:
    before = signal.signal(signal.SIGTERM, signal.SIG_IGN)
    try:
        process.stop_at_once()
        assert signal.getsignal(signal.SIGTERM) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGTERM, before)


@pytest.mark.parametrize(
    ("status", "body", "told"),
    [
        (200, "[1]", "What answers there is not Sayso."),
        (200, "<html>", "What answers there is not Sayso."),
        (404, "{}", "What answers there is not Sayso."),
        (500, "<html>", "What answers there is not Sayso."),
        (403, {"title": "No", "detail": "not you"}, "No: not you"),
        (422, {"title": "No", "errors": [{"detail": "broken"}]}, "broken"),
        (422, {"title": "No", "errors": [{"detail": "odd", "parameter": "x"}]}, "--where x: odd"),
        (422, {"title": "No", "errors": [{"detail": "odd", "pointer": "/y/z"}]}, "y/z: odd"),
    ],
)  # fmt: skip
def test_an_answer_that_is_none_is_told_by_its_option(status: int, body: Any, told: str) -> None:
    sent = body if isinstance(body, str) else json.dumps(body)
    stranger = httpx.MockTransport(lambda _: httpx.Response(status, text=sent))

    async def ask() -> None:
        async with httpx.AsyncClient(transport=stranger, base_url="http://x") as client:
            await ApiClient(client, {}).get("measures", [])

    with pytest.raises(Refused) as refused:
        asyncio.run(ask())
    assert (refused.value.told, refused.value.status) == ([told], status)


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["lexicon", "about 5,000", "--json"], 0, '"hedge": "approximate"'),
        (["lexicon", "5", "--lang", "x_y"], 2, "a language is such as de or es-MX"),
        (["verify", "--head", "12:abc"], 2, "SEQ:HASH as it was printed"),
        (["export", "--format", "csv", "--history"], 2, "leave out --history"),
        (["export", "--where", "via=ap"], 2, "an export for import is whole"),
        (["export", "--as-of", "soon"], 2, "offset, like 2026"),
    ],
)  # fmt: skip
def test_a_command_says_how_it_is_asked(run: Run, words: list[str], code: int, told: str) -> None:
    done = run(*words)
    assert done.exit_code == code
    assert told in flat(done)


def test_formats_of_others_are_imported_and_written_and_take_no_mapping(
    run: Run, tmp_path: Path
) -> None:
    files = {"claimreview": packed(ONE), "wikidata": SHAPES["EntityData"][0]}
    for form, content in files.items():
        (tmp_path / form).write_bytes(content)
        done = run("import", tmp_path / form, "--format", form)
        assert done.exit_code == 0, done.output
    assert "neither a quantity nor a date" in flat(done)
    (tmp_path / "map.toml").write_text("")
    both = run("import", tmp_path / form, "--format", form, "--map", tmp_path / "map.toml")
    assert (both.exit_code, "leave out --map or --format" in flat(both)) == (2, True)
    missing = run("import", tmp_path / form, "--map", "none")
    assert missing.exit_code == 1
    out = run("export", "--format", "wikidata")
    assert "claims did not come from Wikidata, and are left out" in out.stderr
    assert json.loads(out.stdout.splitlines()[1].rstrip(","))["type"] == "item"


def test_an_export_goes_through_a_pipe_that_stays_one(run: Run, tmp_path: Path) -> None:
    pipe, got = tmp_path / "pipe", []
    os.mkfifo(pipe)
    reader = threading.Thread(target=lambda: got.append(pipe.read_bytes()))
    reader.start()
    done = run("export", pipe)
    reader.join()
    assert done.exit_code == 0, done.output
    assert json.loads(got[0].splitlines()[-1])["type"] == "end"
    assert pipe.is_fifo()


def test_a_restore_says_where_that_is_which_was_there(run: Run, tmp_path: Path) -> None:
    kept = tmp_path / "kept.db"
    assert run("backup", kept).exit_code == 0
    done = run("restore", kept, "--replace")
    assert done.exit_code == 0, done.output
    assert "what was there before is" in flat(done)


def test_denials_and_what_is_left_out_are_told_in_an_answer(run: Run, tmp_path: Path) -> None:
    more = [{**CLAIM, "id": "denied", "polarity": "negative"},
            {**CLAIM, "id": "derived", "relations": [
                {"predicate": "derived_from", "object": "shin-2024-03-containers"}]}]  # fmt: skip
    (tmp_path / "more.jsonl").write_text("\n".join(map(json.dumps, more)))
    done = run("import", tmp_path / "more.jsonl")
    assert done.exit_code == 0, done.output
    told = flat(run("ask", CLAIM["measure"], "--limit", "1"))
    assert "there are more: --limit" in told
    assert "1 denial or retraction" in told
    assert "Derived from other claims, so not counted: derived." in told


def on_a_terminal(
    folder: Path, url: str, answers: str, *words: str | Path, out: bool = False
) -> tuple[int | None, str, str]:
    """A command with a terminal as its input, or as its output."""
    forked_in()
    ours, theirs = pty.openpty()
    os.write(ours, answers.encode())
    ends = [os.ttyname(theirs), folder / "out", folder / "err"]
    ends[1] = ends[0] if out else ends[1]
    sent = (["sayso", *map(str, words)], environment(url), ends)
    process = CONTEXT.Process(target=main, args=sent)
    process.start()
    process.join(NEVER)
    os.close(ours)
    os.close(theirs)
    told = "" if out else (folder / "out").read_text("utf-8")
    return process.exitcode, told, (folder / "err").read_text("utf-8")


def test_who_sits_at_a_terminal_is_asked_what_a_file_does_not_say(
    lite: str, tmp_path: Path
) -> None:
    table = tmp_path / "log.csv"
    table.write_bytes(text(*UNSURE))
    answers = ",\n%d.%m.%Y\n\nt\n"
    code, out, said = on_a_terminal(tmp_path, lite, answers, "import", table, "--suggest")
    assert code == 0, said
    mapping = read_mapping(out.encode())
    assert (mapping.file.decimal, mapping.file.dates) == (",", ["%d.%m.%Y"])
    assert 'unit = "t"' in out
    assert "In which unit are the figures? As in {person}, t, EUR (UCUM).:" in said
    assert said.endswith("? Who says these figures? Leave it empty where nobody is named.\n")


def test_what_is_no_text_is_not_written_to_a_terminal(lite: str, tmp_path: Path) -> None:
    asked = ("export", "--format", "parquet")
    code, _, said = on_a_terminal(tmp_path, lite, "", *asked, out=True)
    assert (code, "name a file to write it to" in said) == (2, True)
