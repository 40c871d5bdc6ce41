#!/usr/bin/env python3
"""Release notes: prints the changelog's section of a tag, or says why that tag is no release.

A tag, the code and the changelog are three people's work; here they must agree before anything is
built from them.
"""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
SECTION = re.compile(r"^## \[(?P<name>.+?)\](?P<rest>.*)\n(?P<body>(?:(?!## ).*(?:\n|\Z))*)", re.M)


def version() -> str:
    """The version that the code has."""
    code = (ROOT / "app" / "__init__.py").read_text(encoding="utf-8")
    [found] = re.findall(r'^__version__ = "(.+)"$', code, re.M)
    return str(found)


def notes(tag: str) -> str:
    """The section of that tag, if the code and the changelog are those of the tag."""
    if tag != f"v{version()}":
        sys.exit(f"The tag is {tag}, the code is {version()}: set __version__ in app/__init__.py.")
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    sections = list(SECTION.finditer(changelog))
    if any(one["name"] == "Unreleased" and one["body"].strip() for one in sections):
        sys.exit("CHANGELOG.md has lines under [Unreleased]: move them to the section of the tag.")
    newest = next((one for one in sections if one["name"] != "Unreleased"), None)
    if newest is None or newest["name"] != version():
        sys.exit(f"CHANGELOG.md has another newest section: write one for [{version()}].")
    if not re.fullmatch(r" - \d{4}-\d\d-\d\d", newest["rest"]):
        sys.exit(f"The section [{version()}] has no date: write ## [{version()}] - YYYY-MM-DD.")
    return newest["body"].strip() + "\n"


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("Name the tag: .ci/release_notes.py v1.2.3")
    sys.stdout.write(notes(sys.argv[1]))
