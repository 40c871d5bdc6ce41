"""Days of the proleptic Gregorian calendar as numbers, in years of any size (0 is 1 BCE)."""

from datetime import date

# The Gregorian calendar repeats after 400 years of this many days, so `date` serves any year.
_CYCLE = date(401, 1, 1).toordinal() - 1
_EPOCH = date(1970, 1, 1).toordinal()


def day_number(year: int, month: int, day: int) -> int:
    """Days from 1970-01-01 to this day of any year; months past 12 run into the next year."""
    years, month_before = divmod(month - 1, 12)
    cycles, year_of_cycle = divmod(year + years, 400)
    # `date` has no year 0, so it counts in the years 400 to 799, one cycle late.
    day_of_cycle = date(year_of_cycle + 400, month_before + 1, day).toordinal()
    return day_of_cycle + (cycles - 1) * _CYCLE - _EPOCH


def calendar_day(day: int) -> tuple[int, int, int]:
    """The year, month and day of the month that a day number is."""
    cycles, day_of_cycle = divmod(day + _EPOCH - 1, _CYCLE)
    shown = date.fromordinal(day_of_cycle + 1)
    return shown.year + cycles * 400, shown.month, shown.day
