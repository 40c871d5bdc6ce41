"""Wordings that others collected, where they lie beside the repository: none is answered wrongly.

An expectation is ``=x`` exact, ``~x`` approximate, ``>x >=x <x <=x``, ``<~x`` nearly, ``>~x`` just
over, ``[a,b]`` between (``~[a,b]`` hedged), ``±x e``, ``vX`` vague and at least X, ``oX`` order of,
``dX`` a date, ``X`` refused; ` unit=u` where the unit changes.
"""

import json
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from app.rules.bounds import BoundedFigure, MeasureContext
from app.rules.figures import read_figure
from app.rules.tokenizer import Unreadable

CASES = Path(__file__).parents[3] / "shared" / "cases" / "wordings.jsonl"
HEDGES = {
    "<=": "up_to", ">=": "at_least", "<~": "nearly", ">~": "just_over", "<": "less_than",
    ">": "more_than", "~": "approximate", "=": "none",
}  # fmt: skip
AT_LEAST_READ = 360


def cases() -> list[dict[str, Any]]:
    return [json.loads(line) for line in CASES.read_text(encoding="utf-8").splitlines()]


def figure(case: dict[str, Any]) -> BoundedFigure | None:
    """What is read; None where it is refused."""
    of = case["measure"]
    low, high = (
        None if of.get(n) is None else Decimal(of[n]) for n in ("domain_min", "domain_max")
    )
    unit, statistic = of.get("unit", "1"), of.get("statistic", "count")
    try:
        return read_figure(
            case["wording"], MeasureContext(unit, of.get("unit_label"), statistic, low, high)
        )
    except Unreadable:
        return None


def near(number: Decimal | None, wanted: str) -> bool:
    """The same, but for the digits of a fraction that has no end."""
    if number is None:
        return False
    return abs(Fraction(number) - Fraction(wanted)) <= abs(Fraction(wanted)) / 10**10


def is_expected(found: BoundedFigure, expected: str) -> bool:
    expected, _, unit = expected.partition(" unit=")
    if unit and unit != found.unit:
        return False
    kind, rest = expected[0], expected[1:]
    if kind == "d":
        return found.date == rest
    if "±" in expected:
        return found.hedge == "plus_minus" and near(found.value, expected.strip("~±").split()[0])
    if "[" in expected:
        ends = expected.strip("~[]").split(",")
        exact = near(found.lower, ends[0]) and near(found.upper, ends[1])
        return found.hedge == "between" and (exact or kind == "~")
    if expected in ("v-", "<=X"):
        return found.hedge in ("vague", "up_to")
    if kind == "v":
        return found.hedge == "vague" and near(found.lower, rest)
    if kind == "o":
        return found.hedge == "order_of" and near(found.value, rest)
    sign = next(sign for sign in HEDGES if expected.startswith(sign))
    hedges = ("none", "exact") if sign == "=" else (HEDGES[sign],)
    told = (found.value, found.upper, found.lower) if found.value is None else (found.value,)
    return found.hedge in hedges and any(near(one, expected[len(sign) :]) for one in told)


@pytest.mark.skipif(not CASES.exists(), reason="the wordings are not beside the repository")
def test_nothing_that_is_answered_is_wrong_and_most_is_read() -> None:
    answered = [(case, found) for case in cases() if (found := figure(case)) is not None]
    wrong = [
        (case["wording"], case["expected"], found)
        for case, found in answered
        if not any(one != "X" and is_expected(found, one) for one in case["expected"])
    ]
    assert wrong == []
    assert len(answered) >= AT_LEAST_READ
