"""Process of a command: SIGTERM is heard from its first moment, and what it needs is loaded fast.

Process 1, as in a container, does not hear SIGTERM without a handler of its own, until a server is
up that has one. This file imports next to nothing, for it is loaded before all that takes time.
"""

import gc
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager


def stop_at_once() -> None:
    """Hear SIGTERM while there is nothing to tidy up: a raised exit could be lost in an import."""
    if signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
        signal.signal(signal.SIGTERM, _end)


def stop_when_told() -> None:
    """Hear SIGTERM, and tidy up before the end."""
    signal.signal(signal.SIGTERM, _stop)


def _end(number: int, _frame: object) -> None:
    os._exit(128 + number)


def _stop(number: int, _frame: object) -> None:
    raise SystemExit(128 + number)


@contextmanager
def loading() -> Iterator[None]:
    """What is loaded stays: to look through it for garbage takes a sixth of a start, for nothing.

    It is never looked through again: later collections have only what requests leave.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
