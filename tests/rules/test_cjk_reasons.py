"""Why a Korean, Chinese or Japanese figure is refused, and which words are to blame."""

from decimal import Decimal

import pytest

from app.rules.bounds import MeasureContext
from app.rules.cjk import read_cjk
from app.rules.cjk_words import cjk_lexicon
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
A_DATE = MeasureContext("d", "日", "amount", ZERO)
LINES = MeasureContext("{item}", "선", domain_min=ZERO)
VOTES = MeasureContext("1", "票", "share", ZERO, Decimal(1))
TONNES = MeasureContext("t", None, "amount", ZERO)
AREA = MeasureContext("km2", None, "amount", ZERO)
NO_FIGURE = "The wording has no figure where one is expected."
NO_VAGUE_ENDS = "The ends of a range are numbers, not vague words."
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
    ("ko", "총 2021년", YEARS, DATE, "총 2021년"),
    ("zh", "1000年", YEARS, DATE, "1000年"),
    ("zh", "2999年", YEARS, DATE, "2999年"),
    ("ja", "3日", A_DATE, DATE, "3日"),
    ("ja", "59日", A_DATE, DATE, "59日"),
    ("ja", "十日", A_DATE, DATE, "十日"),
    ("ja", "二十五日", A_DATE, DATE, "二十五日"),
    ("ko", "약", PEOPLE, NO_FIGURE, "약"),
    ("ko", "넘는 300명", PEOPLE, UNKNOWN, "넘는 300명"),
    ("ko", "수만~30만 명", PEOPLE, NO_VAGUE_ENDS, "수만~30만"),
    ("ko", "약 3만~수십만 명", PEOPLE, NO_VAGUE_ENDS, "3만~수십만"),
    ("ja", "1〜2分の1", SHARE, ONE_IS_A_PART, "1〜2分の1"),
    ("ja", "約十から二十パーセント", SHARE, ONE_IS_A_PART, "十から二十パーセント"),
    ("ja", "30票〜40%", VOTES, ONE_IS_A_PART, "30票〜40%"),
    ("ko", "1~1만 명", PEOPLE, "The range may begin at 1 or, shortened, at 1000.", "1~1만"),
    ("ko", "약 5~5003명", PEOPLE, "The range may begin at 5 or, shortened, at 5000.", "5~5003"),
    ("ko", "0.5~1000톤", TONNES, "The range may begin at 0.5 or, shortened, at 500.", "0.5~1000"),
    ("ko", "약 2천~3천만 명", PEOPLE,
     "The range may begin at 2000 or, shortened, at 20000000.", "2천~3천만"),
    ("ko", "약 555-1234", PEOPLE, CALL, "555-1234"),
    ("ja", "5㎢と", AREA, UNKNOWN, "と"),
    ("ko", ".", PEOPLE, "The wording is empty.", ""),
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
    ("zh", ("3000年", YEARS, "none", "3000", "3000", "3000")),
    ("zh", ("2千年", YEARS, "none", "2000", "2000", "2000")),
    ("zh", ("2000余年", YEARS, "more_than", "2000", "2000", "3000")),
    ("ja", ("2000年余り", YEARS, "just_over", "2000", "2000", "3000")),
    ("ja", ("約2000年", YEARS, "approximate", "2000", "1800", "2200")),
    ("ja", ("60日", A_DATE, "none", "60", "60", "60")),
    ("ja", ("2.5日", A_DATE, "none", "2.5", "2.5", "2.5")),
    ("ko", ("300 이상 선", LINES, "at_least", "300", "300", None)),
    ("ko", ("300선", LINES, "none", "300", "300", "300")),
    ("ja", ("3割〜4割", SHARE, "between", None, "0.3", "0.4")),
    ("ja", ("5㎢", AREA, "none", "5", "5", "5")),
    ("ko", ("0~1000명", PEOPLE, "between", None, "0", "1000")),
    ("ko", ("5~5000명", PEOPLE, "between", None, "5", "5000")),
    ("ko", ("1000~1,500,000명", PEOPLE, "between", None, "1000", "1500000")),
    ("ko", (" 50명", PEOPLE, "none", "50", "50", "50")),
    ("ko", (" 50", PEOPLE, "none", "50", "50", "50")),
    ("ko", ("50 ", PEOPLE, "none", "50", "50", "50")),
    ("ko", ("50명" + " " * 497, PEOPLE, "none", "50", "50", "50")),
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


def test_half_a_character_is_a_control_character() -> None:
    with pytest.raises(Unreadable, match="control characters"):
        read_cjk("3\ud800명", PEOPLE, "ko")


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
