"""The part of the lock that an installation needs, with the hash of every file.

`pip install --dry-run --report - …` says what would be installed; this prints the entries of those
from `constraints-hashes.txt`, for `pip install --require-hashes --no-deps -r`.
"""

import json
import re
import sys
from pathlib import Path


def entries(lock: str) -> dict[str, str]:
    """Each entry of a lock, by the name of its package."""
    found = re.findall(r"^(?:[a-z0-9][^\n]*\\\n(?: [^\n]*\n?)+)", lock, re.MULTILINE)
    return {entry.partition("==")[0]: entry for entry in found}


def main(report: str, lock: str) -> None:
    """Print the entries; a package that is not locked is an error."""
    locked = entries(Path(lock).read_text(encoding="utf-8"))
    wanted = json.loads(Path(report).read_text(encoding="utf-8"))["install"]
    for one in wanted:
        name = re.sub(r"[-_.]+", "-", one["metadata"]["name"]).lower()
        if name not in locked:
            raise SystemExit(f"{name} is not in {lock}: renew it, see CONTRIBUTING.md")
        sys.stdout.write(locked[name])


if __name__ == "__main__":
    main(*sys.argv[1:])
