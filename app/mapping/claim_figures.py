"""The figure of a claim's text: read where it has exactly one, and what it counts is named."""

import re
from decimal import Decimal
from typing import Any, NamedTuple

from app.mapping import vocabulary
from app.mapping.exchange import SourceBook
from app.mapping.slugs import name_key, slug
from app.rules.bounds import MeasureContext
from app.rules.cjk_words import is_east_asian
from app.rules.figure_scan import ScannedFigure, scan
from app.rules.figures import read_figure
from app.rules.json_types import JsonObject
from app.rules.scanned_text import one_line
from app.rules.tokenizer import Unreadable

MAYBE_DATE = "This may be a date."
OF_NOUN = "noun."
"""What the ids of measures begin with that are made of a noun alone."""
LOOKED_THROUGH = 2000
"""Characters of a text that are looked through."""

_WORDS = {
    name: "|".join(one for some in by_language.values() for one in some)
    for name, by_language in vocabulary("claim_words").items()
}
DENIES = re.compile(rf"\b({_WORDS['denies']})\b|\w+n['’]t\b|\bn['’]\w+", re.I)
UNTRUE = re.compile(
    rf"^\W*({_WORDS['untrue_at_begin']})\b(?=\W*[:–—-])|\b({_WORDS['untrue']})\b", re.I
)
RATE = re.compile(rf"\b({_WORDS['rate']})\b", re.I)
PART_OF = re.compile(rf"\b({_WORDS['part_of']})(?: (?:{_WORDS['of']}))* ?$", re.I)


class TextFigure(NamedTuple):
    """The figure of a text, as a claim has it; or why none was read."""

    figure: dict[str, Any] | None
    reason: str = ""


def figure_of(text: str, language: str | None, claim: str, book: SourceBook) -> TextFigure:
    """The one figure of a text, with its measure."""
    if is_east_asian(language):
        return TextFigure(None, "texts in this language are not looked through")
    if len(text) > LOOKED_THROUGH:
        return TextFigure(None, "the text is too long to be looked through")
    scanned, end = scan(text, MeasureContext(language=language))
    found = [one for one in scanned if one.context or one.reason != MAYBE_DATE]
    if end < len(text):
        return TextFigure(None, "the text holds too many words of figures to be looked through")
    if not found:
        return TextFigure(None, "the text has no figure that the lexicon knows")
    wordings = ", ".join(f"“{text[one.start : one.end]}”" for one in found[:5])
    if len(found) > 1:
        return TextFigure(None, f"the text has several figures: {wordings}")
    if text[: found[0].start].casefold().rstrip().endswith(" from"):
        return TextFigure(None, f"{wordings} may be a range, or a change from one to the other")
    if reason := _unlike(text, found[0].start, found[0].end):
        return TextFigure(None, reason)
    if found[0].context is None:
        return TextFigure(None, f"{wordings}: {found[0].reason}")
    return _measured(text, found[0], language, claim, book)


def _unlike(text: str, start: int, end: int) -> str | None:
    """Why the text may not say this figure, though it has no other."""
    before = re.split(r"[.!?:;]\s", text[:start])[-1]
    behind = re.split(r"[.!?:;](?:\s|$)", text[end:])[0]
    if part := PART_OF.search(one_line(before)):
        return f"“{part[0].strip()} {text[start:end]}” may be a part or a multiple"
    sentence = re.split(r"[.!?]\s", text[:start])[-1], re.split(r"[.!?](?:\s|$)", text[end:])[0]
    for words, parts in ((DENIES, (before, behind)), (UNTRUE, sentence)):
        if denied := next(filter(None, map(words.search, parts)), None):
            return f"“{denied[0]}” may deny “{text[start:end]}”"
    said = text[start:end]
    if rate := RATE.search(before) or RATE.search(said) or RATE.search(behind):
        return f"“{rate[0]}” may make a rate of “{said.partition(rate[0])[0].rstrip()}”"
    return None


def _measured(
    text: str, one: ScannedFigure, language: str | None, claim: str, book: SourceBook
) -> TextFigure:
    """The figure with what it counts: a stored measure of this name, else one made of the noun."""
    wording = one_line(text[one.start : one.end])
    words = one.noun.split()
    for count in range(len(words), 0, -1):  # all the words behind it, then fewer
        noun = " ".join(words[:count])
        named = book.lookup.named("measures", name_key(noun))
        hits = sorted(id for id in named if not id.startswith(OF_NOUN))
        if len(hits) > 1:
            return TextFigure(None, f"several measures are called “{noun}”: {', '.join(hits[:5])}")
        if hits:
            return _read(wording, {"measure": hits[0]}, book.measure(hits[0]) or {}, language)
    if not one.noun or one.context is None or one.context.statistic != "count":
        return TextFigure(None, f"it is not clear what “{wording}” counts")
    id = f"{OF_NOUN}{slug(one.noun)}"
    made: JsonObject = {
        "id": id, "name": one.noun, "unit": f"{{{slug(one.noun)}}}", "unit_label": one.noun,
        "definition": "Figures that claims give with this noun; what each counts is told by the "
        "claim alone, so they are kept apart by the dimension `claim_review`.",
    }  # fmt: skip
    known = book.measure(id) or made
    read = _read(wording, {"measure": id, "dimensions": {"claim_review": claim}}, known, language)
    if read.figure is not None:
        book.put("measures", dict(made))
    return read


def _read(
    wording: str, figure: dict[str, Any], measure: JsonObject, language: str | None
) -> TextFigure:
    """Only what the lexicon reads with this measure is sent with it."""
    ends = {name: Decimal(measure[name]) for name in ("domain_min", "domain_max")
            if name in measure}  # fmt: skip
    context = MeasureContext(
        unit=measure.get("unit", "1"),
        unit_label=measure.get("unit_label"),
        statistic=measure.get("statistic", "count"),
        language=language,
        accumulation=measure.get("accumulation", "none"),
        **ends,
    )
    try:
        read_figure(wording, context)
    except Unreadable as unread:
        return TextFigure(None, f"“{wording}”: {unread.reason}")
    return TextFigure({**figure, "raw_text": wording})
