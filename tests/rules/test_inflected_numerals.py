"""One figure in the digits and words of the other languages: its number, and what is none."""

from decimal import Decimal

import pytest

from app.rules.bounds import MeasureContext
from tests.rules.test_hedges import CONTAINERS, SHARE, refused, says

GROWTH = MeasureContext("%", None, "rate")
HEAT = MeasureContext("Cel", None, "amount")


@pytest.mark.parametrize(
    ("text", "language", "number"),
    [
        ("vingt et un", "fr", 21),
        ("soixante-dix-sept", "fr", 77),
        ("quatre-vingt-dix-neuf", "fr", 99),
        ("cent un", "fr", 101),
        ("neuf cent un", "fr", 901),
        ("deux mille trois cents", "fr", 2300),
        ("2 mille 300", "fr", 2300),
        ("2 millions 1000", "fr", 2_001_000),
        ("un million onze", "fr", 1_000_011),
        ("deux millions et demi", "fr", 2_500_000),
        ("deux mille et demi", "fr", 2500),
        ("un tiers d'un million", "fr", Decimal("333333.333333")),
        ("la moitié d'un million", "fr", 500_000),
        ("un demi-million", "fr", 500_000),
        ("un cuarto de millón", "es", 250_000),
        ("un medio millón", "es", 500_000),
        ("treinta y cinco", "es", 35),
        ("ciento cinco", "es", 105),
        ("dos mil uno", "es", 2001),
        ("un millón doscientos mil uno", "es", 1_200_001),
        ("doscientas cincuenta y cinco mil", "es", 255_000),
        ("millón y medio", "es", 1_500_000),
        ("mil y medio", "es", 1500),
        ("dos y medio millones", "es", 2_500_000),
        ("25 mil 300", "es", 25_300),
        ("двадцать один", "ru", 21),
        ("сто двадцать пять тысяч", "ru", 125_000),
        ("2 миллиона 300 тысяч", "ru", 2_300_000),
        ("2 тысячи 300", "ru", 2300),
        ("миллион с половиной", "ru", 1_500_000),
        ("2 с половиной миллиона", "ru", 2_500_000),
        ("полтора миллиона", "ru", 1_500_000),
        ("четверть миллиона", "ru", 250_000),
        ("дві тисячі один", "uk", 2001),
        ("zweieinhalb Millionen", "de", 2_500_000),
        ("anderthalb Millionen", "de", 1_500_000),
        ("خمسة وعشرون ألفا", "ar", 25_000),
        ("خمس مئة", "ar", 500),
        ("خمس وعشرون", "ar", 25),
        ("خمس ملايين", "ar", 5_000_000),
        ("عشر ملايين", "ar", 10_000_000),
        ("مئة وخمسة وعشرون ألفا", "ar", 125_000),
        ("ثلاثة آلاف وخمسمئة", "ar", 3500),
        ("مليونان ونصف", "ar", 2_500_000),
        ("ألفا container", "ar", 2000),
        ("2 mil 500 millones", "es", 2_500_000_000),
        ("مليون ونصف المليون", "ar", 1_500_000),
    ],
)
def test_a_number_is_read_to_its_last_word(text: str, language: str, number: int | Decimal) -> None:
    told = says(text, CONTAINERS._replace(language=language))
    assert told.startswith(f"none {number} [{number}, ")


@pytest.mark.parametrize(
    ("text", "language", "figure"),
    [
        # The last place said is twice the reach: a tenth of a million, and a hundredth of one.
        ("environ 2,5 millions", "fr", "approximate 2500000 [2300000, 2700000]"),
        ("environ 2,50 millions", "fr", "approximate 2500000 [2480000, 2520000]"),
        ("rund 2,5 Millionen", "de", "approximate 2500000 [2300000, 2700000]"),
        ("около 2,50 млн", "ru", "approximate 2500000 [2480000, 2520000]"),
        ("cerca de 2,5 millones", "es", "nearly 2500000 [2300000, 2500000)"),
        # A noun that is itself no exact number is about it, at either end of a range.
        ("une dizaine de milliers", "fr", "approximate 10000 [9000, 11000]"),
        ("moins d'une dizaine", "fr", "less_than 10 [0, 10)"),
        ("une demi-centaine", "fr", "approximate 50 [45, 55]"),
        ("la moitié d'une centaine", "fr", "approximate 50 [45, 55]"),
        ("moins d'une demi-centaine", "fr", "less_than 50 [0, 50)"),
        ("medio millar", "es", "approximate 500 [450, 550]"),
        ("un millar y medio", "es", "approximate 1500 [1350, 1650]"),
        ("media docena", "es", "none 6 [6, 6]"),
        ("dix à une quinzaine", "fr", "between - [9, 16.5]"),
        ("entre une dizaine et une vingtaine", "fr", "between - [9, 22]"),
        ("plusieurs centaines de milliers", "fr", "vague - [300000, ∞)"),
        ("quelques dizaines de milliers", "fr", "vague - [20000, ∞)"),
        ("varios cientos de miles", "es", "vague - [300000, ∞)"),
        ("plusieurs milliers de milliards", "fr", "vague - [3000000000000, ∞)"),
        ("лишь тысячи", "ru", "vague - [2000, ∞)"),
        ("тысячи примерно", "ru", "vague - [2000, ∞)"),
        ("cientos de miles", "es", "vague - [200000, ∞)"),
        ("varias decenas de miles", "es", "vague - [30000, ∞)"),
        ("несколько десятков тысяч", "ru", "vague - [30000, ∞)"),
        ("десятки тысяч", "ru", "vague - [20000, ∞)"),
        ("beaucoup", "fr", "vague - (-∞, ∞)"),
        ("viele", "de", "vague - (-∞, ∞)"),
        ("много", "ru", "vague - (-∞, ∞)"),
        ("de 2 a un millón doscientos mil", "es", "between - [2, 1200000]"),
        ("entre mil y mil quinientos", "es", "between - [1000, 1500]"),
        ("entre diez y quince mil", "es", "between - [10000, 15000]"),
        ("100 bis dreihundert", "de", "between - [100, 300]"),
        ("150 bis dreihundert", "de", "between - [150, 300]"),
        ("zweihundert bis dreihundert", "de", "between - [200, 300]"),
        ("zwei bis drei Tausend", "de", "between - [2000, 3000]"),
        ("entre cien y mil", "es", "between - [100, 1000]"),
        ("от тысячи до двух тысяч", "ru", "between - [1000, 2000]"),
        ("بين ألف وألفين", "ar", "between - [1000, 2000]"),
        ("بين ثلاثة وخمسة آلاف", "ar", "between - [3000, 5000]"),
    ],
)
def test_a_hedged_number_reaches_as_far_as_it_is_said(
    text: str, language: str, figure: str
) -> None:
    assert says(text, CONTAINERS._replace(language=language)) == figure


@pytest.mark.parametrize(
    ("text", "language", "figure"),
    [
        ("environ 2,5 %", "fr", "approximate 0.025 [0.023, 0.027]"),
        ("ein halbes Prozent", "de", "none 0.005 [0.005, 0.005]"),
        ("ein halbes Prozent bis ein Prozent", "de", "between - [0.005, 0.01]"),
        ("drei Prozent", "de", "none 0.03 [0.03, 0.03]"),
        ("einige Prozent", "de", "vague - [0.02, 1]"),
        ("varios por ciento", "es", "vague - [0.03, 1]"),
        ("la plupart", "fr", "vague - (0.5, 1]"),
        ("большинство", "ru", "vague - (0.5, 1]"),
        ("2 tiers", "fr", "none 0.666666666667 [0.666666666666, 0.666666666667]"),
        ("2 quintos", "es", "none 0.4 [0.4, 0.4]"),
        ("три четверти", "ru", "none 0.75 [0.75, 0.75]"),
        ("ثلاثة أخماس", "ar", "none 0.6 [0.6, 0.6]"),
    ],
)
def test_a_part_is_read_to_its_last_word(text: str, language: str, figure: str) -> None:
    assert says(text, SHARE._replace(language=language)) == figure


@pytest.mark.parametrize(
    ("text", "language", "number"),
    [
        ("moins 3 %", "fr", -3),
        ("-3 %", "fr", -3),
        ("–3 %", "es", -3),
        ("menos tres por ciento", "es", -3),
        ("minus drei Prozent", "de", -3),
        ("минус три процента", "ru", -3),
        ("мінус три відсотки", "uk", -3),
        ("-3 %", "ar", -3),
        ("3 %", "fr", 3),
    ],
)
def test_a_sign_belongs_to_the_number_behind_it(text: str, language: str, number: int) -> None:
    told = says(text, GROWTH._replace(language=language))
    assert told == f"none {number} [{number}, {number}]"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("- 3 %", "fr"), ("- 3 %", "de"), ("– 3 %", "ru"), ("minus", "de"), ("moins", "fr"),
        ("minus viele", "de"), ("minus mehrere", "de"), ("moins quelques", "fr"),
        ("viele Prozent", "de"),
    ],
)  # fmt: skip
def test_a_sign_or_a_percent_sign_without_a_number_is_refused(text: str, language: str) -> None:
    assert refused(text, GROWTH._replace(language=language))


def test_below_zero_a_range_has_a_sign_at_each_end() -> None:
    german = HEAT._replace(language="de")
    assert says("minus 10 bis minus 5", german) == "between - [-10, -5]"
    assert says("-10 bis -5", german) == "between - [-10, -5]"
    assert "may end at 10 or at -10" in refused("minus 5 bis 10", german).reason


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("2,5 millions 300 mille", "fr"),
        ("2,5 millions et demi", "fr"),
        ("2,5 et demi", "fr"),
        ("2,5 millones y medio", "es"),
        ("2 миллиона 300", "ru"),
        ("2 миллиона 250", "ru"),
        ("2 millions 250", "fr"),
        ("zwei Dutzend drei", "de"),
        ("deux douzaines trois", "fr"),
        ("مليون مئتان ألف", "ar"),
        ("ثلاثة آلاف مئة مليون", "ar"),
        ("مليونان ونصف وخمسون", "ar"),
        ("ألفا", "ar"),
        ("containers ألفا", "ar"),
        ("un millón un millón", "es"),
        ("dos cinco millones", "es"),
        ("2 mil 1000 millones", "es"),
        ("deux millions et demi cinquante", "fr"),
        ("2,5 миллиона 300 тысяч", "ru"),
        ("deux mille une dizaine", "fr"),
        ("une dizaine de milliers trois cents", "fr"),
        ("deux millions et demi trois cents", "fr"),
        ("deux millions et demi mille", "fr"),
        ("deux mille 2,5", "fr"),
        ("2 mil 2½", "es"),
        ("dos mil cero", "es"),
        ("dos mil dos mil", "es"),
        ("veinte cero", "es"),
        ("treinta y quince", "es"),
        ("treinta y", "es"),
        ("doscientos cien", "es"),
        ("ciento cien", "es"),
        ("dos mil de millones", "es"),
        ("dos medio millón", "es"),
        ("deux demi-millions", "fr"),
        ("trente onze", "fr"),
        ("vingt dix", "fr"),
        ("dix cinq", "fr"),
        ("treinta y diez", "es"),
        ("veinticinco uno", "es"),
        ("mil mil", "es"),
        ("тысяча тысяч", "ru"),
        ("двадцать десять", "ru"),
        ("десять пять", "ru"),
        ("عشرون وثلاثون", "ar"),
        ("عشرة وعشرون", "ar"),
        # Parts, and more than a half, are figures of a share alone.
        ("un tercio", "es"),
        ("la moitié", "fr"),
        ("половина", "ru"),
        ("medio container", "es"),
        ("ein Drittel container", "de"),
        ("la plupart", "fr"),
        ("la mayoría", "es"),
        ("soixante vingt", "fr"),
        ("vingt trente", "fr"),
        ("deux trois", "fr"),
        ("двадцать одиннадцать", "ru"),
        ("сто сто", "ru"),
        ("двести пятьсот", "ru"),
        ("пять двадцать", "ru"),
        ("مليون مئتان", "ar"),
        ("مليونان ونصف ومئتان", "ar"),
        ("خمسة وعشرة", "ar"),
        ("خمسة ومئة", "ar"),
        ("zwei und eine halbe Million", "de"),
        ("zwei bis dreihundert", "de"),
        ("99 bis fünfzehntausend", "de"),
        ("около тысяч", "ru"),
        ("viele Millionen", "de"),
    ],
)
def test_words_that_make_no_one_number_are_refused(text: str, language: str) -> None:
    assert refused(text, CONTAINERS._replace(language=language))


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("trois tiers", "fr"), ("drei Drittel", "de"), ("100 Drittel", "de"), ("0 tiers", "fr"),
        ("cero tercios", "es"), ("tres tercios", "es"), ("четыре трети", "ru"), ("5/5", "de"),
    ],
)  # fmt: skip
def test_parts_of_no_one_whole_are_refused(text: str, language: str) -> None:
    assert refused(text, SHARE._replace(language=language))


@pytest.mark.parametrize(
    ("text", "language", "yardstick", "reason", "words"),
    [
        ("понад тисячі", "uk", CONTAINERS, "This may be one or several.", ("тисячі",)),
        ("тысячи с лишним", "ru", CONTAINERS, "This may be one or several.",
         ("тысячи", "с", "лишним")),
        ("خمس", "ar", SHARE, "This may be the number or the part.", ("خمس",)),
        ("عشر", "ar", SHARE, "This may be the number or the part.", ("عشر",)),
        ("نحو عشر السكان", "ar", SHARE, "This may be the number or the part.", ("عشر",)),
        ("عشر السكان", "ar", SHARE, "This may be the number or the part.", ("عشر",)),
        ("environ un million deux", "fr", CONTAINERS,
         *("This may be 1000002 or, shortened, 1200000.", ("million", "deux"))),
        ("rund 1.2.3", "de", CONTAINERS,
         *("These digits are not grouped as one number.", ("1.2.3",))),
    ],
)  # fmt: skip
def test_a_number_that_reads_two_ways_is_named_with_the_reason(
    text: str, language: str, yardstick: MeasureContext, reason: str, words: tuple[str, ...]
) -> None:
    found = refused(text, yardstick._replace(language=language))
    assert found.words == words
    assert found.reason.startswith(reason)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("deux cents", 200), ("onze cents", 1100), ("neuf cents", 900),
        ("quinze cents", 1500), ("cent", 100),
        ("mille cent", 1100), ("deux cent mille", 200_000), ("dix-neuf cent", 1900),
    ],
)  # fmt: skip
def test_french_hundreds_are_said_of_two_to_nine_and_of_eleven_to_nineteen(
    text: str, number: int
) -> None:
    french = CONTAINERS._replace(language="fr")
    assert says(text, french) == f"none {number} [{number}, {number}]"


@pytest.mark.parametrize(
    "text",
    [
        "50 cents", "5 cents", "12 cent", "1 cent", "un cent", "dix cents", "vingt cents",
        "cinquante cents", "cent cents", "deux cent cent", "2 cent mille",
    ],
)  # fmt: skip
def test_french_cents_may_be_coins(text: str) -> None:
    money = MeasureContext("{EUR}", "euros", "amount", language="fr")
    found = refused(f"environ {text}", money)
    assert found.reason.startswith("This may count hundreds, or coins. Send")
    assert " ".join(found.words) == text.removesuffix(" mille")
