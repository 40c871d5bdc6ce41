"""What is written in place of an EDTF date, and what to write instead."""

import re

EXAMPLES = "Write EDTF, as in 2024, 2024-02-26, 197X, [..2024-05-12], 2022-02-24/2024 or -0044"
_Y = "-?[0-9]{4,}"
_SLIPS = {
    r"[0-9]{5}(?:[.][0-9]+)?": (
        "This looks like a spreadsheet's day number. Show the column as a date there, and send "
        "that as text such as 2024-02-26."
    ),
    "[0-9]{8}": "A date is written with hyphens. Write 2024-02-26 for a day.",
    rf"(?:[.][.]{_Y}.*|{_Y}[^/]*[.][.])": (
        "Before or after a date is a set of days, or an interval. Write [..2024] for some day "
        "up to then, [2024..] for some day from then on, ../2024 for all the time up to then."
    ),
    rf"{_Y}-?W.*|{_Y}-[0-9]{{3}}": (
        "Weeks and days counted through the year are no part of EDTF. Write the month and the "
        "day, as in 2024-02-26."
    ),
    r"-?[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9].*": (
        "A time of day is written as T10:00:00, T10:00:00Z or T10:00:00.5+09:00, and follows a "
        "whole date that stands alone, not in an interval or a set. Write it so, or leave it "
        "out."
    ),
    "Y-?[0-9]{1,4}[?~%]?": (
        "Only a year of more than four digits has a Y before it. Write 2024, or -0044."
    ),
    rf"Y?{_Y}(?:E[0-9]+)?S[0-9]*[?~%]?": (
        "A year has at least one significant digit and no more than it has digits. Write 1950S2"
        " for some year from 1900 to 1999, thought to be 1950."
    ),
    "R[0-9]*/.*|P[0-9].*|.*/P[0-9].*": (
        "A length of time is no date. Write when it begins and when it ends, as in 2022-02-24/2024."
    ),
    ".*(?:[0-9][ux]|[ux][0-9ux]|unknown|open).*": (
        "Digits that are not known are written as X, an open end as two dots, an unknown one as"
        " nothing. Write 197X, 2024/.. or 2024/."
    ),
}
"""What is often written in place of a date, and what to write instead."""


def not_read(text: str) -> str:
    """What is wrong with a text that is no date, and what to write instead; it is not repeated."""
    said = (said for slip, said in _SLIPS.items() if re.fullmatch(slip, text))
    return next(said, f"This is not a date that can be read. {EXAMPLES}.")
