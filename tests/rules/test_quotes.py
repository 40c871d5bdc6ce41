"""A quote is found where it stands, or not at all; its length is that of its offsets."""

import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules import quotes

letters = st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Mn", "Nd"))
"""Without digits: beside words that are a number, a digit more makes another number."""
texts = st.text(letters, max_size=30)
words = st.text(letters, min_size=1, max_size=12)


@given(texts, words, texts)
def test_words_at_their_offsets_are_found_there(before: str, exact: str, after: str) -> None:
    start, end = len(before), len(before) + len(exact)
    quote = {"exact": exact, "start": start, "end": end}
    assert quotes.fault(quote) is None
    found = quotes.check(quote, before + exact + after, "unknown")
    assert (found.found, found.places[0][:2]) == ("exact", (start, end))


@given(texts, words, texts, st.integers(0, 200))
def test_words_are_found_wherever_the_offsets_lead(
    before: str, exact: str, after: str, start: int
) -> None:
    text = before + exact + after
    found = quotes.check({"exact": exact, "start": start, "end": start + len(exact)}, text, "other")
    assert found.found in ("exact", "moved")
    assert all(text[place.start : place.end] == exact for place in found.places)
    without = quotes.check({"exact": exact}, text, "other")
    assert (without.found, without.places[0].start) == ("exact", text.find(exact))


@pytest.mark.parametrize(
    ("exact", "text"),
    [
        ("7,000 containers", "17,000 containers"),
        ("700 containers", "6,700 containers"),
        ("700 containers", "6.700 containers"),
        ("700 containers", "6\u202f700 containers"),
        ("700 Container", "6’700 Container"),
        ("about 5", "about 50"),
        ("about 5", "about 5.5 million"),
        ("about 5", "about 5,000"),
        ("about 5", "about 5\u00a0000"),
        ("٧", "١٧"),
    ],
)
def test_words_that_are_a_part_of_another_number_are_not_what_the_text_says(
    exact: str, text: str
) -> None:
    start = text.index(exact)
    for quote in ({"exact": exact}, {"exact": exact, "start": start, "end": start + len(exact)}):
        found = quotes.check(quote, text, "other")
        assert found == ("not_found", [], quotes.IN_A_NUMBER), quote
        later = quotes.check(quote, f"{text}; {exact}; {exact.replace(' ', '  ')}", "other")
        assert later.found == ("moved" if "start" in quote else "exact")
        assert [place.start for place in later.places][0] == len(text) + 2
    spaced = quotes.check({"exact": exact.replace(" ", "  ")}, text, "other")
    assert spaced.found == "not_found"


@pytest.mark.parametrize(
    ("exact", "text"),
    [
        ("7,000 containers", "in 2024, 7,000 containers."),
        ("about 5", "about 5. In 2024"), ("about 5", "about 5, 6"), ("about 5", "about 5 000"),
        ("about 5", "about 5%"), ("5 tons", "4-5 tons"), ("5 tons", "€5 tons"), ("5", "No.5."),
        ("2024", "2024-03"), ("5", "2024\u00a05"), ("area of 5 m²", "an area of 5 m²3"),
    ],
)  # fmt: skip
def test_a_number_that_ends_where_the_words_do_is_quoted_as_it_stands(
    exact: str, text: str
) -> None:
    assert quotes.check({"exact": exact}, text, "other").found == "exact"


@given(st.lists(st.text("abc'\"—é", min_size=1, max_size=6), min_size=1, max_size=6))
def test_words_that_are_set_otherwise_are_found_and_said_to_be(parts: list[str]) -> None:
    exact = " ".join(parts)
    printed = unicodedata.normalize("NFD", "\n  ".join(parts))
    printed = printed.translate({ord("'"): "’", ord('"'): "“", ord("—"): "-"})
    found = quotes.check({"exact": exact}, f"x {printed} x", "other")
    assert found.found == ("exact" if printed == exact else "normalised")
    assert (2, 2 + len(printed)) in [place[:2] for place in found.places]


@given(words, texts)
def test_what_is_not_there_is_not_found(exact: str, text: str) -> None:
    found = quotes.check({"exact": exact, "start": 0, "end": len(exact)}, text, "same")
    assert (found.found == "not_found") <= (exact not in text)
    assert (found.places == []) == (found.found == "not_found")


@given(st.text("ab😀é", max_size=8), st.integers(0, 9), st.integers(1, 40))
def test_a_length_is_that_of_the_offsets_or_is_told(exact: str, start: int, length: int) -> None:
    detail = quotes.fault({"exact": exact, "start": start, "end": start + length})
    assert (detail is None) == (length == len(exact))
    assert detail is None or f"`exact` has {len(exact)} characters" in detail


def test_what_was_counted_instead_is_named() -> None:
    def told(exact: str, length: int) -> str:
        return str(quotes.fault({"exact": exact, "start": 3, "end": 3 + length}))

    assert "UTF-16 units" in told("😀 ayes", 7)
    assert "bytes of UTF-8" in told("é ayes", 7)
    assert "send one more" in told("41 ayes", 6)
    assert "not UTF-16 units or bytes" in told("41 ayes", 37)


def test_what_stands_around_a_quote_chooses_between_places() -> None:
    text = "In May 40 died. In June 40 died again. In July 40 died."
    around = {"exact": "40 died", "prefix": "In June ", "suffix": " again"}
    place = quotes.check(around, text, "other").places[0]
    assert place == (24, 31, True, True)
    near = quotes.check({"exact": "40 died", "start": 44, "end": 51}, text, "other").places
    assert [place.start for place in near] == [47, 24, 7]


def test_offsets_in_other_units_are_seen_to_be() -> None:
    text = "😀😀 40 died"
    for start, said in ((5, "UTF-16"), (9, "UTF-8")):
        moved = quotes.check({"exact": "40 died", "start": start, "end": start + 7}, text, "other")
        assert (moved.found, moved.places[0].start) == ("moved", 3)
        assert said in moved.reason


def test_offsets_alone_are_proved_by_the_hash_of_the_document_and_by_nothing_else() -> None:
    quote = {"start": 2, "end": 9}
    found = {kind: quotes.check(quote, "a text of some", kind).found
             for kind in ("same", "line_ends", "other", "unknown")}  # fmt: skip
    assert found == {
        "same": "by_hash", "line_ends": "unproven", "other": "unproven", "unknown": "unproven",
    }  # fmt: skip
    assert quotes.check(quote, "a text", "same").found == "not_found"
    assert quotes.check({"type": "direct"}, "a text", "same").found == "unproven"


@given(st.lists(st.text("ab c", max_size=5), max_size=5), st.sampled_from(["\r\n", "\n", "\r"]))
def test_a_document_is_known_by_its_hash_and_but_for_line_ends(lines: list[str], end: str) -> None:
    stored = end.join(lines).encode()
    wanted = quotes.sha256(stored)
    assert quotes.compared(stored, wanted) == "same"
    for other in ("\r\n", "\n", "\r"):
        sent = other.join(lines).encode()
        assert quotes.compared(sent, wanted) in ("same", "line_ends")
        assert quotes.compared(quotes.BOM + sent, wanted) == "line_ends"
    assert quotes.compared(stored + b"x", wanted) == "other"
    assert quotes.compared(stored, None) == "unknown"


def test_a_quote_that_begins_at_its_offset_and_ends_elsewhere_is_told_so() -> None:
    found = quotes.check({"exact": "seven", "start": 0, "end": 9}, "seven thousand", "other")
    assert (found.found, found.places[0][:2]) == ("moved", (0, 5))
    assert "ends elsewhere" in found.reason
    other = quotes.check({"exact": "seven", "start": 3, "end": 8}, "about seven", "other")
    assert other.reason == "The words stand elsewhere than the offsets say."


def test_of_very_many_places_the_first_are_looked_at() -> None:
    text = "ab" * (quotes.SEEN + 5)
    assert len(quotes.check({"exact": "ab"}, text, "other").places) == quotes.MAX_PLACES


def test_spaces_that_are_not_there_as_quoted_are_not_looked_for_in_another_spelling() -> None:
    assert quotes.check({"exact": "\t"}, "seven thousand", "other").found == "not_found"


def test_words_in_another_spelling_are_found_and_words_that_are_not_there_are_not() -> None:
    found = quotes.check({"exact": 'é "so"'}, "an e\u0301\n“so”", "other")
    assert (found.found, found.places[0].start) == ("normalised", 3)
    assert quotes.check({"exact": "eight"}, "seven", "other").found == "not_found"


def test_a_document_is_the_same_or_has_other_line_ends_or_is_another_or_unknown() -> None:
    wanted = quotes.sha256(b"one\ntwo\n")
    for content, told in (
        (b"one\ntwo\n", "same"), (b"\xef\xbb\xbfone\r\ntwo", "line_ends"), (b"one", "other"),
    ):  # fmt: skip
        assert quotes.compared(content, wanted) == told
    assert quotes.compared(b"one", None) == "unknown"


def test_a_quote_at_its_offsets_is_exact_and_of_their_length() -> None:
    quote = {"exact": "seven", "start": 6, "end": 11}
    assert quotes.fault(quote) is None
    assert quotes.check(quote, "about seven", "other").found == "exact"


TEXT = "In May 40 died. In June 40 died."


@pytest.mark.parametrize(
    ("quote", "document", "found", "places", "reason"),
    [
        ({"exact": "June"}, "other", "exact", [(19, 23, None, None)],
         "The words stand there as quoted; the quote has no offsets."),
        ({"exact": "June", "start": 19, "end": 23}, "other", "exact", [(19, 23, None, None)],
         "The words stand at the offsets, as quoted."),
        # Its offsets say which of two places it is, even where other words were before it.
        ({"exact": "40 died", "start": 24, "end": 31, "prefix": "In May "}, "other", "exact",
         [(24, 31, False, None)], "The words stand at the offsets, as quoted."),
        ({"exact": "In  June"}, "other", "normalised", [(16, 23, None, None)],
         "The words stand there with other spaces, quotation marks, dashes or composed letters, "
         "and not as quoted."),
        ({"exact": "In  June", "suffix": "40"}, "other", "normalised", [(16, 23, None, True)],
         quotes.SPELT_OTHERWISE),
        ({"exact": "July"}, "same", "not_found", [],
         "The words of the quote are nowhere in this text."),
        # The words before or after it alone say which one it is.
        ({"exact": "40 died", "prefix": "In June "}, "other", "exact",
         [(24, 31, True, None), (7, 14, False, None)], quotes.AS_QUOTED),
        ({"exact": "40 died", "suffix": ". In June"}, "other", "exact",
         [(7, 14, None, True), (24, 31, None, False)], quotes.AS_QUOTED),
        ({"exact": "40", "prefix": "In June", "suffix": "died"}, "other", "exact",
         [(24, 26, True, True), (7, 9, False, True)], quotes.AS_QUOTED),
        # "In" does stand before it, but not right before it.
        ({"exact": "40 died", "prefix": "In"}, "other", "exact",
         [(7, 14, False, None), (24, 31, False, None)], quotes.AS_QUOTED),
        ({"exact": "40", "start": 8, "end": 10}, "other", "moved",
         [(7, 9, None, None), (24, 26, None, None)],
         "The words stand elsewhere than the offsets say."),
        ({"exact": "40", "start": 7, "end": 19}, "other", "moved",
         [(7, 9, None, None), (24, 26, None, None)],
         "The words begin at the offset, and the quote ends elsewhere than it says."),
        # Without the words only the hash of the document proves them.
        ({"start": 24, "end": 32, "prefix": "June "}, "same", "by_hash", [(24, 32, True, None)],
         "This is the text that the offsets count in: its SHA-256 is the document's."),
        ({"start": 24, "end": 32}, "line_ends", "unproven", [(24, 32, None, None)],
         "This is the document with other line ends, which moves what the offsets lead to. "
         "Send it with its own."),
        ({"start": 24, "end": 32}, "unknown", "unproven", [(24, 32, None, None)],
         "The quote has offsets and no words, and this text does not have the SHA-256 of the "
         "document."),
        ({"start": 24, "end": 33}, "same", "not_found", [], "The text ends before the quote does."),
        ({}, "same", "unproven", [], "The quote has neither words nor offsets to look for."),
    ],
)  # fmt: skip
def test_a_check_tells_how_a_quote_was_found_where_and_why(
    quote: dict[str, Any],
    document: quotes.DocumentMatch,
    found: str,
    places: list[tuple[Any, ...]],
    reason: str,
) -> None:
    assert quotes.check(quote, TEXT, document) == (found, places, reason)


def test_places_that_overlap_are_all_told() -> None:
    found = quotes.check({"exact": "aa"}, "aaaa", "other")
    assert [place.start for place in found.places] == [0, 1, 2]


def test_beyond_the_places_that_are_looked_at_those_around_the_offset_are_told_first() -> None:
    text = "ab" * (4 * quotes.SEEN)
    start = 6 * quotes.SEEN + 1
    found = quotes.check({"exact": "ab", "start": start, "end": start + 2}, text, "other")
    assert [place.start for place in found.places[:2]] == [start - 1, start + 1]
    assert len(found.places) == quotes.MAX_PLACES


@pytest.mark.parametrize("spaces", [0, 1, 20])
def test_what_stands_around_a_quote_may_be_spaced_otherwise(spaces: int) -> None:
    gap = " " * spaces
    text = f"they said that{gap} 40 died{gap} in June"
    quote = {"exact": "40 died", "prefix": "said  that ", "suffix": " in\nJune"}
    (place,) = quotes.check(quote, text, "other").places
    assert place[2:] == (True, True)


@pytest.mark.parametrize(
    ("quote", "told"),
    [
        ({"exact": "ayes", "start": 3}, None),
        ({"exact": "ayes", "end": 3}, None),
        ({"start": 3, "end": 5}, None),
        ({"exact": "ayes", "start": 3, "end": 7}, None),
        ({"exact": "😀 ayes", "start": 3, "end": 10},
         "`exact` has 6 characters, `end` − `start` is 7: they count UTF-16 units; count Unicode "
         "code points"),
        ({"exact": "é ayes", "start": 3, "end": 10},
         "`exact` has 6 characters, `end` − `start` is 7: they count bytes of UTF-8; count Unicode "
         "code points"),
        ({"exact": "ayes", "start": 3, "end": 6},
         "`exact` has 4 characters, `end` − `start` is 3: `end` is the place after the last "
         "character, so send one more"),
        ({"exact": "ayes", "start": 3, "end": 9},
         "`exact` has 4 characters, `end` − `start` is 6: count Unicode code points, not UTF-16 "
         "units or bytes, or send only the words"),
    ],
)  # fmt: skip
def test_a_length_that_is_not_that_of_the_offsets_is_told_in_full(
    quote: dict[str, Any], told: str | None
) -> None:
    assert quotes.fault(quote) == told
