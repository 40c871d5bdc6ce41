"""The columns that dates are filtered by: what convention makes of them, and how wide they are."""

import json

import pytest

from app.rules import edtf
from app.rules.edtf import OPEN_FUTURE, OPEN_PAST
from app.rules.json_types import JsonObject
from app.store import days

EVER = ".. .."
Known = dict[str, str]


def told(found: JsonObject, axis: str) -> str:
    """The days of an axis, then the strict ones; "=" where a strict one is what convention has."""
    ends = (f"{axis}_{side}" for side in ("lo", "hi", "strict_lo", "strict_hi"))
    words = [_day(found[name], "=" if "strict" in name else "-") for name in ends]
    return " ".join(words[:2] if words[2:] == ["=", "="] else words)


def _day(day: int | None, missing: str) -> str:
    if day is None:
        return missing
    return ".." if day in (OPEN_PAST, OPEN_FUTURE) else edtf.date_text(day)


MARCH, SPRING = "2024-03-01 2024-03-31", "2024-03-01 2024-05-31 2024-01-01 2024-12-31"
OF_CLAIMS: list[tuple[Known, bool, Known]] = [
    # the claim, whether its measure grows; what is known of each axis, all else may be ever
    ({}, False, {}),
    ({}, True, {}),
    ({"stated": "2024-03"}, False, {"stated": MARCH}),
    (
        {"stated": "2024-03"}, True,
        {"stated": MARCH, "period_start": ".. 2024-03-31", "period_end": MARCH},
    ),
    ({"stated": "2024-03", "period": "2023/2024-02"}, True,
     {"stated": MARCH, "period_start": "2023-01-01 2023-12-31",
      "period_end": "2024-02-01 2024-02-29"}),
    # A season is that of the north by convention, and strictly any part of its year.
    (
        {"stated": "2024-21"}, True,
        {"stated": SPRING, "period_end": SPRING,
         "period_start": ".. 2024-05-31 = 2024-12-31"},
    ),
    ({"period": "2022-02-24/2024-21"}, False,
     {"period_start": "2022-02-24 2022-02-24", "period_end": SPRING}),
    ({"period": "2024-21/2024-12-31"}, False,
     {"period_start": SPRING, "period_end": "2024-12-31 2024-12-31"}),
    ({"published": "2024-24"}, False,
     {"published": "2024-12-01 2025-02-28 2024-01-01 ="}),
    # About a month is one month more at both ends by convention, and strictly any time.
    ({"stated": "2024-03~", "published": "2024-03"}, False,
     {"stated": "2024-02-01 2024-04-30 .. ..", "published": MARCH}),
    ({"stated": "2024-03", "published": "2024-03?"}, False,
     {"stated": MARCH, "published": "2024-02-01 2024-04-30 .. .."}),
    ({"stated": "../2024-03"}, False, {"stated": ".. 2024-03-31"}),
]  # fmt: skip


@pytest.mark.parametrize(("claim", "grows", "known"), OF_CLAIMS)
def test_a_claim_is_of_these_days(claim: Known, grows: bool, known: Known) -> None:
    found = days.of_claim(claim, grows)
    axes = ("stated", "published", "period_start", "period_end")
    nothing = {axis: "- -" if axis == "published" else EVER for axis in axes}
    assert {axis: told(found, axis) for axis in axes} == nothing | known
    # Unknown days come last in the order of the first day.
    first = found["stated_lo"]
    assert found["stated_asc"] == (OPEN_FUTURE if first == OPEN_PAST else first)
    assert len(found) == 17


@pytest.mark.parametrize(
    ("figure", "dated", "known"),
    [
        ({"date": "1975"}, False, "1975-01-01 1975-12-31"),
        ({"date": "1950~"}, True, "1949-01-01 1951-12-31 .. .."),
        ({}, True, EVER),
        ({"date": "1975", "absence": "withheld"}, True, EVER),
        ({"absence": "unknown"}, True, EVER),
        ({"date": "1975", "absence": "unknown"}, False, EVER),
    ],
)
def test_a_date_figure_is_of_these_days(figure: Known, dated: bool, known: str) -> None:
    assert told(days.of_figure(figure, dated), "date") == known


@pytest.mark.parametrize(
    ("figure", "dated"),
    [
        ({"value": "5"}, False),
        ({"absence": "withheld"}, False),
        ({"absence": "not_applicable"}, True),
        ({"absence": "not_applicable", "date": "1975"}, True),
    ],
)
def test_what_is_no_date_lies_outside_of_all_days(figure: Known, dated: bool) -> None:
    found = days.of_figure(figure, dated)
    assert (found["date_lo"] > OPEN_FUTURE, found["date_hi"] < OPEN_PAST) == (True, True)
    assert (found["date_strict_lo"], found["date_strict_hi"]) == (None, None)


@pytest.mark.parametrize(
    ("source", "known"),
    [({}, EVER), ({"date": "2024-03"}, MARCH), ({"date": "2024-21"}, SPRING)],
)
def test_a_work_is_of_these_days(source: Known, known: str) -> None:
    assert told(days.of_source(source), "date") == known


WRITTEN: list[tuple[Known, bool, Known]] = [
    # Strictly it is as wide; a qualifier alone is not in what was written, a season is.
    ({"stated": "2024-03~"}, True,
     {"stated": f"{MARCH} .. ..", "period_start": ".. 2024-03-31 = ..",
      "period_end": f"{MARCH} .. .."}),
    ({"stated": "2024-03", "published": "1950?"}, False,
     {"stated": MARCH, "published": "1950-01-01 1950-12-31 .. .."}),
    ({"stated": "2024-03", "period": "2024-02~/2024-03"}, False,
     {"stated": MARCH, "period_start": "2024-02-01 2024-02-29 .. 2024-03-31", "period_end": MARCH}),
    ({"stated": "2024-21"}, False, {"stated": SPRING}),
]  # fmt: skip


@pytest.mark.parametrize(("claim", "grows", "known"), WRITTEN)
def test_the_digest_of_a_claim_is_of_its_dates_as_written(
    claim: Known, grows: bool, known: Known
) -> None:
    row = {"doc": json.dumps(claim), **days.of_claim(claim, grows)}
    found = days.as_written(row)
    assert {axis: told(found, axis) for axis in known} == known
    assert days.worked_out(row) == {name: row[name] for name in row if name != "doc"}


def test_what_has_no_days_by_convention_is_as_it_is() -> None:
    for row in (
        {"doc": "{}", "note": "no dates"},
        {"doc": '{"stated":"2024-03"}', **days.of_claim({"stated": "2024-03"}, True)},
    ):
        assert days.as_written(row) is row
    assert days.worked_out({"doc": "{}", "note": "no dates"}) == {}


@pytest.mark.parametrize(
    ("doc", "dated", "written"),
    [
        ({"date": "1950~"}, False, "1950-01-01 1950-12-31 .. .."),
        ({"date": "1950-03-01"}, True, "1950-03-01 1950-03-01"),
        ({"absence": "unknown"}, True, EVER),
    ],
)
def test_the_days_of_a_stored_figure_follow_from_it(doc: Known, dated: bool, written: str) -> None:
    row = {"claim_id": "c", "doc": json.dumps(doc), **days.of_figure(doc, dated)}
    assert days.worked_out(row) == days.of_figure(doc, dated)
    assert told(days.worked_out(row, "written"), "date") == written


def test_the_days_of_a_stored_work_follow_from_it() -> None:
    row = {"doc": '{"date":"1950~"}', **days.of_source({"date": "1950~"})}
    assert told(days.worked_out(row), "date") == "1949-01-01 1951-12-31 .. .."
    assert told(days.as_written(row), "date") == "1950-01-01 1950-12-31 .. .."
