"""Dates in English words: quarters, eras, what lies before, after and between; what is refused."""

import pytest

from app.rules.bounds import MeasureContext
from app.rules.figures import read_figure
from app.rules.tokenizer import Unreadable

DATE = MeasureContext("1", None, "date")


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("Q1 2024", "2024-33"),
        ("2024 Q4", "2024-36"),
        ("500 BC", "-0499"),
        ("AD 79", "0079"),
        ("1 BCE", "0000"),
        ("made in the 1970s", "197X"),
        ("before 1990", "[..1989]"),
        ("before March 2024", "[..2024-02]"),
        ("after 31 December 2023", "[2024-01-01..]"),
        ("before 1 March 2024", "[..2024-02-29]"),
        ("before 12 May 2023", "[..2023-05-11]"),
        ("before 2 May 2023", "[..2023-05-01]"),
        ("after 30 May 2023", "[2023-05-31..]"),
        ("after 12 May 2023", "[2023-05-13..]"),
        ("500 AD", "0500"),
        ("after 28 February 2023", "[2023-03-01..]"),
        ("between 1975 and 1980", "1975/1980"),
        ("from March 2022 to May 2023", "2022-03/2023-05"),
        ("before Q1 2024", "[..2023-36]"),
        ("after Q4 2023", "[2024-33..]"),
        ("after Q1 2024", "[2024-34..]"),
        ("before Q3 2024", "[..2024-34]"),
        ("before January 1000", "[..0999-12]"),
        ("before 1 January 1000", "[..0999-12-31]"),
        ("after December 2023", "[2024-01..]"),
        ("after November 2023", "[2023-12..]"),
        ("after 30 April 2023", "[2023-05-01..]"),
        ("after 9998", "[9999..]"),
        ("from Q1 2024 to Q3 2024", "2024-33/2024-35"),
        ("between Q4 2023 and March 2024", "2023-36/2024-03"),
        ("from 2022-02-24 to 2023-01-05", "2022-02-24/2023-01-05"),
        ("from 2010-11-05 to 2010-11-20", "2010-11-05/2010-11-20"),
        ("from 1990-1995", "1990/1995"),
        ("between 12 May 2023 and 13 May 2023", "2023-05-12/2023-05-13"),
        ("from 1 Jan 2023 through 31 Dec 2023", "2023-01-01/2023-12-31"),
        ("Q3, 2024", "2024-35"),
        ("2024 BC", "-2023"),
        ("2 BC", "-0001"),
        ("AD 1", "0001"),
        ("500 CE", "0500"),
        ("CE 500", "0500"),
        ("1st century", "00XX"),
        ("10th century", "09XX"),
        ("99th century", "98XX"),
        ("1910s", "191X"),
        ("about Q1 2024", "2024-33~"),
        ("about 500 BC", "-0499~"),
        ("about 12 May 2024", "2024-05-12~"),
        ("2011-11", "2011-11"),
        ("2011-10", "2011-10"),
        ("2011-12-05", "2011-12-05"),
        ("0079", "0079"),
        ("31 January 2023", "2023-01-31"),
        ("1 January 2023", "2023-01-01"),
        ("29 February 2000", "2000-02-29"),
        # A year that begins in 2011 and ends in 2012, as well as December.
        ("2011-12", None),
        ("in 2000-01", None),
        ("from 2010-11 to 2012-05", None),
        # The calendar has no year 0: before year 1 is 1 BC.
        ("0000", None),
        ("May 0000", None),
        ("0000-05-12", None),
        ("0 AD", None),
        ("AD 0", None),
        ("0 BC", None),
        ("29 February 1900", None),
        ("0 May 2023", None),
        ("32 May 2023", None),
        ("2023-00", None),
        ("2023-13", None),
        ("2023-05-00", None),
        ("Q5 2024", None),
        ("Q0 2024", None),
        ("0th century", None),
        ("from May 2024 to Q1 2024", None),
        ("from May 2024 to Q2 2024", None),
        ("between 1975 and 1975", None),
        ("between 12 May 2023 and 12 May 2023", None),
        ("between 500 and 1975", None),
        ("between 0500 and 1975", None),
        ("after 31 December 9999", None),
        ("before 0500", None),
        ("before the 1970s", None),
        ("about the 1970s", None),
        ("about between 1975 and 1980", None),
        ("BC 500", None),
        ("mid 2022", None),
        ("beginning of 2022", None),
        ("the end of May 2022", None),
        ("between 1980 and 1975", None),
        ("between 1975 or 1980", None),
        ("before 500 BC", None),
        ("after 9999", None),
        ("about before 1990", None),
        ("late 2022", None),
        ("mid-1970s", None),
        ("early 1980s", None),
        ("between March 2022 and 2023", None),
    ],
)
def test_dates_are_read_or_refused(text: str, date: str | None) -> None:
    if date is None:
        with pytest.raises(Unreadable):
            read_figure(text, DATE)
    else:
        assert read_figure(text, DATE).date == date


@pytest.mark.parametrize(
    ("text", "why", "words"),
    [
        (
            "in late 2022",
            "Nobody says where such a part of a time begins and ends. Send what it may be, such as "
            "2022-10/2022-12 for late 2022 and 1974/1976 for the mid-1970s.",
            ("late",),
        ),
        (
            "in 2011-12",
            "This may be a month, or a year that begins in one and ends in the next.",
            ("in", "2011", "-", "12"),
        ),
        (
            "the 1900s",
            "This is no year, quarter, month, day, decade or century that can be read.",
            ("the", "1900", "1900s"),
        ),
    ],
)
def test_a_date_that_is_refused_says_why_and_by_which_words(
    text: str, why: str, words: tuple[str, ...]
) -> None:
    with pytest.raises(Unreadable) as refused:
        read_figure(text, DATE)
    sent = "Send 'date' as EDTF, and any wording is stored."
    assert (refused.value.reason, refused.value.words) == (f"{why} {sent}", words)
