"""What is written in one turn of the event loop goes out together, in one system call.

uvicorn writes a head and then a body; each write is a system call that wakes the client. So the
answers of one turn are sent once all of them are there, head and body at once.
"""

import asyncio

ENOUGH = 65_536
"""Bytes that are not held any longer: a stream never waits for a turn to end."""


class Joined:
    """A transport; all that is not about writing is the real one's."""

    def __init__(self, real: asyncio.Transport, loop: asyncio.AbstractEventLoop):
        self.real, self.loop = real, loop
        self.held: list[bytes] = []
        self.size = 0
        self.is_closing, self.get_extra_info = real.is_closing, real.get_extra_info
        self.pause_reading, self.resume_reading = real.pause_reading, real.resume_reading

    def write(self, data: bytes) -> None:
        """Send it with what else is written in this turn."""
        if not self.held:
            self.loop.call_soon(self.flush)
        self.held.append(data)
        self.size += len(data)
        if self.size > ENOUGH:
            self.flush()

    def flush(self) -> None:
        """Send what is held."""
        if self.held:
            held, self.held, self.size = self.held, [], 0
            self.real.write(b"".join(held))

    def write_eof(self) -> None:
        """Send what is held, and no more."""
        self.flush()
        self.real.write_eof()

    def close(self) -> None:
        """Send what is held, and close."""
        self.flush()
        self.real.close()

    def abort(self) -> None:
        """Close at once; nobody reads what is held."""
        self.held.clear()
        self.real.abort()
