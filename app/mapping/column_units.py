"""What the name of a column says of its figures: their unit, and how far their point moves.

Which names make a column one of dates, sources or notes is in ``columns.py``, in ``NAMES``.
"""

import re

PERCENT = re.compile("%|per ?cent|prozent|pct", re.I)
UNITS = (
    (r"€|\b[kmt]?eur(os?)?\b", "EUR"), (r"\$|\b[km]?usd\b|dollars?", "USD"), (r"£|\bgbp\b", "GBP"),
    (r"\btonn(es?|en)\b", "t"), (r"\bkm\b|kilomet", "km"), (r"%|per ?cent|prozent|share", "1"),
    (r"kill|dead|death|injur|wound|people|person|patient|visitor|refugee|missing", "{person}"),
)  # fmt: skip
_MARK = "[ .,'’\u00a0\u202f]?"
_ALONE = r"(?<![0-9])(?<![0-9][ .,'’\u00a0\u202f])"
SCALE_WORDS = (
    (r"\b(bn|billions?|mrd|milliarden)\b", "billion"), (r"\b(trn|trillions?)\b", "trillion"),
    (r"\b(mn|mio|millions?|millionen)\b|(€|[$]|£|\b(eur|usd|gbp)) ?m\b|\bm(€|(eur|usd)\b)"
     rf"|{_ALONE}1{_MARK}000{_MARK}000\b", "million"),
    (r"\b(thousands?|tausend|tsd)\b|['’]000\b|\b[kt](€|(eur|usd)\b)"
     rf"|((?<=[(\[])|\bin ){_ALONE}1{_MARK}000\b(?!{_MARK}[0-9])|{_ALONE}\b000s?\b", "thousand"),
)  # fmt: skip
_PER = re.compile(r"(\b(per|je|pro|por|par|pr)\b|/)\W*(10*\W*)?$", re.I)
"""What follows is divided by: 12 per thousand are not 12,000."""


def unit_in(name: str) -> str | None:
    """The unit that a name says; None where it says none that is known."""
    return next((unit for words, unit in UNITS if re.search(words, name, re.I)), None)


def scale_in(name: str) -> str | None:
    """The scale that a name says."""
    for words, scale in SCALE_WORDS:
        for found in re.finditer(words, name, re.I):
            if not _PER.search(name[: found.start()]):
                return scale
    return None
