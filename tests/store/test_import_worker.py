"""A long job on more than one processor: in order, whole, and nobody is left when it is over."""

import io
import os
import pickle
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.errors import Fault, Invalid, Problem
from app.store.import_.worker import COMMAND, LONG_JOB, WorkerProcess

PARTS = LONG_JOB + 20


def where(number: int) -> tuple[int, int]:
    """A part, and the process that did it."""
    return number, os.getpid()


def broken(number: int) -> Problem:
    return Invalid("No.", (Fault("not this one", pointer=f"/{number}"),))


def fatal(home: int) -> int:
    """What no process survives, but the one at home."""
    if os.getpid() != home:
        os.kill(os.getpid(), signal.SIGKILL)
    return home


def children() -> str:
    return Path(f"/proc/self/task/{os.getpid()}/children").read_text()


def test_parts_come_back_in_order_whoever_did_them() -> None:
    before = children()
    with WorkerProcess(True) as some:
        found = list(some.map(where, range(PARTS)))
    assert [part for part, _ in found] == [number for _, (number, _) in found] == [*range(PARTS)]
    assert len({process for _, (_, process) in found}) == 2
    assert children() == before


def test_a_short_job_needs_no_process() -> None:
    with WorkerProcess(True) as some:
        assert {process for _, (_, process) in some.map(where, range(LONG_JOB))} == {os.getpid()}


def test_a_problem_comes_back_as_it_was() -> None:
    with WorkerProcess(True) as some:
        for part, problem in some.map(broken, range(PARTS)):
            assert isinstance(problem, Invalid)
            assert (problem.detail, problem.faults[0].pointer) == ("No.", f"/{part}")


def test_what_a_process_that_is_killed_had_in_hand_is_done_here() -> None:
    with WorkerProcess(True) as some:
        assert [done for _, done in some.map(fatal, [os.getpid()] * PARTS)] == [os.getpid()] * PARTS


STARTS = """
import os, time
from app.store.import_.worker import LONG_JOB, WorkerProcess
from tests.store.test_import_worker import where
with WorkerProcess(True) as some:
    found = {process for _, (_, process) in some.map(where, range(LONG_JOB + 20))}
    print(*found - {os.getpid()}, flush=True)
    time.sleep(60)
"""


def test_it_ends_with_whoever_started_it_also_where_that_is_killed() -> None:
    with subprocess.Popen([sys.executable, "-c", STARTS], stdout=subprocess.PIPE) as starter:
        assert starter.stdout is not None
        process = Path(f"/proc/{int(starter.stdout.readline())}/stat")
        starter.kill()
    until = time.monotonic() + 20
    while process.exists() and " Z " not in process.read_text() and time.monotonic() < until:
        time.sleep(0.01)
    assert not process.exists() or " Z " in process.read_text()


def test_what_was_begun_is_handed_on_before_a_fault_of_what_comes_next() -> None:
    def parts() -> Iterator[int]:
        yield from range(PARTS)
        raise Invalid("Here it is cut off.")

    seen = []
    with WorkerProcess(True) as some, pytest.raises(Invalid, match="cut off"):  # noqa: PT012
        for part, _ in some.map(where, parts()):
            seen.append(part)
    assert seen == [*range(PARTS)]


def test_parts_done_alone_are_done_before_the_next_is_made() -> None:
    made: list[int] = []

    def parts() -> Iterator[int]:
        for number in range(PARTS):
            assert made == [*range(number)]
            yield number

    with WorkerProcess(True) as some:
        for part, _ in some.map(where, parts(), alone=True):
            made.append(part)
    assert made == [*range(PARTS)]


def test_the_process_does_what_it_is_sent_in_order_and_ends_when_there_is_no_more() -> None:
    tasks = b"".join(pickle.dumps((abs, number)) for number in (-3, 4))
    done = subprocess.run(COMMAND, input=tasks, stdout=subprocess.PIPE, check=True)
    answers = io.BytesIO(done.stdout)
    assert [pickle.load(answers), pickle.load(answers), answers.read()] == [3, 4, b""]
