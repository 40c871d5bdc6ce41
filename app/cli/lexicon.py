"""Trying a phrase: how a figure's wording is read."""

import json
from decimal import Decimal
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from app.cli.console import app, err, out
from app.rules import figures
from app.rules.bounds import MeasureContext
from app.rules.hedge_words import (
    LEXICONS,
    document_of,
    has_lexicon,
    hedge_words,
    is_language_tag,
)
from app.rules.tokenizer import Unreadable


@app.command(name="lexicon")
def lexicon_(
    phrase: Annotated[
        str | None, typer.Argument(help='A figure as printed, like "upwards of 7,000".')
    ] = None,
    unit: Annotated[
        str, typer.Option(help="The measure's unit (UCUM); 1 for a share.")
    ] = "{thing}",
    lang: Annotated[
        str | None, typer.Option(help="Whose words (BCP 47), such as de; English without.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """Show how a phrase is read: its hedge, value and bounds. Without one, show every hedge.

    Try: sayso lexicon "at least several million"
    """
    if lang is not None:
        _tell_language(lang)
    if phrase is None:
        _hedges(lang)
        return
    try:
        read = figures.complete({"raw_text": phrase}, _yardstick(unit, lang))
    except Unreadable as error:
        named = ", ".join(f"“{word}”" for word in error.words) or "the phrase"
        err.print(f"[red]Not read:[/red] {escape(f'{named}. {error.reason}')}")
        raise typer.Exit(1) from None
    if as_json:
        typer.echo(json.dumps(read, ensure_ascii=False))
    else:
        out.print(_figure(phrase, read))


def _tell_language(lang: str) -> None:
    """Say that a language without a lexicon is read as English; raises for what is no language."""
    if not is_language_tag(lang):
        raise typer.BadParameter(f"--lang {lang}: a language is such as de or es-MX (BCP 47)")
    if not has_lexicon(lang):
        known = ", ".join(LEXICONS)
        err.print(
            f"{escape(lang)} has no words of its own here, and is read as English; {known} have."
        )


def _yardstick(unit: str, lang: str | None) -> MeasureContext:
    share = unit in ("1", "%")
    top = {"1": Decimal(1), "%": Decimal(100)}.get(unit)
    return MeasureContext(
        unit=unit,
        statistic="share" if share else "count",
        domain_min=Decimal(0),
        domain_max=top,
        language=lang,
    )


def _figure(phrase: str, read: dict[str, object]) -> Table:
    table = Table(title=escape(f"“{phrase}”"), show_header=False, title_style="bold")
    table.add_column(style="dim")
    table.add_column()
    for name, value in read.items():
        if name != "raw_text":
            table.add_row(name, escape(str(value)))
        if name == "hedge" and (said := hedge_words(read)):
            table.add_row("said as", escape(f"“{said.words}”"))
    table.add_row("interval", escape(interval(read)))
    return table


def interval(figure: dict[str, object]) -> str:
    """``[6500, 6900]``, ``(7000, ∞)``: as mathematicians write it."""
    left = "[" if figure.get("lower_inclusive") else "("
    right = "]" if figure.get("upper_inclusive") else ")"
    return f"{left}{figure.get('lower', '−∞')}, {figure.get('upper', '∞')}{right}"


def _hedges(lang: str | None) -> None:
    document = document_of(lang)
    title = f"The lexicon, version {document['version']}"
    table = Table("hedge", "words", "bounds", "example", title=title, title_style="bold")
    for name, hedge in document["hedges"].items():
        behind = [*hedge["after"], *hedge.get("over", ()), *hedge.get("stems", ())]
        words = [*hedge["before"], *(f"… {word}" for word in behind)]
        example = hedge.get("example", {}).get("text", "")
        table.add_row(*map(escape, (name, ", ".join(words), hedge["bounds"], example)))
    out.print(table)
