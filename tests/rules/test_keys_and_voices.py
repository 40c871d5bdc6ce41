"""Small rules, to their last line: voices, tags, keys, words, wordings, chains."""

from decimal import Decimal
from typing import Any

import pytest

from app.errors import Fault, Invalid
from app.rules import api_keys, chain, etags, group_keys, instants, intervals, text_search
from app.rules.bounds import MeasureContext
from app.rules.figures import read_figure
from app.rules.tokenizer import Unreadable

SHELLS = MeasureContext("{shell}", "shells", domain_min=Decimal(0))
ANN = {"source": "ann", "role": "speaker"}
PAPER = {"source": "paper", "role": "document"}


@pytest.mark.parametrize(
    ("by", "key", "told"),
    [
        ("none", "", {"group": None}),
        ("claimant", "ann", {"group": "ann"}),
        ("claimant", " paper", {"group": None, "document": "paper"}),
        ("claimant", "ann+bo", {"group": "ann+bo", "members": ["ann", "bo"]}),
        ("dim.mm", '=1"2', {"group": '1"2'}),
        ("attr.rank", "", {"group": None}),
    ],
)
def test_a_group_is_told_as_who_it_is(by: str, key: str, told: dict[str, Any]) -> None:
    assert group_keys.group_fields(by, key) == told


def test_a_voice_has_the_sources_that_are_in_it() -> None:
    assert group_keys.read("ann+bo").sources == ("ann", "bo")
    assert group_keys.read("ann").sources == ("ann",)
    assert group_keys.read(" paper").sources == ()


def test_what_is_no_list_of_tags_was_seen_by_nobody() -> None:
    assert not etags.not_modified("1", '"1"')
    assert etags.not_modified('W/"1", "2"', '"1"')
    assert etags.not_modified(" * ", '"1"')
    assert etags.not_modified(" \t*\t ", '"1"')
    assert not etags.not_modified('"2", W/"3"', '"1"')
    assert not etags.not_modified("X*X", '"1"')
    assert not etags.not_modified("\n*", '"1"'), "a line break is no white space of a header"


@pytest.mark.parametrize(
    ("if_match", "why"),
    [
        ("*", None),
        (" \t*\t ", None),
        ('"3"', None),
        ('"1", "3"', None),
        (',"1" ,, W/"3" ,\t"3", ', None),
        ('W/"3"', 'A weak ETag never matches If-Match. Send the strong one, without W/: "3".'),
        ('"1"', 'The current version is 3. Read it, and send its ETag with the change: "3".'),
        ("3", 'If-Match is no list of ETags. The current version is 3: send "3".'),
        ('"1" "3"', 'If-Match is no list of ETags. The current version is 3: send "3".'),
        ("\n*", 'If-Match is no list of ETags. The current version is 3: send "3".'),
        ("X*X", 'If-Match is no list of ETags. The current version is 3: send "3".'),
    ],
)
def test_an_if_match_means_a_version_or_is_told_why_not(if_match: str, why: str | None) -> None:
    assert etags.if_match_fault(if_match, 3) == why


@pytest.mark.parametrize(
    ("sent", "why"),
    [
        ("*", None),
        ('"1", "2"', None),
        ("2", "no list of ETags"),
        ('W/"2"', "A weak ETag never matches"),
        ('"1"', "The current version is 2"),
    ],
)
def test_a_change_needs_the_strong_tag_of_the_version_that_it_changes(
    sent: str, why: str | None
) -> None:
    told = etags.if_match_fault(sent, 2)
    assert told is None if why is None else why in str(told)


def test_an_instant_is_told_with_six_digits_and_read_back() -> None:
    assert instants.text(1) == "1970-01-01T00:00:00.000001Z"
    assert instants.parse("1970-01-01t01:00:00.000001+01:00") == 1


def test_an_instant_without_its_offset_is_refused() -> None:
    why = "^send an RFC 3339 instant with its offset, like 2026-11-22T10:00:00Z$"
    with pytest.raises(ValueError, match=why):
        instants.parse("2026-02-01T10:00:00")


def test_a_key_is_taken_apart_and_a_mistyped_one_is_none() -> None:
    key = api_keys.make_key(api_keys.key_id(b"abcde"), b"s" * 32)
    assert api_keys.parse_key(key) == api_keys.KeyParts("mfrggzdf", key[15:-6])
    assert api_keys.parse_key(key[:-1] + ("a" if key[-1] != "a" else "b")) is None
    assert api_keys.parse_key("sayso_key") is None
    assert api_keys.redacted(f"with {key} in it") == "with sayso_… in it"
    assert api_keys.redacted("with none in it") == "with none in it"


def test_a_search_is_of_words_of_two_letters_or_more_each_once() -> None:
    assert text_search.terms("Crates of CRATES") == ["crates", "of"]
    for short in ("", "a", "crates a"):
        with pytest.raises(ValueError, match="^search for words of two characters or more$"):
            text_search.terms(short)


def test_an_index_is_asked_for_the_longest_grams_of_the_longest_words() -> None:
    assert text_search.index_query(["crates", "of"]) == "ates crat of rate"
    five = ["zz", "barges", "crates", "trucks", "wagons"]
    assert {"zz", "barg"} & set(text_search.index_query(five).split()) == {"barg"}
    assert text_search.narrowing(["of", "crates"]) == [["crates"], ["of"], ["of", "crates"]]
    assert text_search.narrowing(["crates"]) == [["crates"]]
    assert text_search.grams("x" * 40) == "xx xxx xxxx"


def test_texts_that_are_searched_together_are_folded_a_line_each() -> None:
    assert text_search.folded("ﬁNE", None, "", "STRASSE ß") == "fine\nstrasse ss"


def test_values_that_are_packed_into_one_column_have_no_separator_in_them() -> None:
    assert text_search.packed(["a", "b"]) == "\x1fa\x1fb\x1f"
    assert text_search.packed([]) == ""
    with pytest.raises(ValueError, match="^send it without control characters$"):
        text_search.packed(["a\x1fb"])


def test_a_date_in_a_question_has_no_qualifier() -> None:
    with pytest.raises(ValueError, match="stands as it is"):
        intervals.question_days("2024~")


@pytest.mark.parametrize(
    "written",
    [
        "2026-02-30T10:00:00Z",
        "2026-02-28T10:00:00+24:00",
    ],
)
def test_an_instant_that_never_was_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match="^there is no such instant$"):
        instants.parse(written)


@pytest.mark.parametrize(
    ("written", "instant", "told"),
    [
        ("0001-01-01T00:00:00Z", -62_135_596_800_000_000, "0001-01-01T00:00:00.000000Z"),
        ("9999-12-31T23:59:59.999999z", 253_402_300_799_999_999, "9999-12-31T23:59:59.999999Z"),
        ("1970-01-01T00:00:00.5-00:30", 1_800_500_000, "1970-01-01T00:30:00.500000Z"),
    ],
)
def test_an_instant_of_the_years_1_to_9999_is_read_and_told_in_utc(
    written: str, instant: int, told: str
) -> None:
    assert instants.parse(written) == instant
    assert instants.text(instant) == told


def test_an_instant_that_cannot_be_written_is_told_as_the_nearest_that_can() -> None:
    assert instants.text(instants.LAST + 1) == "9999-12-31T23:59:59.999999Z"
    in_the_year_0 = instants.parse("0001-01-01T00:00:00+23:59")
    assert in_the_year_0 < instants.FIRST
    assert instants.text(in_the_year_0) == "0001-01-01T00:00:00.000000Z"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("more than 5 ± 1", "margin"),
        ("between 5", "two numbers as its ends"),
        ("from 5", "A range has two ends"),
        ("9e299 million", "within 1e300"),
        ("between several and 9", "not vague words"),
        ("5 ± several", "two numbers"),
        ("about many", "no single figure"),
    ],
)
def test_a_wording_that_says_too_much_or_too_little_is_refused(text: str, why: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read_figure(text, SHELLS)
    assert why in str(refused.value)


@pytest.mark.parametrize(
    ("hops", "why"),
    [
        ([PAPER, {**ANN, "position": 1}], "for the whole chain"),
        ([{**PAPER, "position": 0}, {**ANN, "role": "evidence", "position": 1}], "no position"),
        ([{**PAPER, "position": 1}, {**ANN, "position": 0}], "positions count up"),
        ([{**ANN, "position": 0}, {**PAPER, "position": 1}], "starts at the document"),
        ([{**PAPER, "position": 0}, {**ANN, "position": 2}], "without a gap"),
        ([{**PAPER, "position": 0}, {**PAPER, "position": 1}], "exactly one document"),
        ([{**PAPER, "position": 0}, {**ANN, "source": "bo", "position": 1}], "claimant is not in"),
    ],
)
def test_a_chain_that_contradicts_itself_is_told_why(hops: list[Any], why: str) -> None:
    with pytest.raises(Invalid) as refused:
        chain.check(hops, "paper", "ann")
    assert any(why in fault.detail for fault in refused.value.faults)


@pytest.mark.parametrize(
    ("hops", "detail", "pointer"),
    [
        (
            [{**PAPER, "position": 0}, ANN],
            "send positions for the whole chain, or for none of it",
            "/attributions/1",
        ),
        (
            [{**PAPER, "position": 0}, {**ANN, "role": "evidence", "position": 1}],
            "evidence, occasion and recipient stand beside the chain: no position",
            "/attributions/1",
        ),
        (
            [{**ANN, "position": 0}],
            "the chain has exactly one document, and it is the claim's `document`",
            "/attributions",
        ),
        (
            [{**ANN, "position": 0}, {**PAPER, "position": 1}, {**ANN, "position": 2}],
            "the chain starts at the document in hand",
            "/attributions",
        ),
        (
            [{**PAPER, "position": 0}, {**ANN, "position": 2}],
            "positions count up from 0 without a gap, and only the document is at 0",
            "/attributions",
        ),
        (
            [{**PAPER, "position": 0}, {**ANN, "source": "bo", "position": 1}],
            "the claimant is not in the chain",
            "/attributions",
        ),
    ],
)
def test_a_fault_of_a_chain_is_told_in_full_and_where(
    hops: list[Any], detail: str, pointer: str
) -> None:
    told = chain.faults(hops, "paper", "ann")
    assert Fault(detail, pointer, code="chain") in told


def test_a_chain_that_does_not_hold_is_refused_with_all_its_faults() -> None:
    hops = [{**PAPER, "position": 0}, {**ANN, "position": 0}]
    with pytest.raises(Invalid) as refused:
        chain.check(hops, "paper", "ann")
    assert refused.value.detail == "The chain of attribution does not hold together."
    assert list(refused.value.faults) == chain.faults(hops, "paper", "ann")


def test_a_chain_that_holds_together_has_no_fault() -> None:
    assert chain.faults([{**PAPER, "position": 0}, {**ANN, "position": 1}], "paper", "ann") == []
    two = [{**PAPER, "position": 0}, {**ANN, "position": 1}, {**ANN, "source": "bo", "position": 1}]
    assert chain.faults(two, "paper", None) == []


def test_nobody_stands_beside_the_document_at_its_place() -> None:
    [fault] = chain.faults([{**PAPER, "position": 0}, {**ANN, "position": 0}], "paper", "ann")
    assert "only the document is at 0" in fault.detail
