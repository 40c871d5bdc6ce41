"""Why a Korean, Chinese or Japanese figure is refused, and which words are to blame."""

from decimal import Decimal

import pytest

from app.rules.bounds import MeasureContext
from app.rules.cjk import cjk_lexicon, read_cjk
from app.rules.figures import complete, read_figure
from app.rules.tokenizer import Unreadable
from tests.rules.test_cjk import CELSIUS, PEOPLE, PERCENT, SHARE, YEARS, ZERO, Case, told

TURBINES = MeasureContext("{item}", "兆瓦机组", domain_min=ZERO)
SHELLS = MeasureContext("{shell}", "152밀리 포탄", domain_min=ZERO)
BIKES = MeasureContext("{vehicle}", "共享单车", domain_min=ZERO)
ODDS = MeasureContext("1", None, "ratio", ZERO)
FRANCS = MeasureContext("{CHF}", "프랑", "amount", ZERO)
DOLLARS = MeasureContext("{USD}", None, "amount", ZERO)
CROWNS = MeasureContext("{XTS}", "クローネ", "amount", ZERO)
A_DAY = MeasureContext("t/d", None, "rate", ZERO)
ON_LAND = MeasureContext("kg/m2/d", None, "rate", ZERO)
BELOW = "Below zero this hedge may mean further from it, or nearer to it."
DATE = "This may be a date, or a length of time."
LABEL = "This number is a part of the unit's label, or the figure."
PER_TIME = "A figure is per one length of time."
PART = "One number of another is a part of a whole."
TWO_ENDS = "A range has two ends."
ONE_IS_A_PART = "One end of the range is a part of a whole, the other is not."
CALL = "This may be a range, or a number to call."
HALF = "A half stands behind a whole number of what can be halved."
ONE_HEDGED = "Only one end of the range is hedged."
OF_BOTH = "A range and this hedge together read two ways: of one end, or of both."
TWO_NUMBERS = "A fraction is two numbers."
NO_PART = "This fraction is no part of a whole."
TENTHS = "Tenths of a whole are ten at most."
NO_NUMBER = "These signs are known, but they make no one number in this order."
ONLY_ONE = "One wording holds more than one figure, and only one is meant here."
UNKNOWN = "Some words are neither in the lexicon nor in the measure's unit label."
REFUSED: list[tuple[str, str, MeasureContext, str, str]] = [
    ("zh", "一百人50", PEOPLE, ONLY_ONE, "50"),
    ("ja", "100人50人", PEOPLE, ONLY_ONE, "50人"),
    ("ko", "약 100명 50명", PEOPLE, ONLY_ONE, "50명"),
    ("ko", "하루 매주 3명", PEOPLE, PER_TIME, "하루 매주 3명"),
    ("ko", "10명 중 12명", SHARE, PART, "10명 중 12명"),
    ("ko", "10명 중 10명", SHARE, PART, "10명 중 10명"),
    ("ko", "10명 중 0명", SHARE, PART, "10명 중 0명"),
    ("ja", "数十人に3人", SHARE, PART, "数十人に3人"),
    ("ja", "100人に30余人", SHARE, PART, "100人に30余人"),
    ("ja", "100余人に30人", SHARE, PART, "100余人に30人"),
    ("ja", "10人に3割", SHARE, PART, "10人に3割"),
    ("ja", "5割に0.1", SHARE, PART, "5割に0.1"),
    ("ja", "3半年", YEARS, UNKNOWN, "半年"),
    ("zh", "介于40人", PEOPLE, TWO_ENDS, "介于40人"),
    ("ja", "3割~4", SHARE, ONE_IS_A_PART, "3割~4"),
    ("ko", "60~40명", PEOPLE, "The range runs downwards.", "60~40"),
    ("ko", "40~40명", PEOPLE, "The range runs downwards.", "40~40"),
    ("ko", "555-1234", PEOPLE, CALL, "555-1234"),
    ("ko", "3명 반", PEOPLE, HALF, "3명 반"),
    ("ko", "2.5년 반", YEARS, HALF, "2.5년 반"),
    ("ko", "2~3년 반", YEARS, HALF, "2~3년 반"),
    ("ko", "40~50여 명", PEOPLE, ONE_HEDGED, "40~50여 명"),
    ("ko", "총 50명여~60명", PEOPLE, ONE_HEDGED, "50명여~60명"),
    ("ko", "총 50여명~60명", PEOPLE, ONE_HEDGED, "50여명~60명"),
    ("ko", "2년 반~3년", YEARS, ONE_HEDGED, "2년 반~3년"),
    ("zh", "不到40至50人", PEOPLE, OF_BOTH, "不到40至50人"),
    ("ja", "2人から3万人", PEOPLE,
     "The range may begin at 2 or, shortened, at 20000.", "2人から3万"),
    ("ja", "2021年以上", YEARS, DATE, "2021年"),
    ("ja", "10人に3人", ODDS, UNKNOWN, "人に3人"),
    ("ja", "過半数", PEOPLE, "A part of a whole can only be read for a measure in '1' or '%'.",
     "過半数"),
    ("ko", "약 152 발", SHELLS, LABEL, "152"),
    ("ko", "-", PEOPLE, UNKNOWN, "-"),
    ("ko", "- 5도", CELSIUS, UNKNOWN, "- 5도"),
    ("ko", "약 -5도", CELSIUS, UNKNOWN, "-5도"),
    ("ja", "氷点下数十度", CELSIUS, BELOW, "氷点下数十度"),
    ("ja", "氷点下2度半", CELSIUS, BELOW, "氷点下2度半"),
    ("ja", "零下5度余り", CELSIUS, BELOW, "零下5度余り"),
    ("ja", "約ちょうど氷点下5度", CELSIUS,
     "The hedges contradict each other: one of them says that it is exact.",
     "約ちょうど氷点下5度"),
    ("ko", "0분의 1", SHARE, TWO_NUMBERS, "0분의 1"),
    ("ko", "3분의 명", SHARE, TWO_NUMBERS, "3분의 명"),
    ("ko", "3분의 4", SHARE, NO_PART, "3분의 4"),
    ("ko", "3분의 3", SHARE, NO_PART, "3분의 3"),
    ("ja", "12割", SHARE, TENTHS, "12割"),
    ("ja", "数十割", SHARE, TENTHS, "数十割"),
    ("zh", "数以千人", PEOPLE, UNKNOWN, "数以千人"),
    ("ja", "数万十", PEOPLE, UNKNOWN, "数万十"),
    ("zh", "数万万亿人", PEOPLE, UNKNOWN, "数万万亿人"),
    ("zh", "50余3人", PEOPLE, NO_NUMBER, "50余3"),
    ("zh", "一百零", PEOPLE, NO_NUMBER, "一百零"),
    ("zh", "三千百人", PEOPLE, NO_NUMBER, "三千百"),
    ("ja", "0千人", PEOPLE, NO_NUMBER, "0千"),
    ("ja", "15千人", PEOPLE, NO_NUMBER, "15千"),
    ("ja", "3千15百人", PEOPLE, NO_NUMBER, "3千15百"),
    ("ja", "二〇千人", PEOPLE, NO_NUMBER, "二〇千"),
    ("ja", "1.5万2千人", PEOPLE, NO_NUMBER, "1.5万2千"),
    ("ko", "3\x07명", PEOPLE, "The wording contains control characters.", ""),
    ("ko", "3" * 501, PEOPLE, "A figure's wording has at most 500 characters.", ""),
    ("ko", f"1{'0' * 301}명", PEOPLE,
     "A figure lies within 1e300, and no nearer to zero than 1e-300.", f"1{'0' * 301}명"),
]  # fmt: skip
READ: list[tuple[str, Case]] = [
    ("zh", ("兩成半", SHARE, "none", "0.25", "0.25", "0.25")),
    ("zh", ("百分之百二十", SHARE, "none", "1.2", "1.2", "1.2")),
    ("ja", ("三千百人", PEOPLE, "none", "3100", "3100", "3100")),
    ("ja", ("数万億", PEOPLE, "vague", None, "2000000000000", None)),
    ("zh", ("3兆瓦机组", TURBINES, "none", "3", "3", "3")),
    ("ko", ("200-351명", PEOPLE, "between", None, "200", "351")),
    ("zh", ("共享单车300辆", BIKES, "none", "300", "300", "300")),
    ("ko", ("-5도", CELSIUS, "none", "-5", "-5", "-5")),
    ("ja", ("約氷点下5度", CELSIUS, "approximate", "-5", "-5.5", "-4.5")),
    ("ja", ("ちょうど氷点下5度", CELSIUS, "exact", "-5", "-5", "-5")),
    ("ja", ("3割に達する", SHARE, "none", "0.3", "0.3", "0.3")),
    ("ja", ("10人に1人", SHARE, "none", "0.1", "0.1", "0.1")),
    ("ja", ("10人に3人", PERCENT, "none", "30", "30", "30")),
    ("ko", ("과반", PERCENT, "more_than", "50", "50", "100")),
    ("ko", ("3만 프랑", FRANCS, "none", "30000", "30000", "30000")),
    ("ja", ("3万クローネ", CROWNS, "none", "30000", "30000", "30000")),
    ("ja", ("$3万", DOLLARS, "none", "30000", "30000", "30000")),
    ("zh", ("300吨", A_DAY, "none", "300", "300", "300")),
    ("ja", ("300キログラム", ON_LAND, "none", "300", "300", "300")),
]


@pytest.mark.parametrize(("language", "text", "yardstick", "reason", "words"), REFUSED)
def test_a_refusal_says_why_and_names_the_words(
    language: str, text: str, yardstick: MeasureContext, reason: str, words: str
) -> None:
    with pytest.raises(Unreadable) as refused:
        read_cjk(text, yardstick, language)
    assert (refused.value.reason, " ".join(refused.value.words)) == (reason, words)


@pytest.mark.parametrize(("language", "case"), READ)
def test_what_looks_like_them_and_is_plain_is_read(language: str, case: Case) -> None:
    text, yardstick, *expected = case
    assert told(read_cjk(text, yardstick, language)) == tuple(expected)


def test_another_language_has_no_lexicon_of_myriads() -> None:
    with pytest.raises(ValueError, match="no lexicon of myriads for the language 'en-GB'"):
        cjk_lexicon("en-GB")


@pytest.mark.parametrize("language", ["ko", "zh-TW", "ja-JP"])
def test_a_figure_of_a_measure_in_myriads_keeps_the_version_that_read_it(language: str) -> None:
    text = {"ko": "3만 명", "zh-TW": "3万人", "ja-JP": "3万人"}[language]
    of = PEOPLE._replace(language=language)
    assert read_figure(text, of).value == Decimal(30_000)
    found = complete({"raw_text": text}, of)
    assert found["value"] == "30000"
    assert found["lexicon_version"] == cjk_lexicon(language).version
    assert found["lexicon_version"].startswith(language[:2])
