"""Figures read in the language of their document: each with its own words and number format.

Expectations are written as in ``test_shared_wordings``; the wordings are invented.
"""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.bounds import BoundedFigure, MeasureContext
from app.rules.figures import complete, read_figure
from app.rules.lexicon import LANGUAGES, lexicon_of
from app.rules.tokenizer import Unreadable
from tests.rules.test_shared_wordings import is_expected

CASES = Path(__file__).parents[3] / "shared" / "cases" / "languages.jsonl"
OTHERS = sorted(set(LANGUAGES) - {"en"})
READ_AT_LEAST = 0.85

BOATS = MeasureContext(
    "{boat}", "Boote, Booten, bateaux, barcos, лодок, човнів, زورق, زوارق", "count", Decimal(0)
)
SHARE = MeasureContext("1", None, "share", Decimal(0), Decimal(1))
PERCENT = MeasureContext("%", None, "share", Decimal(0), Decimal(100))
MONEY = MeasureContext("{EUR}", "Euro, euros, евро, євро, يورو", "amount", Decimal(0))
KILOS = MeasureContext("kg", None, "amount", Decimal(0))
WORLD = MeasureContext("1", "سكان العالم", "share", Decimal(0), Decimal(1))
MASS = MeasureContext("t", "Tonnen, tonnes, toneladas, тонн, طن", "amount", Decimal(0))


def read(text: str, language: str, of: MeasureContext) -> BoundedFigure:
    return read_figure(text, of._replace(language=language))


READ: dict[str, list[tuple[str, MeasureContext, str]]] = {
    "de": [
        ("13.500 Boote", BOATS, "=13500"), ("2,75 Tonnen", MASS, "=2.75"),
        ("zirka 40", BOATS, "~40"), ("um die dreißig Boote", BOATS, "~30"),
        ("etwas weniger als 900", BOATS, "<~900"), ("gut ein Fünftel", SHARE, ">~0.2"),
        ("nicht mehr als 12", BOATS, "<=12"), ("nicht weniger als 12", BOATS, ">=12"),
        ("3 Billionen Euro", MONEY, "=3000000000000"), ("eine halbe Million", BOATS, "=500000"),
        ("viereinhalb Milliarden Euro", MONEY, "=4500000000"),
        ("dreiundzwanzigtausendvierhundertelf", BOATS, "=23411"),
        ("zwei bis drei Tausend", BOATS, "[2000,3000]"), ("Zehntausende", BOATS, "v20000"),
        ("mehrere Dutzend Booten", BOATS, "v36"), ("80 oder mehr", BOATS, ">=80"),
        ("drei Viertel", SHARE, "=0.75"), ("12 ± 3", BOATS, "±12 3"),
        ("minus 3,5 Tonnen", MASS, "=-3.5"), ("2½ Tonnen", MASS, "=2.5"),
        ("2 1/2 Tonnen", MASS, "=2.5"), ("3/4", SHARE, "=0.75"),
        ("die meisten", SHARE, "v0.5"), ("drei Viertel Tonnen", MASS, "=0.75"),
        ("ein knappes Viertel", SHARE, "<~0.25"), ("ein gutes Dutzend Boote", BOATS, ">~12"),
        ("eine Viertelmillion", BOATS, "=250000"), ("ein halbes Kilogramm", KILOS, "=0.5"),
        ("leicht unter 40 Prozent", PERCENT, "<~40"), ("max. 40 Boote", BOATS, "<=40"),
        ("bis unter 40 Boote", BOATS, "<40"),
        ("beträgt über 40", BOATS, ">40"), ("40 Mrd.€", MONEY, "=40000000000"),
        ("zwischen einem Viertel und der Hälfte", SHARE, "[0.25,0.5]"),
    ],
    "fr": [
        ("13 500 bateaux", BOATS, "=13500"), ("13.500 bateaux", BOATS, "=13500"),
        ("12.4 milliards d'euros", MONEY, "=12400000000"),
        ("une trentaine de bateaux", BOATS, "~30"),
        ("plus d’une trentaine", BOATS, ">30"), ("quatre-vingt-dix-sept", BOATS, "=97"),
        ("soixante et onze", BOATS, "=71"), ("deux cent mille bateaux", BOATS, "=200000"),
        ("deux millions et demi de bateaux", BOATS, "=2500000"), ("un quart", SHARE, "=0.25"),
        ("quelques centaines", BOATS, "v200"), ("de 20 à 30", BOATS, "[20,30]"),
        ("deux à trois mille", BOATS, "[2000,3000]"), ("une dizaine de milliers", BOATS, "~10000"),
        ("ne dépasse pas les 40", BOATS, "<=40"), ("2 billions d'euros", MONEY, "=2000000000000"),
        ("deux millions mille", BOATS, "=2001000"), ("½ million", BOATS, "=500000"),
        ("à peine plus de 300", BOATS, ">~300"), ("jusqu'à 4 par jour", BOATS, "<=4 unit={boat}/d"),
        ("plus du tiers", SHARE, ">1/3"), ("une bonne trentaine", BOATS, ">~30"),
        ("une petite centaine", BOATS, "<~100"), ("trois kilos et demi", KILOS, "=3.5"),
        ("a dépassé le million", BOATS, ">1000000"), ("s'élève à 40", BOATS, "=40"),
        ("1,5 Md€", MONEY, "=1500000000"), ("entre le quart et la moitié", SHARE, "[0.25,0.5]"),
    ],
    "es": [
        ("13.500 barcos", BOATS, "=13500"), ("3 mil 40 barcos", BOATS, "=3040"),
        ("unas treinta y cinco", BOATS, "~35"), ("un centenar", BOATS, "~100"),
        ("rebasan los 900", BOATS, ">900"), ("no superaron los 900", BOATS, "<=900"),
        ("dos millones y medio de barcos", BOATS, "=2500000"), ("un 12,5 %", PERCENT, "=12.5"),
        ("mil doscientos", BOATS, "=1200"), ("tres mil millones de euros", MONEY, "=3000000000"),
        ("entre treinta y cuarenta", BOATS, "[30,40]"), ("dos tercios", SHARE, "=2/3"),
        ("entre 2 y 3 mil", BOATS, "[2000,3000]"), ("unos miles", BOATS, "v2000"),
        ("1.500 millones de euros", MONEY, "=1500000000"), ("media docena", BOATS, "=6"),
        ("dos mil quinientos millones de euros", MONEY, "=2500000000"),
        ("dos y medio", MASS, "=2.5"), ("2½ millones de euros", MONEY, "=2500000"),
        ("2 billones de euros", MONEY, "=2000000000000"), ("poco más de 80", BOATS, ">~80"),
        ("más del 40 %", PERCENT, ">40"), ("cerca del 40 %", PERCENT, "<~40"),
        ("entre el 30 % y el 40 %", PERCENT, "[30,40]"), ("asciende a 40", BOATS, "=40"),
        ("entre un 30 y un 40 %", PERCENT, "[30,40]"), ("un tres por ciento", PERCENT, "=3"),
        ("tres kilos y medio", KILOS, "=3.5"), ("medio kilo", KILOS, "=0.5"),
    ],
    "ru": [
        ("13 500 лодок", BOATS, "=13500"), ("2,5 тыс. лодок", BOATS, "=2500"),
        ("около тысячи двухсот лодок", BOATS, "~1200"), ("тысячи лодок", BOATS, "v2000"),
        ("более сотни лодок", BOATS, ">100"), ("не превышает 40", BOATS, "<=40"),
        ("свыше сорока пяти тысяч", BOATS, ">45000"), ("полтора десятка", BOATS, "=15"),
        ("две пятых", SHARE, "=0.4"), ("3 тыс. 40 лодок", BOATS, "=3040"),
        ("от двух до трёх десятков", BOATS, "[20,30]"), ("четверть", SHARE, "=0.25"),
        ("пять с половиной тысяч лодок", BOATS, "=5500"), ("сотни тысяч", BOATS, "v200000"),
        ("между 20 и 30", BOATS, "[20,30]"), ("чуть больше тысячи", BOATS, ">~1000"),
        ("около полумиллиона", BOATS, "~500000"), ("более полусотни лодок", BOATS, ">50"),
        ("5 с лишним тысяч", BOATS, ">~5000"), ("две с лишним тысячи лодок", BOATS, ">~2000"),
        ("чуть ниже 40%", PERCENT, "<~40"), ("пятая часть", SHARE, "=0.2"),
        ("несколько сот лодок", BOATS, "v300"), ("€40 млн", MONEY, "=40000000"),
        ("тремястами", BOATS, "=300"), ("40 тыс. т", MASS, "=40000"),
        ("составило около 40", BOATS, "~40"), ("40 кг", KILOS, "=40"),
    ],
    "uk": [
        ("13 500 човнів", BOATS, "=13500"), ("близько тисячі човнів", BOATS, "~1000"),
        ("тисячі човнів", BOATS, "v2000"), ("не перевищує 40", BOATS, "<=40"),
        ("понад сорок п’ять тисяч", BOATS, ">45000"), ("чверть", SHARE, "=0.25"),
        ("3 тис. 40 човнів", BOATS, "=3040"), ("між 20 та 30", BOATS, "[20,30]"),
        ("пів мільйона", BOATS, "=500000"), ("дві з половиною тисячі", BOATS, "=2500"),
        ("80 щонайменше", BOATS, ">=80"), ("декілька сотень", BOATS, "v300"),
        ("понад півмільйона", BOATS, ">500000"), ("дві з гаком тисячі", BOATS, ">~2000"),
        ("п'ята частина", SHARE, "=0.2"), ("кількасот човнів", BOATS, "v300"),
        ("трохи вище 40%", PERCENT, ">~40"), ("40 кг", KILOS, "=40"),
        ("€40 млн", MONEY, "=40000000"),
    ],
    "ar": [
        ("13,500 زورق", BOATS, "=13500"), ("١٣٬٥٠٠", BOATS, "=13500"),
        ("2,5 مليون", BOATS, "=2500000"),
        ("12.345 مليار يورو", MONEY, "=12345000000"), ("نحو ألفي زورق", BOATS, "~2000"),
        ("خمسة وعشرون ألفا و300", BOATS, "=25300"), ("لا يتجاوز 40", BOATS, "<=40"),
        ("مئة وخمسة وستين", BOATS, "=165"), ("بين عشرين وثلاثين", BOATS, "[20,30]"),
        ("مليونا زورق", BOATS, "=2000000"), ("مئات الآلاف", BOATS, "v200000"),
        ("بأكثر من 30٪", PERCENT, ">30"), ("ثلاثة أرباع", SHARE, "=0.75"),
        ("3 بلايين يورو", MONEY, "=3000000000"), ("خمس عشرة", BOATS, "=15"),
        ("نصف طن", MASS, "=0.5"), ("اثنان ونصف طن", MASS, "=2.5"),
        ("80 فأكثر", BOATS, ">=80"), ("ألف و200 زورق", BOATS, "=1200"),
        ("مليون ونصف المليون زورق", BOATS, "=1500000"), ("قرابة المليون", BOATS, "<~1000000"),
        ("مليونين ونصف المليون", BOATS, "=2500000"), ("%40", PERCENT, "=40"),
        ("بين %30 و%40", PERCENT, "[30,40]"), ("ما يربو على 40", BOATS, ">40"),
        ("يتراوح عددهم بين 30 و40", BOATS, "[30,40]"), ("بلغ نحو 40", BOATS, "~40"),
        ("بحد أدنى 40", BOATS, ">=40"), ("عشر زوارق", BOATS, "=10"), ("40 كيلوغراما", KILOS, "=40"),
    ],
    "es-MX": [("4,200 barcos", BOATS, "=4200"), ("4.2 millones", BOATS, "=4200000")],
    # No words of their own: the numbers are theirs, the words English.
    "it": [("1.500", BOATS, "=1500"), ("about 2,5 t", MASS, "~2.5")],
    "tr": [("1.500,5", MASS, "=1500.5")],
    "lb": [("13,500 t", MASS, "=13.5"), ("13.500", BOATS, "=13500")],
    "ky": [("13,500 t", MASS, "=13.5")], "fo": [("13.500 kg", KILOS, "=13500")],
}  # fmt: skip
REFUSED: dict[str, list[tuple[str, MeasureContext]]] = {
    "de": [
        ("zwei bis dreihundert", BOATS), ("3. Mai", BOATS), ("hundert von tausend", BOATS),
        ("um 300 gestiegen", BOATS), ("dreimal so viele", BOATS), ("1,250 Boote", BOATS),
        ("eine Million 200", BOATS), ("roughly 40", BOATS), ("2 oder 3", BOATS),
        ("2 3/0 Tonnen", MASS), ("2 5/4 Tonnen", MASS), ("5/4", SHARE), ("1.2.3 Boote", BOATS),
        ("fünf bis zehntausend", BOATS), ("zehn bis hunderttausend", BOATS),
        ("zwei Millionen fünfhundert", BOATS), ("beträgt nicht 40", BOATS),
        ("mehr als", BOATS), ("zwischen 5 und", BOATS), ("Boote", BOATS),
    ],
    "fr": [
        ("deux à trois cents", BOATS), ("3 mai", BOATS), ("trois fois plus", BOATS),
        ("un million 500", BOATS), ("12,34,5", BOATS), ("le cinquième", BOATS),
        ("de 300 bateaux", BOATS), ("XIVe", BOATS), ("300 0000", BOATS), ("un sur cinq", BOATS),
        ("1,250", BOATS),
        ("un million deux", BOATS), ("deux millions cinq cents", BOATS),
        ("n'atteint pas 40", BOATS),
    ],
    "ru": [
        ("лодок 100", BOATS), ("12 мая", BOATS), ("почти тысячи", BOATS), ("на 30 %", PERCENT),
        ("вырос с 10 до 20", BOATS), ("две-три тысячи", BOATS), ("1 из 5", SHARE),
        ("в три раза", BOATS), ("90-е годы", BOATS), ("2 или 3", BOATS),
        ("1.250 тонн", MASS), ("1.250 млрд евро", MONEY),
        ("миллион двести", BOATS), ("тысячи с лишним", BOATS), ("не достигло 40", BOATS),
    ],
    "ar": [
        ("12 مايو", BOATS), ("خمس السكان", SHARE), ("خمس الزوارق", BOATS), ("مليونا", BOATS),
        ("12.345 زورق", BOATS), ("1,234 مليون يورو", MONEY), ("4ر5", BOATS), ("الثالث", BOATS),
        ("ضعف العدد", BOATS), ("20 أو 30", BOATS), ("خمسة عشرون", BOATS),
        ("عشر السكان", SHARE), ("عشر سكان العالم", WORLD), ("مليار ونصف المليون", BOATS),
        ("لم يبلغ 40", BOATS),
    ],
    "uk": [
        ("човнів 100", BOATS), ("12 травня", BOATS), ("понад тисячі", BOATS), ("на 30 %", PERCENT),
        ("утричі більше", BOATS), ("тиc. 30", BOATS), ("2 чи 3", BOATS),
        ("мільйон двісті", BOATS), ("сьома", BOATS), ("не сягнула 40", BOATS),
    ],
    "es": [
        ("4,200 barcos", BOATS), ("4,200 millones de euros", MONEY), ("4,200 toneladas", MASS),
        ("87.798 millones de euros", MONEY), ("3 de mayo", BOATS), ("el doble", BOATS),
        ("uno de cada tres", BOATS), ("más/menos 3", BOATS), ("dos o tres", BOATS),
        ("un millón doscientos", BOATS), ("no asciende a 40", BOATS), ("medio", BOATS),
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    ("language", "text", "of", "expected"),
    [(language, *case) for language in READ for case in READ[language]],
)
def test_a_wording_is_read_as_its_language_means_it(
    language: str, text: str, of: MeasureContext, expected: str
) -> None:
    assert is_expected(read(text, language, of), expected)


@pytest.mark.parametrize(
    ("language", "text", "of"),
    [(language, *case) for language in REFUSED for case in REFUSED[language]],
)
def test_what_reads_two_ways_or_is_no_figure_is_refused(
    language: str, text: str, of: MeasureContext
) -> None:
    with pytest.raises(Unreadable):
        read(text, language, of)


@pytest.mark.parametrize(
    ("text", "way_out"),
    [
        ("3 or 4", "send what the source itself says as 'A or B' as alternatives."),
        ("3 and 4", "send 'A and B' as slots."),
        ("3 and/or 4", "send 'A or B' as alternatives, and 'A and B' as slots."),
        ("3 boats 4", "and only one is meant here."),
    ],
)
def test_a_second_figure_is_refused_with_the_way_to_send_it(text: str, way_out: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read(text, "en", BOATS._replace(unit_label="boats"))
    assert way_out in refused.value.reason


def test_a_mark_that_reads_two_ways_is_refused_with_both() -> None:
    with pytest.raises(Unreadable, match=r"4200 where .* 4\.2 where"):
        read("4,200 millones de euros", "es", MONEY)


@pytest.mark.parametrize("language", OTHERS)
def test_every_example_of_a_lexicon_reads_as_it_says(language: str) -> None:
    for hedge, entry in lexicon_of(language).document["hedges"].items():
        found = complete({"raw_text": entry["example"]["text"]}, BOATS._replace(language=language))
        told = {name: found.get(name) for name in entry["example"] if name != "text"}
        assert told == {n: v for n, v in entry["example"].items() if n != "text"}, (language, hedge)
        assert found["hedge"] == hedge
        assert found["lexicon_version"] == lexicon_of(language).version


def phrases(side: str) -> list[tuple[str, str, str]]:
    return [
        (language, hedge, phrase)
        for language in OTHERS
        for hedge, entry in lexicon_of(language).document["hedges"].items()
        for phrase in entry[side]
    ]


@given(
    st.sampled_from([("before", *each) for each in phrases("before")]
                    + [("after", *each) for each in phrases("after")]),
    st.one_of(st.integers(1, 999), st.integers(1, 10**9)),
)  # fmt: skip
def test_each_phrase_with_any_number_holds_a_whole_number_in_the_domain(
    case: tuple[str, str, str, str], n: int
) -> None:
    side, language, hedge, phrase = case
    text = f"{phrase} {n}" if side == "before" else f"{n} {phrase}"
    found = read(text, language, BOATS)
    assert (found.hedge, found.value) == (hedge, Decimal(n))
    low, high = found.lower or Decimal(0), found.upper
    assert low >= 0
    least = low.to_integral_value(rounding="ROUND_CEILING")
    least += least == low and found.lower_inclusive is False
    assert high is None or least < high or (least == high and found.upper_inclusive)


@given(st.sampled_from(OTHERS), st.data())
def test_any_words_of_a_lexicon_are_read_or_refused(language: str, data: Any) -> None:
    words = sorted(lexicon_of(language).vocabulary) + ["5", "6.700", "6,700", "4,80", "½", "-"]
    text = " ".join(data.draw(st.lists(st.sampled_from(words), min_size=1, max_size=6)))
    try:
        found = read(text, language, BOATS)
    except Unreadable:
        return
    assert found.lower is None or found.upper is None or found.lower <= found.upper


def shared(language: str) -> list[dict[str, Any]]:
    lines = CASES.read_text(encoding="utf-8").splitlines()
    return [case for line in lines if (case := json.loads(line))["lang"] == language]


@pytest.mark.skipif(not CASES.exists(), reason="the wordings are not beside the repository")
@pytest.mark.parametrize("language", OTHERS)
def test_of_the_wordings_that_others_collected_none_is_answered_wrongly(language: str) -> None:
    wrong, right, readable = [], 0, 0
    for case in shared(language):
        readable += "X" not in case["expected"]
        of = case["measure"]
        low, high = (
            None if of.get(n) is None else Decimal(of[n]) for n in ("domain_min", "domain_max")
        )
        measure = MeasureContext(
            of["unit"], of.get("unit_label"), of["statistic"], low, high, language
        )
        try:
            found = read_figure(case["wording"], measure)
        except Unreadable:
            continue
        if not any(one != "X" and is_expected(found, one) for one in case["expected"]):
            wrong.append((case["wording"], found))
        right += "X" not in case["expected"]
    assert wrong == []
    assert right >= READ_AT_LEAST * readable
