"""Worker process: every other part of a long job is done on a second processor.

The same functions work here and there, on plain values, so a short job needs no process. The worker
knows nothing of our environment, touches no database, and ends with the job, or when whoever
started it is no more. (A pool of `concurrent.futures` outlives a parent that is killed.)
"""

import gc
import os
import pickle
import signal
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from typing import Any, TypeVar

Task = TypeVar("Task")
TaskOutput = TypeVar("TaskOutput")

LONG_JOB = 20
"""Tasks after which a process is started: by then, they take longer than its start."""
QUEUED = 2
"""Tasks that the process may have: one at work, and one that waits for it."""
COMMAND = (sys.executable, "-P", "-m", "app.store.import_.worker")


class WorkerProcess:
    """One process beside this one, if there is a processor for it; it has 60 MB of its own."""

    def __init__(self, allowed: bool | None = None):
        self.allowed = (os.cpu_count() or 1) > 1 if allowed is None else allowed
        self.seen = 0
        self._thread = ThreadPoolExecutor(1, "import-worker")
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "WorkerProcess":
        return self

    def __exit__(self, *_: object) -> None:
        if self._process is not None:
            self._process.kill()
        self._thread.shutdown(cancel_futures=True)
        if self._process is not None:
            with suppress(OSError), self._process:  # what was not sent, to one that is no more
                pass

    def map(
        self, work: Callable[[Task], TaskOutput], tasks: Iterable[Task], alone: bool = False
    ) -> Iterator[tuple[Task, TaskOutput]]:
        """Every task with its output, in order; ``alone``: each done before the next is made.

        A few are under way at a time, so that memory holds no more of them.
        """
        pending: deque[tuple[Task, Future[TaskOutput]]] = deque()
        try:
            for task in tasks:
                pending.append((task, self._submit(work, task, pending, alone)))
                while pending and (pending[0][1].done() or len(pending) > QUEUED + 1):
                    first, output = pending.popleft()
                    yield first, output.result()
        except Exception:
            yield from ((task, output.result()) for task, output in pending)
            raise
        yield from ((task, output.result()) for task, output in pending)

    def _submit(
        self, work: Callable[[Task], TaskOutput], task: Task, pending: Iterable[Any], alone: bool
    ) -> Future[TaskOutput]:
        """To the process where it has time for it; else it is done here, at once."""
        self.seen += 1
        queued = sum(not output.done() for _, output in pending)
        if self.allowed and not alone and self.seen > LONG_JOB and queued < QUEUED:
            return self._thread.submit(self._exchange, work, task)
        output: Future[TaskOutput] = Future()
        output.set_result(work(task))
        return output

    def _exchange(self, work: Callable[[Task], TaskOutput], task: Task) -> TaskOutput:
        """Done by the process, which a thread waits for; what it cannot do is done here."""
        try:
            process = self._process = self._process or self._start()
            assert process.stdin is not None
            assert process.stdout is not None
            pickle.dump((work, task), process.stdin, pickle.HIGHEST_PROTOCOL)
            process.stdin.flush()
            output: TaskOutput = pickle.load(process.stdout)  # our own process
        except (OSError, EOFError, pickle.UnpicklingError):
            return work(task)
        return output

    def _start(self) -> subprocess.Popen[bytes]:
        known = {"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "TZ": "UTC"}
        pipe, nowhere = subprocess.PIPE, subprocess.DEVNULL
        return subprocess.Popen(COMMAND, stdin=pipe, stdout=pipe, stderr=nowhere, env=known)


def serve() -> None:
    """Do task after task, until there are no more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever started us is told too, and ends us
    gc.set_threshold(50_000)  # a task makes very many objects, and they go when it is done
    tasks, outputs = sys.stdin.buffer, sys.stdout.buffer
    with suppress(EOFError, OSError):
        while True:
            work, task = pickle.load(tasks)  # from our own process
            pickle.dump(work(task), outputs, pickle.HIGHEST_PROTOCOL)
            outputs.flush()


if __name__ == "__main__":
    serve()
