"""What time the figures of a table are of, as far as the names of its columns say it."""

import re
from collections.abc import Sequence

from app.mapping.columns import ColumnFacts, TableFacts, braced, forms_of

BEGINS = re.compile(
    r"(from|start(s|ed)?|begin(s|ning)?|since|von|ab|beginn|desde|inicio|de|du|d[ée]but|с|з)"
    r"([ _-]?(date|day|year|datum|tag|fecha|jour))?"
    r"|(date|day|year|fecha)[ _-]?(from|start|de inicio)",
    re.I,
)
ENDS = re.compile(
    r"(to|until|till|end(s|ed)?|through|bis|ende|hasta|a|fin|au|по|до)"
    r"([ _-]?(date|day|year|datum|tag|fecha|jour))?|(date|day|year|fecha)[ _-]?(to|end|de fin)",
    re.I,
)


def part_of_year(facts: TableFacts) -> tuple[str, list[str]]:
    """A template of the time that columns say part by part, and its form; one of them is a year."""
    if span := span_of([one.name for one in facts.of("year")]):
        return "/".join(f"{{{{{name}}}}}" for name in span), []
    year = braced(facts.of("year")[0])
    months, quarters = facts.of("month"), facts.of("quarter")
    if months:
        month, named = braced(months[0]), not months[0].cells[0].isdecimal()
        return (f"{month}, {year}", ["%B, %Y"]) if named else (f"{year}-{month}", ["%Y-%m"])
    if quarters:
        sign = "" if quarters[0].cells[0].startswith("Q") else "Q"
        return f"{year}-{sign}{braced(quarters[0])}", ["%Y-Q%q"]
    return year, []


def span_of(names: Sequence[str]) -> tuple[str, str] | None:
    """Of two columns the one in which a time begins, and the one in which it ends."""
    if len(names) != 2:
        return None
    for first, last in (names, names[::-1]):
        if BEGINS.fullmatch(first.strip()) and ENDS.fullmatch(last.strip()):
            return first, last
    return None


def years_across(names: Sequence[str]) -> dict[str, str]:
    """The year that each of several columns is of, where their names differ in nothing else."""
    found = [re.fullmatch(r"(.*?)\b((?:19|20)[0-9]{2})\b(.*)", name) for name in names]
    rests = {(one[1], one[3]) for one in found if one}
    if len(names) < 2 or None in found or len(rests) != 1:
        return {}
    return {name: one[2] for name, one in zip(names, found, strict=True) if one}


def days_across(names: Sequence[str]) -> ColumnFacts | None:
    """The names of several columns as dates that are all of one form; None where they are not."""
    dates = ColumnFacts("the names of the columns", list(names), "date", forms_of(names))
    return dates if len(names) > 1 and dates.forms else None
