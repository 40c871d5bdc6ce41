"""Number formats (decimal and grouping marks) of the language a figure is printed in.

A dot before three digits is thirteen thousand in a German paper and thirteen in an English one: the
document's language decides, and where it does not, both readings are named.
"""

from functools import lru_cache
from typing import NamedTuple

from app.rules import lexicon, numbers
from app.rules.bounds import Yardstick
from app.rules.tokenizer import Token, Unreadable
from app.rules.unit_labels import currency

_ATTACHED = lexicon.ATTACHED.keys() | lexicon.ATTACHED_TO_MONEY.keys()
_SWAPPED = str.maketrans(".,", ",.")


class NumberFormat(NamedTuple):
    """What a language does with the two marks."""

    decimal: str = "."
    sure: bool = True


@lru_cache(maxsize=1024)
def format_of(language: str | None) -> NumberFormat:
    """The number format of a BCP 47 tag: of its region where that is known, else the language."""
    parts = (language or "").replace("_", "-").split("-")
    tags = [parts[0].lower()]
    tags += [f"{tags[0]}-{part.upper()}" for part in parts[1:] if len(part) == 2]
    for tag in reversed(tags):
        if tag in lexicon.NUMBER_FORMATS["comma"]:
            return NumberFormat(",", tag not in lexicon.NUMBER_FORMATS["both"])
        if tag in lexicon.NUMBER_FORMATS["point"]:
            return NumberFormat()
    return NumberFormat()


def in_english(tokens: list[Token], yardstick: Yardstick) -> list[Token]:
    """The numbers with a dot as decimal mark. Raises Unreadable for one that reads two ways."""
    form = format_of(yardstick.language)
    if form.decimal == ",":
        tokens = [_swapped(token) for token in tokens]
    for at, token in enumerate(tokens):
        if token.kind == "number" and "." in token.text:
            _refuse_two_ways(token, tokens[at + 1 : at + 2], yardstick, form)
    return tokens


def _swapped(token: Token) -> Token:
    return token._replace(text=token.text.translate(_SWAPPED)) if token.kind == "number" else token


def _refuse_two_ways(
    token: Token, following: list[Token], yardstick: Yardstick, form: NumberFormat
) -> None:
    whole, _, decimals = token.text.partition(".")
    if len(decimals) != 3 or not decimals.isdigit() or not (1 <= len(whole) <= 3):
        return
    if whole.startswith("0") or (following and _scales(following[0])):
        return
    if form.sure and not in_whole_numbers(yardstick):
        return
    other = numbers.plain(numbers.parse_grouped(token.text))
    raise Unreadable(
        f"This is {whole}{decimals} where the mark groups thousands, and {other} where it is the "
        "decimal mark; the language of the document decides it.",
        (token.written,),
    )


def _scales(token: Token) -> bool:
    return token.text in lexicon.SCALES or (token.glued and token.text in _ATTACHED)


def in_whole_numbers(yardstick: Yardstick) -> bool:
    """Whether thousandths are not to be expected: of things counted, and of money."""
    return "{" in yardstick.unit or currency(yardstick.unit) is not None
