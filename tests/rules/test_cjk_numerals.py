"""East Asian numerals: each sign at its place, and what reads two ways."""

from decimal import Decimal

import pytest

from app.rules.bounds import MeasureContext
from app.rules.cjk import read_cjk
from app.rules.tokenizer import Unreadable
from tests.rules.test_cjk import CELSIUS, LAMPS, PEOPLE, PERCENT, SHARE, YEARS, ZERO, Case, told
from tests.rules.test_cjk_reasons import NO_NUMBER, ONE_IS_A_PART, TENTHS, UNKNOWN

HOURS = MeasureContext("h", None, "amount", ZERO)
DAYS = MeasureContext("d", None, "amount", ZERO)
MONTHS = MeasureContext("mo", None, "amount", ZERO)
FERRIES = MeasureContext("{item}", "여객선", domain_min=ZERO)
SHELLS = MeasureContext("{shell}", "152밀리 포탄", domain_min=ZERO)

READ: list[tuple[str, Case]] = [
    # A part of a whole is one in any unit of shares.
    ("ko", ("절반", PERCENT, "none", "50", "50", "50")),
    ("ko", ("3/4", PERCENT, "none", "75", "75", "75")),
    ("zh", ("五分之二", PERCENT, "none", "40", "40", "40")),
    ("zh", ("十成", SHARE, "none", "1", "1", "1")),
    ("zh", ("三成一", SHARE, "none", "0.31", "0.31", "0.31")),
    ("zh", ("约两成半", PERCENT, "approximate", "25", "22.5", "27.5")),
    ("zh", ("两成半多", PERCENT, "more_than", "25", "25", "30")),
    # Vague words, also behind others.
    ("zh", ("居民數以萬計", PEOPLE, "vague", None, "20000", None)),
    ("zh", ("上百万人", PEOPLE, "vague", None, "1000000", None)),
    ("ko", ("주민 수백만 명", PEOPLE, "vague", None, "2000000", None)),
    # Native words: 일곱 begins with 일 and is seven.
    ("ko", ("일곱 명", PEOPLE, "none", "7", "7", "7")),
    ("ko", ("일흔여덟 명", PEOPLE, "none", "78", "78", "78")),
    ("ko", ("두 시간여", HOURS, "just_over", "2", "2", "3")),
    ("ko", ("두 시간 반", HOURS, "none", "2.5", "2.5", "2.5")),
    ("ja", ("二つ以上", LAMPS, "at_least", "2", "2", None)),
    # Decimals that are spoken, and those with a dot in the middle.
    ("zh", ("三点五万多人", PEOPLE, "more_than", "35000", "35000", "36000")),
    ("zh", ("三点五亿余人", PEOPLE, "more_than", "350000000", "350000000", "360000000")),
    ("zh", ("约三点五万多人", PEOPLE, "approximate", "35000", "33000", "37000")),
    ("zh", ("零点五万人", PEOPLE, "none", "5000", "5000", "5000")),
    ("ja", ("38・8%", PERCENT, "none", "38.8", "38.8", "38.8")),
    ("ja", ("1.5千万人", PEOPLE, "none", "15000000", "15000000", "15000000")),
    # A word begins where the number ends.
    ("ko", ("구천 이상", PEOPLE, "at_least", "9000", "9000", None)),
    ("ko", ("구천 이하", PEOPLE, "up_to", "9000", "0", "9000")),
    ("ko", ("사십에서 육십 사이", PEOPLE, "between", None, "40", "60")),
    ("ko", ("50여객선", FERRIES, "none", "50", "50", "50")),
    ("ko", ("3일간", DAYS, "none", "3", "3", "3")),
    # Where one has been left out, and where none may be.
    ("zh", ("万余人", PEOPLE, "more_than", "10000", "10000", "20000")),
    ("zh", ("一百十人", PEOPLE, "none", "110", "110", "110")),
    ("zh", ("1千10人", PEOPLE, "none", "1010", "1010", "1010")),
    ("zh", ("三百二〇人", PEOPLE, "none", "320", "320", "320")),
    ("zh", ("一亿五", PEOPLE, "none", "150000000", "150000000", "150000000")),
    ("zh", ("一亿零五", PEOPLE, "none", "100000005", "100000005", "100000005")),
    ("zh", ("一亿二十五人", PEOPLE, "none", "100000025", "100000025", "100000025")),
    ("zh", ("一万三千五", PEOPLE, "none", "13500", "13500", "13500")),
    ("ja", ("二五〇余人", PEOPLE, "just_over", "250", "250", "260")),
    ("ja", ("一億三千五人", PEOPLE, "none", "100003005", "100003005", "100003005")),
    # 万亿 is 10 ** 12, and what follows is less than that, or than the 亿 behind thousands of them.
    ("zh", ("一万多亿人", PEOPLE, "more_than", "1000000000000", "1000000000000", "2000000000000")),
    ("zh", ("一万五千多亿人", PEOPLE, "more_than",
            "1500000000000", "1500000000000", "1600000000000")),
    ("zh", ("一万亿三千亿人", PEOPLE, "none", "1300000000000", "1300000000000", "1300000000000")),
    ("zh", ("一万五千亿三千万人", PEOPLE, "none",
            "1500030000000", "1500030000000", "1500030000000")),
    # Ends of a range.
    ("ko", ("5백~5만8백 명", PEOPLE, "between", None, "500", "50800")),
    # Ten thousand years, of which more than a thousand are no full ones.
    ("ko", ("만 2천 년", YEARS, "none", "12000", "12000", "12000")),
    ("ko", ("만 천 년", YEARS, "none", "11000", "11000", "11000")),
    ("ko", ("약 만 년", YEARS, "approximate", "10000", "9000", "11000")),
    ("ko", ("만 12명", PEOPLE, "none", "10012", "10012", "10012")),
    ("ko", ("만 이 천 명", PEOPLE, "none", "12000", "12000", "12000")),
]  # fmt: skip

GROUPED = "These digits are not grouped as one number."
DOTTED = "The dot between these digits may be a decimal point, or part two figures."
TWO_DIGITS = "Two digits side by side may be a number, or one figure or the other."
OF_THE_NAME = "This may be a part of the number, or of the unit's name."
HUNDREDTHS = "After tenths of a whole the next word is that for hundredths."
TRILLION = (
    "In Taiwan this is 10 ** 12, on the mainland 10 ** 6: the document's language (zh-TW) decides "
    "it."
)
FULL = "The word before this number may be ten thousand, or say that it is a full one."
OWN = "The word before this number may be a part of it, or a word of its own."
REFUSED: list[tuple[str, str, MeasureContext, str, str]] = [
    ("ko", "3/3", SHARE, UNKNOWN, "/3"),
    ("zh", "三到百分之五", PERCENT, ONE_IS_A_PART, "三到百分之五"),
    ("zh", "二到三成五", SHARE, ONE_IS_A_PART, "二到三成五"),
    ("zh", "三成八多", SHARE, UNKNOWN, "八多"),
    ("zh", "三成十二", SHARE, UNKNOWN, "十二"),
    ("zh", "三成十", SHARE, UNKNOWN, "十"),
    ("zh", "三成零", SHARE, UNKNOWN, "零"),
    ("ja", "3割5", SHARE, HUNDREDTHS, "3割5"),
    ("ja", "数10割", SHARE, UNKNOWN, "数10割"),
    ("ja", "11割", SHARE, TENTHS, "11割"),
    ("zh", "数3万人", PEOPLE, UNKNOWN, "数3万人"),
    ("zh", "数三万人", PEOPLE, UNKNOWN, "数三万人"),
    ("zh", "三点五十", LAMPS, UNKNOWN, "点五十"),
    ("zh", "三点五十人", PEOPLE, UNKNOWN, "点五十人"),
    ("zh", "三点万人", PEOPLE, UNKNOWN, "点万人"),
    ("zh", "三点五", CELSIUS, UNKNOWN, "点五"),
    ("ja", "1万2・5千人", PEOPLE, UNKNOWN, "・5千人"),
    ("ja", "1.5・5%", PERCENT, UNKNOWN, "・5%"),
    ("ja", "3・人", PEOPLE, DOTTED, "3・人"),
    ("ja", "3・5度", CELSIUS, DOTTED, "3・5度"),
    ("ja", "7・8%", PERCENT, DOTTED, "7・8%"),
    ("ko", "1,23명", PEOPLE, GROUPED, "1,23명"),
    ("ko", "007명", PEOPLE, GROUPED, "007명"),
    ("ko", "10²명", PEOPLE, GROUPED, "10²명"),
    ("zh", "3兆人", PEOPLE, TRILLION, "兆"),
    ("ko", "3만 152밀리 포탄", SHELLS, UNKNOWN, "밀리 포탄"),
    ("ja", "3千円", MeasureContext("{JPY}", "千円", "amount", ZERO), OF_THE_NAME, "千円"),
    ("zh", "十五六人", PEOPLE, TWO_DIGITS, "十五六"),
    ("zh", "1万2人", PEOPLE, "The last digit may be 2, or, with its unit left out, 2000.", "1万2"),
    ("zh", "一千三万", PEOPLE,
     "The last digit may be 3, or, with its unit left out, 300.", "一千三万"),
    ("ko", "1억 5천 명", PEOPLE,
     "This may be 100005000 or, with its unit left out, 150000000.", "1억5천"),
    ("zh", "一亿三千五", PEOPLE,
     "This may be 100003500 or, with its unit left out, 135000000.", "一亿三千五"),
    ("zh", "一亿两千三百五十", PEOPLE,
     "This may be 100002350 or, with its unit left out, 123500000.", "一亿两千三百五十"),
    ("zh", "亿万人", PEOPLE, NO_NUMBER, "亿万"),
    ("zh", "三亿二十万亿人", PEOPLE, NO_NUMBER, "三亿二十万亿"),
    ("zh", "一万五千亿三百亿人", PEOPLE, NO_NUMBER, "一万五千亿三百亿"),
    ("ja", "三万一万人", PEOPLE, NO_NUMBER, "三万一万"),
    ("ja", "三万億人", PEOPLE, NO_NUMBER, "三万億"),
    ("ja", "3万20000人", PEOPLE, NO_NUMBER, "3万20000"),
    ("ja", "三百五千人", PEOPLE, NO_NUMBER, "三百五千"),
    ("ja", "3百200人", PEOPLE, NO_NUMBER, "3百200"),
    ("ja", "3百100人", PEOPLE, NO_NUMBER, "3百100"),
    ("ja", "10百人", PEOPLE, NO_NUMBER, "10百"),
    ("ja", "2.0万5千人", PEOPLE, NO_NUMBER, "2.0万5千"),
    ("zh", "零5人", PEOPLE, NO_NUMBER, "零5"),
    ("zh", "二三百人", PEOPLE, TWO_DIGITS, "二三百"),
    ("zh", "二三百万人", PEOPLE, TWO_DIGITS, "二三百万"),
    ("zh", "50多余人", PEOPLE, NO_NUMBER, "50多余"),
    ("ko", "5~천만 명", PEOPLE, "The range may begin at 5 or, shortened, at 50000.", "5~천만"),
    ("ko", "8~1만2천 명", PEOPLE, "The range may begin at 8 or, shortened, at 8000.", "8~1만2천"),
    ("ko", "8~1만2백 명", PEOPLE, "The range may begin at 8 or, shortened, at 800.", "8~1만2백"),
    ("ko", "5000~1억2천만 명", PEOPLE,
     "The range may begin at 5000 or, shortened, at 50000000.", "5000~1억2천만"),
    # Three full years are not 10,003.
    ("ko", "만 1년", YEARS, FULL, "만 1"),
    ("ko", "만 3년", YEARS, FULL, "만 3"),
    ("ko", "약 만 12년", YEARS, FULL, "만 12"),
    ("ko", "2년에서 만 3년", YEARS, FULL, "만 3"),
    ("ko", "만 삼 년", YEARS, FULL, "만 삼"),
    ("ko", "만 6개월", MONTHS, FULL, "만 6"),
    ("ko", "만 24시간", HOURS, FULL, "만 24"),
    ("ko", "만 3일간", DAYS, FULL, "만 3"),
    ("ko", "만 999년", YEARS, FULL, "만 999"),
    # "These thousand" are not 2,000, and "the number of residents, a thousand" not thousands.
    ("ko", "이 천 명", PEOPLE, OWN, "이 천"),
    ("ko", "이 백만 명", PEOPLE, OWN, "이 백만"),
    ("ko", "주민 수 천 명", PEOPLE, OWN, "수 천"),
]  # fmt: skip


@pytest.mark.parametrize(("language", "case"), READ)
def test_an_east_asian_numeral_is_the_number_that_it_says(language: str, case: Case) -> None:
    text, yardstick, *expected = case
    assert told(read_cjk(text, yardstick, language)) == tuple(expected)


@pytest.mark.parametrize(("language", "text", "yardstick", "reason", "words"), REFUSED)
def test_signs_that_make_no_one_number_are_refused_and_named(
    language: str, text: str, yardstick: MeasureContext, reason: str, words: str
) -> None:
    with pytest.raises(Unreadable) as refused:
        read_cjk(text, yardstick, language)
    assert (refused.value.reason, " ".join(refused.value.words)) == (reason, words)


@pytest.mark.parametrize(
    ("language", "text"), [("ko", "절반"), ("ko", "3/4"), ("zh", "五分之二"), ("zh", "三成")]
)
def test_a_part_of_a_whole_counts_no_people(language: str, text: str) -> None:
    with pytest.raises(Unreadable, match="A part of a whole can only be read"):
        read_cjk(text, PEOPLE, language)


def test_about_nothing_is_two_of_the_last_place_there_may_be() -> None:
    found = read_cjk("約0度", CELSIUS, "ja")
    assert (found.lower, found.upper) == (Decimal(-2), Decimal(2))
    assert read_cjk("二五〇人", PEOPLE, "ja").value == 250
