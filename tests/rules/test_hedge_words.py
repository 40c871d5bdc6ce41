"""A hedge is told in the words it was said in, and in plain English beside them."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from app.render.figure_words import allows, worded
from app.rules.bounds import MeasureContext
from app.rules.figures import complete
from app.rules.hedge_words import (
    LEXICONS,
    document_of,
    has_lexicon,
    hedge_words,
    is_language_tag,
    language_of,
    usual,
)
from app.rules.tokenizer import Unreadable

PEOPLE = MeasureContext("{person}", "people, Menschen, personnes, 명", "count", Decimal(0))
CASES = Path(__file__).parents[3] / "shared" / "cases" / "languages.jsonl"
SAID = {
    ("en", "about 3,400"): "about", ("en", "3,400 or so"): "or so", ("en", "~3,400"): "~",
    ("en", "Upwards of 7,000"): "Upwards of", ("en", "between about 3 and 4 million"): "about",
    ("en", "up to approximately 5,000"): "up to approximately",
    ("de", "etwa 6.700 Menschen oder so"): "etwa … oder so",
    ("de", "mindestens 9.000"): "mindestens",
    # The "or" of "more" is none, and an invisible character is a part of what is written.
    ("en", "More than 500 or so"): "More than … or so", ("en", "ab\u200bout 500"): "ab\u200bout",
    ("fr", "près d'un million"): "près d'", ("fr", "une quinzaine"): "quinzaine",
    ("es", "200 y pico"): "y pico", ("ru", "не менее 9 тысяч"): "не менее",
    ("uk", "понад 7 000"): "понад", ("ar", "بنحو 6,700"): "بنحو",
    ("ko", "최소 9천 명 이상"): "최소 … 이상", ("ko", "20여 명"): "여",
    ("ko", "30만 명에 육박"): "에 육박",
    ("zh", "1000多人"): "多", ("ja", "30万人近く"): "近く",
}  # fmt: skip


def read(text: str, language: str, **sent: str) -> dict[str, Any]:
    return complete({"raw_text": text, **sent}, PEOPLE._replace(language=language))


@pytest.mark.parametrize(("language", "text"), SAID)
def test_the_words_of_a_hedge_are_those_of_the_wording(language: str, text: str) -> None:
    found = hedge_words(read(text, language))
    assert found == (SAID[language, text], language, True)


@pytest.mark.parametrize("language", LEXICONS)
def test_the_usual_words_of_a_hedge_are_among_those_that_its_language_has(language: str) -> None:
    hedges = document_of(language)["hedges"]
    named = {hedge: entry["name"] for hedge, entry in hedges.items() if entry.get("before")}
    assert len(named) >= 7
    for hedge, name in named.items():
        entry = hedges[hedge]
        assert name in [*entry["before"], *entry["after"], *entry.get("over", ())], hedge


def test_what_a_figure_allows_quotes_its_own_words_and_explains_them_in_english() -> None:
    told = {
        "3,200 to 3,600, as “about” is commonly meant": read("about 3,400", "en"),
        "6,500 to 6,900, as “rund” (about) is commonly meant": read("rund 6.700", "de"),
        "more than 20 to less than 30, as “여” (just over) is commonly meant": read(
            "20여 명", "ko"
        ),
        "270,000 to 330,000, as such words are commonly meant": read(
            "einige aberhundert", "de", hedge="approximate", value="300000"
        ),
        "300 to 500, as such words are commonly meant": read(
            "etwa 400", "de", hedge="approximate", value="400", lower="300", upper="500",
            lower_basis="convention", upper_basis="convention",
        ) | {"flags": ["differs_from_lexicon"]},
    }  # fmt: skip
    assert {allows(figure): figure for figure in told.values()} == told


@pytest.mark.parametrize(
    ("language", "beside"),
    [("de", " (rund in German)"), ("ko", " (약 in Korean)"), ("en", ""), ("pl", ""), (None, "")],
)
def test_a_hedge_without_a_wording_has_the_usual_words_beside_ours_and_quotes_nobody(
    language: str | None, beside: str
) -> None:
    sent = {"hedge": "approximate", "value": "6700"}
    figure = complete(sent, PEOPLE._replace(language=language)) | {"measure": "m"}
    assert worded(figure, {"m": {"unit": "{person}", "unit_label": "people"}}) == (
        f"about 6,700 people{beside}"
    )
    assert allows(figure) == f"6,500 to 6,900, as “about”{beside} is commonly meant"


def test_a_language_without_a_word_for_a_hedge_has_the_english_one() -> None:
    assert usual("order_of", "ko") == ("on the order of", "en", False)
    assert usual("order_of", "de").language == "de"


@pytest.mark.skipif(not CASES.exists(), reason="the shared cases are not part of the project")
def test_every_real_wording_with_a_hedge_that_is_read_has_its_words() -> None:
    found = 0
    for line in CASES.read_text().splitlines():
        case = json.loads(line)
        measure = case["measure"]
        least = Decimal(measure["domain_min"]) if "domain_min" in measure else None
        unit, label = measure["unit"], measure.get("unit_label")
        context = MeasureContext(
            unit, label, measure.get("statistic", "count"), least, language=case["lang"]
        )
        try:
            figure = complete({"raw_text": case["wording"]}, context)
        except Unreadable:
            continue
        if figure["hedge"] not in ("none", "between", "vague", "plus_minus"):
            words = hedge_words(figure)
            assert words is not None, case["wording"]
            assert words.language == case["lang"], case["wording"]
            found += 1
    assert found > 250


def test_a_wording_that_is_no_longer_taken_apart_is_not_quoted() -> None:
    stored = {"raw_text": "about 6\u200b700", "hedge": "approximate", "lexicon_version": "en-1"}
    assert hedge_words(stored) is None


@pytest.mark.parametrize(
    ("version", "language"),
    [("de-1", "de"), ("ko-2", "ko"), ("en-4", "en"), ("1", "en"), ("pl-1", "en"), (None, "en")],
)
def test_the_language_of_a_figure_is_that_of_its_lexicon_else_english(
    version: str | None, language: str
) -> None:
    figure = {"hedge": "approximate", "value": "6700"}
    figure |= {"lexicon_version": version} if version else {}
    assert language_of(figure) == language
    assert hedge_words(figure) == usual("approximate", language)
    if language == "en":  # nothing beside the English words
        assert worded(figure | {"measure": "m"}, {"m": {"unit": "{car}"}}) == "about 6,700 cars"


def test_a_figure_without_a_hedge_quotes_nobody() -> None:
    assert hedge_words({}) == hedge_words({"hedge": "none"}) == ("no hedge", "en", False)
    assert hedge_words({"hedge": "none", "raw_text": "about 500"}) is None


@pytest.mark.parametrize(
    ("text", "tag", "known"),
    [
        ("de", True, True),
        ("de-AT", True, True),
        ("zh-Hant", True, True),
        ("de_AT", False, True),
        ("pl", True, False),
        ("e", False, False),
        ("pl-", False, False),
        ("", False, False),
        ("pl-abcdefgh-abcdefgh-abcdefgh-abcde", True, False),
        ("pl-abcdefgh-abcdefgh-abcdefgh-abcdef", False, False),
    ],
)
def test_a_language_is_known_by_its_form_and_its_words_by_its_first_part(
    text: str, tag: bool, known: bool
) -> None:
    assert (is_language_tag(text), has_lexicon(text)) == (tag, known)
    assert has_lexicon(text.upper()) == known
