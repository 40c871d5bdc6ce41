"""Three answers: a table of them cell by cell, and the rules against a slow oracle.

The oracle knows nothing of doubles next to each other: it holds an interval as fractions with open
and closed ends, and asks of every end, every middle and the far ends whether they lie inside.
"""

import math
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.rules import figures, intervals
from app.rules.bounds import MeasureContext
from app.rules.intervals import ANYTHING, NOTHING, Interval, hull, soft
from app.rules.normalise import with_places
from tests import oracle
from tests.oracle import Certainty, fold, judge

CONTAINERS = MeasureContext("{container}", "shipping containers", domain_min=Decimal(0))
IMPOSSIBLE, POSSIBLE, CERTAIN = Certainty.impossible, Certainty.possible, Certainty.certain
MEASURES: dict[str, dict[str, Any]] = {
    "containers": {"unit": "{container}"},
    "shells": {"unit": "{shell}", "accumulation": "cumulative"},
    "made": {"unit": "", "statistic": "date"},
}

# ------------------------------------------------------------------------- a figure as it is stored


def read(text: str, **more: Any) -> dict[str, Any]:
    """A figure as the lexicon completes it."""
    return {**more, **figures.complete({"raw_text": text}, CONTAINERS)}


def known(*quantities: dict[str, Any], **claim: Any) -> oracle.Known:
    whole = [{"measure": "containers", **one} for one in with_places(quantities)]
    return oracle.Known({"document": "d", **claim, "quantities": whole}, MEASURES)


UP_TO = (
    {"value": "13000", "lower": "13000", "upper": "13000", "slot": 1, "preferred": True},
    read("up to 13,000", slot=1, reading="B"),
)
ROWS: dict[str, tuple[oracle.Known, dict[str, Any]]] = {
    "roughly 6,700": (known(read("roughly 6,700")), {}),
    "roughly 6,700, strict": (known(read("roughly 6,700")), {"strict": True}),
    "upwards of 7,000": (known(read("upwards of 7,000")), {}),
    "10,000": (known(read("10,000")), {}),
    "up to 13,000": (known(*UP_TO), {}),
    "up to 13,000, all": (known(*UP_TO), {"readings": "all"}),
}
COLUMNS = (("gte", "7000"), ("gt", "7000"), ("gte", "8000"), ("lte", "9000"), ("gte", "10000"))
TABLE = """
roughly 6,700         | impossible | impossible | impossible | certain    | impossible
roughly 6,700, strict | possible   | possible   | possible   | possible   | possible
upwards of 7,000      | certain    | certain    | possible   | possible   | possible
10,000                | certain    | certain    | certain    | impossible | certain
up to 13,000          | certain    | certain    | certain    | impossible | certain
up to 13,000, all     | possible   | possible   | possible   | possible   | possible
"""
CELLS = [
    (row.strip(), column, answer.strip())
    for row, *answers in (line.split("|") for line in TABLE.strip().splitlines())
    for column, answer in zip(COLUMNS, answers, strict=True)
]


@pytest.mark.parametrize(("row", "column", "answer"), CELLS)
def test_every_cell_of_the_table(row: str, column: tuple[str, str], answer: str) -> None:
    claim, how = ROWS[row]
    assert oracle.claim(claim, oracle.Asked(value=intervals.wanted([column]), **how)).name == (
        answer
    )


@pytest.mark.parametrize(
    ("text", "interval"),
    [
        ("roughly 6,700", Interval(6500, 6900)),
        ("roughly 4.8 million", Interval(4.6e6, 5e6)),
        ("about 3 million", Interval(2.7e6, 3.3e6)),
        ("at least several million", Interval(3e6, math.inf)),
        ("upwards of 7,000", Interval(math.nextafter(7000, math.inf), math.inf)),
        ("up to 13,000", Interval(0, 13000)),
        ("61,000 ± 12,000", Interval(49000, 73000)),
    ],
)
def test_a_wording_is_the_interval_the_design_names(text: str, interval: Interval) -> None:
    assert intervals.of_figure(read(text)) == interval


def at_least(number: str, **more: Any) -> oracle.Asked:
    return oracle.Asked(value=intervals.wanted([("gte", number)]), **more)


def test_of_alternatives_each_is_judged_with_all_conditions_together() -> None:
    """More than 3 million 152-mm or 500,000 122-mm."""
    shells = known(
        {**read("more than 3 million"), "slot": 1, "dimensions": {"calibre_mm": 152}},
        {**read("500,000"), "slot": 1, "alternative": 2, "dimensions": {"calibre_mm": 122}},
        alternative_mode="or",
    )
    calibre = {"traits": (("dim.calibre_mm", "eq", ("152",)),)}
    assert oracle.claim(shells, at_least("3000000")) is POSSIBLE
    assert oracle.claim(shells, at_least("500000")) is CERTAIN
    assert oracle.claim(shells, at_least("3000000", **calibre)) is POSSIBLE
    assert oracle.claim(shells, at_least("3000001", **calibre)) is POSSIBLE
    alone = shells.claim["quantities"]
    assert oracle.figure(alone[0], shells, at_least("3000000", **calibre)) is CERTAIN
    assert oracle.figure(alone[1], shells, at_least("500000", **calibre)) is IMPOSSIBLE


def between(lo: str, hi: str, **more: Any) -> oracle.Asked:
    return oracle.Asked(value=intervals.wanted([("gte", lo), ("lte", hi)]), **more)


@pytest.mark.parametrize(("mode", "answer"), [("or", IMPOSSIBLE), ("mix", POSSIBLE)])
def test_a_mix_may_lie_between_its_alternatives(mode: str, answer: Certainty) -> None:
    mixed = known(
        {**read("5"), "slot": 1}, {**read("10"), "slot": 1, "alternative": 2}, alternative_mode=mode
    )
    assert oracle.claim(mixed, between("6", "9")) is answer
    assert oracle.claim(mixed, between("5", "10")) is CERTAIN


def test_a_claim_answers_with_its_best_slot() -> None:
    two = known(read("5"), read("10"))
    assert oracle.claim(two, at_least("10")) is CERTAIN
    assert oracle.claim(two, at_least("11")) is IMPOSSIBLE


def test_without_bounds_a_figure_may_be_anything_and_one_that_does_not_apply_nothing() -> None:
    for absence in ("unknown", "withheld"):
        assert oracle.claim(known({"absence": absence}), at_least("5")) is POSSIBLE
    assert oracle.claim(known(read("many")), between("-5", "-5")) is POSSIBLE
    assert oracle.claim(known({"absence": "not_applicable"}), at_least("-1e300")) is IMPOSSIBLE
    assert oracle.claim(known({"date": "1975", "measure": "made"}), at_least("0")) is IMPOSSIBLE


def test_what_is_denied_has_a_value_only_for_those_who_ask_for_denials() -> None:
    denied = known(read("5"), polarity="negative")
    asking = {"of_claim": {"polarity": frozenset({"negative"})}}
    assert oracle.claim(denied, at_least("5")) is IMPOSSIBLE
    assert oracle.claim(denied, at_least("5", **asking)) is CERTAIN
    assert oracle.claim(denied, oracle.Asked(numbers=(("nominal", "gte", 5),))) is CERTAIN


def test_independent_intervals_are_as_weak_as_the_weakest() -> None:
    claim = known(read("5"), stated="2024-03")
    day = 19814.0  # 2024-04-01
    assert oracle.claim(claim, at_least("5", known_by=day)) is POSSIBLE
    assert oracle.claim(claim, at_least("5", known_by=day - 400)) is IMPOSSIBLE
    printed = oracle.Known(claim.claim, MEASURES, "2024-03-31")
    assert oracle.claim(printed, at_least("5", known_by=day)) is CERTAIN
    march = Interval(day - 31, day - 1)
    assert oracle.claim(claim, oracle.Asked(times={"stated": march})) is CERTAIN
    assert oracle.claim(claim, oracle.Asked(times={"published": march})) is POSSIBLE


def test_a_cumulative_figure_describes_the_time_up_to_its_statement() -> None:
    grown = known({**read("5"), "measure": "shells"}, stated="2024-03")
    day = 19814.0  # 2024-04-01
    march = Interval(day - 31, day - 1)
    assert oracle.claim(grown, oracle.Asked(times={"period_end": march})) is CERTAIN
    assert oracle.claim(grown, oracle.Asked(shares_days=march)) is CERTAIN
    assert oracle.claim(grown, oracle.Asked(shares_days=Interval(day, day))) is IMPOSSIBLE
    assert oracle.claim(known(read("5")), oracle.Asked(shares_days=march)) is POSSIBLE


# ------------------------------------------------------------------------------- the slow oracle

LONG = "123456789012345678901234567890123456789"
NUMBERS = (
    "0", "-0", "1", "-1", "5", "5.0", "-5", "4.9", "0.1", "7000", "1e300", "-1e300", "1e-300",
    LONG + "0", LONG + "1",
)  # fmt: skip
"""No two doubles next to each other: between those nothing lies that a filter can tell."""


class Real(NamedTuple):
    """An interval of the real line; None is infinite, and an end may be open."""

    lo: Fraction | None
    hi: Fraction | None
    lo_open: bool = False
    hi_open: bool = False

    def holds(self, x: Fraction) -> bool:
        above = self.lo is None or x > self.lo or (x == self.lo and not self.lo_open)
        below = self.hi is None or x < self.hi or (x == self.hi and not self.hi_open)
        return above and below


def fraction(text: str) -> Fraction:
    """A number as filters compare it: in double precision."""
    return Fraction(float(text))


def points(*some: Real) -> list[Fraction]:
    """Enough points to tell any two of these intervals apart."""
    ends = {end for one in some for end in (one.lo, one.hi) if end is not None} | {Fraction(0)}
    found = sorted(ends)
    middles = [(a + b) / 2 for a, b in pairwise(found)]
    return sorted([*found, *middles, found[0] - 1, found[-1] + 1])


def slow_judge(figure: Real, wanted: Real) -> Certainty:
    inside = [wanted.holds(x) for x in points(figure, wanted) if figure.holds(x)]
    if not any(inside):
        return IMPOSSIBLE
    return CERTAIN if all(inside) else POSSIBLE


CLOSED = {
    "eq": lambda x: Real(x, x), "gte": lambda x: Real(x, None), "lte": lambda x: Real(None, x),
    "gt": lambda x: Real(x, None, lo_open=True), "lt": lambda x: Real(None, x, hi_open=True),
}  # fmt: skip
OPEN_ENDS = {"more_than": (True, False), "less_than": (False, True), "between": (False, False)}


def in_doubles(real: Real) -> Interval:
    """The closed interval of doubles, built the way conditions and figures build theirs."""
    conditions = []
    if real.lo is not None:
        conditions.append(("gt" if real.lo_open else "gte", repr(float(real.lo))))
    if real.hi is not None:
        conditions.append(("lt" if real.hi_open else "lte", repr(float(real.hi))))
    return intervals.wanted(conditions)


always = settings(derandomize=True, database=None, deadline=None)
numbers = st.sampled_from(NUMBERS)
ends = st.none() | numbers.map(fraction)
reals = st.builds(Real, ends, ends, st.booleans(), st.booleans())
conditions = st.lists(st.tuples(st.sampled_from(sorted(CLOSED)), numbers), min_size=1, max_size=3)


@always
@given(reals, reals)
def test_judging_in_doubles_is_judging_on_the_real_line(figure: Real, wanted: Real) -> None:
    assert judge(in_doubles(figure), in_doubles(wanted)) is slow_judge(figure, wanted)


@always
@given(conditions, reals)
def test_conditions_on_one_interval_form_one_set(
    asked: list[tuple[str, str]], figure: Real
) -> None:
    sets = [CLOSED[op](fraction(text)) for op, text in asked]
    here = [x for x in points(figure, *sets) if figure.holds(x)]
    inside = [all(one.holds(x) for one in sets) for x in here]
    expected = IMPOSSIBLE if not any(inside) else CERTAIN if all(inside) else POSSIBLE
    assert judge(in_doubles(figure), intervals.wanted(asked)) is expected


@always
@given(st.lists(reals, min_size=1, max_size=4), reals)
def test_the_hull_holds_all_that_lies_between(some: list[Real], wanted: Real) -> None:
    def mixed(x: Fraction) -> bool:
        everywhere = points(*some, wanted)
        lower = any(one.holds(y) for one in some for y in everywhere if y <= x)
        return lower and any(one.holds(y) for one in some for y in everywhere if y >= x)

    inside = [wanted.holds(x) for x in points(*some, wanted) if mixed(x)]
    expected = IMPOSSIBLE if not any(inside) else CERTAIN if all(inside) else POSSIBLE
    assert judge(hull(map(in_doubles, some)), in_doubles(wanted)) is expected


@always
@given(st.lists(st.sampled_from(Certainty), min_size=1, max_size=6))
def test_a_fold_is_certain_iff_all_are_and_impossible_iff_all_are(answers: list[Certainty]) -> None:
    assert (fold(answers) is CERTAIN) == all(one is CERTAIN for one in answers)
    assert (fold(answers) is IMPOSSIBLE) == all(one is IMPOSSIBLE for one in answers)


@always
@given(st.lists(st.tuples(st.sampled_from(Certainty), st.sampled_from(Certainty)), min_size=1))
def test_weaker_answers_never_fold_to_a_stronger_one(
    pairs: list[tuple[Certainty, Certainty]],
) -> None:
    assert fold(map(min, pairs)) <= fold(map(max, pairs))


@always
@given(reals, reals, st.booleans())
def test_an_interval_of_nothing_never_fits(one: Real, other: Real, first: bool) -> None:
    figure, wanted = in_doubles(one), in_doubles(other)
    assert judge(NOTHING, wanted) is IMPOSSIBLE
    assert judge(figure, NOTHING) is IMPOSSIBLE
    assert hull([figure, NOTHING] if first else [NOTHING, figure]) == hull([figure])


# ------------------------------------------------------------------------------------ of a figure


@st.composite
def stored(draw: Any) -> dict[str, Any]:
    """The numbers of a figure as they may be stored: any of them, in any order."""
    found: dict[str, Any] = {
        name: draw(numbers) for name in ("lower", "value", "upper") if draw(st.booleans())
    }
    for side in ("lower", "upper"):
        if side in found:
            found[f"{side}_inclusive"] = draw(st.booleans())
            found[f"{side}_basis"] = draw(st.sampled_from(["stated", "convention", "domain"]))
    return found


def coherent(figure: dict[str, Any]) -> bool:
    found = [fraction(figure[name]) for name in ("lower", "value", "upper") if name in figure]
    return found == sorted(found)


def real(figure: dict[str, Any]) -> Real:
    """Where a coherent figure may lie."""
    lo, hi = (fraction(figure[s]) if s in figure else None for s in ("lower", "upper"))
    open_ends = (not figure.get(f"{side}_inclusive", True) for side in ("lower", "upper"))
    return Real(lo, hi, *open_ends)


@always
@given(stored(), conditions)
def test_a_figure_fits_as_its_bounds_on_the_real_line_do(
    figure: dict[str, Any], asked: list[tuple[str, str]]
) -> None:
    bounds = real(figure)
    if not coherent(figure) or not any(bounds.holds(x) for x in points(bounds)):
        return
    sets = [CLOSED[op](fraction(text)) for op, text in asked]
    inside = [all(one.holds(x) for one in sets) for x in points(bounds, *sets) if bounds.holds(x)]
    expected = IMPOSSIBLE if not any(inside) else CERTAIN if all(inside) else POSSIBLE
    assert judge(intervals.of_figure(figure), intervals.wanted(asked)) is expected


@always
@given(stored())
def test_an_incoherent_figure_may_be_any_of_its_numbers(figure: dict[str, Any]) -> None:
    if coherent(figure):
        return
    lo, hi = intervals.of_figure(figure)
    found = [float(figure[name]) for name in ("lower", "value", "upper") if name in figure]
    assert lo == (min(found) if "lower" in figure else -math.inf)
    assert hi == (max(found) if "upper" in figure else math.inf)


@always
@given(stored())
def test_a_figure_is_nowhere_only_if_it_is_absent(figure: dict[str, Any]) -> None:
    for strict in (False, True):
        lo, hi = intervals.of_figure(figure, strict)
        assert lo <= hi
    if not figure.keys() & {"lower", "upper"}:
        assert intervals.of_figure(figure) == ANYTHING
    assert intervals.of_figure({**figure, "absence": "not_applicable"}) == NOTHING
    assert intervals.of_figure({**figure, "absence": "withheld"}) == ANYTHING
    assert intervals.of_figure({**figure, "date": "1975"}) == NOTHING


@always
@given(stored())
def test_strict_never_narrows_a_figure(figure: dict[str, Any]) -> None:
    loose, strict = intervals.of_figure(figure), intervals.of_figure(figure, strict=True)
    assert strict.lo <= loose.lo
    assert strict.hi >= loose.hi
    if figure.get("lower_basis") != "convention":
        assert strict.lo == loose.lo


def test_strict_keeps_the_other_end_of_a_figure_whose_bounds_are_crossed() -> None:
    crossed = {"lower": "20", "lower_basis": "stated", "upper": "5", "upper_basis": "convention"}
    assert intervals.of_figure(crossed) == Interval(5, 20)
    assert intervals.of_figure(crossed, strict=True) == Interval(5, math.inf)


def test_a_bound_is_soft_by_convention_or_as_the_end_of_a_spread_but_not_of_the_domain() -> None:
    assert soft({"lower_basis": "convention"}, "lower")
    assert not soft({"lower_basis": "stated", "upper_basis": "convention"}, "lower")
    spread = {"interval_type": "confidence", "lower_basis": "domain", "upper_basis": "stated"}
    assert not soft(spread, "lower")
    assert soft(spread, "upper")


def test_a_value_just_outside_its_bound_is_not_lost() -> None:
    figure = {"lower": "5", "value": "4.999999999999999", "upper": "6"}
    assert judge(intervals.of_figure(figure), intervals.wanted([("lt", "5")])) is POSSIBLE


@pytest.mark.parametrize("figure", [{}, {"absence": "unknown"}, {"absence": "withheld"}])
def test_a_figure_that_says_nothing_lies_in_the_domain(figure: dict[str, str]) -> None:
    domain = Interval(0, math.inf)
    assert intervals.of_figure(figure, domain=domain) == domain
    assert intervals.of_figure(figure, strict=True, domain=domain) == domain


@pytest.mark.parametrize("kind", ["confidence", "standard_deviation"])
def test_strict_opens_the_ends_of_a_confidence_interval(kind: str) -> None:
    figure = {"lower": "4", "upper": "6", "lower_basis": "stated", "interval_type": kind}
    assert intervals.of_figure(figure) == Interval(4, 6)
    assert intervals.of_figure(figure, strict=True) == ANYTHING
