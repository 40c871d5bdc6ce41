"""Signal handlers of the commands, until a server is up that has its own.

Process 1, as in a container, does not hear SIGTERM without a handler of its own. This file imports
next to nothing, for it is loaded before everything that takes time.
"""

import os
import signal


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
