"""Whether a mark groups thousands or begins the decimals, by the language and what is measured."""

from decimal import Decimal

import pytest

from app.rules.bounds import MeasureContext
from app.rules.figures import read_figure
from app.rules.number_formats import NumberFormat, format_of, in_whole_numbers
from app.rules.tokenizer import Unreadable

BOATS = MeasureContext("{boat}", "boats, Boote, bateaux, barcos, лодок, زورق", "count", Decimal(0))
EUROS = MeasureContext("{EUR}", "euros", "amount", Decimal(0))
KILOS = MeasureContext("kg", None, "amount", Decimal(0))
PERCENT = MeasureContext("%", None, "share", Decimal(0))

READ = {
    "fr": [
        ("1.250.000 bateaux", BOATS, "1250000"), ("1.250.000,5 kg", KILOS, "1250000.5"),
        ("0,125 kg", KILOS, "0.125"), ("1234,567 kg", KILOS, "1234.567"),
        ("85,6 kg", KILOS, "85.6"), ("85.6 milliards d'euros", EUROS, "85600000000"),
        ("85.65 %", PERCENT, "85.65"), ("85.65 % au moins", PERCENT, "85.65"),
        ("13.500", BOATS, "13500"), ("123.500", BOATS, "123500"),
        ("13,500 milliards d'euros", EUROS, "13500000000"), ("123,500 kg", KILOS, "123.5"),
    ],
    "de": [
        ("1.250.000 Boote", BOATS, "1250000"), ("13.500 kg", KILOS, "13500"),
        ("1,250 kg", KILOS, "1.25"), ("0,125 kg", KILOS, "0.125"), ("0,125 Boote", BOATS, "0.125"),
        ("1.5 Millionen Boote", BOATS, "1500000"), ("1.50 Prozent", PERCENT, "1.5"),
        ("13.500 Millionen Euro", EUROS, "13500000000"), ("1,250 Prozent", PERCENT, "1.25"),
        ("1,250 Millionen Boote", BOATS, "1250000"), ("1234,500 Boote", BOATS, "1234.5"),
    ],
    "de-CH": [("1'250 Boote", BOATS, "1250"), ("1,250 kg", KILOS, "1250"),
              ("1.250 kg", KILOS, "1.25")],
    "es": [
        ("1.500.000 barcos", BOATS, "1500000"), ("1.500.000,5 kg", KILOS, "1500000.5"),
        ("2 billones 250.450 millones de euros", EUROS, "2250450000000"),
        ("billón 250.450 millones de euros", EUROS, "1250450000000"),
        ("1.500 millones de euros", EUROS, "1500000000"), ("1.500 kg", KILOS, "1500"),
        ("10.000 millones de euros", EUROS, "10000000000"), ("3.55 %", PERCENT, "3.55"),
        ("3,5 millones de euros", EUROS, "3500000"), ("3.5 millones de euros", EUROS, "3500000"),
    ],
    "ar": [
        ("1,234,567 زورق", BOATS, "1234567"), ("1.234.567 زورق", BOATS, "1234567"),
        ("1.234.567,5", KILOS, "1234567.5"), ("1,234,567.5", KILOS, "1234567.5"),
        ("1,234.5", KILOS, "1234.5"), ("1.234,5", KILOS, "1234.5"), ("0,500", KILOS, "0.5"),
        ("1234,567", KILOS, "1234.567"), ("1234.567", KILOS, "1234.567"), ("1250", BOATS, "1250"),
        ("13,5", KILOS, "13.5"), ("13.5", KILOS, "13.5"), ("13,500 زورق", BOATS, "13500"),
        ("13.500 مليون يورو", EUROS, "13500000"),
    ],
    "it": [
        ("1.500.000", BOATS, "1500000"), ("1.500,5", KILOS, "1500.5"), ("1.500", BOATS, "1500"),
        ("1,500", KILOS, "1.5"), ("1,500 million euros", EUROS, "1500000"),
        ("1.500 million euros", EUROS, "1500000000"), ("0,500", BOATS, "0.5"),
        ("1234,500", BOATS, "1234.5"), ("1,5000", BOATS, "1.5"), ("1,50", BOATS, "1.5"),
        ("1.500, at most", BOATS, "1500"),
    ],
    "en": [
        ("1.500", KILOS, "1.5"), ("1.500 million euros", EUROS, "1500000"),
        ("0.500 boats", BOATS, "0.5"), ("1234.500 boats", BOATS, "1234.5"),
        ("1,500.250 euros", EUROS, "1500.25"), ("1.500k boats", BOATS, "1500"),
        ("€1.500m", EUROS, "1500000"), ("1.500 thousand boats", BOATS, "1500"),
        (".500 boats", BOATS, "0.5"), ("12.345%", PERCENT, "12.345"), ("1.5 boats", BOATS, "1.5"),
        ("1.500e3 boats", BOATS, "1500"),
    ],
}  # fmt: skip

TWO_WAYS = {
    "fr": [("13.500 kg", KILOS, "13.500"), ("1,500 bateaux", BOATS, "1,500"),
           ("13.500 milliards d'euros", EUROS, "13.500"), ("123.500 kg", KILOS, "123.500")],
    "de": [("1,250 Boote", BOATS, "1,250"), ("1,250 Euro", EUROS, "1,250"),
           ("123,250 Boote", BOATS, "123,250")],
    "de-CH": [("1.250 Boote", BOATS, "1.250")],
    "es": [("1,550 millones de euros", EUROS, "1,550"), ("1.550 millones de euros", EUROS, "1.550"),
           ("1.550 millones", EUROS, "1.550"), ("unos 1.550 millones", EUROS, "1.550"),
           ("1.555 %", PERCENT, "1.555"), ("1,500 kg", KILOS, "1,500")],
    "ar": [("13,500", KILOS, "13,500"), ("13.500", KILOS, "13.500"), ("13.500", BOATS, "13.500"),
           ("13,500 مليون يورو", EUROS, "13,500"), ("13,500 يورو", KILOS, "13,500")],
    "it": [("1,500", BOATS, "1,500"), ("123,500 euros", EUROS, "123,500")],
    "en": [("1.500 boats", BOATS, "1.500"), ("123.500 boats", BOATS, "123.500"),
           ("1.500 k boats", BOATS, "1.500"), ("1.500 boats million", BOATS, "1.500"),
           ("1.500 euros", EUROS, "1.500")],
}  # fmt: skip

NO_GROUPS = {
    "fr": [("1,250,000", BOATS), ("1,250.5", KILOS), ("0.125", KILOS), ("85.6", KILOS),
           ("1234.567", KILOS), ("0.125 milliards d'euros", EUROS)],
    "de": [("0.125 kg", KILOS), ("1.5 kg", KILOS)],
    "es": [("1,500,000 barcos", BOATS), ("1,500,000.5", KILOS)],
    "ar": [("1,234,567,5", KILOS), ("1.234.567.8", KILOS)],
    "it": [("1,500,000", BOATS), ("1.5", KILOS)],
    "en": [("1.234.567", BOATS), ("1,50", BOATS)],
}  # fmt: skip


@pytest.mark.parametrize(
    ("language", "text", "of", "value"),
    [(language, *row) for language in READ for row in READ[language]],
)
def test_a_mark_is_read_as_the_language_and_the_measure_mean_it(
    language: str, text: str, of: MeasureContext, value: str
) -> None:
    assert read_figure(text, of._replace(language=language)).value == Decimal(value)


@pytest.mark.parametrize(
    ("language", "text", "of", "number"),
    [(language, *row) for language in TWO_WAYS for row in TWO_WAYS[language]],
)
def test_a_mark_that_may_be_either_is_refused_with_both_readings(
    language: str, text: str, of: MeasureContext, number: str
) -> None:
    with pytest.raises(Unreadable) as refused:
        read_figure(text, of._replace(language=language))
    whole, behind = number.replace(",", ".").split(".")
    decimal = f"{whole}.{behind}".rstrip("0")
    assert refused.value.reason.startswith(
        f"This is {whole}{behind} where the mark groups thousands, and {decimal} where it is the "
        "decimal mark; the language of the document decides it. Send 'hedge' "
    )
    assert refused.value.words == (number,)


@pytest.mark.parametrize(
    ("language", "text", "of"),
    [(language, *row) for language in NO_GROUPS for row in NO_GROUPS[language]],
)
def test_digits_that_the_language_does_not_group_so_are_refused(
    language: str, text: str, of: MeasureContext
) -> None:
    with pytest.raises(Unreadable, match="not grouped as one number"):
        read_figure(text, of._replace(language=language))


POINT, COMMA, SPACED = NumberFormat(), NumberFormat(","), NumberFormat(",", spaced=True)


@pytest.mark.parametrize(
    ("language", "form"),
    [
        (None, POINT), ("", POINT), ("en", POINT), ("en-DE", POINT), ("xx", POINT), ("ja", POINT),
        ("de", COMMA), ("DE", COMMA), ("de-AT", COMMA), ("de-CH", POINT), ("de_ch", POINT),
        ("de-Latn-CH", POINT), ("sr-Latn-RS", COMMA), ("it-CH", POINT), ("lb", COMMA),
        ("fr", SPACED), ("fr-CA", SPACED), ("uk", SPACED), ("ru-RU", SPACED),
        ("es", NumberFormat(",", sure=False)), ("es-AR", NumberFormat(",", sure=False)),
        ("es-419", NumberFormat(",", sure=False)), ("es-MX", POINT),
        ("ar", NumberFormat(either=True)), ("ar-EG", NumberFormat(either=True)),
    ],
)  # fmt: skip
def test_the_format_is_that_of_the_region_where_it_is_known_else_of_the_language(
    language: str | None, form: NumberFormat
) -> None:
    assert format_of(language) == form


@pytest.mark.parametrize(
    ("unit", "whole"),
    [
        ("{boat}", True),
        ("{EUR}", True),
        ("{boat}/a", True),
        ("kg", False),
        ("%", False),
        ("1", False),
    ],
)
def test_things_counted_and_money_are_told_in_whole_numbers(unit: str, whole: bool) -> None:
    assert in_whole_numbers(MeasureContext(unit)) is whole


@pytest.mark.parametrize("text", ["1,2.345", "1'2.345", "12,3.456 boats"])
def test_digits_that_no_language_groups_so_are_refused_whatever_is_counted(text: str) -> None:
    for measure in (BOATS, EUROS, KILOS):
        with pytest.raises(Unreadable, match="not grouped as one number"):
            read_figure(text, measure)
