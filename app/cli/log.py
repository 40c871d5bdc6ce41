"""Log output of a server: text or JSON, a line each, on standard error.

Whoever logs puts a record into a queue and goes on; a thread writes what has come together, so that
neither a slow reader of a pipe, nor one that reads nothing, ever holds up the event loop.
"""

import fcntl
import json
import logging
import os
import re
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from functools import lru_cache
from json.encoder import encode_basestring_ascii
from typing import IO, Any

from app.config import Settings
from app.rules import api_keys

MAX_QUEUED = 10_000
"""Records that wait to be written; what comes then is dropped, and counted."""
BATCH_SIZE = 500
BATCH_S = 0.05
"""Seconds in which records come together, for a thread that wakes up at each costs more."""
FLUSH_TIMEOUT_S = 1.0
"""Seconds that a stop waits for what is not written yet."""

PLAIN = re.compile(r"[!#-\[\]-~]+", re.ASCII)
_encoded = json.JSONEncoder(ensure_ascii=True, separators=(",", ":"), default=str).encode


@lru_cache(maxsize=1)
def _second(second: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(second))


def _moment(moment: float) -> str:
    """A moment as RFC 3339 has it, in UTC."""
    second = int(moment)
    return f"{_second(second)}.{int((moment - second) * 1000):03d}Z"


class Lines(logging.Formatter):
    """A record as text: moment, level, message, then names with values (logfmt)."""

    def format(self, record: logging.LogRecord) -> str:
        said = record.getMessage().replace("\r", "\\r").replace("\n", "\\n")
        parts = [_moment(record.created), record.levelname.lower(), said]
        for name, value in getattr(record, "fields", {}).items():
            parts.append(f"{name}={_worded(value)}")
        if record.exc_info:
            parts[-1] += "\n" + self.formatException(record.exc_info)
        return " ".join(parts)


class Json(Lines):
    """A record as JSON, its traceback in one line with it."""

    def format(self, record: logging.LogRecord) -> str:
        told = {
            "time": _moment(record.created),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info:
            told["traceback"] = self.formatException(record.exc_info)
        # An encoder is made anew for each object, which takes longer than all the rest.
        return "{" + ",".join([f'"{name}":{_in_json(value)}' for name, value in told.items()]) + "}"


def _in_json(value: Any) -> str:
    if isinstance(value, str):
        return encode_basestring_ascii(value)
    return repr(value) if type(value) in (int, float) else _encoded(value)


def _worded(value: Any) -> str:
    return value if isinstance(value, str) and PLAIN.fullmatch(value) else _in_json(value)


FORMATS: dict[str, Callable[[], logging.Formatter]] = {"text": Lines, "json": Json}


class Output(logging.Handler):
    """Queue handler and its listener in one, bounded, on a file descriptor."""

    def __init__(self, target: int, form: str, turns: IO[bytes] | None = None):
        super().__init__()
        self.target, self.turns = target, turns
        self.setFormatter(FORMATS[form]())
        self.addFilter(_is_news)
        self.queue: deque[logging.LogRecord] = deque()
        self.dropped = 0
        self.some, self.stopping = threading.Event(), threading.Event()
        self.thread = threading.Thread(target=self._listen, name="log", daemon=True)
        self.thread.start()

    def emit(self, record: logging.LogRecord) -> None:
        if len(self.queue) >= MAX_QUEUED:
            self.dropped += 1
            return
        self.queue.append(record)
        if not self.some.is_set():
            self.some.set()

    def _listen(self) -> None:
        while True:
            self.some.wait()
            self.stopping.wait(BATCH_S)
            self.some.clear()
            while self.queue:
                self._write_some()
            if self.stopping.is_set() and not self.queue:
                return

    def _write_some(self) -> None:
        lines = [self._line(self.queue.popleft()) for _ in range(min(BATCH_SIZE, len(self.queue)))]
        with self.lock or nullcontext():
            dropped, self.dropped = self.dropped, 0
        if dropped:
            said = "lines of the log were dropped, for nobody read it"
            lines.append(self._line(_record(logging.WARNING, said, lines=dropped)))
        text = api_keys.redacted("\n".join([*lines, ""]))
        with _turn(self.turns):
            _written(self.target, text.encode("utf-8", "backslashreplace"))

    def _line(self, record: logging.LogRecord) -> str:
        try:
            return self.format(record)
        except Exception as error:  # a record that cannot be written is no reason to write no more
            return f"a record of {record.name} could not be written: {type(error).__name__}"

    def stop(self) -> None:
        """Write what is there, which takes a bounded time."""
        self.stopping.set()
        self.some.set()
        self.thread.join(FLUSH_TIMEOUT_S)


def _is_news(record: logging.LogRecord) -> bool:
    """What we have written with the id of its request, the server need not write again."""
    error = record.exc_info[1] if record.exc_info else None
    return not (record.name.startswith("uvicorn") and hasattr(error, "request_id"))


def _record(level: int, said: str, **known: Any) -> logging.LogRecord:
    """A record of our own, that no logger is asked for."""
    record = logging.LogRecord("sayso", level, __file__, 0, said, None, None)
    record.fields = known
    return record


def _written(target: int, rest: bytes) -> None:
    while rest:
        try:
            rest = rest[os.write(target, rest) :]
        except BlockingIOError:
            time.sleep(BATCH_S)
        except OSError:
            return  # nobody will ever read it


@contextmanager
def _turn(turns: IO[bytes] | None) -> Iterator[None]:
    """Among processes that write to one pipe, which mixes up what is longer than its pages."""
    if turns is None:
        yield
        return
    fcntl.lockf(turns, fcntl.LOCK_EX)
    try:
        yield
    finally:
        fcntl.lockf(turns, fcntl.LOCK_UN)


def write_now(chosen: Settings, level: int, said: str, **known: Any) -> None:
    """One line, at once and without a thread: for a process that others are forked from."""
    if level >= logging.getLevelNamesMapping()[chosen.log_level.upper()]:
        line = FORMATS[chosen.log]().format(_record(level, said, **known))
        _written(2, f"{line}\n".encode())


def configure(chosen: Settings, target: int = 2, turns: IO[bytes] | None = None) -> Output:
    """Have all loggers of this process write there, in one format; once more replaces it.

    Processes that share a target take ``turns``, by the lock of a file.
    """
    root = logging.getLogger()
    for one in root.handlers[:]:
        if isinstance(one, Output):
            root.removeHandler(one)
            one.stop()
    # What no line of ours has need not be looked up for each.
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    output = Output(target, chosen.log, turns)
    root.addHandler(output)
    logging.getLogger("sayso").setLevel(chosen.log_level.upper())
    return output
