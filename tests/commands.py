"""`sayso` commands: each a process of its own, forked from one that has imported all it needs.

Python's start takes ten times longer than most commands do. What has to do with that start is
tested with commands that are started from nothing.
"""

import multiprocessing
import os
import subprocess
import sys
import tempfile
import time
from functools import cache
from multiprocessing import forkserver
from pathlib import Path

from app.main import routes
from tests.patience import NEVER

Done = subprocess.CompletedProcess[str]
CONTEXT = multiprocessing.get_context("forkserver")
CLI = Path(__file__).parents[1] / "app" / "cli"
LATE = ("__init__", "__main__", "mcp_tools")
"""The last one loads for seconds, for one command alone."""
LOADED = sorted(f"app.cli.{file.stem}" for file in CLI.glob("*.py") if file.stem not in LATE)
SHOWN = "typer.rich_utils"
"""What shows a help, which a command loads when it comes to that."""
CONTEXT.set_forkserver_preload(
    ["app.cli", "alembic.command", *LOADED, "seed", SHOWN, "tests.commands"]
)
routes()  # made once, in the process that others are forked from


def environment(url: str) -> dict[str, str]:
    """What a command needs to know, and nothing of this shell but that its lines are counted."""
    counted = {name: os.environ[name] for name in os.environ if name.startswith("COVERAGE_")}
    known = {"PATH": os.environ["PATH"], "COLUMNS": "120", "TZ": "UTC"}
    return {"SAYSO_DATABASE_URL": url, **known, **counted}


def sayso(
    url: str,
    *arguments: str | Path,
    stdin: str | None = None,
    program: str = "",
    **settings: str,
) -> Done:
    """Run one command, or a program that changes it, to its end."""
    forked_in()
    given = {f"SAYSO_{name.upper()}": value for name, value in settings.items()}
    with tempfile.TemporaryDirectory(prefix="sayso-command-") as folder:
        pipes = [Path(folder, name) for name in ("in", "out", "err")]
        pipes[0].write_text(stdin or "", encoding="utf-8")
        words = ["sayso", *map(str, arguments)]
        process = CONTEXT.Process(
            target=main, args=(words, environment(url) | given, pipes, program)
        )
        process.start()
        process.join(NEVER)
        assert process.exitcode is not None, "it never came to an end"
        out, err = (pipe.read_text(encoding="utf-8") for pipe in pipes[1:])
        return Done(words, process.exitcode, out, err)


@cache
def forked_in() -> None:
    """Have the process that others are forked from; what it knows it is told when it starts."""
    before, told = dict(os.environ), environment("sqlite://")
    os.environ.clear()
    os.environ.update(told)
    try:
        forkserver.ensure_running()
    finally:
        os.environ.clear()
        os.environ.update(before)


def serve(
    words: list[str],
    told: dict[str, str],
    ends: list[Path | str],
    hour_behind: bool,
    program: str,
) -> None:
    """In the forked process: the command, perhaps where the clock was set back an hour."""
    if hour_behind:
        true = time.time_ns
        time.time_ns = lambda: true() - 3_600_000_000_000
        time.time = lambda: time.time_ns() / 1e9
    os.chdir(CLI.parents[1])
    main(words, told, ends, program)


def main(
    words: list[str], told: dict[str, str], pipes: list[Path | str], program: str = ""
) -> None:
    """In the forked process: the command, as the shell would have started it."""
    os.environ.clear()
    os.environ.update(told)
    for number, mode in enumerate((os.O_RDONLY, *[os.O_WRONLY | os.O_CREAT | os.O_APPEND] * 2)):
        os.dup2(os.open(pipes[number], mode), number)
    sys.argv = words
    sys.stdin, sys.stdout, sys.stderr = (
        open(number, mode, buffering=1, encoding="utf-8", closefd=False)  # noqa: SIM115
        for number, mode in enumerate("rww")
    )
    from app.cli import main as command

    try:
        exec(program, {}) if program else command()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
