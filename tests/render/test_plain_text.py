"""Texts of somebody else's on one line, and numbers in groups of three."""

import pytest

from app.render.plain_text import grouped, one_line, printable, shortened, ungrouped


@pytest.mark.parametrize(
    ("number", "words"),
    [
        ("4800000", "4,800,000"),
        ("-1234.50", "-1,234.50"),
        ("-0.5", "-0.5"),
        ("999", "999"),
        ("6.67430e-11", "6.67430e-11"),
        ("2024-05", "2024-05"),
    ],
)
def test_thousands_are_set_apart_and_nothing_else_is_changed(number: str, words: str) -> None:
    assert grouped(number) == shortened(number) == words


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("10,000", "10000"),
        ("-1,234,567.50", "-1234567.50"),
        ("10 000", "10000"),
        ("1\u202f000\u202f000", "1000000"),
        ("2,5", "2,5"),
        ("1,00", "1,00"),
        ("1 234,567", "1 234,567"),
        ("1,2345", "1,2345"),
        ("2024-05", "2024-05"),
    ],
)
def test_only_what_sets_thousands_apart_is_taken_out_of_a_number(text: str, number: str) -> None:
    assert ungrouped(text) == number


def test_a_number_too_long_to_be_read_is_told_in_powers_of_ten() -> None:
    assert grouped("9" * 40).count(",") == 13
    assert shortened("9" * 40) == "≈1.000000e40"


def test_no_text_breaks_its_line_or_turns_what_follows() -> None:
    assert one_line(" a\n\u202eb\u2066\x1b c\u2028") == "a b c"
    assert one_line("a long one", 6) == "a lon…"
    assert printable("a\x9b31m") == "a�31m"
