"""Bounds of a hedged figure: the rule of each hedge of the lexicon.

The numbers behind the hedges follow Ferson et al. 2015 (numeric hedge words) and FHIR's ``ap``; see
the lexicon for the rule of each.
"""

import re
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from app.rules import numbers
from app.rules.intervals import ANYTHING, Interval
from app.rules.tokenizer import Unreadable

# Of several hedges that point the same way the wider one is kept: the first of these.
_UPWARDS = ("at_least", "more_than", "just_over")
_DOWNWARDS = ("up_to", "less_than", "nearly")
_AROUND = ("order_of", "approximate")
OPEN_BELOW = ("more_than", "just_over")
OPEN_ABOVE = ("less_than", "nearly")
# Units (UCUM) whose zero is not that of another unit: degrees, and logarithms.
_OWN_ZERO = re.compile(r"Cel|\[deg(?:F|Re)\]|\[pH\]|Np|d?B(?:\[.*\])?")


class MeasureContext(NamedTuple):
    """The measuring context: the measure's unit (UCUM), the words for it, where figures can lie.

    ``language`` (BCP 47) is that of the document, whose number format decides what a dot means;
    ``accumulation`` says whether "another 500" can be a figure by itself.
    """

    unit: str = "1"
    unit_label: str | None = None
    statistic: str = "count"
    domain_min: Decimal | None = None
    domain_max: Decimal | None = None
    language: str | None = None
    accumulation: str = "none"

    @property
    def domain(self) -> Interval:
        """Where figures can lie at all, as doubles."""
        least, most = self.domain_min, self.domain_max
        return Interval(
            ANYTHING.lo if least is None else float(least),
            ANYTHING.hi if most is None else float(most),
        )


def in_unit(yardstick: MeasureContext, unit: str) -> MeasureContext:
    """The same measure in another unit.

    Zero stays the end of its domain (but for 0 K, which is no 0 °C); any other end is kept only
    where it is sure what it becomes (a share of 1 is 100 %).
    """
    if unit == yardstick.unit:
        return yardstick
    if any(map(_OWN_ZERO.fullmatch, (unit, yardstick.unit))):
        return yardstick._replace(unit=unit, domain_min=None, domain_max=None)
    factor = {("1", "%"): Decimal(100), ("%", "1"): Decimal("0.01")}.get((yardstick.unit, unit))

    def converted(end: Decimal | None) -> Decimal | None:
        if not end:
            return end
        return numbers.times(end, factor) if factor else None

    return yardstick._replace(
        unit=unit,
        domain_min=converted(yardstick.domain_min),
        domain_max=converted(yardstick.domain_max),
    )


FIELDS = (
    *("raw_text", "hedge", "value", "lower", "upper", "lower_inclusive", "upper_inclusive"),
    *("lower_basis", "upper_basis", "interval_type", "interval_level", "unit", "date"),
    *("absence", "lexicon_version", "flags"),
)
"""The fields of a quantity that are its figure."""


class BoundedFigure(NamedTuple):
    """A figure as read: hedge, nominal value and bounds (None = unbounded), in ``unit``.

    ``date`` (EDTF) stands in place of numbers where the measure's statistic is a date. Bounds that
    are the ends of a confidence interval have its type, and its level where that was said.
    """

    hedge: str
    value: Decimal | None = None
    lower: Decimal | None = None
    upper: Decimal | None = None
    lower_inclusive: bool | None = None
    upper_inclusive: bool | None = None
    lower_basis: str | None = None
    upper_basis: str | None = None
    unit: str = "1"
    date: str | None = None
    interval_type: str | None = None
    interval_level: Decimal | None = None


class Core(NamedTuple):
    """A figure without the hedges around it: a point, a range, a margin, or a vague least.

    ``high`` is None for a vague word, ``value`` for a vague word and a range. The tolerances are
    how far "about" reaches below ``low`` and above ``high``. ``below``: it was said to be on that
    side, as in "just under", and not only near.
    """

    low: Decimal
    high: Decimal | None
    value: Decimal | None = None
    hedge: str = "none"
    low_tolerance: Decimal = Decimal(0)
    high_tolerance: Decimal = Decimal(0)
    low_inclusive: bool = True
    high_inclusive: bool = True
    basis: str = "stated"
    below: bool = False


class MeasuredNumber(NamedTuple):
    """A number in the measure's unit, what brackets it (a third), the place of its last digit.

    ``reach`` is how far "about" reaches.
    """

    value: Decimal
    least: Decimal
    most: Decimal
    place: Decimal | None
    reach: Decimal

    @property
    def point(self) -> Core:
        """This number by itself."""
        least, most, reach = self.least, self.most, self.reach
        return Core(least, most, self.value, low_tolerance=reach, high_tolerance=reach)

    @property
    def vague(self) -> Core:
        """A vague word, of which this is the least."""
        return Core(self.least, None, None, "vague", self.reach, self.reach)

    def to(self, high: "MeasuredNumber") -> Core:
        """A range from this number to another one."""
        return Core(self.least, high.most, None, "between", self.reach, high.reach)


def in_decimals(amount: Fraction) -> tuple[Decimal, Decimal, Decimal]:
    """A number and what brackets it; raises Unreadable for one that no figure may be."""
    found = value, least, most = numbers.decimals(amount)
    if not all(map(numbers.storable, (value,) if least is most else found)):
        raise Unreadable("A figure lies within 1e300, and no nearer to zero than 1e-300.")
    return found


class Bound(NamedTuple):
    """One end of an interval; without a number it is open to infinity."""

    at: Decimal | None = None
    inclusive: bool = True
    basis: str = "domain"


def bounds(hedge: str, value: Decimal | None, yardstick: MeasureContext) -> BoundedFigure:
    """The figure that a hedge and a nominal value make, where there is no wording to read.

    between, plus_minus and vague say nothing about where the ends lie, and have none.
    """
    if value is None or hedge in ("between", "plus_minus", "vague"):
        return BoundedFigure(hedge, value, unit=yardstick.unit)
    reach = tolerance(value, numbers.last_place(value), yardstick)
    # Nobody said where a bare value begins and ends: that it is a point only follows from it.
    basis = "entailed" if hedge == "none" else "stated"
    core = Core(value, value, value, low_tolerance=reach, high_tolerance=reach, basis=basis)
    return spread(core, frozenset({hedge}), yardstick)


def is_counted(yardstick: MeasureContext) -> bool:
    """Whether figures are whole numbers of things: a unit in braces, and no rate or amount."""
    return "{" in yardstick.unit and yardstick.statistic in ("count", "capacity")


def tolerance(value: Decimal, last_place: Decimal | None, yardstick: MeasureContext) -> Decimal:
    """How far "about" reaches; to the next whole number at least, where things are counted.

    Of zero ten percent are nothing: there it is two of the last place (of a share, two percent).
    """
    if is_counted(yardstick):
        return max(Decimal(1), numbers.tolerance(value, last_place))
    if not value:
        return Decimal("0.02") if yardstick.unit.partition("/")[0] == "1" else Decimal(2)
    return numbers.tolerance(value, last_place)


def spread(core: Core, hedges: frozenset[str], yardstick: MeasureContext) -> BoundedFigure:
    """The bounds of a figure under its hedges, clipped to the measure's domain.

    Raises Unreadable where two hedges contradict each other.
    """
    upwards, downwards, around = (
        next((hedge for hedge in ranked if hedge in hedges), None)
        for ranked in (_UPWARDS, _DOWNWARDS, _AROUND)
    )
    if upwards and downwards:
        raise Unreadable("The hedges contradict each other: one says above, the other below.")
    direction = upwards or downwards
    _refuse_contradictions(core, "exact" in hedges, direction, around)
    base = _around(core, around)
    if direction:
        base = _directed(core, base, direction, bool(around) or core.hedge == "vague")
    if direction == "nearly" and core.value is not None and core.value <= 0 and not core.below:
        base = _nearly_from_zero(core, core.value)
    bare = "exact" if "exact" in hedges else "none"
    hedge = _name(core, direction, around) or bare
    lower, upper = _clipped(core, *base, yardstick)
    return _figure(hedge, core.value, lower, upper, yardstick.unit)


def _refuse_contradictions(
    core: Core, exact: bool, direction: str | None, around: str | None
) -> None:
    if exact and (direction or around or core.hedge != "none"):
        raise Unreadable("The hedges contradict each other: one of them says that it is exact.")
    if core.hedge == "between" and direction in ("nearly", "just_over"):
        raise Unreadable("Near to a range may be near to its lower end, or to its upper one.")
    if core.hedge == "plus_minus" and (direction or around == "order_of"):
        raise Unreadable("A figure with a margin takes no further hedge that points one way.")


def _name(core: Core, direction: str | None, around: str | None) -> str | None:
    if core.hedge in ("vague", "plus_minus"):
        return core.hedge
    if direction:
        return direction
    return core.hedge if core.hedge == "between" else around


def _around(core: Core, around: str | None) -> tuple[Bound, Bound]:
    """The figure itself, or what lies around it."""
    if around is None:
        basis = "convention" if core.hedge == "vague" else core.basis
        low_end = Bound(core.low, core.low_inclusive, basis)
        return low_end, Bound(core.high, core.high_inclusive, basis)
    low, high = core.low, core.high
    if around == "approximate":
        low, high = _approximated(core)
    else:
        factors = (Decimal("0.5"), Decimal(5))
        low = min(numbers.times(low, factor) for factor in factors)
        high = high and max(numbers.times(high, factor) for factor in factors)
    return Bound(low, core.low_inclusive, "convention"), Bound(high, True, "convention")


def _approximated(core: Core) -> tuple[Decimal, Decimal | None]:
    if core.hedge == "plus_minus" and core.value is not None:
        # The wider of the two: the margin given, or what "about" alone would mean.
        low = numbers.plus(core.value, core.low_tolerance.copy_negate())
        high = numbers.plus(core.value, core.high_tolerance)
        return min(core.low, low), high if core.high is None else max(core.high, high)
    low = numbers.plus(core.low, core.low_tolerance.copy_negate())
    return low, None if core.high is None else numbers.plus(core.high, core.high_tolerance)


def _directed(
    core: Core, base: tuple[Bound, Bound], direction: str, soft: bool
) -> tuple[Bound, Bound]:
    """The figure as one end, or near it; a figure that is itself soft makes that end convention."""
    low, high = base
    basis = "convention" if soft else "entailed"
    near_low, near_high = (low.at, high.at) if basis == "convention" else _approximated(core)
    if core.hedge == "vague":
        near_low = _approximated(core)[0]
    below = Bound(low.at, low.inclusive and direction not in OPEN_BELOW, basis)
    above = Bound(high.at, direction not in OPEN_ABOVE, basis)
    if direction == "just_over":
        return below, Bound(near_high, True, "convention")  # a vague word has no far end
    if direction == "nearly":
        return Bound(near_low, True, "convention"), above
    return (below, Bound()) if direction in _UPWARDS else (Bound(), above)


def _nearly_from_zero(core: Core, value: Decimal) -> tuple[Bound, Bound]:
    """Nearly -5 is short of it, so nearer to zero; zero itself is come near to from both sides."""
    above = Bound(numbers.plus(value, core.high_tolerance), True, "convention")
    if value:
        return Bound(value, False, "entailed"), above
    return Bound(core.low_tolerance.copy_negate(), True, "convention"), above


# ----------------------------------------------------------------------------------- the domain


def _clipped(
    core: Core, lower: Bound, upper: Bound, yardstick: MeasureContext
) -> tuple[Bound, Bound]:
    """Within the domain, unless the source itself stepped out of it or nothing would be left.

    Where it named a figure beyond an end of the domain, that end cuts nothing off: incoherence is
    kept, never repaired.
    """
    least, most = yardstick.domain_min, yardstick.domain_max
    ends = (core.low, core.high) if core.hedge == "between" else (core.value,)
    named = [number for number in ends if number is not None]
    clipped_lower, clipped_upper = lower, upper
    if least is not None and not any(number < least for number in named):
        clipped_lower = lower if lower.at is not None and lower.at >= least else Bound(least)
    if most is not None and not any(number > most for number in named):
        clipped_upper = upper if upper.at is not None and upper.at <= most else Bound(most)
    if is_empty(clipped_lower, upper):
        clipped_lower = lower
    if is_empty(clipped_lower, clipped_upper):
        clipped_upper = upper
    return clipped_lower, clipped_upper


def is_empty(lower: Bound, upper: Bound) -> bool:
    """Whether no number lies between two ends."""
    if lower.at is None or upper.at is None:
        return False
    return lower.at > upper.at or (
        lower.at == upper.at and not (lower.inclusive and upper.inclusive)
    )


def outside(number: Decimal, yardstick: MeasureContext) -> bool:
    """Whether a number lies outside the measure's domain."""
    least, most = yardstick.domain_min, yardstick.domain_max
    return (least is not None and number < least) or (most is not None and number > most)


def _figure(
    hedge: str, value: Decimal | None, lower: Bound, upper: Bound, unit: str
) -> BoundedFigure:
    low = lower.at if lower.at in (None, value) else numbers.outward(lower.at, upwards=False)
    high = upper.at if upper.at in (None, value) else numbers.outward(upper.at, upwards=True)
    return BoundedFigure(
        hedge,
        value,
        low,
        high,
        lower_inclusive=None if low is None else lower.inclusive,
        upper_inclusive=None if high is None else upper.inclusive,
        lower_basis=None if low is None else lower.basis,
        upper_basis=None if high is None else upper.basis,
        unit=unit,
    )
