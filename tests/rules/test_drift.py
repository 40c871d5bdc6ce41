"""Laws of drift: the same is preserved, turning two wordings round turns each difference round."""

from decimal import Decimal
from itertools import product
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.rules import drift, figures
from app.rules.bounds import MeasureContext
from app.rules.drift import Drift, WordingChange
from app.rules.intervals import of_figure

always = settings(derandomize=True, database=None, deadline=None)

THINGS = MeasureContext("{thing}", domain_min=Decimal(0))
WORDINGS = (
    "6,700", "exactly 6,700", "roughly 6,700", "at least 6,700", "more than 6,700", "up to 6,700",
    "nearly 6,700", "just over 6,700", "6,700 ± 100", "6,700 ± 300", "7,000", "up to 7,000",
    "between 6,000 and 7,000", "several thousand", "dozens",
)  # fmt: skip
READ = [figures.complete({"raw_text": text}, THINGS) for text in WORDINGS]
READ += [
    {**READ[2], "lower": lower, "upper": upper}
    for lower, upper in (("6600", "6800"), ("6400", "6800"))
]
TURNED: dict[Drift, Drift] = {
    "strengthened": "weakened", "weakened": "strengthened", "added": "dropped",
    "dropped": "added",
}  # fmt: skip
OF_CLAIM = st.fixed_dictionaries(
    {},
    optional={
        "modality": st.sampled_from(["probable", "possible"]),
        "polarity": st.just("negative"),
        "period": st.sampled_from(["2023", "2024-02"]),
    },
)
QUANTITY = st.builds(
    lambda read, more: {**read, **more},
    st.sampled_from(READ),
    st.fixed_dictionaries(
        {"measure": st.sampled_from("mn"), "slot": st.integers(1, 2)},
        optional={"dimensions": st.sampled_from([{"size": 1}, {"size": 2}])},
    ),
)


def attestation(id: str) -> st.SearchStrategy[list[dict[str, Any]]]:
    """The figures of one claim, as they are held against those of another."""
    modes = st.sampled_from(["single", "or", "xor", "mix"])
    return st.builds(
        lambda some, claim, mode: [
            {**claim, "alternative_mode": mode, **one, "slot": (id, one["slot"])} for one in some
        ],
        st.lists(QUANTITY, min_size=1, max_size=4),
        OF_CLAIM,
        modes,
    )


HERE, THERE = attestation("a"), attestation("b")


def turned(changes: list[WordingChange]) -> set[WordingChange]:
    """The same differences, seen from the other side."""
    return {
        WordingChange(TURNED.get(one.drift, one.drift), one.of, one.after, one.before)
        for one in changes
    }


@always
@given(HERE)
def test_what_was_not_changed_is_preserved(one: list[dict[str, Any]]) -> None:
    assert drift.changes(one, one) == []
    assert drift.names([]) == ["preserved"]


@always
@given(HERE, THERE)
def test_another_baseline_turns_every_difference_round(
    one: list[dict[str, Any]], other: list[dict[str, Any]]
) -> None:
    assert set(drift.changes(other, one)) == turned(drift.changes(one, other))


@always
@given(HERE, THERE)
def test_every_difference_has_a_name_and_each_name_stands_once(
    one: list[dict[str, Any]], other: list[dict[str, Any]]
) -> None:
    changes = drift.changes(one, other)
    names = drift.names(changes)
    assert set(names) <= set(get_args(Drift))
    assert len(set(names)) == len(names)
    assert len(set(changes)) == len(changes)
    assert ("preserved" in names) == (not changes)


@always
@given(HERE, THERE)
def test_no_figure_is_lost_or_made_up(
    one: list[dict[str, Any]], other: list[dict[str, Any]]
) -> None:
    changes = drift.changes(one, other)
    gone, new = (
        sum(change.of == "figure" and change.drift == name for change in changes)
        for name in ("dropped", "added")
    )
    # What differs in the same way is told once.
    assert gone <= len(one)
    assert new <= len(other)
    assert not (len(one) == len(other) == 1 and gone != new)


def a_figure(measure: str, value: str, **more: Any) -> dict[str, Any]:
    whole = figures.complete({"value": value}, THINGS)
    return {**whole, "measure": measure, "slot": ("a", 1), **more}


def test_a_number_that_is_written_otherwise_is_the_same_number() -> None:
    one = a_figure("m", "2500", dimensions={"mm": 152, "kind": "he"})
    other = a_figure("m", "2.500e3", dimensions={"kind": "he", "mm": "152.0"})
    assert drift.changes([one], [other]) == []
    bounds = ({"lower": "5", "upper": "6"}, {"lower": "5.0", "upper": "6.00"})
    ranges = [{"measure": "m", "hedge": "between", "slot": ("a", 1), **ends} for ends in bounds]
    assert drift.changes(ranges[:1], ranges[1:]) == []
    # Of several figures those of the same number stand for each other.
    beside = a_figure("m", "1")
    assert drift.changes([beside, one], [other, {**beside, "value": "1.0"}]) == []


def test_ranges_in_another_order_are_the_same_ranges() -> None:
    low, high = read("5 to 10"), read("20 to 30", slot=("a", 2))
    assert drift.changes([low, high], [high, low]) == []


@pytest.mark.parametrize("act", ["deny", "retract"])
def test_a_verb_denies_a_figure_as_a_negative_does(act: str) -> None:
    change = WordingChange("direction_changed", "polarity", "positive", "negative")
    denied = a_figure("m", "5", speech_act=act)
    assert drift.changes([a_figure("m", "5", speech_act="assert")], [denied]) == [change]
    assert drift.changes([denied], [a_figure("m", "5", polarity="negative")]) == []


def test_figures_of_one_dimension_stand_for_each_other_and_what_changed_is_told() -> None:
    small, large = {"mm": 122}, {"mm": 152}
    before = [a_figure("m", "5", dimensions=small), a_figure("m", "6", dimensions=large)]
    after = [a_figure("m", "7", dimensions=large), a_figure("m", "8", dimensions=small)]
    assert set(drift.changes(before, after)) == {
        WordingChange("value_changed", "value", "5", "8"),
        WordingChange("value_changed", "value", "6", "7"),
    }
    (change,) = drift.changes([a_figure("m", "5", dimensions={"mm": 122, "kind": "he"})],
                              [a_figure("m", "5")])  # fmt: skip
    assert change == WordingChange("dimension_changed", "dimensions", "mm=122, kind=he", None)


def read(text: str, **more: Any) -> dict[str, Any]:
    whole = figures.complete({"raw_text": text}, THINGS)
    return {**whole, "measure": "m", "slot": ("a", 1), **more}


def without_a_number(**fields: Any) -> dict[str, Any]:
    return {"measure": "m", "hedge": "none", "slot": ("a", 1), **fields}


FIVE = a_figure("m", "5")


@pytest.mark.parametrize(
    ("before", "after", "drifts", "of", "was", "now"),
    [
        (FIVE, a_figure("n", "5"), "measure_changed", "measure", "m", "n"),
        (FIVE, a_figure("m", "6"), "value_changed", "value", "5", "6"),
        (FIVE, {**FIVE, "unit": "t"}, "value_changed", "unit", "{thing}", "t"),
        (without_a_number(date="2024"), without_a_number(date="2025"), "value_changed", "value",
         "2024", "2025"),
        (without_a_number(lower="5"), without_a_number(lower="6"), "value_changed", "value",
         "5", "6"),
        (without_a_number(lower="5", upper="6"), without_a_number(lower="5", upper="7"),
         "value_changed", "value", "5 to 6", "5 to 7"),
        (without_a_number(absence="withheld"), without_a_number(absence="unknown"),
         "value_changed", "value", "withheld", "unknown"),
        ({**FIVE, "lower": "4", "upper": "6"}, {**FIVE, "lower": "4.5", "upper": "6.5"},
         "value_changed", "hedge", "4 to 6", "4.5 to 6.5"),
        ({**FIVE, "lower": "4", "upper": "6"}, {**FIVE, "value": "5.0", "lower": "3", "upper": "6"},
         "weakened", "hedge", "4 to 6", "3 to 6"),
        (FIVE, {**FIVE, "hedge": "more_than"}, "added", "hedge", "none", "more_than"),
        (FIVE, read("about 5"), "added", "hedge", "5", "about 5"),
        (read("about 5"), FIVE, "dropped", "hedge", "about 5", "5"),
        (read("up to 5"), read("over 5"), "direction_changed", "hedge", "up to 5", "over 5"),
        (read("5 ± 2"), read("5 ± 1"), "strengthened", "hedge", "5 ± 2", "5 ± 1"),
        (read("5 ± 1"), read("5 ± 2"), "weakened", "hedge", "5 ± 1", "5 ± 2"),
        (FIVE, {**FIVE, "modality": "probable"}, "weakened", "modality", "plain", "probable"),
        ({**FIVE, "modality": "possible"}, {**FIVE, "modality": "probable"}, "strengthened",
         "modality", "possible", "probable"),
        (FIVE, {**FIVE, "polarity": "negative"}, "direction_changed", "polarity", "positive",
         "negative"),
        (FIVE, {**FIVE, "period": "2024"}, "period_changed", "period", None, "2024"),
    ],
)  # fmt: skip
def test_each_difference_is_told_with_what_was_said_before_and_after(
    before: Any, after: Any, drifts: Drift, of: str, was: str | None, now: str
) -> None:
    assert drift.changes([before], [after]) == [WordingChange(drifts, of, was, now)]


def test_a_period_is_compared_by_its_days() -> None:
    def held(one: str, other: str) -> list[WordingChange]:
        return drift.changes([{**FIVE, "period": one}], [{**FIVE, "period": other}])

    assert held("2024", "2024-01-01/2024-12-31") == held("197X", "[1970..1979]") == []
    assert held("2024", "2025") == [WordingChange("period_changed", "period", "2024", "2025")]


def test_a_figure_is_worded_as_printed_else_by_its_number_its_ends_or_its_hedge() -> None:
    told = {"raw_text": "some", "value": "0", "date": "2024", "lower": "2", "upper": "3",
            "absence": "withheld", "hedge": "vague"}  # fmt: skip
    words = {"raw_text": "some", "value": "0", "date": "2024", "lower": "2 to 3", "upper": "3",
             "absence": "withheld"}  # fmt: skip
    for name, expected in words.items():
        assert drift.worded(told) == expected
        del told[name]
    assert drift.worded(told) == "vague"


@pytest.mark.parametrize(
    ("was", "now", "before", "after"),
    [
        ({"mode": "single", "apart": False}, {"mode": "single", "apart": True}, "or", "and"),
        ({"mode": "xor", "apart": False}, {"mode": "mix", "apart": False}, "xor", "mix"),
        ({"mode": None, "apart": False}, {"mode": "xor", "apart": False}, "or", "xor"),
    ],
)
def test_figures_that_went_together_otherwise_are_told(
    was: Any, now: Any, before: str, after: str
) -> None:
    def pair(mode: str | None, apart: bool) -> list[dict[str, Any]]:
        shared = {"alternative_mode": mode} if mode else {}
        return [a_figure("m", "5", **shared),
                a_figure("n", "6", **shared) | {"slot": ("a", 1 + apart)}]  # fmt: skip

    found = drift.changes(pair(**was), pair(**now))
    assert found == [WordingChange("operator_changed", "alternatives", before, after)]


def test_what_changed_is_told_beside_what_was_dropped_or_added() -> None:
    one, other, gone = a_figure("m", "5"), a_figure("m", "6"), a_figure("n", "7")
    changed = WordingChange("value_changed", "value", "5", "6")
    dropped = WordingChange("dropped", "figure", "7", None)
    assert drift.changes([one, gone], [other]) == [changed, dropped]
    added = WordingChange("added", "figure", None, "7")
    assert drift.changes([one], [other, gone]) == [changed, added]


def test_what_is_preserved_allows_the_same_numbers_and_only_that_is() -> None:
    for one, other in product(READ, READ):
        preserved = not list(drift.of_figures(one, other))
        assert preserved == (of_figure(one) == of_figure(other)), (one, other)


@always
@given(QUANTITY, QUANTITY)
def test_a_stronger_hedge_allows_less(one: dict[str, Any], other: dict[str, Any]) -> None:
    changes = list(drift.of_figures(one, other))
    before, after = of_figure(one), of_figure(other)
    narrower = before != after and before.lo <= after.lo and after.hi <= before.hi
    wider = before != after and after.lo <= before.lo and before.hi <= after.hi
    for change in changes:
        if change.of == "hedge":
            assert change.drift != "strengthened" or narrower
            assert change.drift != "weakened" or wider


@always
@given(st.permutations(range(6)))
def test_the_nearest_attestation_comes_first_in_whatever_order_they_are_read(
    order: list[int],
) -> None:
    claims = [
        (f"c-{n}", {
            "document": f"d-{n // 2}",
            "quantities": [{**READ[n], "measure": "mn"[n % 2], "slot": 1, "alternative": 1}],
            "attributions": [{"position": place} for place in range(2 + n // 2)],
        })
        for n in range(6)
    ]  # fmt: skip
    found = drift.attestations([claims[n] for n in order])
    assert [one.claims for one in found] == [("c-0", "c-1"), ("c-2", "c-3"), ("c-4", "c-5")]
    assert [one.distance for one in found] == [1, 2, 3]


def worded(document: str, steps: int, *measures: str) -> dict[str, Any]:
    """A claim of one figure of each measure, so many steps from the origin."""
    hops = [{"source": "s", "role": "via", "position": n} for n in range(steps)]
    told = [{**READ[0], "measure": one, "slot": 1, "alternative": 1} for one in measures]
    return {"document": document, "attributions": hops, "quantities": told, "modality": "probable"}


def test_attestations_begin_nearest_to_the_origin_and_join_what_one_document_counts() -> None:
    found = drift.attestations([
        ("far", worded("web", 3, "crates")), ("b", worded("paper", 2, "shells")),
        ("a", worded("paper", 2, "crates")), ("again", worded("paper", 2, "crates")),
        ("other", worded("post", 2, "tents")),
        ("bare", {"document": "note", "attributions": [{"source": "note", "role": "occasion"}]}),
    ])  # fmt: skip
    assert [(one.claims, one.document, one.distance) for one in found] == [
        (("bare",), "note", 0), (("a", "b"), "paper", 1), (("again",), "paper", 1),
        (("other",), "post", 1), (("far",), "web", 2),
    ]  # fmt: skip
    told = [(one["measure"], one["slot"], one["modality"]) for one in found[1].figures]
    assert told == [("crates", ("a", 1), "probable"), ("shells", ("b", 1), "probable")]
    assert found[0].figures == []


def test_a_claim_without_places_in_its_chain_is_no_step_away() -> None:
    assert drift.distance({"attributions": [{"source": "hall", "role": "occasion"}]}) == 0
