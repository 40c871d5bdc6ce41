"""Incoherence of a figure: which of its parts do not fit together, or not its measure."""

from app.rules.bounds import MeasureContext, outside
from app.rules.json_types import JsonObject
from app.rules.sent_bounds import decimal_of

UNFIT = ("lower_above_value", "upper_below_value", "lower_above_upper")
"""Flags that the numbers of a figure make by themselves, whatever its measure."""

NUMBERS = ("value", "lower", "upper")


def incoherences(figure: JsonObject, yardstick: MeasureContext) -> list[str]:
    """What does not fit together; published incoherence is kept, never refused or repaired."""
    value, lower, upper = (decimal_of(figure, name) for name in ("value", "lower", "upper"))
    other = NUMBERS if yardstick.statistic == "date" else ("date",)
    checks = {
        "lower_above_value": lower is not None and value is not None and lower > value,
        "upper_below_value": upper is not None and value is not None and upper < value,
        "lower_above_upper": lower is not None and upper is not None and lower > upper,
        "other_kind": any(name in figure for name in other),
        "outside_domain": any(
            number is not None and outside(number, yardstick) for number in (value, lower, upper)
        ),
    }
    return [flag for flag, found in checks.items() if found]
