"""Worker processes: `sayso serve --workers N` forks them, replaces one that ends, and stops all.

The parent makes the application and opens the port, and then has no thread, no event loop and no
connection: what is forked from it, at any time, is in order, and shares its memory. Whatever
workers have in common is made before: the port, the table of rate limits, the files of metrics.
On SQLite each of them may write; they take turns by the lock beside the file.
"""

import logging
import os
import select
import signal
import struct
import sys
import time
from collections import Counter
from collections.abc import Callable
from functools import partial
from socket import socket
from tempfile import TemporaryFile
from types import FrameType
from typing import IO, NoReturn

from app.cli import log
from app.config import Settings

HEARD = (signal.SIGTERM, signal.SIGINT, signal.SIGCHLD)
GRACE_S = 3.0
"""Seconds that a worker may take to end beyond what it was given; then it is killed."""
PAUSE_S = 1.0
"""Before one is started in place of one that never got as far as to answer, or ended soon again;
twice as long each time, up to 32 times."""
STEADY_S = 60.0
"""A worker that lived for so long was well: in its place one is started at once."""
READY = struct.Struct("<i")
Serve = Callable[[list[socket], int, Callable[[], object], IO[bytes]], int]
"""Serve on these sockets, until told to, or until this pipe ends with the parent; say when ready;
write the log by turns with this file. The answer is the process's exit status."""


class Backoff:
    """How long each worker's place stays empty, so that one that cannot live costs little."""

    def __init__(self) -> None:
        self.short_lived: Counter[int] = Counter()

    def pause(self, number: int, served: bool, lived: float) -> float:
        """Seconds: none after a long life, nor the first time; then more each time."""
        if served and lived >= STEADY_S:
            del self.short_lived[number]
        before = self.short_lived[number]
        self.short_lived[number] += 1
        return PAUSE_S * 2 ** min(max(before - 1, 0), 5) if before or not served else 0.0


class Workers:
    """The processes of one server: by number from 1, and by their ids."""

    def __init__(self, chosen: Settings, sockets: list[socket], serve: Serve, stop_s: float):
        self.chosen, self.sockets, self.serve, self.stop_s = chosen, sockets, serve, stop_s
        self.running: dict[int, int] = {}
        self.waiting: dict[int, float] = {}
        self.ready: set[int] = set()
        self.begun: dict[int, float] = {}
        self.backoff = Backoff()
        self.kill_at: float | None = None
        self.announced, self.status = False, 0
        self.life, self.alive = os.pipe()
        self.hear, self.said = os.pipe()
        self.woken, self.wake = os.pipe()
        self.turns = TemporaryFile()  # noqa: SIM115  # as long as we live

    def run(self, announce: Callable[[], None], ended: Callable[[int], None]) -> int:
        """Until all have ended; each that does is told to ``ended``."""
        for end in (self.hear, self.woken, self.wake):
            os.set_blocking(end, False)
        signal.set_wakeup_fd(self.wake, warn_on_full_buffer=False)
        for number in HEARD:
            signal.signal(number, self._told)
        self.waiting = dict.fromkeys(range(1, self.chosen.workers + 1), 0.0)
        while self.running or self.waiting:
            self._start_due()
            self._wait()
            self._hear_ready(announce)
            self._reap(ended)
            if self.kill_at is not None and time.monotonic() > self.kill_at:
                self._signal(signal.SIGKILL)
        return self.status

    def _told(self, number: int, _frame: FrameType | None) -> None:
        if number != signal.SIGCHLD:
            self._stop(number)

    def _stop(self, number: int) -> None:
        """Pass it on; a second time is told too, as who presses Ctrl-C twice expects."""
        self.kill_at = self.kill_at or time.monotonic() + self.stop_s + GRACE_S
        self.waiting.clear()
        self._signal(number)

    def _signal(self, number: int) -> None:
        for pid in [*self.running]:
            os.kill(pid, number)  # not yet waited for, so that it is still ours

    def _start_due(self) -> None:
        for number, at in [*self.waiting.items()]:
            if at <= time.monotonic() and self.waiting.pop(number, None) is not None:
                self._start(number)

    def _start(self, number: int) -> None:
        signal.pthread_sigmask(signal.SIG_BLOCK, HEARD)
        sys.stdout.flush()
        pid = os.fork()
        if pid == 0:
            self._work()
        self.running[pid], self.begun[pid] = number, time.monotonic()
        signal.pthread_sigmask(signal.SIG_UNBLOCK, HEARD)

    def _work(self) -> NoReturn:
        """In the worker. In a group of its own, it hears Ctrl-C from its parent alone."""
        status = 1
        try:
            os.setpgid(0, 0)
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            signal.signal(signal.SIGINT, signal.default_int_handler)
            signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
            signal.pthread_sigmask(signal.SIG_UNBLOCK, HEARD)
            os.close(self.alive)
            said = READY.pack(os.getpid())
            ready = partial(os.write, self.said, said)
            status = self.serve(self.sockets, self.life, ready, self.turns)
        except KeyboardInterrupt:
            status = 128 + signal.SIGINT
        except SystemExit as told:
            status = told.code if isinstance(told.code, int) else 1
        finally:
            os._exit(status)

    def _wait(self) -> None:
        """Until a signal, a word of a worker, or the next thing to be done."""
        dates = [*self.waiting.values(), *filter(None, [self.kill_at])]
        if not (self.running or dates):
            return
        wait = max(0.0, min(dates) - time.monotonic()) if dates else None
        select.select([self.woken, self.hear], [], [], wait)
        _drained(self.woken)

    def _hear_ready(self, announce: Callable[[], None]) -> None:
        self.ready |= {pid for (pid,) in READY.iter_unpack(_drained(self.hear))}
        if not self.announced and len(self.ready) == self.chosen.workers:
            self.announced = True
            announce()

    def _reap(self, ended: Callable[[int], None]) -> None:
        """Whoever has ended; as process 1 we are given what workers left behind, too."""
        while self.running:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return
            if (number := self.running.pop(pid, None)) is not None:
                ended(pid)
                self._replace(number, pid, os.waitstatus_to_exitcode(status))

    def _replace(self, number: int, pid: int, code: int) -> None:
        served, lived = pid in self.ready, time.monotonic() - self.begun.pop(pid)
        self.ready.discard(pid)
        if self.kill_at is not None:
            self.status = self.status or abs(code)
        elif not (served or self.announced):
            self._log(logging.ERROR, "a worker ended before it could serve", number, pid, code)
            self.status = abs(code) or 1
            self._stop(signal.SIGTERM)
        else:
            pause = self.backoff.pause(number, served, lived)
            said = "a worker ended and is replaced"
            self._log(logging.WARNING, said, number, pid, code, pause_s=pause)
            self.waiting[number] = time.monotonic() + pause

    def _log(self, level: int, said: str, number: int, pid: int, code: int, **more: float) -> None:
        how = {"signal": -code} if code < 0 else {"exit_status": code}
        log.write_now(self.chosen, level, said, worker=number, pid=pid, **how, **more)


def _drained(pipe: int) -> bytes:
    """What is in a pipe, without waiting for more."""
    try:
        return os.read(pipe, 65536)
    except BlockingIOError:
        return b""
