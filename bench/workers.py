"""``python -m bench.workers``: reads a second, and CPU for each, with one worker and with two.

Both servers are up on one database and asked in turn, round by round, so that whatever else the
machine does slows both; the ratio is the median of the rounds. Needs wrk.

A server asks for the log's head once for all requests that wait: CPU for each falls as more of them
do (by half, from one connection to sixteen). So each worker is given as many connections, and all
workers are kept on one core, the client on another: with a core each, on a machine of two, they
would wait for the client, and what they cost more would be the client's doing. That is what
``--no-apart`` measures, for machines with a core to spare. On a machine that is busy, ``--first``
has both run before all else on it (``chrt``, as root): keep the rounds short.
"""

import os
import re
import statistics
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

import httpx
import typer

from bench.machine import CLIENT_CORE, SERVER_CORE, pinned

QUESTION = "/v1/claims?measure=containers.prk-rus&value__gte=10000"
ANNOUNCED = re.compile(rb"serving on (http://\S+)")
TICKS = os.sysconf("SC_CLK_TCK")


class Round(NamedTuple):
    """What one server did in one round."""

    per_second: float
    cpu_us: float


class Served:
    """A server of so many workers."""

    def __init__(
        self, stack: ExitStack, workers: int, known: dict[str, str], apart: bool, first: bool
    ):
        self.workers, self.apart, self.first = workers, apart, first
        command = [*self.core(SERVER_CORE), sys.executable, "-m", "app.cli", "demo", "--port", "0"]
        told = {**os.environ, **known, "SAYSO_WORKERS": str(workers), "SAYSO_LOG_LEVEL": "error"}
        self.process = stack.enter_context(
            subprocess.Popen(command, env=told, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        )
        stack.callback(self.process.terminate)
        assert self.process.stderr is not None
        found = next(filter(None, map(ANNOUNCED.search, self.process.stderr)))
        self.base = found[1].decode()

    def core(self, number: int) -> list[str]:
        """Where, and before whom, it runs, or who asks it."""
        before = ["chrt", "-r", "5"] if self.first else []
        return before + (pinned(number) if self.apart else [])

    def cpu(self) -> float:
        """Seconds that its processes have worked."""
        own = self.process.pid
        children = Path(f"/proc/{own}/task/{own}/children").read_text().split()
        return sum(map(_cpu, [str(own), *children]))

    def round(self, seconds: float) -> Round:
        """Asked for so long, by sixteen connections for each worker."""
        connections = 16 * self.workers
        asked = [*self.core(CLIENT_CORE), "wrk", "-t1", f"-c{connections}", f"-d{seconds:.0f}s"]
        before = self.cpu()
        told = subprocess.run(
            [*asked, self.base + QUESTION], capture_output=True, text=True, check=True
        )
        assert "Non-2xx" not in told.stdout, told.stdout
        number = float(re.findall(r"(\d+) requests in", told.stdout)[0])
        rate = float(re.findall(r"Requests/sec:\s+([\d.]+)", told.stdout)[0])
        return Round(rate, (self.cpu() - before) / number * 1e6)


def _cpu(pid: str) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def main(
    rounds: int = 7,
    seconds: float = 3.0,
    cache: bool = True,
    limits: bool = False,
    apart: bool = True,
    first: bool = False,
) -> None:
    """Measure, and print the medians."""
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="sayso-bench-"))
        known = {"SAYSO_DATABASE_URL": f"sqlite:///{folder}/a.db"}
        if not cache:
            known["SAYSO_RESPONSE_CACHE_BYTES"] = "0"
        most = str(10**9 if limits else 0)
        known |= {"SAYSO_RATE_PER_MINUTE": most, "SAYSO_ANONYMOUS_RATE_PER_MINUTE": most}
        one, two = (Served(stack, workers, known, apart, first) for workers in (1, 2))
        for server in (one, two):
            httpx.get(server.base + QUESTION, timeout=60).raise_for_status()
        found = [(one.round(seconds), two.round(seconds)) for _ in range(rounds)]
    for workers, measured in zip((1, 2), zip(*found, strict=True), strict=True):
        rate = statistics.median(each.per_second for each in measured)
        cpu = statistics.median(each.cpu_us for each in measured)
        print(f"{workers} workers: {rate:,.0f} reads a second, {cpu:.1f} µs of CPU each")
    reads = statistics.median(b.per_second / a.per_second for a, b in found)
    cpu = statistics.median(b.cpu_us / a.cpu_us for a, b in found)
    print(f"two to one: {reads:.2f} x the reads, {cpu:.2f} x the CPU of each")


if __name__ == "__main__":
    typer.run(main)
