"""The load: wrk, an existing generator, with 32 connections that stay open, for a bounded time."""

import json
import shutil
import subprocess
import tempfile
import time
from statistics import median
from typing import NamedTuple

import httpx

from bench.machine import CLIENT_CORE, pinned
from bench.servers import Server

SCRIPT = """
local targets = {%s}
local headers = {%s}
local body = %s
local method, run, n, ready = "%s", "%s", 0, {}
init = function()
  for i, target in ipairs(targets) do ready[i] = wrk.format(method, target, headers, body) end
end
request = function()
  n = n + 1
  if body == nil then return ready[n %% #ready + 1] end
  local own = body:gsub("@@", run .. "-" .. n)
  return wrk.format(method, targets[n %% #targets + 1], headers, own)
end
done = function(summary, latency)
  local told = '\\n{"requests": %%d, "failed": %%d, "seconds": %%f, "p50": %%f, "p95": %%f}'
  io.write(string.format(told,
    summary.requests, summary.errors.status + summary.errors.timeout + summary.errors.read,
    summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(95) / 1e3))
end
"""


class Load(NamedTuple):
    """What is asked again and again: each target in turn; ``@@`` in a body is never the same."""

    method: str
    targets: list[str]
    headers: dict[str, str]
    body: str | None = None
    connections: int = 32
    times: int = 0
    """Ask so many times, one after the other, where an answer takes too long to count by time."""


class Driven(NamedTuple):
    """What came of it: rates by second, CPU by request in microseconds, milliseconds of waiting."""

    rate: float
    cpu: float
    database_cpu: float
    p50: float
    p95: float
    failed: int


def needed() -> None:
    """Stop where there is no wrk."""
    if shutil.which("wrk") is None:
        raise SystemExit("wrk is not installed (Debian, Ubuntu: apt install wrk; macOS: brew).")


def drive(server: Server, load: Load, seconds: float, run: str) -> Driven:
    """Ask for so many seconds (or times), once what was asked before is done."""
    server.quiet()
    before = server.cpu, server.database_cpu
    told = _counted(server, load) if load.times else _driven(server, load, seconds, run)
    used = server.cpu - before[0], server.database_cpu - before[1]
    answered = max(told["requests"] - told["failed"], 0)
    cpu, database_cpu = (1e6 * one / max(told["requests"], 1) for one in used)
    rate = answered / told["seconds"]
    return Driven(rate, cpu, database_cpu, told["p50"], told["p95"], int(told["failed"]))


def _driven(server: Server, load: Load, seconds: float, run: str) -> dict[str, float]:
    """By wrk, for so many seconds."""
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(_script(load, run))
        script.flush()
        command = ["wrk", "-t1", f"-c{load.connections}", f"-d{max(1, round(seconds))}s"]
        command += ["--timeout", "30s", "-s", script.name, server.url]
        done = subprocess.run(pinned(CLIENT_CORE) + command, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"wrk: {done.stderr or done.stdout}")
    told: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return told


def _counted(server: Server, load: Load) -> dict[str, float]:
    """One after the other, so many times."""
    took, failed = [], 0
    with httpx.Client(base_url=server.url, timeout=120) as client:
        for n in range(load.times):
            began = time.perf_counter()
            answer = client.get(load.targets[n % len(load.targets)], headers=load.headers)
            took.append(time.perf_counter() - began)
            failed += answer.status_code >= 400
    return {
        "requests": load.times, "failed": failed, "seconds": sum(took),
        "p50": 1000 * median(took), "p95": 1000 * max(took),
    }  # fmt: skip


def _script(load: Load, run: str) -> str:
    targets = ",\n".join(json.dumps(target) for target in load.targets)
    headers = ", ".join(f"[{json.dumps(k)}]={json.dumps(v)}" for k, v in load.headers.items())
    body = "nil" if load.body is None else f"[==[{load.body}]==]"
    return SCRIPT % (targets, headers, body, load.method, run)
