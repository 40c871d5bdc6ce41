"""German numbers in one word: every one below a million, what is half more, and what is none."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.lexicon import lexicon_of
from app.rules.lexicon.inflection import Compounds

UNITS = ["ein", "zwei", "drei", "vier", "fuenf", "sechs", "sieben", "acht", "neun"]
TEENS = [
    "zehn", "elf", "zwoelf", "dreizehn", "vierzehn", "fuenfzehn", "sechzehn", "siebzehn",
    "achtzehn", "neunzehn",
]  # fmt: skip
TENS = ["zwanzig", "dreissig", "vierzig", "fuenfzig", "sechzig", "siebzig", "achtzig", "neunzig"]


def german() -> Compounds:
    inflection = lexicon_of("de").inflection
    assert inflection is not None
    assert inflection.compounds is not None
    return inflection.compounds


def below_hundred(number: int, last: bool) -> str:
    """Einundzwanzig; the last word of a number that is one is eins."""
    if number == 1:
        return "eins" if last else "ein"
    if number < 10:
        return UNITS[number - 1]
    if number < 20:
        return TEENS[number - 10]
    tens, units = divmod(number, 10)
    return (UNITS[units - 1] + "und" if units else "") + TENS[tens - 2]


def below_thousand(number: int, last: bool, one: bool) -> str:
    """Zweihundertelf; hundert has its "ein" before it, or has it not."""
    hundreds, rest = divmod(number, 100)
    written = below_hundred(rest, last) if rest else ""
    if not hundreds:
        return written
    return (UNITS[hundreds - 1] if hundreds > 1 or one else "") + "hundert" + written


def in_words(number: int, one: bool) -> str:
    thousands, rest = divmod(number, 1000)
    if not thousands:
        return below_thousand(number, True, one)
    many = below_thousand(thousands, False, one) if thousands > 1 or one else ""
    return many + "tausend" + (below_thousand(rest, True, one) if rest else "")


@pytest.mark.parametrize("one", [True, False])
def test_every_number_below_a_thousand_is_read(one: bool) -> None:
    value = german().value
    for number in range(1, 1000):
        assert value(in_words(number, one)) == number


@given(number=st.integers(1000, 999_999), one=st.booleans())
def test_every_number_below_a_million_is_read(number: int, one: bool) -> None:
    assert german().value(in_words(number, one)) == number


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("hundertundeins", 101),
        ("tausendundeine", 1001),
        ("zweitausendundzwoelf", 2012),
        ("zwohundertzwoundzwanzig", 222),
        ("zehntausend", 10_000),
        ("zwanzigtausend", 20_000),
        ("neunzehntausend", 19_000),
        ("neunzigtausend", 90_000),
        ("hunderttausend", 100_000),
        ("eineinhalb", Fraction(3, 2)),
        ("zweieinhalb", Fraction(5, 2)),
        ("zweiundeinhalb", Fraction(5, 2)),
        ("zwoelfeinhalb", Fraction(25, 2)),
        ("dreizehneinhalb", None),
        ("zwanzigeinhalb", None),
        ("hunderteinhalb", None),
        ("einhalb", None),
        ("", None),
        ("elfhundert", None),
        ("zehnhundert", None),
        ("zwanzighundert", None),
        ("zweiundzwoelf", None),
        ("zweiundzehn", None),
        ("zehnundzwanzig", None),
        ("zwanzigeins", None),
        ("dreizwanzig", None),
        ("hunderthundert", None),
        ("tausendtausend", None),
        ("undzwanzig", None),
        ("zwei hundert", None),
        ("zweihunderte", None),
        ("Zweihundert", None),
        ("xzweihundert", None),
    ],
)
def test_what_is_no_german_number_in_one_word_is_none(
    word: str, value: int | Fraction | None
) -> None:
    assert german().value(word) == value


def test_a_language_may_have_several_words_for_a_hundred_and_signs_in_them() -> None:
    data = {"hundred": "hundert, h.", "thousand": "tausend, tsd", "and": "und", "half": "einhalb"}
    values = {"zwei": 2, "acht": 8, "zehn": 10, "zwanzig": 20, "zweizig": 30, "neunzig": 90}
    words = {
        "zweihundert": 200,
        "zweih.": 200,
        "zweihx": None,
        "zweitsdzweizig": 2030,
        "achtundneunzig": 98,
    }
    read = Compounds(values, data)
    assert {word: read.value(word) for word in words} == words
