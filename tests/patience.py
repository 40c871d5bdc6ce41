"""Waiting for what takes as long as the machine is busy; a limit only catches what never comes."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import httpx

NEVER = 120.0
"""Seconds after which nothing is expected to come any more, however busy the machine is."""


def until(there: Callable[[], object]) -> None:
    """Look again and again until it is so."""
    end = time.monotonic() + NEVER
    while not there():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.01)


@contextmanager
def again_and_again(size: int, ask: Callable[[], httpx.Response]) -> Iterator[list[httpx.Response]]:
    """So many who ask, each once more as soon as it is answered; with all answers in the end."""
    answers: list[httpx.Response] = []
    over = threading.Event()

    def asking() -> None:
        while not over.is_set():
            answers.append(ask())

    with ThreadPoolExecutor(size) as crowd:
        busy = [crowd.submit(asking) for _ in range(size)]
        try:
            yield answers
        finally:
            over.set()
    for one in busy:
        one.result()


def refused_within_a_second(ask: Callable[[], int]) -> None:
    """What is asked a second after this, or later, is answered 401; sooner, it may be."""
    began, status = time.monotonic(), 200
    while status != 401:
        asked = time.monotonic()
        status = ask()
        assert status == 401 or asked - began < 1, status
