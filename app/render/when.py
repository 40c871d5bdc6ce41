"""Dates in words: EDTF as a reader would say it, and as bibliographies take it."""

import re

from app.rules import dates

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
SEASONS = dict(zip((21, 22, 23, 24), ("spring", "summer", "autumn", "winter"), strict=True))
PLAIN = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?([?~%]?)")
QUALIFIED = {"": "{}", "?": "{} (uncertain)", "~": "about {}", "%": "about {} (uncertain)"}


def spoken(text: str) -> str:
    """`2024-02-26` is “26 February 2024”, `[..2024-05-12]` “by 12 May 2024”.

    What has no plain words (`2024-1X`) stays EDTF, which is exact.
    """
    if "/" in text:
        start, _, end = text.partition("/")
        return _interval(start, end)
    if text[:1] in ("[", "{"):
        return _set(text)
    if re.fullmatch(r"[0-9]{3}X", text):
        return f"the {text[:3]}0s"
    found = PLAIN.fullmatch(text)
    return QUALIFIED[found[4]].format(_plain(found)) if found else text


def _plain(found: re.Match[str]) -> str:
    year, month = str(int(found[1])), int(found[2] or 0)
    if month in SEASONS:
        return f"{SEASONS[month]} {year}"
    if month > 12:
        return found[0].rstrip("?~%")
    day = f"{int(found[3])} " if found[3] else ""
    return f"{day}{MONTHS[month - 1]} {year}" if month else year


def _interval(start: str, end: str) -> str:
    if end == "..":
        return f"{spoken(start)} or later" if start not in ("", "..") else "at any time"
    if start == "..":
        return f"{spoken(end)} or earlier" if end else "at any time"
    if not start or not end:
        known = f"from {spoken(start)}" if start else f"until {spoken(end)}"
        return f"{known} ({'end' if start else 'start'} unknown)"
    return f"{spoken(start)} to {spoken(end)}"


def _set(text: str) -> str:
    members = [member.strip() for member in text[1:-1].split(",")]
    word = " or " if text[0] == "[" else " and "
    return word.join(_member(member, text[0] == "[") for member in members)


def _member(text: str, one_of: bool) -> str:
    first, dots, last = text.partition("..")
    if not dots:
        return spoken(text)
    if first and last:
        form = "between {} and {}" if one_of else "{} to {}"
        return form.format(spoken(first), spoken(last))
    return f"{spoken(first)} or later" if first else f"by {spoken(last)}"


def parts(text: str) -> list[list[int]] | None:
    """The date (or the two ends) as numbers, where it is a plain year, month or day."""
    found = [PLAIN.fullmatch(end) for end in text.split("/")]
    numbers = [[int(part) for part in one.groups()[:3] if part] for one in found if one]
    plain = all(one[0] > 0 and one[1:2] <= [12] for one in numbers)
    return numbers if plain and len(numbers) == len(found) else None


def doubtful(text: str) -> bool:
    """Whether the date itself says that it is not certain."""
    return any(mark in text for mark in "?~%X[")


def year(text: str) -> str | None:
    """The year, where there is only one that it can be in."""
    span = dates.span(text, "written")
    first, last = (dates.date_text(day)[:-6] for day in (span.lo, span.hi))
    return first if first == last and first.isdigit() else None
