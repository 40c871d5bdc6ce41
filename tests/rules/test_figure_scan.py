"""Looking a text through for figures: where they stand, what they are of, or why not."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.rules.bounds import MeasureContext
from app.rules.figure_scan import MOST_FIGURES, ScannedFigure, scan
from app.rules.figures import complete, read_figure
from app.rules.scanned_text import MOST_READINGS, Scan, one_line

TEXT = (
    "The office said on 26 February 2024 that upwards of 7,000 shipping containers had left since "
    "September. At least 1,000, possibly as many as 3,000 people were hurt; dozens of trucks "
    "stood idle. One in five shells failed, and 70-100,000 rounds a month cost $2.5 billion."
)


def told(text: str, context: MeasureContext | None = None) -> list[tuple[str, str, str]]:
    """The wording, the noun, and the hedge (or the first words of the reason)."""
    found, _ = scan(text, context or MeasureContext())
    return [(text[f.start : f.end], f.noun, _hedge(text, f)) for f in found]


def _hedge(text: str, figure: ScannedFigure) -> str:
    if figure.context is None:
        return figure.reason[:13]
    return read_figure(one_line(text[figure.start : figure.end]), figure.context).hedge


def test_every_figure_of_a_text_is_found_with_its_noun_and_its_reading_or_the_reason() -> None:
    assert told(TEXT) == [
        ("26", "February", "This may be a"),
        ("2024", "", "This may be a"),
        ("upwards of 7,000", "shipping containers", "more_than"),
        ("At least 1,000, possibly as many as 3,000", "people", "between"),
        ("dozens", "", "vague"),
        ("One in five", "shells failed", "none"),
        ("70-100,000", "rounds", "The range may"),
        ("$2.5 billion", "", "This is money"),
    ]


def test_with_a_measure_its_unit_is_read_with_the_figure() -> None:
    shells = MeasureContext("{shell}", "152-mm shells")
    assert told("some 4.8 million 152-mm shells a year were made", shells) == [
        ("some 4.8 million 152-mm shells a year", "", "approximate")
    ]


@pytest.mark.parametrize("text", ["20 F-16s flew", "20 F-16s-5"])
def test_a_name_with_a_number_is_the_unit_of_its_measure_in_the_plural_too(text: str) -> None:
    assert told(text, MeasureContext("{plane}", "F-16")) == [("20 F-16", "", "none")]


def test_other_languages_are_looked_through_with_their_own_words() -> None:
    found = told("Mehr als 7.000 Container und rund 300 Lkw", MeasureContext(language="de"))
    assert [(wording, hedge) for wording, _, hedge in found] == [
        ("Mehr als 7.000", "more_than"),
        ("rund 300", "approximate"),
    ]


@pytest.mark.parametrize("text", ["", "no figures here", "No one said so.", "a word, and another"])
def test_a_text_without_figures_has_none(text: str) -> None:
    assert told(text) == []


def test_a_long_text_ends_after_the_most_figures() -> None:
    text = "7 cats. " * 1000
    found, end = scan(text, MeasureContext())
    assert len(found) == MOST_FIGURES
    assert found[-1].end < end == text.index("cats", found[-1].end)


@pytest.mark.parametrize(
    "words",
    [
        "more than about 5 as many as nearly between ",
        "1000 more than less than another at least possibly as many as ",
    ],
)
def test_a_text_of_nothing_but_words_of_figures_is_not_looked_through_for_ever(words: str) -> None:
    looked = Scan(words * 300, MeasureContext())
    assert looked.left == MOST_READINGS
    _, end = scan(words * 300, MeasureContext())
    assert 0 < end < len(words * 300)


@pytest.mark.parametrize(
    ("text", "wording"),
    [
        ("T-72 tanks", "T-72"), ("a Su-27 flew", "Su-27"), ("of COVID-19 cases", "COVID-19"),
        ("M107 shells", "M107"), ("by May 1 300 tanks", "1 300"), ("it took 3 hours", "3"),
        ("a 7.62 mm round", "7.62"), ("500 (1,2% CI 400-600)", "500"),
        ("a 40-drop in it", "40-drop"), ("up-40 in it", "up-40"), ("5 to 10B2 of it", "5 to 10B2"),
        ("5 to 10km in it", "5 to 10km"), ("5 to 10%-ish in it", "5 to 10%-ish"),
        ("between 5 and 10-12 men", "between 5 and 10-12"), ("2 to three-four", "2 to three-four"),
    ],
)  # fmt: skip
def test_what_a_phrase_alone_would_not_be_read_as_is_no_figure_in_a_text(
    text: str, wording: str
) -> None:
    found, _ = scan(text, MeasureContext())
    assert text[found[0].start : found[0].end] == wording
    if wording != "500":
        assert found[0].context is None


@example("0- 0a0").via("a range ended within digits that letters are written together with")
@example("0 -0a-0").via("the same with the hyphen at the other side")
@given(st.text(alphabet="0123456789.,-()%$ \nabout more than million in five 7", max_size=120))
def test_figures_stand_in_order_where_they_are_said_to_and_read_alike_alone(text: str) -> None:
    last = 0
    for figure in scan(text, MeasureContext())[0]:
        assert last <= figure.start < figure.end <= len(text)
        last = figure.end
        if figure.context is None:
            assert figure.reason
        else:
            assert complete({"raw_text": one_line(text[figure.start : figure.end])}, figure.context)


ARTICLE = """1. Summary
The office said on 3 May that the toll rose from 31 to 43 and that another 60 people were missing.
Not 90 but 70 huts burned. Between 75,000 and 80,000 152-mm shells came; two or three barges sank.
Nearly 40,000 children under five were seen at 10:30. Ilan Petru, 52, cited Rule 34 and page 14.
Gunners shot down 31 of 36 drones, eight Su-12s among them, ±5m; see https://wire.example/?id=700.
In the first half of 2023 a post rated 2/5 put it at 640 (95% CI 500-700). Prices fell by 38%.
It cost 1.8 trillion roubles over 4 square kilometres at -15°C, with teams from 88 countries."""


def test_numbers_that_count_nothing_are_told_with_the_reason_and_no_word_before_is_dropped() -> (
    None
):
    assert told(ARTICLE) == [
        ("1", "", "This may say "),
        ("3", "", "This may be a"),
        ("rose from 31 to 43", "", "The second fi"),
        ("another 60", "people", "This may be a"),
        ("Not 90", "", "The words are"),
        ("70", "huts burned", "none"),
        ("Between 75,000", "", "A range has t"),
        ("80,000 152-mm", "shells", "Some words ar"),
        ("two", "", "The text says"),
        ("three", "barges sank", "The text says"),
        ("Nearly 40,000", "children", "nearly"),
        ("under five", "", "This may be a"),
        ("10", "", "This is a par"),
        ("30", "", "This is a par"),
        ("52", "", "This may be a"),
        ("34", "", "This may say "),
        ("14", "", "This may say "),
        ("31", "", "none"),
        ("36", "drones", "none"),
        ("eight", "Su-12s", "none"),
        ("Su-12s", "among them", "A number that"),
        ("5m", "", "The sign befo"),
        ("=700", "", "This is a par"),
        ("half", "", "This may be a"),
        ("2023", "", "This may be a"),
        ("2/5", "", "This may be a"),
        ("640 (95% CI 500-700)", "", "between"),
        ("fell by 38%", "", "This is a cha"),
        ("1.8 trillion", "roubles", "This is money"),
        ("over 4", "square kilometres", "This is measu"),
        ("-15°C", "", "This is measu"),
        ("88", "countries", "none"),
    ]


def test_a_wording_goes_on_in_the_next_line_but_not_in_the_next_paragraph() -> None:
    assert told(
        "More than\n31 people, over\r\n\t500 huts.\n\nFewer than\n\n40 boats, 31\n500 nets"
    ) == [
        ("More than\n31", "people", "more_than"),
        ("over\r\n\t500", "huts", "more_than"),
        ("40", "boats", "none"),
        ("31", "", "none"),
        ("500", "nets", "none"),
    ]


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        ("It took approx. 500 nets.", [("approx. 500", "nets", "approximate")]),
        (
            "Ilan Petru, 52, spoke in June, 10,000 heard",
            [("52", "", "This may be a"), ("10,000", "heard", "none")],
        ),
        ("It is over. 500 nets burned.", [("500", "nets burned", "none")]),
        ("They shot down reportedly 500 kites", [("reportedly 500", "kites", "This word say")]),
        ("Prices went up 500 marks", [("up 500", "marks", "This is a cha")]),
        ("three may sail in May, on 3 May", [("three", "", "none"), ("3", "", "This may be a")]),
    ],
)
def test_a_stop_a_doubt_and_a_change_before_a_figure_are_heeded(
    text: str, figures: list[tuple[str, str, str]]
) -> None:
    assert told(text) == figures


@pytest.mark.parametrize(
    ("language", "text", "wording"),
    [
        ("ru", "Число погибших выросло с 31 до 43", "до 43"),
        ("uk", "Інфляція сповільнилася до 5,1% у жовтні", "до 5,1%"),
        ("es", "La cifra pasó de 31 a 43 muertos", "31 a 43"),
        ("es", "Subió hasta 43 casos", "hasta 43"),
        ("fr", "Le bilan est passé de 31 à 43 morts", "31 à 43"),
        ("ar", "ارتفع العدد من 31 إلى 43 قتيلا", "31 إلى 43"),
    ],
)
def test_what_a_figure_changed_to_is_neither_a_limit_nor_the_end_of_a_range(
    language: str, text: str, wording: str
) -> None:
    found = told(text, MeasureContext(language=language))
    assert [(one, why) for one, _, why in found][-1] == (wording, "This may be w")


@pytest.mark.parametrize(
    ("language", "text", "hedge"),
    [
        ("ru", "Погибли до 100 человек", "up_to"),
        ("ru", "Цена выросла, до 100 человек ушли", "up_to"),
        ("uk", "До 500 осіб", "up_to"),
        ("es", "De 500 a 600 personas", "between"),
        ("fr", "De 500 à 600 personnes", "between"),
        ("ar", "من 500 إلى 600 شخص", "between"),
    ],
)
def test_a_limit_and_a_range_without_a_verb_of_change_are_read(
    language: str, text: str, hedge: str
) -> None:
    assert [one[2] for one in told(text, MeasureContext(language=language))] == [hedge]


@pytest.mark.parametrize(
    ("language", "text", "reason"),
    [
        ("de", "Er zahlte 12,50 Euro", "This is money"),
        ("de", "Rund 1,2 Mio. Euro", "This is money"),
        ("fr", "1,2 M€ de dette", "This is money"),
        ("fr", "5 € par jour", "This is money"),
        ("fr", "2 millions d'euros", "This is money"),
        ("ru", "3,2 млн рублей", "This is money"),
        ("ru", "5 тыс. руб.", "This is money"),
        ("uk", "36,57 грн за долар", "This is money"),
        ("ar", "12.5 دولارا", "This is money"),
        ("de", "um 18 Uhr", "This is measu"),
        ("fr", "un homme de 34 ans", "This is measu"),
        ("es", "30 años", "This is measu"),
        ("ru", "45 лет", "This is measu"),
        ("uk", "40 км", "This is measu"),
        ("en", "0.5 percentage points", "This is measu"),
        ("de", "nach Artikel 5", "This may say "),
        ("es", "de magnitud 6,8", "This may say "),
        ("en", "a Boeing 737 Max", "This may say "),
    ],
)
def test_what_is_money_measured_or_a_name_in_any_language_counts_no_things(
    language: str, text: str, reason: str
) -> None:
    assert [one[2] for one in told(text, MeasureContext(language=language))] == [reason]


def test_either_of_two_numbers_is_no_figure_where_a_language_spells_its_or_two_ways() -> None:
    found = told("5 أو 6 قوارب", MeasureContext(language="ar"))
    assert [why for _, _, why in found] == ["The text says"] * 2


def test_what_was_so_a_year_ago_is_no_rate_and_a_share_in_a_month_no_day() -> None:
    text = "It slowed to 3.2% in October from 3.7% a month earlier; 1,200 a year ago; 40 a day"
    assert told(text) == [
        ("3.2%", "", "none"),
        ("3.7%", "", "none"),
        ("1,200", "", "none"),
        ("40 a day", "", "none"),
    ]


@pytest.mark.parametrize(
    ("language", "text", "wording", "unit"),
    [
        ("en", "Some 500 trucks a day crossed", "Some 500 trucks a day", "{thing}/d"),
        ("en", "40 cases monthly", "40 cases monthly", "{thing}/mo"),
        ("de", "500 Lkw pro Tag", "500 Lkw pro Tag", "{thing}/d"),
        ("es", "30 casos por día", "30 casos por día", "{thing}/d"),
        ("ru", "30 случаев в год", "30 случаев в год", "{thing}/a"),
        ("en", "300 dead a day after the quake", "300", "{thing}"),
        ("en", "500 trucks a year ago", "500", "{thing}"),
        ("en", "500 trucks, a day of rest", "500", "{thing}"),
        ("en", "12,000 jobs in a year", "12,000", "{thing}"),
    ],
)
def test_a_rate_behind_its_noun_is_read_with_it_unless_it_may_be_a_time(
    language: str, text: str, wording: str, unit: str
) -> None:
    ((found,), _) = scan(text, MeasureContext(language=language))
    assert found.context is not None
    assert text[found.start : found.end] == wording
    assert read_figure(wording, found.context).unit == unit


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "between 5 and 7 May"),
        ("en", "on May 5 and 6"),
        ("en", "on Jan. 5"),
        ("en", "the 5 of May"),
        ("en", "1980-1988"),
        ("de", "5.-7. Mai"),
        ("de", "vom 5. bis 7. Mai"),
        ("de", "zwischen dem 5. und 7. Mai"),
        ("fr", "du 5 au 7 mai"),
        ("fr", "entre le 5 et le 7 mai"),
        ("es", "del 5 al 7 de mayo"),
        ("es", "entre el 5 y el 7 de mayo"),
        ("ru", "с 5 по 7 мая"),
        ("ru", "в 2010-2020 годах"),
        ("uk", "з 5 по 7 травня"),
    ],
)
def test_the_days_and_years_of_a_time_are_no_count_however_they_are_joined(
    language: str, text: str
) -> None:
    assert {one[2] for one in told(text, MeasureContext(language=language))} == {"This may be a"}


@pytest.mark.parametrize(
    ("language", "text", "figures"),
    [
        ("en", "At least 12 in June; 3 million in May", ["at_least", "none"]),
        ("en", "5 died on 7 May", ["none", "This may be a"]),
        ("fr", "12 en mai", ["none"]),
        ("es", "12 en mayo", ["none"]),
        ("en", "at 7 a.m., 12 noon", ["This is a par"] * 2),
        ("fr", "à 20 h 30; -3 °C", ["This is measu", "This is a par", "This is measu"]),
        ("de", "die 7. Etage", ["This may say "]),
        ("de", "Es kamen 500. Danach", ["none"]),
        ("ru", "300 кв. м", ["This is measu"]),
    ],
)
def test_what_was_counted_in_a_month_is_read_and_hours_and_degrees_are_no_counts(
    language: str, text: str, figures: list[str]
) -> None:
    assert [one[2] for one in told(text, MeasureContext(language=language))] == figures


def test_a_control_character_behind_a_figure_is_no_word_and_the_figure_stays() -> None:
    text = "About 300 \x07h people came; 12 \x00boats left."
    assert told(text) == [("About 300", "", "approximate"), ("12", "", "none")]
