"""A server by itself: how soon it is ready, and what it needs when nobody asks."""

from statistics import median
from typing import Any

from bench import servers
from bench.engines import Place

STARTS = 3


def measured(place: Place) -> dict[str, Any]:
    """Seconds from the command to ready, and anonymous memory then."""
    seconds, memory = [], []
    for _ in range(STARTS):
        with servers.sayso(place.url) as server:
            seconds.append(server.start_seconds)
            server.quiet()
            memory.append(server.memory)
    return {"seconds": median(seconds), "memory": median(memory)}
