"""A long job on more than one processor: parts of it are done by a process beside this one.

The same functions work here and there, on plain values, so a small job needs nobody else. The other
process is started once a job turns out to be long, knows nothing of our environment, touches no
database, and ends with the job, or when whoever started it is no more.
"""

import gc
import os
import pickle
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from typing import Any, TypeVar

Part = TypeVar("Part")
Done = TypeVar("Done")
Work = Callable[[Part], Done]

MOST = 1
"""Processes beside this one, if there are as many processors: each has 60 MB of its own."""
LONG = 20
"""A job of so many parts is a long one: it takes longer than to start a process."""
AHEAD = 2
"""Parts that a process may have: one at work, and one that waits for it."""
PROGRAM = (sys.executable, "-P", "-m", "app.store.crew")


class Crew:
    """Does the parts of a job, in any order, and hands them on in theirs."""

    def __init__(self, most: int | None = None):
        self.most = min(MOST, (os.cpu_count() or 1) - 1) if most is None else most
        self.seen = 0
        self._threads = ThreadPoolExecutor(max(self.most, 1), "crew")
        self._own = threading.local()
        self._processes: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> "Crew":
        return self

    def __exit__(self, *_: object) -> None:
        for process in self._processes:
            process.kill()
        self._threads.shutdown()
        for process in self._processes:
            process.wait()
            for pipe in (process.stdin, process.stdout):
                with suppress(OSError):  # what was not sent, to a process that is no more
                    pipe and pipe.close()

    def each(
        self, work: Work[Part, Done], parts: Iterable[Part], alone: bool = False
    ) -> Iterator[tuple[Part, Done]]:
        """Every part with what it came to, in order; ``alone``: each done before the next is made.

        A few are under way at a time, so that memory holds no more of them.
        """
        pending: deque[tuple[Part, Future[Done]]] = deque()
        try:
            for part in parts:
                pending.append((part, self._given(work, part, pending, alone)))
                while pending and (pending[0][1].done() or len(pending) > AHEAD * self.most + 1):
                    first, done = pending.popleft()
                    yield first, done.result()
        except Exception:
            yield from ((part, done.result()) for part, done in pending)
            raise
        yield from ((part, done.result()) for part, done in pending)

    def _given(
        self, work: Work[Part, Done], part: Part, pending: Iterable[Any], alone: bool
    ) -> Future[Done]:
        """To another process where one has time for it; else it is done here, at once."""
        self.seen += 1
        open = sum(not done.done() for _, done in pending)
        if not alone and self.seen > LONG and open < AHEAD * self.most:
            return self._threads.submit(self._exchanged, work, part)
        done: Future[Done] = Future()
        done.set_result(work(part))
        return done

    def _exchanged(self, work: Work[Part, Done], part: Part) -> Done:
        """In a thread that has a process of its own; what that cannot do is done here."""
        try:
            process = self._process()
            assert process.stdin is not None
            assert process.stdout is not None
            pickle.dump((work, part), process.stdin, pickle.HIGHEST_PROTOCOL)
            process.stdin.flush()
            done: Done = pickle.load(process.stdout)  # our own process
        except (OSError, EOFError, pickle.UnpicklingError):
            return work(part)
        return done

    def _process(self) -> subprocess.Popen[bytes]:
        if not hasattr(self._own, "process"):
            known = {"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "TZ": "UTC"}
            pipe, nowhere = subprocess.PIPE, subprocess.DEVNULL
            self._own.process = subprocess.Popen(
                PROGRAM, stdin=pipe, stdout=pipe, stderr=nowhere, env=known
            )
            self._processes.append(self._own.process)
        process: subprocess.Popen[bytes] = self._own.process
        return process


def serve() -> None:
    """Do part after part, until there are no more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever started us is told too, and ends us
    gc.set_threshold(50_000)  # a part makes very many objects, and they go when it is done
    given, back = sys.stdin.buffer, sys.stdout.buffer
    with suppress(EOFError, OSError):
        while True:
            work, part = pickle.load(given)  # from our own process
            pickle.dump(work(part), back, pickle.HIGHEST_PROTOCOL)
            back.flush()


if __name__ == "__main__":
    serve()
