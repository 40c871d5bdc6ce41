"""Dates in words: said as a reader would, and never more precisely than they are known."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.render import date_words
from app.rules import edtf
from app.rules.intervals import Interval

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
    "2024-1X": "between October 2024 and December 2024",
    "2024-XX": "2024",
    "2024-02-XX": "February 2024",
    "190X": "between 1900 and 1909",
    "19XX": "between 1900 and 1999",
    "156X-12-25": "25 December in the 1560s",
    "XXXX-12": "December in an unknown year",
    "XXXX": "an unknown year",
    "-01XX": "between 200 BCE and 101 BCE",
    "-0043": "44 BCE",
    "0000": "1 BCE",
    "-0043-03-15": "15 March 44 BCE",
    "Y170000002": "the year 170,000,002",
    "Y-17E7": "170,000,001 BCE",
    "2024-25": "spring 2024 (northern hemisphere)",
    "2024-31": "autumn 2024 (southern hemisphere)",
    "2024-36": "the last quarter of 2024",
    "2024-38": "the second third of 2024",
    "2024-41": "the second half of 2024",
    "?2024-02-26": "26 February 2024 (uncertain in part)",
    "2024~-02": "February 2024 (in part about then)",
    "2024-02-26T10:00:00Z": "26 February 2024, 10:00:00 (UTC)",
    "2024-02-26T10:00:00+03:00": "26 February 2024, 10:00:00 (UTC+03:00)",
    "{1667,1668}": "1667 and 1668",
    "[1667,1670..1672]": "1667 or between 1670 and 1672",
}


@pytest.mark.parametrize(("written", "words"), SPOKEN.items())
def test_a_date_is_said_as_precisely_as_it_is_written(written: str, words: str) -> None:
    edtf.span(written)
    assert date_words.spoken(written) == words


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
    assert date_words.parts(written) == parts


BIBLIOGRAPHIC = {
    # As biblatex reads it: levels 0 and 1 of EDTF.
    **{same: same for same in (
        "2024", "2024-02", "2024-02-26", "-0043", "2024?", "2024-03~", "2024-03-01%", "197X",
        "19XX", "2024-XX", "2024-02-XX", "2024-21", "Y170000002", "2018-12-30/2019-01-02",
        "1985/..", "../1985", "2024/", "/2024", "2022-02-24/2024~", "2024-02-26T10:00:00Z",
    )},
    # Level 2: the time that it covers.
    "[..2024-05-12]": "../2024-05-12",
    "[2024-02..2024-03]": "2024-02/2024-03",
    "{1667,1668}": "1667/1668",
    "2024-1X": "2024-10/2024-12",
    "1XXX": "1000/1999",
    "156X-12-25": "1560-12-25/1569-12-25",
    "2024-31": "2024-03/2024-05",
    "2024-40": "2024-01/2024-06",
    "2024~-02": "2024-02",
    "Y-17E7": "Y-170000000",
    "../..": None,
}  # fmt: skip


@pytest.mark.parametrize(("written", "date"), BIBLIOGRAPHIC.items())
def test_every_date_has_a_form_for_bibliographies(written: str, date: str | None) -> None:
    edtf.span(written)
    assert date_words.bibliographic(written) == date


def test_a_year_is_told_only_where_there_is_one() -> None:
    one = ("2024", "2024-02-26", "[2024-02..2024-03]", "2024-1X", "2024-02?")
    none = ("197X", "2024-12/2025-01", "2024/..", "[..2024-05-12]", "-0043", "2024-24")
    assert [date_words.year(text) for text in one] == ["2024"] * 5
    assert [date_words.year(text) for text in none] == [None] * 6
    assert date_words.year("0079-10") == "79"
    assert date_words.year("0000") is None, "it is 1 BCE"


CODES = re.compile(r"[X/\[\]{}~%]|\.\.|[0-9]-[0-9]|Y-?[0-9]")
"""What EDTF has, and words have not."""


@given(
    st.text(alphabet="0123456789-/X.[]{},?~%YE", min_size=1, max_size=24)
    | st.from_regex(r"[12][0-9X]{3}(-[0-4X][0-9X](-[0-3X][0-9X])?)?[?~%]?", fullmatch=True)
    | st.from_regex(r"(\[|\{)[12][0-9]{3}(,|\.\.)2[0-9]{3}(-1[0-2])?(\]|\})", fullmatch=True)
)
def test_every_date_that_is_taken_can_be_said_in_words(text: str) -> None:
    try:
        span = edtf.span(text)
    except ValueError:
        return
    words = date_words.spoken(text)
    assert words
    assert not CODES.search(words), words
    date_words.year(text)
    parts = date_words.parts(text)
    assert parts is None or all(1 <= len(one) <= 3 for one in parts)
    date = date_words.bibliographic(text)
    assert (date is None) == (span == edtf.EVER), "a date for every date that bounds anything"
    if date is not None and not set(text) & set("?~%"):
        assert edtf.span(date) == span, "no day more, and none less"


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("2024-05-13", "13 May 2024"),
        ("2024-02", "February 2024"),
        ("2023/2024", "1 January 2023 to 31 December 2024"),
        ("-0499", "500 BCE"),
        ("Y170000002", "the year 170,000,002"),
        ("../2020", "a time up to 31 December 2020"),
        ("2020/..", "a time from 1 January 2020 on"),
        ("../..", "the same time"),
    ],
)
def test_days_are_told_as_a_year_a_month_or_a_day_where_they_are_one(
    written: str, words: str
) -> None:
    span = edtf.span(written, "written")
    assert date_words.days_in_words(Interval(span.lo, span.hi)) == words


@pytest.mark.parametrize(
    ("written", "words"),
    [
        (None, "undated"),
        ("[..2024-05]", "by 2024-05"),
        ("2023/2024", "2023 to 2024"),
        ("2024~", "2024~"),
    ],
)
def test_a_table_has_a_date_by_its_numbers(written: str | None, words: str) -> None:
    assert date_words.short(written) == words


@pytest.mark.parametrize(
    ("period", "words"),
    [
        ("2024-01/..", "from January 2024 on"),
        ("../2024-01", "until January 2024"),
        ("2024-01/", "from January 2024 (end unknown)"),
        ("2024-01/2024-03", "January 2024 to March 2024"),
        ("../..", "at any time"),
        ("2024", "2024"),
    ],
)
def test_an_open_period_goes_on_and_is_not_some_time_of_it(period: str, words: str) -> None:
    assert date_words.lasting(period) == words
    assert date_words.about({"stated": "2024-05/..", "period": period}) == words
    assert date_words.about({"stated": "2024-05/.."}) == "May 2024 or later"
