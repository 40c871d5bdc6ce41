"""Points of a series are spliced as text: what they say is what they are worked out from."""

import json
import math
from typing import Any, NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from app.render import series_json
from app.rules.agreement import TimedFigure
from app.rules.edtf import OPEN_FUTURE, OPEN_PAST
from app.rules.intervals import Interval

BEFORE = '{"claim":"a","version":1,"recorded_at":"1970-01-01T00:00:00.000000Z","match":"certain",'
NUMBERS = st.floats(-1e300, 1e300) | st.integers(-(10**18), 10**18).map(float) | st.just(-0.0)
DAYS = st.integers(-10_000_000, 10_000_000) | st.sampled_from([OPEN_PAST, OPEN_FUTURE])
STEPS = st.sampled_from(["update", "revision", "repeat", "decrease", "unclear", None])


class Point(NamedTuple):
    group: str
    row: tuple[Any, ...]
    figure: TimedFigure
    plain: tuple[float | None, float | None, float | None]
    step: str | None


def point(reach: Interval, time: Interval, plain: Any, step: str | None) -> Point:
    return Point(
        "",
        ("a", 1, 0, None, '{"raw_text":"ü"}', "certain"),
        TimedFigure(reach, time),
        plain,
        step,
    )


def told(one: Point, plot: dict[str, Any]) -> str:
    """A point as JSON is usually written."""
    ends = {"from": series_json.day(one.figure.time.lo), "to": series_json.day(one.figure.time.hi)}
    more = {"raw_text": "ü", "step": one.step, "time": ends, "plot": {**ends, **plot}}
    return BEFORE + json.dumps(more, ensure_ascii=False, separators=(",", ":"))[1:]


def whole(x: float | None) -> int | float | None:
    if x is None or not x.is_integer() or abs(x) >= 2**53:
        return x
    return int(x)


@given(
    st.tuples(*[st.none() | NUMBERS] * 3),
    DAYS,
    DAYS,
    st.tuples(st.booleans(), st.booleans()),
    STEPS,
)
def test_numbers_are_drawn_as_they_were_stored_and_an_open_end_has_none(
    plain: Any, since: int, until: int, excluded: tuple[bool, bool], step: str | None
) -> None:
    value, lower, upper = plain
    lo = -math.inf if lower is None else math.nextafter(lower, math.inf) if excluded[0] else lower
    hi = math.inf if upper is None else math.nextafter(upper, -math.inf) if excluded[1] else upper
    one = point(Interval(lo, hi), Interval(since, until), plain, step)
    plot = {
        "value": whole(value), "lower": whole(lower), "upper": whole(upper),
        "open_below": lo <= hi and lower is None, "open_above": lo <= hi and upper is None,
    }  # fmt: skip
    assert series_json.point(one, False) == told(one, plot)


@given(NUMBERS, NUMBERS)
def test_where_a_figure_reaches_further_than_its_bounds_that_is_drawn(lo: float, hi: float) -> None:
    one = point(Interval(lo, hi), Interval(0, 0), (None, None, None), None)
    plot = {
        "value": None, "lower": whole(lo), "upper": whole(hi),
        "open_below": False, "open_above": False,
    }  # fmt: skip
    assert series_json.point(one, False) == told(one, plot)


@given(DAYS, DAYS)
def test_dates_are_drawn_as_days_and_a_figure_of_nothing_not_at_all(lo: int, hi: int) -> None:
    one = point(Interval(lo, hi), Interval(0, 1), (None, None, None), "update")
    inside = lo <= hi
    ends = [series_json.day(end) if inside else None for end in (lo, hi)]
    plot = {
        "value": None, "lower": ends[0], "upper": ends[1],
        "open_below": inside and ends[0] is None, "open_above": inside and ends[1] is None,
    }  # fmt: skip
    assert series_json.point(one, True) == told(one, plot)
