"""Korean, Chinese and Japanese figures: myriads, counters, hedges on both sides, "and some"."""

from contextlib import suppress
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.bounds import BoundedFigure, MeasureContext, is_counted
from app.rules.cjk import read_cjk
from app.rules.cjk_words import cjk_lexicon
from app.rules.tokenizer import Unreadable

ZERO, ONE = Decimal(0), Decimal(1)
PEOPLE = MeasureContext("{person}", "주민, 居民, 住民", domain_min=ZERO)
LAMPS = MeasureContext("{item}", "등불, 灯笼, 提灯", domain_min=ZERO)
SHARE = MeasureContext("1", None, "share", ZERO, ONE)
PERCENT = MeasureContext("%", None, "share", ZERO, Decimal(100))
WON = MeasureContext("{KRW}", None, "amount", ZERO)
YEARS = MeasureContext("a", None, "amount", ZERO)
CELSIUS = MeasureContext("Cel", None, "amount")
Case = tuple[str, MeasureContext, str, str | None, str | None, str | None]


def told(found: BoundedFigure) -> tuple[str | None, ...]:
    """Hedge, value and bounds, as text."""
    numbers = (found.value, found.lower, found.upper)
    return found.hedge, *(None if n is None else f"{n.normalize():f}" for n in numbers)


KOREAN: list[Case] = [
    ("7천200명", PEOPLE, "none", "7200", "7200", "7200"),
    ("주민 3만 2천 명", PEOPLE, "none", "32000", "32000", "32000"),
    ("4만 17명", PEOPLE, "none", "40017", "40017", "40017"),
    ("약 만 2천 명", PEOPLE, "approximate", "12000", "10800", "13200"),
    ("800명가량", PEOPLE, "approximate", "800", "720", "880"),
    ("50여 명", PEOPLE, "just_over", "50", "50", "60"),
    ("70여만 명", PEOPLE, "just_over", "700000", "700000", "800000"),
    ("2만 4천여 명", PEOPLE, "just_over", "24000", "24000", "25000"),
    ("약 50여 명", PEOPLE, "approximate", "50", "45", "60"),
    ("최소 50여 명", PEOPLE, "at_least", "50", "50", None),
    ("9천 명을 넘었다", PEOPLE, "more_than", "9000", "9000", None),
    ("9천 명 이상", PEOPLE, "at_least", "9000", "9000", None),
    ("9천 명이 넘는", PEOPLE, "more_than", "9000", "9000", None),
    ("구천이 넘는", PEOPLE, "more_than", "9000", "9000", None),
    ("최대 9천 명에 이르는", PEOPLE, "up_to", "9000", "0", "9000"),
    ("90명 미만", PEOPLE, "less_than", "90", "0", "90"),
    ("9만 명에 육박하는", PEOPLE, "nearly", "90000", "81000", "90000"),
    ("수천 명", PEOPLE, "vague", None, "2000", None),
    ("수백여 명", PEOPLE, "vague", None, "200", None),
    ("삼분의 이", SHARE, "none", "0.666666666667", "0.666666666666", "0.666666666667"),
    ("12~13만 명", PEOPLE, "between", None, "120000", "130000"),
    ("2천만~3천만 명", PEOPLE, "between", None, "20000000", "30000000"),
    ("2~3천만 명", PEOPLE, "between", None, "20000000", "30000000"),
    ("8천~1만 명", PEOPLE, "between", None, "8000", "10000"),
    ("40명에서 60명 사이", PEOPLE, "between", None, "40", "60"),
    ("2조3천억원", WON, "none", "2300000000000", "2300000000000", "2300000000000"),
    ("4천여억원", WON, "just_over", "400000000000", "400000000000", "500000000000"),
    ("3분의 2", SHARE, "none", "0.666666666667", "0.666666666666", "0.666666666667"),
    ("20∼30%", SHARE, "between", None, "0.2", "0.3"),
    ("20.5% 이하", PERCENT, "up_to", "20.5", "0", "20.5"),
    ("열 명 중 세 명", SHARE, "none", "0.3", "0.3", "0.3"),
    ("과반", SHARE, "more_than", "0.5", "0.5", "1"),
    ("스물세 명", PEOPLE, "none", "23", "23", "23"),
    ("2년 반", YEARS, "none", "2.5", "2.5", "2.5"),
    ("30∼40", PERCENT, "between", None, "30", "40"),
    ("영하 5도", CELSIUS, "none", "-5", "-5", "-5"),
    ("주민은 단 40명", PEOPLE, "none", "40", "40", "40"),
    ("40명에 불과하다", PEOPLE, "none", "40", "40", "40"),
    ("9천 명을 훌쩍 넘는", PEOPLE, "more_than", "9000", "9000", None),
    ("9천 명을 조금 웃도는", PEOPLE, "just_over", "9000", "9000", "9900"),
    ("9천 명에 근접한", PEOPLE, "nearly", "9000", "8100", "9000"),
    ("9천 명으로 추산된다", PEOPLE, "approximate", "9000", "8100", "9900"),
    ("약 3/4", SHARE, "approximate", "0.75", "0.675", "0.825"),
]
KOREAN_REFUSED = [
    ("이 사람", PEOPLE),
    ("300명을 넘지 않는", PEOPLE),
    ("3월 4일", PEOPLE),
    ("2021년", YEARS),
    ("제3차", PEOPLE),
    ("5번째", LAMPS),
    ("300채", PEOPLE),
    ("이삼백 명", PEOPLE),
    ("2천~3천만 명", PEOPLE),
    ("3~4000명", PEOPLE),
    ("300명", SHARE),
    ("3만 명, 4만 명", PEOPLE),
    ("1,23명", PEOPLE),
    ("최대 50여 명", PEOPLE),
    ("3만2만 명", PEOPLE),
    ("1만2천억원", WON),
    ("만 명당 3명", PEOPLE),
    ("30% 증가", PERCENT),
    ("30%포인트", PERCENT),
    ("두 배", PEOPLE),
    ("5여 명", PEOPLE),
    ("0명 미만", PEOPLE),
    ("1.5명", PEOPLE),
    ("7·8%", PERCENT),
    ("30명대", PEOPLE),
    ("한두 명", PEOPLE),
    ("", PEOPLE),
    ("명", PEOPLE),
    ("3만 1 200명", PEOPLE),
    ("007명", PEOPLE),
    ("500달러", WON),
    ("3할", PEOPLE),
    ("수십만~수백만 명", PEOPLE),
    ("약 수만 명", PEOPLE),
    ("1억 5천 명", PEOPLE),
    ("300명 늘었다", PEOPLE),
    ("영하 5도 이하", CELSIUS),
    ("영하 5~10도", CELSIUS),
    ("- 5명", PEOPLE),
]


@pytest.mark.parametrize(("text", "yardstick", "hedge", "value", "lower", "upper"), KOREAN)
def test_korean_is_read(
    text: str, yardstick: MeasureContext, hedge: str, value: str, lower: str, upper: str
) -> None:
    assert told(read_cjk(text, yardstick, "ko")) == (hedge, value, lower, upper)


@pytest.mark.parametrize(("text", "yardstick"), KOREAN_REFUSED)
def test_korean_that_may_mean_something_else_is_refused(
    text: str, yardstick: MeasureContext
) -> None:
    with pytest.raises(Unreadable):
        read_cjk(text, yardstick, "ko")


CHINESE: list[Case] = [
    ("居民约七千名。", PEOPLE, "approximate", "7000", "6300", "7700"),
    ("7千2百人", PEOPLE, "none", "7200", "7200", "7200"),
    ("共3万2000名居民", PEOPLE, "none", "32000", "32000", "32000"),
    ("约 1.2 万人", PEOPLE, "approximate", "12000", "10800", "13200"),
    ("八百人左右", PEOPLE, "approximate", "800", "720", "880"),
    ("50多人", PEOPLE, "more_than", "50", "50", "60"),
    ("70余万人", PEOPLE, "more_than", "700000", "700000", "800000"),
    ("2萬4千餘人", PEOPLE, "more_than", "24000", "24000", "25000"),
    ("十多万人", PEOPLE, "more_than", "100000", "100000", "200000"),
    ("约50多人", PEOPLE, "approximate", "50", "45", "60"),
    ("逾50余人", PEOPLE, "more_than", "50", "50", None),
    ("已超过9000人", PEOPLE, "more_than", "9000", "9000", None),
    ("不少于9000人", PEOPLE, "at_least", "9000", "9000", None),
    ("不超過9千人", PEOPLE, "up_to", "9000", "0", "9000"),
    ("不到90人", PEOPLE, "less_than", "90", "0", "90"),
    ("将近9万人", PEOPLE, "nearly", "90000", "81000", "90000"),
    ("数千人", PEOPLE, "vague", None, "2000", None),
    ("數以千計居民", PEOPLE, "vague", None, "2000", None),
    ("上百人", PEOPLE, "vague", None, "100", None),
    ("12至13万人", PEOPLE, "between", None, "120000", "130000"),
    ("三到四万人", PEOPLE, "between", None, "30000", "40000"),
    ("介于40人到60人之间", PEOPLE, "between", None, "40", "60"),
    ("1.2万亿人", PEOPLE, "none", "1200000000000", "1200000000000", "1200000000000"),
    ("一万五千亿人", PEOPLE, "none", "1500000000000", "1500000000000", "1500000000000"),
    ("三百六", LAMPS, "none", "360", "360", "360"),
    ("一万二", LAMPS, "none", "12000", "12000", "12000"),
    ("一萬零二十人", PEOPLE, "none", "10020", "10020", "10020"),
    ("两成五", SHARE, "none", "0.25", "0.25", "0.25"),
    ("三到四成", SHARE, "between", None, "0.3", "0.4"),
    ("四成多", SHARE, "more_than", "0.4", "0.4", "0.5"),
    ("百分之二十", PERCENT, "none", "20", "20", "20"),
    ("五分之二", SHARE, "none", "0.4", "0.4", "0.4"),
    ("過半數", SHARE, "more_than", "0.5", "0.5", "1"),
    ("每十人中有三人", SHARE, "none", "0.3", "0.3", "0.3"),
    ("两年半", YEARS, "none", "2.5", "2.5", "2.5"),
    ("零下5度", CELSIUS, "none", "-5", "-5", "-5"),
    ("百分之三十到四十", PERCENT, "between", None, "30", "40"),
    ("百分之三点五", PERCENT, "none", "3.5", "3.5", "3.5"),
    ("百分之二十三点五", PERCENT, "none", "23.5", "23.5", "23.5"),
    ("千分之三点五", PERCENT, "none", "0.35", "0.35", "0.35"),
    ("三点五万人", PEOPLE, "none", "35000", "35000", "35000"),
    ("一百二十三点五万人", PEOPLE, "none", "1235000", "1235000", "1235000"),
    ("两千三百点四五亿人", PEOPLE, "none", "230045000000", "230045000000", "230045000000"),
    ("介于300和400之间", PEOPLE, "between", None, "300", "400"),
    ("没有超过300人", PEOPLE, "up_to", "300", "0", "300"),
    ("不下300人", PEOPLE, "at_least", "300", "300", None),
    ("300人出头", PEOPLE, "just_over", "300", "300", "330"),
    ("已远超300人", PEOPLE, "more_than", "300", "300", None),
    ("逾半", SHARE, "more_than", "0.5", "0.5", "1"),
    ("差不多300人", PEOPLE, "approximate", "300", "270", "330"),
]
CHINESE_REFUSED = [
    ("3月4日", PEOPLE),
    ("2021年", YEARS),
    ("第三次", LAMPS),
    ("300栋", PEOPLE),
    ("两三百人", PEOPLE),
    ("七八成", SHARE),
    ("十几人", PEOPLE),
    ("3万5人", PEOPLE),
    ("2千3", LAMPS),
    ("3兆人", PEOPLE),
    ("50万和60万人", PEOPLE),
    ("最多50多人", PEOPLE),
    ("不到三万余人", PEOPLE),
    ("増加3万人", PEOPLE),
    ("3千万到4亿亿人", PEOPLE),
    ("105余人", PEOPLE),
    ("三倍", PEOPLE),
    ("20个百分点", PERCENT),
    ("数人", PEOPLE),
    ("三5人", PEOPLE),
    ("百五3人", PEOPLE),
    ("一二三四人", PEOPLE),
    ("3成", PEOPLE),
    ("近数百人", PEOPLE),
    ("50多至60人", PEOPLE),
    ("1·2人", PEOPLE),
    ("或3万人", PEOPLE),
    ("3万人或4万人", PEOPLE),
    ("一亿五千", PEOPLE),
    ("三点五", PEOPLE),
    ("一万点五万人", PEOPLE),
    ("300和400", PEOPLE),
    ("300人不等", PEOPLE),
]


@pytest.mark.parametrize(("text", "yardstick", "hedge", "value", "lower", "upper"), CHINESE)
def test_chinese_is_read(
    text: str, yardstick: MeasureContext, hedge: str, value: str, lower: str, upper: str
) -> None:
    assert told(read_cjk(text, yardstick, "zh")) == (hedge, value, lower, upper)


@pytest.mark.parametrize(("text", "yardstick"), CHINESE_REFUSED)
def test_chinese_that_may_mean_something_else_is_refused(
    text: str, yardstick: MeasureContext
) -> None:
    with pytest.raises(Unreadable):
        read_cjk(text, yardstick, "zh")


@pytest.mark.parametrize("language", ["zh-TW", "zh-Hant-TW"])
def test_a_chinese_trillion_is_one_character_in_taiwan(language: str) -> None:
    assert read_cjk("3兆2千億人", PEOPLE, language).value == 3_200_000_000_000


JAPANESE: list[Case] = [
    ("7千200人", PEOPLE, "none", "7200", "7200", "7200"),
    ("計３万２０００人", PEOPLE, "none", "32000", "32000", "32000"),
    ("4万17人", PEOPLE, "none", "40017", "40017", "40017"),
    ("約1万2千人の住民", PEOPLE, "approximate", "12000", "10800", "13200"),
    ("800人ほど", PEOPLE, "approximate", "800", "720", "880"),
    ("50人余り", PEOPLE, "just_over", "50", "50", "60"),
    ("70余万人", PEOPLE, "just_over", "700000", "700000", "800000"),
    ("9千人を上回る", PEOPLE, "more_than", "9000", "9000", None),
    ("少なくとも9千人", PEOPLE, "at_least", "9000", "9000", None),
    ("最大で9千人", PEOPLE, "up_to", "9000", "0", "9000"),
    ("90人に満たない", PEOPLE, "less_than", "90", "0", "90"),
    ("9万人近く", PEOPLE, "nearly", "90000", "81000", "90000"),
    ("数千人", PEOPLE, "vague", None, "2000", None),
    ("12〜13万人", PEOPLE, "between", None, "120000", "130000"),
    ("40人から60人", PEOPLE, "between", None, "40", "60"),
    ("二五〇人", PEOPLE, "none", "250", "250", "250"),
    ("二百五人", PEOPLE, "none", "205", "205", "205"),
    ("12・5万人", PEOPLE, "none", "125000", "125000", "125000"),
    ("3割弱", SHARE, "nearly", "0.3", "0.27", "0.3"),
    ("3割強", SHARE, "just_over", "0.3", "0.3", "0.4"),
    ("7割5分", SHARE, "none", "0.75", "0.75", "0.75"),
    ("3〜4割", SHARE, "between", None, "0.3", "0.4"),
    ("半数以上", SHARE, "at_least", "0.5", "0.5", "1"),
    ("5分の2", SHARE, "none", "0.4", "0.4", "0.4"),
    ("10人に3人", SHARE, "none", "0.3", "0.3", "0.3"),
    ("2年半余り", YEARS, "just_over", "2.5", "2.5", "3"),
    ("マイナス5度", CELSIUS, "none", "-5", "-5", "-5"),
    ("30〜40%", PERCENT, "between", None, "30", "40"),
    ("300人を優に超える", PEOPLE, "more_than", "300", "300", None),
    ("300人をわずかに上回る", PEOPLE, "just_over", "300", "300", "330"),
    ("300人をやや下回る", PEOPLE, "nearly", "300", "270", "300"),
    ("住民は300人以上に上る", PEOPLE, "at_least", "300", "300", None),
    ("300人にとどまった", PEOPLE, "none", "300", "300", "300"),
    ("300人もの住民", PEOPLE, "none", "300", "300", "300"),
    ("ざっと300人", PEOPLE, "approximate", "300", "270", "330"),
]
JAPANESE_REFUSED = [
    ("3月4日", PEOPLE),
    ("2021年", YEARS),
    ("第3回", LAMPS),
    ("300棟", PEOPLE),
    ("二三百人", PEOPLE),
    ("2・3%", PERCENT),
    ("数人", PEOPLE),
    ("十数人", PEOPLE),
    ("3、4人", PEOPLE),
    ("30人台", PEOPLE),
    ("▲3%", PERCENT),
    ("3%減", PERCENT),
    ("3ポイント", PERCENT),
    ("3割", PEOPLE),
    ("1万2千億人", PEOPLE),
    ("最大50人余り", PEOPLE),
    ("3倍", PEOPLE),
    ("二〇二四年", YEARS),
    ("百人中", SHARE),
    ("3人目", PEOPLE),
    ("3万人または4万人", PEOPLE),
    ("3割5", SHARE),
    ("3千円", MeasureContext("{JPY}", "千円", "amount", ZERO)),
    ("5億5千", PEOPLE),
    ("300人増えた", PEOPLE),
    ("マイナス3〜5度", CELSIUS),
]


@pytest.mark.parametrize(("text", "yardstick", "hedge", "value", "lower", "upper"), JAPANESE)
def test_japanese_is_read(
    text: str, yardstick: MeasureContext, hedge: str, value: str, lower: str, upper: str
) -> None:
    assert told(read_cjk(text, yardstick, "ja")) == (hedge, value, lower, upper)


@pytest.mark.parametrize(("text", "yardstick"), JAPANESE_REFUSED)
def test_japanese_that_may_mean_something_else_is_refused(
    text: str, yardstick: MeasureContext
) -> None:
    with pytest.raises(Unreadable):
        read_cjk(text, yardstick, "ja")


@pytest.mark.parametrize("language", ["ko", "zh", "ja"])
def test_every_example_of_a_lexicon_is_read_as_it_says(language: str) -> None:
    for hedge, entry in cjk_lexicon(language).document["hedges"].items():
        example = entry["example"]
        found = read_cjk(example["text"], PEOPLE, language)
        sides = (example.get(name) for name in ("value", "lower", "upper"))
        assert told(found) == (hedge, *sides)


def test_and_some_stays_below_the_next_unit_of_the_last_digit_named() -> None:
    found = read_cjk("50여 명", PEOPLE, "ko")
    assert (found.lower_inclusive, found.upper_inclusive) == (False, False)
    assert (found.lower_basis, found.upper_basis) == ("entailed", "convention")


def test_what_reads_two_ways_is_refused_with_both() -> None:
    with pytest.raises(Unreadable, match="2000 or, shortened, at 20000000"):
        read_cjk("2천~3천만 명", PEOPLE, "ko")


def test_the_words_that_mean_nothing_are_named_as_written() -> None:
    with pytest.raises(Unreadable) as refused:
        read_cjk("３００ 명 (추정)", PEOPLE, "ko")
    assert refused.value.words == ("(추정)",)


def test_a_rate_goes_into_the_unit() -> None:
    found = read_cjk("하루에 약 300명", PEOPLE, "ko")
    assert (found.unit, found.value) == ("{person}/d", Decimal(300))


def test_a_number_of_the_units_label_is_no_figure() -> None:
    shells = MeasureContext("{shell}", "152밀리 포탄", domain_min=ZERO)
    assert read_cjk("152밀리 포탄 3만 발", shells, "ko").value == 30000
    with pytest.raises(Unreadable):
        read_cjk("152 발", shells, "ko")


# --------------------------------------------------------------------------- every number

MYRIADS = {
    "ko": ("", "만", "억", "조"),
    "zh": ("", "万", "亿", "万亿"),
    "ja": ("", "万", "億", "兆"),
}
WORDS = {"ko": "일이삼사오육칠팔구", "zh": "一二三四五六七八九", "ja": "一二三四五六七八九"}
TENS = {"ko": ("천", "백", "십", ""), "zh": ("千", "百", "十", ""), "ja": ("千", "百", "十", "")}
COUNTERS = {"ko": "명", "zh": "人", "ja": "人"}
LANGUAGES = ("ko", "zh", "ja")


def chunks(number: int) -> list[tuple[int, int]]:
    """The parts below ten thousand that are not zero, the highest first, with their myriad."""
    parts = [(number // 10_000**power % 10_000, power) for power in range(4)]
    return [part for part in reversed(parts) if part[0]]


def in_digits(number: int, language: str, comma: bool) -> str:
    """5억 1,234만 7."""
    chunk = "{:,}" if comma else "{}"
    if language == "zh" and number >= 10**12:
        high = number // 10**8
        return f"{chunk.format(high)}亿" + (in_digits(number % 10**8, language, comma) or "")
    return "".join(chunk.format(part) + MYRIADS[language][power] for part, power in chunks(number))


def chunk_in_words(part: int, language: str) -> str:
    """三千〇五 below ten thousand; Korean and Japanese leave the one of a thousand out."""
    written, gap = "", False
    for digit, ten in zip(f"{part:04d}", TENS[language], strict=True):
        if digit == "0":
            gap = bool(written)
            continue
        one = digit == "1" and ten and language != "zh"
        written += ("零" if gap and language == "zh" else "") + (
            ten if one else WORDS[language][int(digit) - 1] + ten
        )
        gap = False
    return written


def in_words(number: int, language: str) -> str:
    """억 이천삼백만 사."""
    if language == "zh" and number >= 10**12:
        low = number % 10**8
        zero = "零" if 0 < low < 10**7 else ""
        return in_words(number // 10**8, language) + "亿" + zero + in_words(low, language)
    written, floor = "", 1
    for part, power in chunks(number):
        gap = language == "zh" and written and (part < 1000 or floor > power + 1)
        written += ("零" if gap else "") + chunk_in_words(part, language)
        written += MYRIADS[language][power]
        floor = power
    return written


@pytest.mark.parametrize("language", LANGUAGES)
@given(number=st.integers(1, 10**16 - 1), comma=st.booleans(), spaced=st.booleans())
def test_every_number_in_digits_is_read(
    language: str, number: int, comma: bool, spaced: bool
) -> None:
    text = in_digits(number, language, comma)
    if spaced:
        text = "".join(f"{each} " if each in "만억조万亿億兆" else each for each in text)
    elided = language == "zh" and number > 9 and text[-1:].isdigit() and number % 10_000 < 10
    if not elided:  # 3万5 is refused
        assert read_cjk(f"{text} {COUNTERS[language]}", PEOPLE, language).value == number


@pytest.mark.parametrize("language", LANGUAGES)
@given(number=st.integers(1, 10**16 - 1))
def test_every_number_in_words_is_read(language: str, number: int) -> None:
    text = in_words(number, language) + COUNTERS[language]
    if language == "ko" and number < 10:
        with pytest.raises(Unreadable):  # people are counted 세 명
            read_cjk(text, PEOPLE, language)
        return
    assert read_cjk(text, PEOPLE, language).value == number


# ------------------------------------------------------------------------ every interval

AROUND = {
    "ko": (("", "약 ", "최소 ", "최대 ", "거의 ", "총 "),
           ("", " 이상", " 이하", " 미만", " 초과", "가량", "에 육박", "을 넘는")),
    "zh": (("", "约", "至少", "最多", "近", "逾", "不到", "共"), ("", "左右", "以上", "以下")),
    "ja": (("", "約", "少なくとも", "最大", "計"),
           ("", "以上", "以下", "未満", "超", "近く", "前後", "弱", "余り")),
}  # fmt: skip
OVER = {"ko": ("", "여"), "zh": ("", "多", "余"), "ja": ("", "余")}


def has_a_whole_number(found: BoundedFigure) -> bool:
    if found.lower is None or found.upper is None:
        return True
    least = found.lower.to_integral_value(ROUND_CEILING)
    most = found.upper.to_integral_value(ROUND_FLOOR)
    least += least == found.lower and not found.lower_inclusive
    most -= most == found.upper and not found.upper_inclusive
    return bool(least <= most)


@pytest.mark.parametrize("language", LANGUAGES)
@given(data=st.data(), number=st.integers(0, 10**9), words=st.booleans())
def test_an_interval_holds_a_whole_number_and_lies_in_the_domain(
    language: str, data: st.DataObject, number: int, words: bool
) -> None:
    before, after = (data.draw(st.sampled_from(side)) for side in AROUND[language])
    over = data.draw(st.sampled_from(OVER[language]))
    written = in_words(number, language) if words else in_digits(number, language, False)
    text = f"{before}{written or '0'}{over}{COUNTERS[language]}{after}"
    try:
        found = read_cjk(text, PEOPLE, language)
    except Unreadable:
        return
    assert found.value == number
    assert is_counted(PEOPLE)
    assert has_a_whole_number(found), text
    assert found.lower is not None
    assert 0 <= found.lower <= number
    assert found.upper is None or found.upper >= number


@given(
    text=st.text("약수여천만억0123456789.,~ 명이상에서중%한세반일"),
    unit=st.sampled_from(["{person}", "1"]),
)
def test_any_korean_is_read_or_refused(text: str, unit: str) -> None:
    with suppress(Unreadable):
        assert read_cjk(text, MeasureContext(unit, None, "share", ZERO), "ko").hedge
