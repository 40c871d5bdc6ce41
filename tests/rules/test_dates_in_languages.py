"""Days, months and years as the document's language writes them; anything more is refused."""

import pytest

from app.rules.bounds import MeasureContext
from app.rules.figure_scan import scan
from app.rules.figures import complete
from app.rules.hedge_words import LEXICONS
from app.rules.lexicon import lexicon_of
from app.rules.tokenizer import Unreadable

READ = {
    "de": {"5. Mai 2023": "2023-05-05", "im Mai 2023": "2023-05", "am 1. März 1950": "1950-03-01",
           "Jänner 1950": "1950-01", "May 2023": "2023-05", "1970s": "197X"},
    "fr": {"mai 2023": "2023-05", "le 1er février 2023": "2023-02-01", "en août 1914": "1914-08"},
    "es": {"5 de mayo de 2023": "2023-05-05", "en setiembre de 1973": "1973-09"},
    "ru": {"5 мая 2023 г.": "2023-05-05", "в мае 2023 года": "2023-05", "1917 год": "1917"},
    "uk": {"24 серпня 1991 року": "1991-08-24", "у лютому 2022": "2022-02"},
    "ar": {"في مايو 2023": "2023-05", "٥ مايو ٢٠٢٣": "2023-05-05"},
    "ko": {"2023년 5월": "2023-05", "2023년5월5일": "2023-05-05", "1950년": "1950"},
    "ja": {"2023年5月5日": "2023-05-05", "2023年": "2023"},
    "zh": {"2023年5月5号": "2023-05-05"},
}  # fmt: skip
REFUSED = {
    "de": ["seit Mai 2023", "bis zum 5. Mai 2023", "ab Mai 2023", "Ende Mai 2023", "vor 1950",
           "31. Februar 2023", "5.6.2023", "5. bis 7. Mai 2023", "Mai oder Juni 2023"],
    "fr": ["jusqu'au 5 mai 2023", "depuis mai 2023", "avant mai 2023", "fin mai 2023"],
    "es": ["desde mayo de 2023", "hasta mayo de 2023", "mayo", "antes de mayo de 2023"],
    "ru": ["до мая 2023", "с 5 мая 2023 года", "после мая 2023", "5 мая"],
    "uk": ["до травня 2023", "після 24 серпня 1991"],
    "ar": ["منذ مايو 2023", "من مايو 2023"],
    "ko": ["2023년 5월 이후", "2023년 13월", "5월 5일", "2023년 5월부터"],
    "ja": ["令和5年", "2023年以降", "0000年", "2023年0月", "2023年5月0日", "2023年5", "5月5日"],
    "zh": ["2023年2月30日", "2023年初"],
}  # fmt: skip


def date(text: str, language: str) -> str:
    whole = complete({"raw_text": text}, MeasureContext("", None, "date", language=language))
    assert (whole["hedge"], whole["lexicon_version"][:2]) == ("none", language)
    return str(whole["date"])


@pytest.mark.parametrize("language", READ)
def test_a_date_is_read_in_the_language_of_its_document(language: str) -> None:
    assert {text: date(text, language) for text in READ[language]} == READ[language]


@pytest.mark.parametrize("language", REFUSED)
def test_what_bounds_a_date_or_leaves_a_part_of_it_out_is_refused(language: str) -> None:
    for text in REFUSED[language]:
        with pytest.raises(Unreadable):
            date(text, language)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("ar", "عام 1445"), ("ar-SA", "5 مايو 1445"), ("ar", "after 1300"), ("fa", "1402"),
        ("fa", "from 1399 to 1402"), ("th", "2566"), ("th-TH", "before 2566"), ("he", "5784"),
        ("ne", "2080"), ("am", "2016"), ("ps_AF", "1402"), ("TH", "about 2566"),
        ("th", "2350"), ("th", "2699"),
        ("bn", "১৪৩০"), ("prs", "1402"), ("ti", "2016"), ("ur", "1445"), ("yi", "5784"),
    ],
)  # fmt: skip
def test_a_year_that_may_be_of_another_calendar_is_refused(language: str, text: str) -> None:
    with pytest.raises(Unreadable, match="^This year may be one of another calendar") as refused:
        complete({"raw_text": text}, MeasureContext("", None, "date", language=language))
    assert refused.value.words == tuple(text.split())


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("ar", "عام 2023", "2023"), ("ar", "عام 1258", "1258"), ("fa", "2023", "2023"),
        ("th", "2023", "2023"), ("en", "1445", "1445"), ("en", "2566", "2566"),
        ("fa", "1400 BC", "-1399"), ("ne", "1789", "1789"),
        ("th", "2349", "2349"), ("th", "2700", "2700"), ("bn", "২০২৩", "2023"),
    ],
)  # fmt: skip
def test_a_year_that_its_own_calendar_has_not_reached_or_left_long_ago_is_ours(
    language: str, text: str, expected: str
) -> None:
    found = complete({"raw_text": text}, MeasureContext("", None, "date", language=language))
    assert found["date"] == expected


def test_every_language_names_twelve_months_and_a_text_counts_none_of_them() -> None:
    assert READ.keys() | {"en"} == set(LEXICONS)
    for language in ("en", "de", "fr", "es", "ru", "uk", "ar"):
        assert set(lexicon_of(language).months.values()) == set(range(1, 13)), language
    for language, text in (
        ("de", "Am 5. Mai kamen 300 Boote."), ("es", "El 5 de mayo llegaron 300 barcos."),
        ("fr", "Le 5 mai, 300 bateaux."),
    ):  # fmt: skip
        found, _ = scan(text, MeasureContext("{thing}", language=language))
        assert [one.context is not None for one in found] == [False, True], text
