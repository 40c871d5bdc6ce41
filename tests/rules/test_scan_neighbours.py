"""What stands beside a number of a text, and tells that it counts nothing: in each language."""

import pytest

from app.rules.bounds import MeasureContext
from tests.rules.test_figure_scan import told

MORE, PART, WHICH, AGE = "This may be h", "This may be a", "This may say ", "This may be a"
UNIT, MONEY, WHOLE = "This is measu", "This is money", "Things are co"
LEVEL = "This may be w"


def reasons(language: str, text: str) -> list[tuple[str, str]]:
    return [(one, why) for one, _, why in told(text, MeasureContext(language=language))]


@pytest.mark.parametrize(
    ("language", "text", "wording"),
    [
        ("en", "They sent 5,000 more than before", "5,000"),
        ("en", "Another year, 20 fewer", "20"),
        ("en", "It rose to 15% more", "15%"),
        ("en", "with 500 additional troops", "500"),
        ("de", "Es kamen 5.000 mehr", "5.000"),
        ("de", "15 Prozent weniger", "15 Prozent"),
        ("de", "500 Menschen mehr", "500"),
        ("fr", "15 % de plus qu'avant", "15 %"),
        ("fr", "500 personnes de moins", "500"),
        ("fr", "500 places supplémentaires", "500"),
        ("es", "un 15 % más", "15 %"),
        ("es", "500 personas menos", "500"),
        ("ru", "на 15% больше, чем", "15%"),
        ("ru", "500 человек меньше", "500"),
        ("uk", "на 15% більше, ніж", "15%"),
        ("ar", "500 جندي إضافي و 300 جنديا إضافيا", "300"),
    ],
)
def test_how_many_more_or_fewer_is_not_how_many(language: str, text: str, wording: str) -> None:
    assert (wording, MORE) in reasons(language, text)


def test_more_behind_a_noun_may_be_a_difference_and_or_more_is_a_hedge() -> None:
    assert reasons("en", "It killed 40 people more than a decade ago, or 30 or more") == [
        ("40", MORE),
        ("30 or more", "at_least"),
    ]
    assert reasons("fr", "500 ou plus") == [("500 ou plus", "at_least")]


def test_a_year_that_a_difference_is_told_from_is_no_limit() -> None:
    assert reasons("de", "5.000 mehr als 2023") == [("5.000", MORE), ("mehr als 2023", PART)]
    assert reasons("de", "Mehr als 2023 Menschen kamen") == [("Mehr als 2023", "more_than")]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "3 of 10 tenants fled"),
        ("de", "9 von 10 Deutschen"),
        ("fr", "3 Français sur 10 et 1 jeune sur 5"),
        ("es", "3 de cada 10 hogares"),
        ("ru", "9 из 10 россиян"),
        ("uk", "9 з 10 українців"),
        ("uk", "9 із кожних 10 українців"),
        ("ar", "3 من كل 10"),
    ],
)
def test_neither_side_of_a_part_of_a_small_round_whole_is_a_count(language: str, text: str) -> None:
    assert {why for _, why in reasons(language, text)} == {PART}


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "They shot down 31 of 36 drones"),
        ("en", "10 of 3 kinds"),
        ("en", "They have 3. Of 10 boats they know"),
        ("uk", "Збито 23 із 28 дронів"),
        ("fr", "17 blessés sur 53 passagers"),
    ],
)
def test_so_many_of_so_many_that_were_there_are_two_counts(language: str, text: str) -> None:
    assert {why for _, why in reasons(language, text)} == {"none"}


@pytest.mark.parametrize(
    ("language", "text", "wording"),
    [
        ("en", "at 221B Baker Street", "221B"),
        ("en", "at 10 Downing Street, he said", "10"),
        ("fr", "au 12 rue de la Paix", "12"),
        ("de", "in der Hauptstraße 12 b", "12"),
        ("de", "auf der A 8 bei Ulm", "8"),
        ("es", "en la calle Mayor 12", "12"),
        ("ru", "на улице Ленина, 7", "7"),
        ("ru", "ул. Ленина, 7", "7"),
        ("ru", "дом № 12", "12"),
        ("uk", "вул. Франка, 7", "7"),
        ("en", "see § 5 of it", "5"),
    ],
)
def test_the_number_of_a_house_a_road_or_a_paragraph_is_no_count(
    language: str, text: str, wording: str
) -> None:
    assert (wording, WHICH) in reasons(language, text)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "2M Syrians fled"),
        ("en", "A 40 strong crowd"),
        ("en", "40 street lights"),
        ("en", "12 road deaths"),
        ("es", "A 40 personas"),
        ("ru", "А 40 человек"),
        ("fr", "12 rues"),
    ],
)
def test_a_name_of_those_counted_or_a_word_of_one_letter_is_no_address(
    language: str, text: str
) -> None:
    assert [why for _, why in reasons(language, text)] == ["none"]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "The driver, 64, survived"),
        ("en", "He is 64 and well"),
        ("de", "Der Fahrer, 64, überlebte"),
        ("de", "Sie ist 64."),
        ("fr", "Le chauffeur, 64, a survécu"),
        ("ru", "Ему 64."),
    ],
)
def test_how_old_somebody_is_is_no_count(language: str, text: str) -> None:
    assert reasons(language, text) == [("64", AGE)]


def test_who_is_said_to_have_so_many_or_to_be_one_of_them_has_no_age() -> None:
    assert reasons("en", "The toll is 64. They were 64. She is 64 metres away") == [
        ("64", "none"),
        ("64", "none"),
        ("64", UNIT),
    ]


@pytest.mark.parametrize(
    ("language", "text", "why"),
    [
        ("en", "down from 2.6", WHOLE),
        ("en", "between 1.5 and 2.6 points", WHOLE),
        ("ar", "ارتفعت البطالة 0.4 نقطة", WHOLE),
        ("en", "Some 1.2 million jobs", "approximate"),
        ("en", "2.5 dozen eggs", "none"),
        ("en", "about 10 to 15 trucks", "between"),
        ("en", "1.5 planes a day", "none"),
    ],
)
def test_a_count_of_things_is_a_whole_number(language: str, text: str, why: str) -> None:
    assert reasons(language, text)[-1][1] == why


@pytest.mark.parametrize(
    ("language", "text", "why"),
    [
        ("es", "1.200 millones de euros", MONEY),
        ("es", "unos 2 millones de toneladas", UNIT),
        ("fr", "une centaine de kilomètres", UNIT),
        ("en", "hundreds of dollars", MONEY),
        ("en", "dozens of tonnes, they said", UNIT),
        ("en", "the 650,000 of a year ago", "none"),
        ("de", "um 0,4 Punkte", UNIT),
        ("de", "30 Zentimeter", UNIT),
        ("ru", "на 0,4 процентного пункта", UNIT),
        ("uk", "на 0,4 відсоткового пункту", UNIT),
        ("ru", "500 граммов", UNIT),
        ("ru", "возраст 41 год", UNIT),
        ("uk", "41 рік", UNIT),
        ("ru", "30 случаев в год", "none"),
        ("ar", "30 سنتيمترا", UNIT),
    ],
)
def test_money_and_units_are_found_behind_of_and_in_each_language(
    language: str, text: str, why: str
) -> None:
    assert [told for _, told in reasons(language, text)] == [why]


@pytest.mark.parametrize(
    ("language", "text", "wording"),
    [
        ("ru", "Безработица выросла на 0,4 пункта, до 5,2%", "до 5,2%"),
        ("uk", "Безробіття зросло на 4, до 52", "до 52"),
        ("es", "El paro subió 4 puntos, hasta el 5,2 %", "hasta el 5,2 %"),
    ],
)
def test_a_level_is_told_behind_the_comma_that_follows_its_change(
    language: str, text: str, wording: str
) -> None:
    assert reasons(language, text)[-1] == (wording, LEVEL)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "one or two million people"),
        ("de", "zwei oder drei Dutzend"),
        ("fr", "deux ou trois mille personnes"),
        ("es", "dos o tres docenas"),
        ("ru", "две или три тысячи"),
        ("uk", "дві або три тисячі"),
        ("ar", "ألفان أو ثلاثة آلاف شخص"),
    ],
)
def test_of_one_number_word_or_another_neither_is_the_figure(language: str, text: str) -> None:
    assert [why for _, why in reasons(language, text)] == ["The text says"]
