"""Being told to stop before the server is up, which hears it then."""

import signal
from types import FrameType
from typing import NoReturn


def stop_when_told() -> None:
    """Hear SIGTERM: process 1, as in a container, would not without a handler of its own."""
    signal.signal(signal.SIGTERM, _stop)


def _stop(number: int, _frame: FrameType | None) -> NoReturn:
    raise SystemExit(128 + number)
