"""Snippets: which text is shown, from where to where, and where in it the words stand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.snippets import AROUND, WIDEST, snippet
from app.rules.text_search import folded

LETTERS = "aAeßŉfi1 ﬁⅣᾳΣς가각ㄱㅏ\u1112\u1161\u11abﾄﾞﾎﾟポﾗかが\u3099கொ\u0bca\u0301\u0308\u0327İ𝐆😀"


def shown(words: list[str], *texts: str) -> tuple[str, int, str, list[str]] | None:
    """Where the snippet is, where it begins, its text, and what of it is marked."""
    found = snippet(((f"/{n}", text) for n, text in enumerate(texts)), words)
    if found is None:
        return None
    marked = [found.text[start:end] for start, end in found.matches]
    return found.pointer, found.start, found.text, marked


@pytest.mark.parametrize(
    ("words", "texts", "told"),
    [
        (["crates"], ["no such word"], None),
        (["crates"], [], None),
        (["crates"], ["none", "Crates of crates"], ("/1", ["Crates", "crates"])),
        (["crates", "of"], ["of", "crates", "Crates of"], ("/2", ["Crates", "of"])),
        (["crates", "of"], ["of", "of them"], ("/0", ["of"])),
        (["of", "crates"], ["crates of of"], ("/0", ["crates", "of", "of"])),
        (["rate", "crat"], ["a crate"], ("/0", ["crate"])),
        (["cra", "tes"], ["crates"], ("/0", ["crates"])),
        (["crates", "rat"], ["crates"], ("/0", ["crates"])),
        (["aa"], ["aaa aaaa"], ("/0", ["aaa", "aaaa"])),
        (["ab"], ["ab b ab"], ("/0", ["ab", "ab"])),
    ],
)
def test_the_first_text_with_most_of_the_words_is_shown_with_all_their_places(
    words: list[str], texts: list[str], told: tuple[str, list[str]] | None
) -> None:
    found = shown(words, *texts)
    assert (found and (found[0], found[3])) == told


@pytest.mark.parametrize(
    ("text", "start", "length"),
    [
        ("kestrel", 0, 7),
        ("." * 80 + "kestrel" + "." * 80, 0, 167),
        ("." * 81 + "kestrel" + "." * 81, 1, 167),
        ("." * 80 + "kestrel" + "." * 80 + "kestrel" + "." * 80, 0, 254),
        ("." * 81 + "kestrel" + "." * 225 + "kestrel" + "." * 99, 1, WIDEST),
        ("." * 81 + "kestrel" + "." * 233 + "kestrel" + "." * 99, 1, 167),
        ("kestrel" + "." * 400 + "kestrel", 0, 87),
    ],
)
def test_a_snippet_goes_so_far_around_its_words_and_is_no_wider_than_this(
    text: str, start: int, length: int
) -> None:
    assert (AROUND, WIDEST) == (80, 320)
    found = shown(["kestrel"], text)
    assert found is not None
    assert (found[1], len(found[2])) == (start, length)
    assert found[2] == text[start : start + length]
    assert found[3][0] == "kestrel"


def test_a_word_that_the_end_of_a_snippet_cuts_is_marked_up_to_there() -> None:
    found = snippet([("/0", "." * 80 + "kestrel" + "." * 230 + "kestrel")], ["kestrel"])
    assert found is not None
    assert found.matches == [(80, 87), (317, 320)]
    assert len(found.text) == 320
    dots = (80, 148, 78, 9)
    beyond = snippet([("/0", "kestrel".join("." * n for n in dots))], ["kestrel"])
    assert beyond is not None
    assert beyond.matches == [(80, 87), (235, 242)]


@pytest.mark.parametrize(
    ("word", "text", "marked"),
    [
        ("fi", "ﬁne", "ﬁ"),
        ("ine", "ﬁne", "ﬁne"),
        ("étude", "une e\u0301tude", "e\u0301tude"),
        ("près", "tout pre\u0300s", "pre\u0300s"),
        ("한국", "\u1112\u1161\u11ab\u1100\u116e\u11a8 말", "\u1112\u1161\u11ab\u1100\u116e\u11a8"),
        ("ポーランド", "ﾎﾟｰﾗﾝﾄﾞで", "ﾎﾟｰﾗﾝﾄﾞ"),
        ("பொருள்", "ப\u0bc6\u0bbeருள்", "ப\u0bc6\u0bbeருள்"),
        ("가다", "ㄱㅏ다", "ㄱㅏ다"),
        ("가다", "\uffa1\uffc2다", "\uffa1\uffc2다"),
        ("हिन्द", "की हिन्दी", "हिन्दी"),
    ],
)
def test_words_are_marked_in_the_text_as_it_is_whatever_its_letters_are_made_of(
    word: str, text: str, marked: str
) -> None:
    found = shown([folded(word)], text)
    assert found is not None
    assert found[3] == [marked]


@given(st.text(LETTERS, min_size=2, max_size=12), st.data())
def test_whatever_a_search_finds_in_a_text_has_a_snippet(text: str, data: st.DataObject) -> None:
    whole = folded(text)
    at = data.draw(st.integers(0, max(0, len(whole) - 1)))
    word = whole[at : at + data.draw(st.integers(1, 4))]
    found = snippet([("/text", text)], [word])
    assert found is not None
    assert any(word in folded(found.text[start:end]) for start, end in found.matches)
