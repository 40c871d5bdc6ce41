"""A first mapping from the shell: written to standard output, its few questions on a terminal."""

import sys
from pathlib import Path
from typing import IO

import typer

from app.cli.console import err
from app.mapping.file_draft import OpenQuestion
from app.mapping.suggest import suggested


def write_mapping(content: IO[bytes], file: Path, document: str | None) -> None:
    """Print a mapping for a file; what it does not say is asked, where somebody is there."""
    name = document or ("" if str(file) == "-" else file.name.split(".")[0].replace("_", " "))
    answers: dict[str, str] = {}
    found = suggested(content, name)
    if sys.stdin.isatty() and str(file) != "-":
        for question in found.open:
            if answer := _asked(question):
                answers[question.key] = answer
        found = suggested(content, name, answers=answers)
    typer.echo(found.text, nl=False)
    for one in found.questions:
        err.print(f"? {one}", style="yellow", markup=False, soft_wrap=True)


def _asked(question: OpenQuestion) -> str:
    """One answer; empty where it is left open."""
    choices = f" [{' | '.join(question.choices)}]" if question.choices else ""
    told: str = typer.prompt(f"{question.asked}{choices}", default="", show_default=False, err=True)
    return told.strip()
