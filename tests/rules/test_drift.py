"""Laws of drift: the same is preserved, turning two wordings round turns each difference round."""

from decimal import Decimal
from itertools import product
from typing import Any, get_args

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
