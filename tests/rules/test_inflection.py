"""Words that are glued, folded or in another order, as a language's number words are looked up."""

from decimal import Decimal

import pytest

from app.rules.bounds import MeasureContext
from app.rules.lexicon import Lexicon, lexicon_of
from app.rules.lexicon.inflection import Inflection
from app.rules.tokenizer import Token, tokenise
from tests.rules.test_hedges import refused, says


def inflected(language: str) -> tuple[Lexicon, Inflection]:
    lex = lexicon_of(language)
    assert lex.inflection is not None
    return lex, lex.inflection


def prepared(language: str, text: str) -> list[Token]:
    lex, inflection = inflected(language)
    return inflection.prepared(tokenise(text), lex.vocabulary)


@pytest.mark.parametrize(
    ("language", "text", "words"),
    [
        ("ar", "و80", "و 80"),
        ("ar", "و80 و90", "و 80 و 90"),
        ("ar", "بـ300", "ب 300"),
        ("ar", "وثلاثة", "و ثلاثه"),
        ("ar", "وطن", "وطن"),
        ("ar", "ـ 5", "5"),
        ("ar", "%34", "34 %"),
        ("ar", "و%34", "و 34 %"),
        ("ar", "34%", "34 %"),
        ("ar", "5 %34", "5 % 34"),
        ("ar", "%34 شخص", "34 % شخص"),
        ("de", "%34", "% 34"),
        ("fr", "d'obus", "d' obus"),
        ("fr", "l'obus d'un", "l' obus d' un"),
        ("fr", "d'", "d'"),
        ("ru", "Ещё 5", "еще 5"),
        ("ru", "5 с лишним тысяч", "5 тысяч с лишним"),
        ("ru", "около 5 с небольшим тысяч лодок", "около 5 тысяч с небольшим лодок"),
        ("ru", "5 с лишним лодок", "5 с лишним лодок"),
        ("ru", "5 с лишним", "5 с лишним"),
        ("uk", "5 з гаком тисяч", "5 тисяч з гаком"),
    ],
)
def test_words_stand_apart_and_in_the_usual_order(language: str, text: str, words: str) -> None:
    assert " ".join(token.text for token in prepared(language, text)) == words


def test_what_was_glued_to_another_word_is_a_word_of_its_own_and_kept_as_it_was_written() -> None:
    (joiner, number) = prepared("ar", "و80")
    assert (joiner.glued, number.glued, number.kind) == (False, False, "number")
    (percent, sign) = prepared("ar", "%34")
    assert (percent.glued, sign.glued, sign.written) == (False, False, "%")
    for language, text in (("ar", "5وثلاثة"), ("fr", "5d'obus"), ("ar", "وثلاثة")):
        *_, head, rest = prepared(language, text)
        assert (head.glued, rest.glued) == (text[0] == "5", False)
    (article, shell) = prepared("fr", "D'Obus")
    assert (article.written, shell.written, shell.glued) == ("D'Obus", "D'Obus", False)


@pytest.mark.parametrize(
    ("language", "ending", "other"),
    [
        ("de", "dreihundert hunderttausend einhundert zweihunderttausend",
         "hundert tausend dreizehn million zweieinhalb neunundneunzig obst drei"),
        ("fr", "cent cents", "mille deux million"),
        ("es", "", "cien doscientos mil"),
        ("ru", "", "сто тысяча триста"),
    ],
)  # fmt: skip
def test_a_word_that_ends_in_a_scale_may_lend_it_to_another(
    language: str, ending: str, other: str
) -> None:
    _, inflection = inflected(language)
    assert [w for w in (*ending.split(), *other.split()) if inflection.ends_in_scale(w)] == (
        ending.split()
    )


@pytest.mark.parametrize(
    ("language", "text", "article", "either"),
    [
        ("es", "un 10", True, True),
        ("es", "un dos", True, True),
        ("es", "un 10 barcos", True, True),
        ("es", "un dos barcos", True, True),
        ("es", "un barco", False, False),
        ("es", "un", False, False),
        ("es", "el 15", False, True),
        ("es", "los 15", False, True),
        ("es", "15", False, False),
        ("fr", "le 15", False, True),
        ("fr", "un 40", False, False),
    ],
)
def test_an_article_before_a_figure_is_no_number(
    language: str, text: str, article: bool, either: bool
) -> None:
    _, inflection = inflected(language)
    tokens = prepared(language, text)
    assert inflection.is_article(tokens, 0) is article
    assert inflection.has_article(tokens, 0) is either
    assert not inflection.has_article(tokens, len(tokens))


@pytest.mark.parametrize(
    ("language", "words"),
    [("fr", "et de d' cent cents million"), ("es", "y de mil"), ("de", "von hundert million")],
)
def test_a_language_knows_its_joiners_hundreds_and_scales(language: str, words: str) -> None:
    _, inflection = inflected(language)
    assert set(words.split()) <= inflection.vocabulary


def test_a_noun_before_its_figure_means_about_it_in_russian_and_ukrainian_alone() -> None:
    boats = MeasureContext("{x}", "лодок, човнів, Boote", domain_min=Decimal(0))
    for language, text in (("ru", "лодок 300"), ("uk", "човнів 300")):
        reason = refused(text, boats._replace(language=language)).reason
        assert reason.startswith("A noun before its figure may mean about it.")
    assert says("Boote 300", boats._replace(language="de")) == "none 300 [300, 300]"


def test_the_name_of_a_unit_is_taken_apart_as_a_wording_is() -> None:
    lex, inflection = inflected("fr")
    assert inflection.words("d'obus de 155 mm", lex.vocabulary) == (
        "d'", "obus", "de", "155", "mm",
    )  # fmt: skip
    lex, inflection = inflected("ar")
    assert inflection.words("أشخاص", lex.vocabulary) == ("اشخاص",)
    assert inflection.folded("أشخاصٌ") == "اشخاص"
