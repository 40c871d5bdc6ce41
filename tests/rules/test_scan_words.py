"""What stands beside a number of a text, or behind its noun, makes it another figure, or none."""

from decimal import Decimal

import pytest

from app.rules.bounds import MeasureContext
from app.rules.figure_scan import scan
from app.rules.figures import read_figure
from app.rules.scanned_text import MOST_READINGS, Scan, one_line
from tests.rules.test_figure_scan import told


@pytest.mark.parametrize(
    ("language", "text", "wording", "hedge"),
    [
        ("en", "300 boats at most sank", "300 boats at most", "up_to"),
        ("en", "Some 300 people or more fled", "Some 300 people or more", "at_least"),
        ("en", "500 trucks or so", "500 trucks or so", "approximate"),
        ("en", "500 trucks a day", "500 trucks a day", "none"),
        ("en", "It ended. 300 boats a day", "300 boats a day", "none"),
        ("en", "300 boats a day, they said", "300 boats a day", "none"),
        ("en", "300 small white boats or so", "300 small white boats or so", "approximate"),
        ("en", "ca. 300 boats", "ca. 300", "approximate"),
        ("de", "300 Menschen oder mehr", "300 Menschen oder mehr", "at_least"),
        ("de", "300 Menschen höchstens", "300 Menschen höchstens", "up_to"),
        ("fr", "300 personnes au moins", "300 personnes au moins", "at_least"),
        ("fr", "300 personnes environ", "300 personnes environ", "approximate"),
        ("es", "300 personas como máximo", "300 personas como máximo", "up_to"),
        ("ru", "300 человек и более", "300 человек и более", "at_least"),
        ("ru", "300 лодок максимум", "300 лодок максимум", "up_to"),
        ("uk", "300 осіб або більше", "300 осіб або більше", "at_least"),
        ("ar", "300 شخص على الأقل", "300 شخص على الأقل", "at_least"),
        ("ar", "300 شخص أو أكثر", "300 شخص أو أكثر", "at_least"),
        # These words are another figure's, or a clause's of their own.
        ("en", "300 boats at least 20 of them new", "300", "none"),
        ("en", "300 boats at least 20", "300", "none"),
        ("en", "300 boats, at least", "300", "none"),
        ("en", "300 boats. At most ten came", "300", "none"),
        ("de", "um die 300 Boote", "um die 300", "approximate"),
        ("de", "von 300 Menschen", "300", "none"),
        ("ru", "на 300 лодках", "300", "none"),
        ("fr", "de 300 à 400 personnes", "300 à 400", "between"),
        ("en", "300m people", "300m", "none"),
        ("fr", "sur 300 bateaux", "300", "none"),
        ("fr", "300 hommes sur des bateaux", "300", "none"),
        ("en", "300%", "300%", "none"),
        ("en", "40 per cent–mostly men", "40 per cent", "none"),
        ("en", "500 [95% CI 400-600] boats", "500 [95% CI 400-600]", "between"),
        ("en", "500 (400-600) boats", "500", "none"),
        ("en", "It ended. 300 boats", "300", "none"),
        ("en", "- 300 boats", "300", "none"),
        ("en", "two hundred and fifty", "two hundred and fifty", "none"),
        ("en", "fifty boats and three hundred cars", "fifty", "none"),
        ("en", "All 300 have more", "300", "none"),
    ],
)
def test_a_hedge_behind_the_noun_of_a_figure_is_read_with_it(
    language: str, text: str, wording: str, hedge: str
) -> None:
    first, *_ = scan(text, MeasureContext(language=language))[0]
    assert text[first.start : first.end] == wording
    assert first.context is not None
    assert read_figure(wording, first.context).hedge == hedge


MORE = "This may be h"
ADDED = "This may be a"
"""So begin two reasons: it is added to another, or it may be a part of a whole."""
OTHER = "The word befo"
BY = "This may be b"
OR = "The text says"
WHICH = "This may say "
RANGE = "The range may"
LETTER = "The letter be"


@pytest.mark.parametrize(
    ("language", "text", "figures"),
    [
        ("en", "300 more people died", [("300", MORE)]),
        ("en", "300 people more than in May", [("300", MORE)]),
        ("en", "300 others", [("300", MORE)]),
        ("de", "300 weitere Menschen", [("300", MORE)]),
        ("de", "300 mehr als im Mai", [("300", MORE)]),
        ("fr", "300 personnes de plus", [("300", MORE)]),
        ("fr", "300 autres personnes", [("300", MORE)]),
        ("es", "300 personas más", [("300", MORE)]),
        ("ru", "300 других лодок", [("300", MORE)]),
        ("uk", "на 300 більше", [("300", MORE)]),
        ("ar", "300 شخص آخرين", [("300", MORE)]),
        ("en", "Another 300 boats", [("Another 300", ADDED)]),
        ("en", "It ended, another. 300 boats", [("300", "none")]),
        ("en", "barely 300 boats", [("300", OTHER)]),
        ("en", "twice 300 boats", [("300", OTHER)]),
        ("de", "kaum 300 Boote", [("300", OTHER)]),
        ("de", "keine 300 Boote", [("300", OTHER)]),
        ("de", "weitere 300 Boote", [("300", OTHER)]),
        ("fr", "à peine 300", [("300", OTHER)]),
        ("es", "otras 300 personas", [("300", OTHER)]),
        ("ru", "еще 300 человек", [("300", OTHER)]),
        ("uk", "ледве 300 осіб", [("300", OTHER)]),
        ("ar", "بالكاد 300", [("300", OTHER)]),
        ("ru", "было человек 300", [("300", OTHER)]),
        ("uk", "було осіб 300", [("300", OTHER)]),
        ("de", "stieg um 300", [("300", BY)]),
        ("de", "die Zahl ist um 300 gestiegen", [("300", BY)]),
        ("de", "ein Plus von 300 Booten", [("300", BY)]),
        ("fr", "a augmenté de 300", [("300", BY)]),
        ("fr", "une hausse de 300 cas", [("300", BY)]),
        ("es", "aumentó en 300", [("300", BY)]),
        ("ru", "выросло на 300", [("300", BY)]),
        ("uk", "зросло на 300", [("300", BY)]),
        ("ar", "ارتفع بمقدار 300", [("300", BY)]),
        ("en", "from 100 to 200,000 people died", [("100 to 200,000", RANGE)]),
        ("de", "100 bis 200.000 Boote", [("100 bis 200.000", RANGE)]),
        ("fr", "100 à 200 000 bateaux", [("100 à 200 000", RANGE)]),
        ("es", "100 a 200.000 barcos", [("100 a 200.000", RANGE)]),
        ("ru", "от 100 до 200 000", [("от 100 до 200 000", RANGE)]),
        ("fr", "3 sur 5", [("3", ADDED), ("5", ADDED)]),
        ("fr", "3 personnes sur 5 y vont", [("3", ADDED), ("5", ADDED)]),
        ("es", "3 de cada 5", [("3", ADDED), ("5", ADDED)]),
        ("en", "300 m from here", [("300", LETTER)]),
        ("en", "300m deep", [("300m", LETTER)]),
        ("en", "300m deep water", [("300m", LETTER)]),
        # Units of two words, days and years, wherever in a text they stand.
        ("en", "4 square kilometres burned", [("4", "This is measu")]),
        ("en", "5 percentage points separate them", [("5", "This is measu")]),
        ("en", "5 boats in 1980-1988", [("5", "none"), ("1980-1988", "This may be a")]),
        ("en", "300 boats on 7 May", [("300", "none"), ("7", "This may be a")]),
        ("en", "On May 5 ships 6 huts burned", [("5", "This may be a"), ("6", "none")]),
        ("en", "3 may sail, 5 may not", [("3", "none"), ("5", "none")]),
        ("en", "It ends.\n12. Summary of it", [("12", "This may say ")]),
        ("en", "Half of the first 300 boats", [("Half", "none"), ("300", "none")]),
        ("en", "worth 300m", [("300m", LETTER)]),
        ("fr", "1,5 M de personnes", [("1,5", LETTER)]),
        ("en", "€ 300", [("€ 300", "This is money")]),
        ("en", "€\n300", [("€\n300", "This is money")]),
        ("en", "one in hospital, one boat", [("one", "none")]),
        ("en", "one million boats", [("one million", "none")]),
        ("en", "$ 2.5 billion boats", [("$ 2.5 billion", "This is money")]),
        ("en", "1.500 boats", [("1.500", "This is 1500 ")]),
        ("en", "5% and 2.125 boats", [("5%", "none"), ("2.125", "This is 2125 ")]),
        ("en", "2.125 per boat", [("2.125", "This is 2125 ")]),
        # What is glued to a number is a part of it, and what follows that is looked at.
        ("en", "300x faster", [("300x", "Some words ar")]),
        ("en", "2,5 million boats", [("2,5 million", "These digits ")]),
        ("en", "5 to 10B2 two boats", [("5 to 10B2", "What is writt"), ("two", "none")]),
        ("en", "3D 5 boats", [("3D", "The words are"), ("5", "none")]),
        ("en", "100 to 200,000 two boats", [("100 to 200,000", RANGE), ("two", "none")]),
        ("en", "We saw from 100 to 200,000 boats", [("100 to 200,000", RANGE)]),
        ("en", "№ 5", [("5", WHICH)]),
        ("en", "§ 300", [("300", WHICH)]),
        ("en", "some .5 boats", [("5", "The sign befo")]),
        ("en", "2.5 × 10 boats", [("2.5", "The sign behi"), ("10", "The sign befo")]),
        ("en", "300 x 400", [("300", "The sign behi"), ("400", "none")]),
        ("en", "boats and 300 cars", [("300", "none")]),
        ("en", "And 300 boats cost a million", [("300", "none"), ("a million", "none")]),
        ("en", "hundred and fifty", [("hundred", "The words are"), ("fifty", ADDED)]),
        ("en", "cats &5 boats", [("5", "The sign befo")]),
        ("ru", "До 43 человек; число выросло", [("До 43", "up_to")]),
        ("en", "see #5 boats", [("5", WHICH)]),
        ("en", "Or 300 boats in May 2021", [("300", "none"), ("2021", "This may be a")]),
        ("en", "5 or 6", [("5", OR), ("6", OR)]),
        ("en", "5 or", [("5", "none")]),
        ("fr", "300 sur", [("300", "none")]),
        ("en", "It ends.\n3) Summary", [("3", WHICH)]),
        ("en", "They were\n300.", [("300", "none")]),
        ("en", "5% over 300 boats", [("5%", "none"), ("over 300", "more_than")]),
        ("en", "big white boats over 300", [("over 300", ADDED)]),
        ("ru", "До 43 человек выросло число погибших", [("До 43", "This may be w")]),
        ("uk", "До 43 зросла кількість загиблих", [("До 43", "This may be w")]),
        ("es", "Hasta 43 aumentó la cifra", [("Hasta 43", "This may be w")]),
        ("de", "Es endete. Sie ist um 300 gestiegen", [("300", BY)]),
        ("de", "sie stieg dann um 300", [("300", BY)]),
        ("ru", "До мая выросло число 300 лодок", [("300", "none")]),
        ("ru", "выросло число 300 до мая", [("300", "none")]),
        ("en", "the hundred and fifty", [("hundred", "The words are"), ("fifty", ADDED)]),
        ("en", "300 boats [1] and [12]", [("300", "none"), ("1", WHICH), ("12", WHICH)]),
        # A part of a whole is no more than one.
        ("en", "2.125 boats", [("2.125", "This is 2125 ")]),
        ("en", "about 3.000 boats", [("3.000", "This is 3000 ")]),
        ("de", "3,000 Boote", [("3,000", "This is 3000 ")]),
    ],
)
def test_a_number_that_what_is_beside_it_makes_another_is_refused(
    language: str, text: str, figures: list[tuple[str, str]]
) -> None:
    found = told(text, MeasureContext(language=language))
    assert [(wording, why) for wording, _, why in found] == figures


def test_no_more_than_the_most_figures_are_listed_however_soon_they_are_read() -> None:
    found, end = scan("7; " * 1000, MeasureContext())
    assert (len(found), end) == (200, 598)


@pytest.mark.parametrize(
    ("text", "noun"),
    [
        ("300 big white wooden boats", "big white wooden"),
        ("300 max. boats sank", "boats sank"),
        ("1.2 m. boats", ""),
        ("5 to 10B2 boats sank", "boats sank"),
        ("300. Boats sank", ""),
    ],
)
def test_a_noun_has_three_words_at_most_and_begins_behind_the_stop_of_a_short_word(
    text: str, noun: str
) -> None:
    ((found,), _) = scan(text, MeasureContext())
    assert found.noun == noun


@pytest.mark.parametrize(
    ("text", "context"),
    [
        ("300 boats", MeasureContext("{thing}", "boats", domain_min=Decimal(0), language="en")),
        ("300", MeasureContext("{thing}", domain_min=Decimal(0), language="en")),
        ("40%", MeasureContext("1", None, "share", Decimal(0), language="en")),
    ],
)
def test_a_figure_is_read_as_things_that_are_called_as_in_the_text_or_as_a_share(
    text: str, context: MeasureContext
) -> None:
    ((found,), _) = scan(text, MeasureContext(language="en"))
    assert found.context == context


def test_the_words_that_are_to_blame_are_told_also_where_something_is_glued_to_them() -> None:
    ((glued,), _), ((alone,), _) = (
        scan(text, MeasureContext()) for text in ("not 5 to 10B2 boats", "not 5 to 10 boats")
    )
    assert glued.words[:4] == alone.words == ("not", "5", "to", "10")
    assert scan("5 to 10B2 boats", MeasureContext())[0][0].words == ()
    assert scan("300x faster", MeasureContext())[0][0].words == ("300x",)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("more\nthan 5", "more than 5"),
        ("than\n5", "than 5"),
        ("5\r\n\tboats", "5 boats"),
        ("5\n000", "5  000"),
    ],
)
def test_a_line_break_is_a_space_and_two_between_digits(text: str, line: str) -> None:
    assert one_line(text) == line


def test_each_wording_that_is_tried_is_counted() -> None:
    looked = Scan("5 boats", MeasureContext())
    assert looked.reading(0, 1, MeasureContext()) is None
    assert looked.reading(0, 0, MeasureContext()) is not None
    assert looked.left == MOST_READINGS - 2
