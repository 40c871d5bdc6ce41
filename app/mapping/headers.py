"""Which rows name the columns, where it is not simply the first."""

import re
from itertools import count

from app.mapping.cells import CalendarDate, NumberCell


def header_lines(rows: list[tuple[int, list[str]]]) -> list[int]:
    """The lines that name the columns, where it is not simply the first: below titles, or two."""
    if len(rows) < 2:
        return []
    filled = [sum(bool(cell.strip()) for cell in cells) for _, cells in rows]
    usual = max(filled[len(filled) // 2 :])
    named = [n for n, some in enumerate(filled) if some > 1 and _is_names(rows[n][1])]
    for at in named:
        below = rows[at + 1][1] if at + 1 < len(rows) else []
        if filled[at] < usual and _is_names(below, years=True) and filled[at + 1] >= usual / 2:
            return [rows[at][0], rows[at + 1][0]]
        if filled[at] >= usual / 2:
            return [rows[at][0]] if at else []
    return [rows[named[0]][0]] if named and named[0] else []


def told_apart(names: list[str]) -> list[str]:
    """Names once each: of equal ones the second is told as such, as in “Share (2)”."""
    found: list[str] = []
    for name in names:
        numbered = (name if n == 1 else f"{name} ({n})" for n in count(1))
        found.append(next(one for one in numbered if one not in found))
    return found


def _is_names(cells: list[str], years: bool = False) -> bool:
    """Does a row hold names? Texts, with years among them (or alone); not figures, not dates."""
    words = [cell for cell in cells if cell.strip()]
    as_years = [cell for cell in words if re.fullmatch("(19|20)[0-9]{2}", cell)]
    others = [cell for cell in words if cell not in as_years]
    figures = re.compile(r"[-+0-9.,%' /]+")
    if any(
        isinstance(cell, NumberCell | CalendarDate) or figures.fullmatch(cell) for cell in others
    ):
        return False
    return bool(others) or (years and bool(as_years))
