"""Other programs that serve a SQLite file: installed for the run, or said not to be there."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

from bench import plain, servers
from bench.servers import Server
from bench.workloads import PAGE

DATASETTE, SOUL = "0.65.5", "0.8.2"
PATIENCE = 900
"""Seconds that an installation may take; one of them compiles."""


def installed(folder: Path) -> dict[str, bool]:
    """Install what is not yet there; says what is."""
    folder.mkdir(parents=True, exist_ok=True)
    python = folder / "venv/bin/python"
    if not (folder / "venv/bin/datasette").exists():
        _tried(sys.executable, "-m", "venv", str(folder / "venv"))
        _tried(str(python), "-m", "pip", "install", "-q", f"datasette=={DATASETTE}")
    if shutil.which("npm") and not (folder / "node_modules/.bin/soul").exists():
        _tried("npm", "install", "--prefix", str(folder), "--no-audit", f"soul-cli@{SOUL}")
    return {
        "datasette": (folder / "venv/bin/datasette").exists(),
        "soul": (folder / "node_modules/.bin/soul").exists(),
    }


def _tried(*command: str) -> None:
    try:
        subprocess.run(command, capture_output=True, timeout=PATIENCE, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return


def datasette(folder: Path, file: Path) -> Server | None:
    """Datasette with two canned queries that give the same nested answers."""
    if not installed(folder)["datasette"]:
        return None
    of_page = plain.nested("sqlite", f"WHERE c.claimant = :claimant ORDER BY c.id LIMIT {PAGE}")
    queries = {"one": plain.nested("sqlite", "WHERE c.id = :id"), "page": of_page}
    known = {name: {"sql": sql} for name, sql in queries.items()}
    metadata = folder / "metadata.json"
    metadata.write_text(json.dumps({"databases": {file.stem: {"queries": known}}}))
    return servers.datasette(folder, file, metadata)


def soul(folder: Path, file: Path) -> Server | None:
    """soul, whose answers are flat: claims without their figures."""
    return servers.soul(folder, file) if installed(folder)["soul"] else None


AVAILABLE = {"datasette": datasette, "soul": soul}
