"""Lazy import of what a command needs, in less time; loaded before all that takes long."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


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
