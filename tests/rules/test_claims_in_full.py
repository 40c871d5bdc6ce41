"""From a claim as it was sent to its full form, and what a change to it leaves, case by case."""

from decimal import Decimal
from typing import Any

import pytest

from app.errors import Fault, Invalid
from app.rules import chain, drift, likeness, normalise
from app.rules.bounds import MeasureContext

CRATES = MeasureContext("{crate}", "crates", domain_min=Decimal(0))
PAPER = {"source": "paper", "role": "document"}
AGENCY = {"source": "agency", "role": "relayer"}
ANN = {"source": "ann", "role": "speaker"}
FIGURE = {"measure": "crates", "value": "12"}
PLACED = {**FIGURE, "slot": 1, "alternative": 1, "reading": "A"}


def test_a_chain_that_was_not_sent_goes_from_the_document_by_way_of_via_to_the_claimant() -> None:
    hops = chain.default_chain("paper", ["agency"], "ann")
    assert [(hop["source"], hop["role"], hop["position"]) for hop in hops] == [
        ("paper", "document", 0), ("agency", "relayer", 1), ("ann", "originator", 2),
    ]  # fmt: skip
    assert [hop["source"] for hop in chain.default_chain("paper", [], None)] == ["paper"]


def test_hops_get_their_positions_in_order_unless_some_were_sent() -> None:
    witness = {"source": "bo", "role": "evidence"}
    hops = chain.positioned([PAPER, witness, ANN])
    assert [hop.get("position") for hop in hops] == [0, None, 1]
    sent = [{**PAPER, "position": 0}, {**ANN, "position": 2}]
    assert chain.positioned(sent) == sent


def test_relays_stand_between_the_document_and_the_origin_and_where_there_is_none_to_the_end() -> (
    None
):
    hops = chain.positioned([PAPER, AGENCY, ANN])
    assert chain.relay_indexes(hops, "ann") == {1}
    assert chain.relay_indexes(hops[:2], None) == {1}


def test_a_claim_of_one_figure_may_be_sent_flat() -> None:
    full = normalise.full_form({"document": "paper", "claimant": "ann", **FIGURE})
    assert full["quantities"] == [PLACED]
    assert [hop["source"] for hop in full["attributions"]] == ["paper", "ann"]
    sent = {"document": "paper", "attributions": [PAPER, ANN], "claimant": "ann"}
    full = normalise.full_form(sent)
    assert full["quantities"] == []
    assert [hop["position"] for hop in full["attributions"]] == [0, 1]


TWICE = "two figures have the same slot, alternative and reading"
TWO_PREFERRED = "at most one reading of a slot and alternative is `preferred`"


@pytest.mark.parametrize(
    ("sent", "fault"),
    [
        ({**FIGURE, "quantities": [FIGURE]},
         Fault("a figure sent flat, or `quantities`: not both", "/quantities", code="ambiguous")),
        ({"via": ["agency"], "attributions": [PAPER]},
         Fault("`via`, or `attributions`: not both", "/via", code="ambiguous")),
        ({"value": "12"}, Fault("a figure needs its measure", "/measure", code="missing")),
        ({"quantities": [FIGURE, {**FIGURE, "slot": 1}]},
         Fault(TWICE, "/quantities", code="misplaced")),
        ({"quantities": [{**PLACED, "preferred": True, "reading": name} for name in "AB"]},
         Fault(TWO_PREFERRED, "/quantities", code="misplaced")),
    ],
)  # fmt: skip
def test_a_claim_that_can_be_read_in_two_ways_is_refused_where_it_can(
    sent: dict[str, Any], fault: Fault
) -> None:
    with pytest.raises(Invalid) as refused:
        normalise.full_form({"document": "paper", **sent})
    assert refused.value.faults == (fault,)


def test_the_full_form_keeps_what_is_no_figure_and_spells_out_the_chain() -> None:
    sent = {"id": "c", "included": [], "via": ["agency"], "document": "paper", "notes": "n"}
    full = normalise.full_form({**sent, "claimant": "ann"})
    hops = full.pop("attributions")
    assert [hop["source"] for hop in hops] == ["paper", "agency", "ann"]
    assert full == {"document": "paper", "notes": "n", "claimant": "ann", "quantities": []}


def test_a_chain_that_was_sent_ends_at_the_claimant() -> None:
    sent = {"document": "paper", "claimant": "bo", "attributions": [PAPER, ANN]}
    with pytest.raises(Invalid):
        normalise.full_form(sent)


def test_places_that_were_sent_are_kept_and_the_others_are_the_first() -> None:
    placed = normalise.with_places([
        FIGURE, {**FIGURE, "alternative": 2, "slot": 1},
        {**FIGURE, "reading": "B", "slot": 1}, FIGURE,
    ])  # fmt: skip
    assert [(one["slot"], one["alternative"], one["reading"]) for one in placed] == [
        (1, 1, "A"), (1, 2, "A"), (1, 1, "B"), (4, 1, "A"),
    ]  # fmt: skip


@pytest.mark.parametrize("more", [{"alternative": 2}, {"reading": "B"}])
def test_another_alternative_or_reading_says_of_which_slot_it_is(more: dict[str, Any]) -> None:
    with pytest.raises(Invalid) as refused:
        normalise.with_places([FIGURE, {**FIGURE, **more}])
    [fault] = refused.value.faults
    assert (fault.pointer, fault.code) == ("/quantities/1/slot", "misplaced")
    assert "send `slot`" in fault.detail
    assert normalise.with_places([{**FIGURE, **more}]), "alone it stands beside no other"


def test_a_change_sent_flat_is_one_to_the_only_figure() -> None:
    claim = {"document": "paper", "quantities": [{**PLACED, "note": "or so"}]}
    assert not normalise.changes_figure(claim, {"statement": "so they say"})
    assert normalise.changes_figure(claim, {"value": "13"})
    flat = normalise.flattened(claim, {"statement": "so they say"}, CRATES)
    assert flat == {"document": "paper", **PLACED, "note": "or so"}


@pytest.mark.parametrize(
    ("figures", "changes", "why"),
    [
        ([FIGURE], {"value": "13", "quantities": []}, "not both"),
        ([], {"value": "13"}, "has no figure"),
        ([FIGURE, FIGURE], {"value": "13"}, "has 2 figures"),
    ],
)
def test_a_change_sent_flat_to_more_figures_than_one_or_none_is_refused(
    figures: list[Any], changes: dict[str, Any], why: str
) -> None:
    with pytest.raises(Invalid) as refused:
        normalise.changes_figure({"quantities": figures}, changes)
    assert [why in fault.detail for fault in refused.value.faults] == [True]


WORDED = {"raw_text": "about 12", "hedge": "approximate", "value": "12", "lower": "11",
          "upper": "13", "unit": "{crate}", "flags": [], "lexicon_version": "en-1"}  # fmt: skip


def test_when_the_wording_goes_what_was_read_from_it_stays() -> None:
    kept = normalise.kept_figure(WORDED, {"raw_text": None}, CRATES)
    assert kept == {n: v for n, v in WORDED.items() if n not in ("flags", "lexicon_version")}


def test_what_cannot_be_read_is_not_taken_for_what_followed_from_a_wording() -> None:
    sent = {"raw_text": "a good many squillion", "value": "12"}
    assert normalise.minimal_figure(sent, CRATES) == sent
    unread = {"raw_text": "a good many squillion"}
    assert normalise.minimal_figure(unread, CRATES) == unread


def test_a_figure_and_why_there_is_none_take_each_others_place() -> None:
    missing = {"absence": "withheld", "unit": "{crate}"}
    assert "absence" not in normalise.kept_figure(missing, {"value": "12"}, CRATES)
    kept = normalise.kept_figure({"value": "12", "unit": "t"}, {"absence": "withheld"}, CRATES)
    assert kept == {"unit": "t"}


def test_a_change_of_measure_takes_the_unit_that_came_from_the_old_one() -> None:
    figure = {"value": "12", "unit": "{crate}", "lower": "10", "upper": "14"}
    assert "unit" not in normalise.kept_figure(figure, {"measure": "tonnes"}, CRATES)
    assert (
        normalise.kept_figure({**figure, "unit": "t"}, {"measure": "tonnes"}, CRATES)["unit"] == "t"
    )


def test_claims_are_alike_by_their_wording_or_else_by_their_numbers() -> None:
    times = dict.fromkeys(likeness.TIMES)

    def of(**figure: Any) -> int | None:
        claim = {"document": "paper", "quantities": [{"measure": "crates", **figure}]}
        return likeness.fingerprint(claim, times)

    assert of(raw_text="About  12") == of(raw_text="about 12", value="12")
    assert of(value="12") == of(value="12.0", hedge="none") != of(value="13")
    assert of(lower="1") == of(lower="1.0") != of(upper="1")
    assert of(absence="withheld") != of(date="2024")
    assert likeness.fingerprint({"document": "paper"}, times) is None


def test_the_wordings_of_a_chain_run_from_the_origin_to_the_document() -> None:
    hops = chain.positioned([
        PAPER, {**AGENCY, "wording": "a good many squillion"}, {**ANN, "wording": "about 12"},
    ])  # fmt: skip
    claim = {"document": "paper", "attributions": hops, "quantities": [PLACED]}
    first, second, last = drift.hop_wordings("c", claim, {"crates": CRATES})
    assert (first.source, first.distance, first.figures[0]["hedge"]) == ("ann", 0, "approximate")
    assert second.figures[0]["raw_text"] == "a good many squillion"
    assert "value" not in second.figures[0]
    assert (last.source, last.distance, last.figures[0]["value"]) == ("paper", 2, "12")
    silent = {**claim, "attributions": chain.positioned([PAPER, ANN])}
    assert drift.hop_wordings("c", silent, {"crates": CRATES}) == []


def test_of_new_wording_nothing_stays_that_was_read_from_the_old() -> None:
    assert normalise.kept_figure(WORDED, {"raw_text": "12 to 14"}, CRATES) == {
        "raw_text": "about 12"
    }


def test_a_preferred_reading_is_the_only_one_of_its_slot_that_is_considered() -> None:
    read = [{**PLACED, "reading": "A", "preferred": True}, {**PLACED, "reading": "B"}]
    told = normalise.candidate_columns([*read, {**PLACED, "slot": 2}])
    assert [one["considered"] for one in told] == [True, False, True]
    assert [one["sole"] for one in told] == [False, False, True]
    assert [one["sole_considered"] for one in told] == [True, False, True]


def test_a_wording_that_is_not_changed_stays_beside_a_new_number() -> None:
    figure = {"raw_text": "a good many squillion", "hedge": "none", "value": "12"}
    assert normalise.kept_figure(figure, {"value": "13"}, CRATES)["raw_text"] == figure["raw_text"]
