"""Laws of agreement: what holds for all figures and times, held against a slow look at numbers.

The intervals here are of small whole numbers, so that every number and every day can be tried.
"""

import math
from itertools import product
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.rules import agreement
from app.rules.agreement import (
    IntervalRelation,
    SeriesStep,
    ThreeValued,
    TimedFigure,
    TimeOrder,
    carried,
    judged,
    orders,
    relation,
)
from app.rules.edtf import OPEN_FUTURE, OPEN_PAST
from app.rules.intervals import Interval, hull

always = settings(derandomize=True, database=None, deadline=None)

SMALL = st.integers(0, 5)
MIRRORED: dict[str, IntervalRelation] = {
    "below": "above", "above": "below", "contains": "within", "within": "contains",
    "equal": "equal", "overlaps": "overlaps", "incomparable": "incomparable",
}  # fmt: skip
TURNED: dict[TimeOrder, TimeOrder] = {"earlier": "later", "later": "earlier", "same": "same"}


def between(lo: float, hi: float) -> st.SearchStrategy[Interval]:
    """Intervals of small numbers, some of them open to these ends."""
    ordered = st.tuples(SMALL, SMALL).map(sorted).map(lambda ends: Interval(*ends))
    return st.tuples(ordered, st.sampled_from([(0, 0), (0, 0), (1, 0), (0, 1), (1, 1)])).map(
        lambda one: Interval(lo if one[1][0] else one[0].lo, hi if one[1][1] else one[0].hi)
    )


REACHES = between(-math.inf, math.inf)
TIMES = between(OPEN_PAST, OPEN_FUTURE)
DAYS = between(0, 5)
EMPTY = st.just(Interval(math.inf, -math.inf))
NUMBERS = st.sampled_from([(None, None, None), ("5", None, None), ("5", "4", "6"), ("6", "4", "6")])
FIGURES = st.builds(TimedFigure, REACHES, TIMES, numbers=NUMBERS)
CUMULATIVE = st.booleans()


def numbers(one: Interval) -> list[int]:
    """The small numbers in an interval, and one beyond on either side for its open ends."""
    return [n for n in range(-1, 7) if one.lo <= n <= one.hi]


@pytest.mark.parametrize(
    ("one", "other", "name"),
    [
        ((1, 2), (3, 4), "below"), ((3, 4), (1, 2), "above"), ((1, 3), (3, 4), "overlaps"),
        ((1, 4), (1, 3), "contains"), ((1, 4), (2, 4), "contains"), ((2, 3), (2, 4), "within"),
        ((2, 3), (1, 3), "within"), ((1, 2), (1, 2), "equal"), ((1, 1), (1, 2), "within"),
        ((2, 1), (1, 2), "incomparable"), ((1, 2), (2, 1), "incomparable"),
        ((2, 1), (2, 1), "incomparable"),
    ],
)  # fmt: skip
def test_each_way_that_two_intervals_lie_has_its_name(
    one: tuple[int, int], other: tuple[int, int], name: IntervalRelation
) -> None:
    assert relation(Interval(*one), Interval(*other)) == name


@pytest.mark.parametrize(
    ("before", "after", "cumulative", "step"),
    [
        ((4, 4), (4, 4), True, "repeat"),
        ((4, 4), (3, 3), True, "decrease"),
        ((4, 4), (3, 3), False, "update"),
        ((4, 4), (3, 4), True, "update"),
        ((4, 4), (5, 5), True, "update"),
    ],
)
def test_each_step_of_a_series_has_its_name(
    before: tuple[int, int], after: tuple[int, int], cumulative: bool, step: SeriesStep
) -> None:
    first = TimedFigure(Interval(*before), Interval(1, 1))
    then = TimedFigure(Interval(*after), Interval(2, 2))
    assert agreement.series_step(first, then, cumulative) == step


def test_another_figure_of_the_same_time_is_a_revision_and_of_no_sure_order_unclear() -> None:
    figure = TimedFigure(Interval(4, 4), Interval(2, 3))
    other = figure._replace(reach=Interval(3, 3))
    assert agreement.series_step(figure, other, True) == "revision"
    for time in ((1, 1), (3, 4)):
        assert agreement.series_step(figure, other._replace(time=Interval(*time)), True) == (
            "unclear"
        )


@always
@given(REACHES | EMPTY, REACHES | EMPTY)
def test_turning_two_intervals_round_turns_their_relation_round(
    one: Interval, other: Interval
) -> None:
    assert relation(other, one) == MIRRORED[relation(one, other)]


@always
@given(st.lists(st.lists(DAYS, min_size=1, max_size=3), min_size=1, max_size=3))
def test_a_number_in_common_fits_one_candidate_of_each(figures: list[list[Interval]]) -> None:
    fit = set(range(6)).intersection(
        *({n for one in some for n in numbers(one)} for some in figures)
    )
    common = agreement.common(figures)
    assert common == (Interval(min(fit), max(fit)) if fit else None)


@always
@given(REACHES, REACHES)
def test_intervals_that_lie_apart_have_nothing_in_common_and_no_others_do(
    one: Interval, other: Interval
) -> None:
    common = agreement.common([[one], [other]])
    assert (common is None) == (relation(one, other) in ("below", "above"))
    assert (common is None) == (not set(numbers(one)) & set(numbers(other)))
    if common is not None:
        assert set(numbers(common)) == set(numbers(one)) & set(numbers(other))
        assert relation(one, common) in ("equal", "contains")
    assert relation(hull([one, other]), one) in ("equal", "contains")


@always
@given(DAYS, DAYS)
def test_the_orders_of_two_times_are_those_of_their_days(one: Interval, other: Interval) -> None:
    pairs = product(numbers(one), numbers(other))
    seen = {"earlier" if a < b else "later" if a > b else "same" for a, b in pairs}
    assert agreement.orders(one, other) == ({"same"} if one == other else seen)


@always
@given(TIMES, TIMES)
def test_there_is_always_an_order_and_it_turns_round(one: Interval, other: Interval) -> None:
    found = agreement.orders(one, other)
    assert found
    assert agreement.orders(other, one) == {TURNED[order] for order in found}


@always
@given(FIGURES, FIGURES, CUMULATIVE)
def test_a_disagreement_is_mutual(one: TimedFigure, other: TimedFigure, cumulative: bool) -> None:
    here, there = judged(one, other, cumulative), judged(other, one, cumulative)
    assert here.verdict == there.verdict
    assert there.possible == {TURNED[order] for order in here.possible}
    assert there.excluding == {TURNED[order] for order in here.excluding}


EARLY, LATE, WHEN = Interval(0, 0), Interval(5, 5), Interval(0, 5)


@pytest.mark.parametrize(
    ("one", "other", "times", "cumulative", "verdict", "possible", "excluding"),
    [
        ((1, 2), (3, 4), (EARLY, EARLY), False, "true", {"same"}, {"same"}),
        ((3, 4), (1, 2), (EARLY, EARLY), False, "true", {"same"}, {"same"}),
        ((1, 2), (2, 4), (EARLY, EARLY), False, "false", {"same"}, set()),
        ((1, 2), (3, 4), (EARLY, LATE), False, "false", {"earlier"}, set()),
        ((3, 4), (1, 2), (EARLY, LATE), True, "true", {"earlier"}, {"earlier"}),
        ((2, 4), (1, 2), (EARLY, LATE), True, "false", {"earlier"}, set()),
        ((1, 2), (3, 4), (LATE, EARLY), True, "true", {"later"}, {"later"}),
        ((1, 2), (3, 4), (WHEN, LATE), False, "unclear", {"earlier", "same"}, {"same"}),
    ],
)  # fmt: skip
def test_a_verdict_is_firm_where_every_order_of_the_times_says_the_same(
    one: Any, other: Any, times: Any, cumulative: bool, verdict: str, possible: Any, excluding: Any
) -> None:
    first, second = TimedFigure(Interval(*one), times[0]), TimedFigure(Interval(*other), times[1])
    assert judged(first, second, cumulative) == (verdict, possible, excluding)


def test_equal_times_are_the_same_only_where_both_ends_are_known() -> None:
    assert orders(WHEN, WHEN) == {"same"}
    for open_ in (Interval(OPEN_PAST, 5), Interval(0, OPEN_FUTURE)):
        assert orders(open_, open_) == {"earlier", "same", "later"}


def fits(one: TimedFigure, other: TimedFigure, order: TimeOrder, cumulative: bool) -> bool:
    """Whether some numbers of the two can both be true if their times lie like this."""
    before, after = (other, one) if order == "later" else (one, other)
    pairs = product(numbers(before.reach), numbers(after.reach))
    if order == "same":
        return any(a == b for a, b in pairs)
    return any(a <= b or not cumulative for a, b in pairs)


@always
@given(FIGURES, FIGURES, CUMULATIVE)
def test_figures_disagree_where_no_numbers_can_both_be_true(
    one: TimedFigure, other: TimedFigure, cumulative: bool
) -> None:
    found = judged(one, other, cumulative)
    possible = {order: fits(one, other, order, cumulative) for order in found.possible}
    assert found.excluding == {order for order, fit in possible.items() if not fit}
    verdict = "false" if all(possible.values()) else "unclear"
    assert found.verdict == ("true" if not any(possible.values()) else verdict)


@always
@given(FIGURES, FIGURES, CUMULATIVE)
def test_figures_that_share_a_number_never_disagree(
    one: TimedFigure, other: TimedFigure, cumulative: bool
) -> None:
    if agreement.common([[one.reach], [other.reach]]) is not None:
        assert judged(one, other, cumulative).verdict == "false"
    assert judged(one, one, cumulative).verdict == "false"


@always
@given(FIGURES, FIGURES)
def test_a_running_total_can_be_broken_in_more_ways_and_never_in_fewer(
    one: TimedFigure, other: TimedFigure
) -> None:
    free, total = judged(one, other, False), judged(one, other, True)
    assert free.possible == total.possible
    assert free.excluding <= total.excluding
    assert free.verdict != "true" or free.possible == {"same"}


@always
@given(FIGURES, DAYS, CUMULATIVE)
def test_what_is_carried_never_contradicts_the_figure(
    figure: TimedFigure, at: Interval, cumulative: bool
) -> None:
    moved = carried(figure, at, cumulative)
    if moved is None:
        return
    assert relation(moved, figure.reach) in ("equal", "contains")
    assert judged(figure, TimedFigure(moved, at), cumulative).verdict == "false"


@always
@given(FIGURES, DAYS)
def test_a_total_carries_all_that_it_may_have_grown_to(figure: TimedFigure, at: Interval) -> None:
    moved = carried(figure, at, True)
    if moved is None:
        assert len(agreement.orders(figure.time, at)) > 1
    elif figure.time.hi < at.lo:
        grown = [y for x in numbers(figure.reach) for y in numbers(Interval(x, math.inf))]
        assert set(numbers(moved)) == set(grown)
    elif figure.time.lo > at.hi:
        smaller = [y for x in numbers(figure.reach) for y in numbers(Interval(-math.inf, x))]
        assert set(numbers(moved)) == set(smaller)
    else:
        assert moved == figure.reach


@pytest.mark.parametrize(
    ("reach", "when", "moved"),
    [
        ((7, 7), (1, 2), (7, math.inf)),  # an exact total is carried, too
        ((7, 9), (9, 9), (-math.inf, 9)),
        ((7, 9), (1, 4), None),  # a day is shared: which came first, nobody said
        ((7, 9), (6, 8), None),
        ((9, 7), (1, 2), None),  # what contradicts itself says nothing of other times
    ],
)
def test_a_total_is_carried_to_times_that_are_surely_others(
    reach: tuple[int, int], when: tuple[int, int], moved: tuple[float, float] | None
) -> None:
    figure = TimedFigure(Interval(*reach), Interval(*when))
    assert carried(figure, Interval(4, 6), True) == (moved and Interval(*moved))


@always
@given(FIGURES, DAYS)
def test_what_is_no_total_says_nothing_of_other_times(figure: TimedFigure, at: Interval) -> None:
    inside = at.lo <= figure.time.lo and figure.time.hi <= at.hi
    assert carried(figure, at, False) == (figure.reach if inside else None)


@always
@given(FIGURES, FIGURES, CUMULATIVE)
def test_every_step_has_one_name_and_says_no_more_than_is_known(
    before: TimedFigure, after: TimedFigure, cumulative: bool
) -> None:
    step = agreement.series_step(before, after, cumulative)
    assert step in get_args(SeriesStep)
    reach_alike, put_alike = before.reach == after.reach, before.numbers == after.numbers
    assert reach_alike if step == "repeat" else not (reach_alike and put_alike)
    named = [one.numbers[0] for one in (before, after) if one.numbers[0] is not None]
    assert len(set(named)) < 2 or step != "repeat", "other numbers are no repeat"
    possible = agreement.orders(before.time, after.time)
    if step in ("update", "decrease"):
        assert possible == {"earlier"}
    if step == "revision":
        assert possible == {"same"}
    if step == "unclear":
        assert len(possible) > 1 or possible == {"later"}
    if step != "repeat" and possible == {"earlier"}:
        fell = judged(before, after, cumulative).verdict == "true"
        assert step == ("decrease" if fell else "update")


@always
@given(FIGURES, FIGURES, CUMULATIVE)
def test_what_takes_the_place_of_a_figure_never_disagrees_with_it(
    one: TimedFigure, other: TimedFigure, cumulative: bool
) -> None:
    judgement = judged(one, other, cumulative)
    assert agreement.excused(judgement).verdict == "false"
    assert agreement.kind(one, other, judgement, cumulative, True) != "disagreement"
    free = agreement.kind(one, other, judgement, cumulative, False)
    assert (free == "disagreement") == (judgement.verdict == "true")
    assert (free == "unclear") == (judgement.verdict == "unclear")


@pytest.mark.parametrize(
    ("reaches", "days", "cumulative", "own", "kind"),
    [
        (((1, 3), (3, 5)), ((1, 1), (1, 1)), False, False, "agreement"),
        (((3, 5), (1, 3)), ((1, 1), (1, 1)), True, True, "agreement"),
        (((1, 2), (3, 4)), ((1, 1), (2, 2)), True, False, "growth"),
        (((3, 4), (1, 2)), ((2, 2), (1, 1)), True, False, "growth"),
        (((1, 2), (3, 4)), ((1, 1), (2, 2)), False, False, "other_time"),
        (((1, 2), (3, 4)), ((1, 3), (2, 2)), True, False, "unclear"),
        (((1, 2), (3, 4)), ((2, 2), (1, 1)), True, False, "disagreement"),
        (((1, 2), (3, 4)), ((1, 1), (1, 1)), False, False, "disagreement"),
        (((1, 2), (3, 4)), ((1, 1), (1, 1)), False, True, "revision"),
    ],
)
def test_what_two_figures_are_to_each_other_has_one_name(
    reaches: Any, days: Any, cumulative: bool, own: bool, kind: str
) -> None:
    one, other = (
        TimedFigure(Interval(*reach), Interval(*when))
        for reach, when in zip(reaches, days, strict=True)
    )
    judgement = judged(one, other, cumulative)
    assert agreement.kind(one, other, judgement, cumulative, own) == kind


@always
@given(st.lists(st.tuples(SMALL, SMALL).map(lambda pair: (str(pair[0]), str(pair[1])))))
def test_who_replaces_whom_is_told_along_every_way(edges: list[tuple[str, str]]) -> None:
    every = {str(n) for n in range(6)}
    found = agreement.replacements(edges, every)
    assert {pair for pair in edges if pair[0] != pair[1]} <= found
    assert all((a, d) in found or a == d for a, b in found for c, d in found if b == c)
    some = every - {"3"}
    assert agreement.replacements(edges, some) == {
        (a, b) for a, b in found if a in some and b in some
    }


@always
@given(FIGURES, FIGURES, REACHES, REACHES, CUMULATIVE)
def test_wider_figures_are_never_judged_more_surely_to_disagree(
    one: TimedFigure, other: TimedFigure, more: Interval, most: Interval, cumulative: bool
) -> None:
    """The strict policy takes bounds away, and so only widens."""
    wide = [
        figure._replace(reach=hull([figure.reach, reach]))
        for figure, reach in ((one, more), (other, most))
    ]
    assert (
        judged(wide[0], wide[1], cumulative).excluding <= judged(one, other, cumulative).excluding
    )


VERDICTS = st.sampled_from(get_args(ThreeValued))


@always
@given(st.lists(VERDICTS, min_size=1, max_size=5))
def test_a_verdict_of_many_is_firm_only_where_all_agree(verdicts: list[Any]) -> None:
    found = agreement.folded(verdicts)
    assert (found == "true") == all(one == "true" for one in verdicts)
    assert (found == "false") == all(one == "false" for one in verdicts)
    assert agreement.folded(reversed(verdicts)) == found
    assert found in get_args(ThreeValued)


@pytest.mark.parametrize(
    ("one", "other", "unlike", "one_sided"),
    [
        ({}, {"size": "1"}, [], ["size"]),
        ({"size": "1"}, {"size": "1", "colour": "red"}, [], ["colour"]),
        ({"size": "1", "b": "2"}, {"size": "2", "b": "3"}, ["b", "size"], []),
    ],
)
def test_dimensions_part_figures_only_where_both_have_them(
    one: dict[str, str], other: dict[str, str], unlike: list[str], one_sided: list[str]
) -> None:
    point = Interval(1, 1)
    figures = [TimedFigure(point, point, "{x}", dimensions) for dimensions in (one, other)]
    for pair in (figures, figures[::-1]):
        assert agreement.unlike(*pair) == unlike
        assert agreement.one_sided(*pair) == one_sided
    assert agreement.unlike(figures[0], figures[1]._replace(unit="{y}"))[0] == "unit"


def test_of_many_pairs_the_one_furthest_from_agreement_is_named_unless_the_whole_is_unclear() -> (
    None
):
    assert agreement.folded_kind(["agreement", "growth", "revision"], "true") == "revision"
    assert agreement.folded_kind(["agreement", "disagreement"], "unclear") == "unclear"
