"""Number formats (decimal and grouping marks) of the language a figure is printed in.

A dot before three digits is thirteen thousand in a German paper and thirteen in an English one: the
document's language decides, and where it does not, both readings are named.
"""

import re
from functools import lru_cache
from typing import NamedTuple

from app.rules import lexicon, numbers
from app.rules.bounds import MeasureContext
from app.rules.lexicon import Lexicon
from app.rules.tokenizer import Token, Unreadable
from app.rules.unit_labels import currency

_MARKED = re.compile(r"(\d+)([.,])(\d+)")
_SWAPPED = str.maketrans(".,", ",.")


class NumberFormat(NamedTuple):
    """What a language does with the two marks."""

    decimal: str = "."
    sure: bool = True
    either: bool = False
    spaced: bool = False


@lru_cache(maxsize=1024)
def format_of(language: str | None) -> NumberFormat:
    """The number format of a BCP 47 tag: of its region where that is known, else the language."""
    parts = (language or "").replace("_", "-").split("-")
    tags = [parts[0].lower()]
    tags += [f"{tags[0]}-{part.upper()}" for part in parts[1:] if len(part) == 2]
    for tag in reversed(tags):
        if tag in lexicon.NUMBER_FORMATS["either"]:
            return NumberFormat(either=True)
        if tag in lexicon.NUMBER_FORMATS["comma"]:
            return NumberFormat(
                ",",
                sure=tag not in lexicon.NUMBER_FORMATS["both"],
                spaced=tag in lexicon.NUMBER_FORMATS["spaced"],
            )
        if tag in lexicon.NUMBER_FORMATS["point"]:
            return NumberFormat()
    return NumberFormat()


def in_english(lex: Lexicon, tokens: list[Token], yardstick: MeasureContext) -> list[Token]:
    """The numbers with a dot as decimal mark. Raises Unreadable for one that reads two ways."""
    form, counted = format_of(yardstick.language), in_whole_numbers(yardstick)
    if form.either or (lex.inflection and form.decimal == ","):
        return [_one(lex, tokens, at, form, counted) for at in range(len(tokens))]
    if form.decimal == ",":
        tokens = [_swapped(token) for token in tokens]
    for at, token in enumerate(tokens):
        found = _MARKED.fullmatch(token.text) if counted and token.kind == "number" else None
        if found and found[2] == "." and _may_group(found) and not _is_scale(lex, tokens, at + 1):
            raise _two_ways(token, found)
    return tokens


def _swapped(token: Token) -> Token:
    return token._replace(text=token.text.translate(_SWAPPED)) if token.kind == "number" else token


def _may_group(marked: re.Match[str]) -> bool:
    """Whether the mark of a number may group thousands: 13.500, but not 0.500."""
    return len(marked[3]) == 3 and len(marked[1]) <= 3 and not marked[1].startswith("0")


def _one(lex: Lexicon, tokens: list[Token], at: int, form: NumberFormat, counted: bool) -> Token:
    """A number of a language that prints some of its figures with the other mark too."""
    token = tokens[at]
    found = _MARKED.fullmatch(token.text) if token.kind == "number" else None
    if not found:
        return token if token.kind != "number" else _with_both(token, form)
    whole, mark, behind = found.groups()
    scaled = _is_scale(lex, tokens, at + 1) or lex.percents.match(tokens, at + 1) is not None
    if not _may_group(found):
        # 85.6 milliards: nothing else is printed so.
        decimal = form.either or (scaled and len(behind) < 3)
        return token._replace(text=f"{whole}.{behind}") if decimal else _swapped(token)
    after_scale = at > 0 and _is_scale(lex, tokens, at - 1)
    groups = mark == "." if not form.either else mark == ","
    if _is_unclear(form, groups, counted, scaled and not after_scale, behind):
        raise _two_ways(token, found)
    return token._replace(text=f"{whole},{behind}" if groups else f"{whole}.{behind}")


def _is_unclear(form: NumberFormat, groups: bool, counted: bool, scaled: bool, behind: str) -> bool:
    """Whether a mark before three digits may as well be the other one."""
    if form.either:
        return (scaled or not counted) if groups else not scaled
    if not form.sure:
        return scaled and behind[1:] != "00" if groups else True
    if groups:
        return form.spaced and (scaled or not counted)
    return counted and not scaled


def _with_both(token: Token, form: NumberFormat) -> Token:
    """A number with several marks: the last one is the decimal mark, where it is another."""
    swapped = form.decimal == ","
    if form.either:
        mark = max(".,", key=token.text.rfind)
        # What stands once behind all others is the decimal mark; what is repeated groups.
        swapped = mark == ("," if token.text.count(mark) == 1 else ".")
    return _swapped(token) if swapped else token


def _two_ways(token: Token, marked: re.Match[str]) -> Unreadable:
    whole, _, decimals = marked.groups()
    other = numbers.plain(numbers.parse_grouped(f"{whole}.{decimals}"))
    return Unreadable(
        f"This is {whole}{decimals} where the mark groups thousands, and {other} where it is the "
        "decimal mark; the language of the document decides it.",
        (token.written,),
    )


def _is_scale(lex: Lexicon, tokens: list[Token], at: int) -> bool:
    if at >= len(tokens):
        return False
    token = tokens[at]
    return token.text in lex.scales or (token.glued and token.text in lex.scale_letters)


def in_whole_numbers(yardstick: MeasureContext) -> bool:
    """Whether thousandths are not to be expected: of things counted, and of money."""
    return "{" in yardstick.unit or currency(yardstick.unit) is not None
