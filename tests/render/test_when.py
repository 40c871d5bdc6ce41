"""Dates in words: said as a reader would, and never more precisely than they are known."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.render import when
from app.rules import dates

SPOKEN = {
    "2024": "2024",
    "2024-02": "February 2024",
    "2024-02-26": "26 February 2024",
    "0079-10": "October 79",
    "197X": "the 1970s",
    "2024?": "2024 (uncertain)",
    "2024-03~": "about March 2024",
    "2024-03-01%": "about 1 March 2024 (uncertain)",
    "2024-21": "spring 2024",
    "[..2024-05-12]": "by 12 May 2024",
    "[2024-05..]": "May 2024 or later",
    "[2024-02..2024-03]": "between February 2024 and March 2024",
    "[2024-02,2024-05]": "February 2024 or May 2024",
    "{2024-02..2024-03}": "February 2024 to March 2024",
    "2022-02-24/2024": "24 February 2022 to 2024",
    "2024-10/..": "October 2024 or later",
    "../2024": "2024 or earlier",
    "2024/": "from 2024 (end unknown)",
    "/2024": "until 2024 (start unknown)",
    "../..": "at any time",
    "2024-1X": "2024-1X",
    "-0043": "-0043",
    "Y170000002": "Y170000002",
    "2024-25": "2024-25",
}


@pytest.mark.parametrize(("written", "words"), SPOKEN.items())
def test_a_date_is_said_as_precisely_as_it_is_written(written: str, words: str) -> None:
    dates.span(written)
    assert when.spoken(written) == words


PARTS = {
    "2024": [[2024]],
    "2024-02-26": [[2024, 2, 26]],
    "2024-03~": [[2024, 3]],
    "2022-02-24/2024": [[2022, 2, 24], [2024]],
    "2024-10/..": None,
    "0000": None,
    "-0043": None,
    "2024-21": None,
    "197X": None,
    "[2024-02..2024-03]": None,
}


@pytest.mark.parametrize(("written", "parts"), PARTS.items())
def test_only_a_plain_date_becomes_numbers(written: str, parts: list[list[int]] | None) -> None:
    assert when.parts(written) == parts


def test_a_year_is_told_only_where_there_is_one() -> None:
    one = ("2024", "2024-02-26", "[2024-02..2024-03]", "2024-1X", "2024-02?")
    none = ("197X", "2024-12/2025-01", "2024/..", "[..2024-05-12]", "-0043", "2024-24")
    assert [when.year(text) for text in one] == ["2024"] * 5
    assert [when.year(text) for text in none] == [None] * 6


@given(st.text(alphabet="0123456789-/X.[]{},?~%YE", min_size=1, max_size=24))
def test_every_date_that_is_taken_can_be_said(text: str) -> None:
    try:
        dates.span(text)
    except ValueError:
        return
    assert when.spoken(text)
    when.year(text)
    parts = when.parts(text)
    assert parts is None or all(1 <= len(one) <= 3 for one in parts)
