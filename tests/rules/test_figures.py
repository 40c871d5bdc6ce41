"""Completing what a writer sent: sent fields win, the rest is derived, incoherence is flagged."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules import intervals, lexicon, numbers
from app.rules.bounds import FIELDS, MeasureContext
from app.rules.figures import complete
from app.rules.tokenizer import Unreadable

COUNT = MeasureContext("{container}", "shipping containers", domain_min=Decimal(0))
SHARE = MeasureContext("1", None, "share", Decimal(0), Decimal(1))
V = lexicon.VERSION


def test_a_wording_alone_is_read() -> None:
    assert complete({"raw_text": "upwards of 7,000", "measure": "m"}, COUNT) == {
        "raw_text": "upwards of 7,000",
        "hedge": "more_than",
        "value": "7000",
        "lower": "7000",
        "lower_inclusive": False,
        "lower_basis": "entailed",
        "unit": "{container}",
        "lexicon_version": V,
    }


def test_a_wording_alone_that_cannot_be_read_is_refused() -> None:
    with pytest.raises(Unreadable):
        complete({"raw_text": "a shipload"}, COUNT)


def test_a_wording_that_cannot_be_read_is_kept_with_what_was_sent() -> None:
    done = complete({"raw_text": "a shipload", "lower": "5"}, COUNT)
    assert (done["raw_text"], done["hedge"], done["lower"]) == ("a shipload", "at_least", "5")
    assert done["flags"] == ["not_read"]


def test_fields_that_agree_with_the_wording_are_filled_up_from_it() -> None:
    done = complete({"raw_text": "about 4.80 million", "value": "4.8e6"}, COUNT)
    assert (done["value"], done["lower"], done["hedge"]) == ("4.8e6", "4780000", "approximate")
    assert "flags" not in done


def test_fields_that_differ_from_the_wording_win_and_are_flagged() -> None:
    done = complete({"raw_text": "up to 13,000", "hedge": "none", "value": "13000"}, COUNT)
    assert (done["lower"], done["upper"], done["lower_basis"]) == ("13000", "13000", "entailed")
    assert done["flags"] == ["differs_from_lexicon"]


@pytest.mark.parametrize(
    ("text", "hedge", "expected"),
    [
        ("6", "at_least", ("6", "6", None)),
        ("6", "approximate", ("6", "5", "7")),
        ("about 6,700", "none", ("6700", "6700", "6700")),
        ("upwards of 7,000", "up_to", ("7000", "0", "7000")),
        ("7,000", "vague", ("7000", None, None)),
        ("6 to 8", "approximate", (None, "6", "8")),
        ("61,000 ± 12,000", "approximate", ("61000", "49000", "73000")),
        ("several thousand", "at_least", (None, None, None)),
    ],
)
def test_a_hedge_alone_that_differs_leaves_the_numbers_of_the_wording(
    text: str, hedge: str, expected: tuple[str | None, ...]
) -> None:
    done = complete({"raw_text": text, "hedge": hedge}, COUNT)
    assert (done["hedge"], done["flags"]) == (hedge, ["differs_from_lexicon"])
    assert tuple(done.get(name) for name in ("value", "lower", "upper")) == expected
    assert complete(done, COUNT) == done


def test_a_hedge_alone_that_differs_leaves_the_date_and_the_rate() -> None:
    dated = complete({"raw_text": "1975", "hedge": "approximate"}, MeasureContext("", None, "date"))
    assert (dated["date"], dated["hedge"]) == ("1975", "approximate")
    yearly = complete({"raw_text": "6 per year", "hedge": "approximate"}, COUNT)
    assert (yearly["value"], yearly["unit"]) == ("6", "{container}/a")
    vague = complete({"raw_text": "several thousand a day", "hedge": "at_least"}, COUNT)
    assert (vague["unit"], "lower" in vague) == ("{container}/d", False)
    seven = complete({"raw_text": "1 to 20", "hedge": "approximate", "value": "7"}, COUNT)
    assert (seven["lower"], seven["upper"]) == ("6", "8")
    surely = {"raw_text": "500 (95% CI 400-600)", "hedge": "approximate"}
    kept = complete(surely, COUNT)
    assert (kept["interval_type"], kept["interval_level"]) == ("confidence", "0.95")
    assert (kept["lower"], kept["upper"], kept["lower_basis"]) == ("400", "600", "convention")


@pytest.mark.parametrize(
    ("text", "measure", "reason"),
    [
        ("foo bar", MeasureContext("", None, "date"),
         "This is no year, quarter, month, day, decade or century that can be read. "
         "Send 'date' as EDTF, and any wording is stored."),
        ("nearly -5 to -3", MeasureContext("%", None, "rate"),
         "Below a negative figure: further from zero, or nearer to it? "
         "Send 'hedge' with 'value' or bounds, and any wording is stored."),
    ],
)  # fmt: skip
def test_what_is_refused_is_told_with_what_to_send_instead(
    text: str, measure: MeasureContext, reason: str
) -> None:
    with pytest.raises(Unreadable) as refused:
        complete({"raw_text": text}, measure)
    assert refused.value.reason == reason


def test_an_inclusivity_that_differs_wins_over_the_reading() -> None:
    done = complete({"raw_text": "upwards of 7,000", "lower_inclusive": True}, COUNT)
    assert (done["value"], done["lower_inclusive"]) == ("7000", True)
    assert done["flags"] == ["differs_from_lexicon"]


@pytest.mark.parametrize(
    ("sent", "hedge"),
    [
        ({"value": "5"}, "none"),
        ({"lower": "1", "upper": "2"}, "between"),
        ({"lower": "1"}, "at_least"),
        ({"upper": "2"}, "up_to"),
        ({"date": "197X"}, "none"),
        ({"absence": "withheld"}, "none"),
    ],
)
def test_without_a_wording_the_hedge_follows_the_shape(sent: dict[str, Any], hedge: str) -> None:
    assert complete(sent, COUNT)["hedge"] == hedge


def test_a_hedge_and_a_value_make_bounds() -> None:
    done = complete({"hedge": "approximate", "value": "6700"}, COUNT)
    assert (done["lower"], done["upper"], done["lower_basis"]) == ("6500", "6900", "convention")


def test_sent_bounds_are_stated_and_closed_but_for_the_open_side_of_their_hedge() -> None:
    done = complete({"hedge": "more_than", "lower": "7000", "upper": "8000"}, COUNT)
    assert (done["lower_inclusive"], done["upper_inclusive"]) == (False, True)
    assert (done["lower_basis"], done["upper_basis"]) == ("stated", "stated")


@pytest.mark.parametrize(
    ("sent", "measure", "end"),
    [
        ({"upper": "25000"}, COUNT, {"lower": "0", "lower_inclusive": True}),
        ({"upper": "25000", "hedge": "less_than"}, COUNT, {"lower": "0"}),
        ({"lower": "0.2"}, SHARE, {"upper": "1", "upper_inclusive": True}),
        ({"lower": "5"}, COUNT, {}),
        ({"upper": "-3"}, COUNT, {}),
    ],
)
def test_the_bound_that_was_not_sent_is_the_end_of_the_domain(
    sent: dict[str, Any], measure: MeasureContext, end: dict[str, Any]
) -> None:
    done = complete(sent, measure)
    assert end.items() <= done.items()
    side = "lower" if "upper" in sent else "upper"
    assert done.get(f"{side}_basis") == ("domain" if end else None)


def test_a_bare_value_and_one_with_equal_bounds_are_told_apart() -> None:
    bare = complete({"value": "7"}, COUNT)
    bounded = complete({"value": "7", "lower": "7", "upper": "7"}, COUNT)
    assert (bare["hedge"], bare["lower_basis"], bare["upper_basis"]) == ("none", *["entailed"] * 2)
    assert (bounded["hedge"], bounded["lower_basis"]) == ("between", "stated")
    assert complete({"raw_text": "7"}, COUNT)["lower_basis"] == "stated"


@pytest.mark.parametrize("kind", ["confidence", "standard_deviation"])
def test_the_ends_of_a_confidence_interval_rest_on_convention(kind: str) -> None:
    sent = {"value": "5", "lower": "4", "upper": "6", "interval_type": kind}
    done = complete(sent, COUNT)
    assert (done["lower_basis"], done["upper_basis"]) == ("convention", "convention")
    margin = complete({"raw_text": "61,000 ± 12,000", "interval_type": kind}, COUNT)
    assert (margin["lower_basis"], margin["hedge"]) == ("convention", "plus_minus")
    assert complete(margin | {"interval_type": kind}, COUNT) == margin


def test_a_vague_hedge_alone_has_no_bounds() -> None:
    assert complete({"hedge": "vague"}, COUNT) == {
        "hedge": "vague",
        "unit": "{container}",
        "lexicon_version": V,
    }


def test_an_absence_has_no_figure_derived() -> None:
    assert complete({"absence": "unknown", "raw_text": "5,000"}, COUNT) == {
        "raw_text": "5,000",
        "hedge": "none",
        "unit": "{container}",
        "absence": "unknown",
        "lexicon_version": V,
    }


def test_a_date_alone_did_not_go_through_the_lexicon() -> None:
    assert complete({"date": "197X"}, MeasureContext("", None, "date")) == {
        "hedge": "none",
        "date": "197X",
    }


@pytest.mark.parametrize(
    ("sent", "flags"),
    [
        ({"value": "5", "lower": "6"}, ["lower_above_value"]),
        ({"value": "5", "upper": "4"}, ["upper_below_value"]),
        ({"lower": "2", "upper": "1"}, ["lower_above_upper"]),
        ({"value": "-5"}, ["outside_domain"]),
        ({"value": "5", "lower": "7", "upper": "-1"},
         ["lower_above_upper", "lower_above_value", "outside_domain", "upper_below_value"]),
    ],
)  # fmt: skip
def test_incoherence_is_kept_and_flagged(sent: dict[str, Any], flags: list[str]) -> None:
    done = complete(sent, COUNT)
    assert done["flags"] == flags
    assert sent.items() <= done.items()


def test_a_figure_beside_a_wording_that_is_not_read_says_so() -> None:
    assert complete({"raw_text": "umpteen", "value": "30"}, COUNT)["flags"] == ["not_read"]


def test_sent_flags_are_derived_anew() -> None:
    assert "flags" not in complete({"value": "5", "flags": ["outside_domain"]}, COUNT)


def test_under_an_older_lexicon_nothing_is_derived_or_flagged() -> None:
    sent = {"raw_text": "umpteen", "value": "-1", "lexicon_version": "0", "flags": ["x"]}
    assert complete(sent | {"date": None}, COUNT) == sent


def test_a_measure_in_another_unit_keeps_only_the_domain_that_is_sure() -> None:
    assert complete({"raw_text": "up to 35%", "unit": "%"}, SHARE)["lower"] == "0"
    assert "flags" not in complete({"value": "35", "unit": "%"}, SHARE)
    assert complete({"value": "101", "unit": "%"}, SHARE)["flags"] == ["outside_domain"]


@pytest.mark.parametrize("value", ["6.67430e-11", "0." + "7" * 998, "1.50", "9" * 300])
def test_sent_figures_come_back_digit_for_digit(value: str) -> None:
    done = complete({"value": value}, COUNT)
    assert done["value"] == done["lower"] == done["upper"] == value


figures = st.from_regex(r"-?(0|[1-9][0-9]{0,8})(\.[0-9]{1,9})?(e[+-]?[0-9]{1,2})?", fullmatch=True)
SENT = st.fixed_dictionaries(
    {},
    optional={
        "raw_text": st.sampled_from(["roughly 6,700", "half", "umpteen", "0", "5 to 6 a year"]),
        "hedge": st.sampled_from(lexicon.HEDGES),
        "value": figures,
        "lower": figures,
        "upper": figures,
        "lower_inclusive": st.booleans(),
        "upper_basis": st.sampled_from(["stated", "convention"]),
        "unit": st.sampled_from(["1", "%", "{container}", "{container}/a"]),
        "absence": st.sampled_from(["unknown", "withheld"]),
    },
)


@given(SENT, st.sampled_from([COUNT, SHARE, MeasureContext()]))
def test_completing_never_changes_a_sent_field_and_is_stable(
    sent: dict[str, Any], yardstick: MeasureContext
) -> None:
    try:
        done = complete(sent, yardstick)
    except Unreadable:
        assert set(sent) <= {"raw_text", "unit", "lower_inclusive", "upper_basis"}
        return
    assert sent.items() <= done.items()
    assert set(done) <= set(FIELDS)
    assert json.loads(json.dumps(done)) == done
    assert numbers.exact(str(done.get("lower", "0"))) is not None
    assert complete(done, yardstick) == done


# ------------------------------------------------------------------------------- the seed article

_FACTS = Path(__file__).parents[3] / "shared" / "seed" / "facts.json"
_OVERRIDES = {("up to 13,000", "A"), ("500,000", "B")}
"""Recorded against the wording: a resultative "up to", a "more than" carried over."""


def _facts() -> list[Any]:
    facts = json.loads(_FACTS.read_text(encoding="utf-8")) if _FACTS.exists() else {}
    measures = {measure["id"]: measure for measure in facts.get("measures", [])}
    return [
        pytest.param(quantity, measures[quantity["measure"]], id=quantity["raw_text"])
        for claim in facts.get("claims", [])
        for quantity in claim.get("quantities", [])
    ]


def _yardstick(measure: dict[str, Any]) -> MeasureContext:
    ends: dict[str, Any] = {
        name: Decimal(measure[name]) for name in ("domain_min", "domain_max") if name in measure
    }
    return MeasureContext(measure["unit"], measure.get("unit_label"), measure["statistic"], **ends)


@pytest.mark.skipif(not _FACTS.exists(), reason="the seed facts lie outside the repository")
@pytest.mark.parametrize(("quantity", "measure"), _facts())
def test_the_seed_reads_as_recorded(quantity: dict[str, Any], measure: dict[str, Any]) -> None:
    figure = {name: quantity[name] for name in FIELDS if name in quantity}
    done = complete({"raw_text": quantity["raw_text"]}, _yardstick(measure))
    sent = complete(figure, _yardstick(measure))
    assert {name: sent[name] for name in figure} == figure
    override = (quantity["raw_text"], quantity["reading"]) in _OVERRIDES
    assert ("flags" in sent) == override
    done.pop("lexicon_version")
    done.pop("unit", None)
    assert (done == figure) is not override


def ends(figure: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(figure.get(f"{s}{t}") for s in ("lower", "upper") for t in ("", "_basis"))


@pytest.mark.parametrize(
    ("sent", "hedge", "expected"),
    [
        ({"value": "7"}, "none", ("7", "entailed", "7", "entailed")),
        ({"value": "7", "lower": "7", "upper": "7"}, "between", ("7", "stated", "7", "stated")),
        ({"value": "7", "lower": "5", "upper": "9"}, "between", ("5", "stated", "9", "stated")),
        ({"value": "7", "hedge": "exact"}, "exact", ("7", "stated", "7", "stated")),
        ({"raw_text": "7"}, "none", ("7", "stated", "7", "stated")),
        ({"upper": "25000"}, "up_to", ("0", "domain", "25000", "stated")),
        ({"lower": "5"}, "at_least", ("5", "stated", None, None)),
        # What the writer sent outside of the domain is kept, and nothing is made up beside it.
        ({"upper": "-3"}, "up_to", (None, None, "-3", "stated")),
    ],
)
def test_numbers_alone_say_how_far_they_reach_and_what_that_rests_on(
    sent: dict[str, Any], hedge: str, expected: tuple[Any, ...]
) -> None:
    done = complete(sent, COUNT)
    assert (done["hedge"], ends(done)) == (hedge, expected)


def test_a_share_sent_with_its_lower_bound_ends_at_the_whole() -> None:
    assert ends(complete({"lower": "0.4"}, SHARE)) == ("0.4", "stated", "1", "domain")


@pytest.mark.parametrize("kind", ["standard_deviation", "confidence"])
def test_a_measured_interval_rests_on_convention_unless_it_is_said_otherwise(kind: str) -> None:
    sent = {"value": "61", "lower": "49", "upper": "73", "interval_type": kind}
    assert ends(complete(sent, COUNT)) == ("49", "convention", "73", "convention")
    said = complete({**sent, "lower_basis": "stated"}, COUNT)
    assert ends(said) == ("49", "stated", "73", "convention")
    assert intervals.of_figure({**sent, **said}, strict=True) == intervals.ANYTHING
    read = complete({"raw_text": "61 ± 12", "interval_type": kind}, COUNT)
    assert ends(read) == ("49", "convention", "73", "convention")


def test_fewer_than_none_of_a_count_keeps_its_end_open() -> None:
    figure = complete(
        {"hedge": "less_than", "upper": "0"}, MeasureContext("{b}", domain_min=Decimal(0))
    )
    assert "lower" not in figure


MONEY = MeasureContext("{USD}", "US dollars", "amount")
GRAIN = MeasureContext("kg", "kilograms, wheat", "amount")


@pytest.mark.parametrize(
    ("text", "unit", "measure", "flags"),
    [
        ("5 million US dollars", "{EUR}", MONEY, ["differs_from_lexicon"]),
        ("5 million euros", "{EUR}", MONEY, None),
        ("5 million", "{EUR}", MONEY, None),
        ("5 kilograms", "t", GRAIN, ["differs_from_lexicon"]),
        ("5 tonnes of wheat", "t", GRAIN, None),
        ("500 shipping containers", "{barrel}", COUNT, ["differs_from_lexicon"]),
        ("500 barrels", "{barrel}", COUNT, None),
        # A rate of the same things, and a share in percent, are called the same.
        ("500 shipping containers", "{container}/a", COUNT, None),
        ("35% of votes", "%", SHARE._replace(unit_label="votes"), None),
    ],
)
def test_a_wording_that_names_the_unit_of_the_measure_and_not_the_one_sent_is_flagged(
    text: str, unit: str, measure: MeasureContext, flags: list[str] | None
) -> None:
    done = complete({"raw_text": text, "unit": unit}, measure)
    assert (done["unit"], done.get("flags")) == (unit, flags)
    assert complete(done, measure) == done


def test_a_unit_that_is_not_the_one_worded_is_no_fault_of_a_figure_that_is_absent() -> None:
    absent = {"absence": "withheld", "raw_text": "5 million US dollars", "unit": "{EUR}"}
    assert "flags" not in complete(absent, MONEY)


def test_a_date_is_read_with_its_hedge_in_the_unit_and_the_language_of_its_measure() -> None:
    days = MeasureContext("d", None, "date")
    read = complete({"raw_text": "circa 1975"}, days)
    assert (read["hedge"], read["date"], read["unit"]) == ("approximate", "1975~", "d")
    german = complete({"raw_text": "12. Mai 2024"}, days._replace(language="de"))
    assert (german["date"], german["lexicon_version"].partition("-")[0]) == ("2024-05-12", "de")


UNITLESS = MeasureContext("", domain_max=Decimal(5))


@pytest.mark.parametrize(
    ("sent", "measure", "expected"),
    [
        # What is derived is in the unit that was sent, within its domain.
        ({"raw_text": "up to 35%", "unit": "%"}, SHARE, {"upper": "35", "lower": "0"}),
        ({"hedge": "at_least", "value": "35", "unit": "%"}, SHARE, {"upper": "100"}),
        ({"hedge": "at_least", "value": "0.35"}, SHARE, {"upper": "1", "unit": "1"}),
        # A rate is no share, and has no whole.
        ({"raw_text": "150% a year"}, SHARE, {"unit": "1/a", "upper": "1.5", "flags": None}),
        ({"raw_text": "150%"}, SHARE, {"flags": ["outside_domain"]}),
        ({"value": "6"}, UNITLESS, {"unit": None, "flags": ["outside_domain"]}),
        ({"lower": "3"}, UNITLESS, {"unit": None, "upper": "5", "flags": None}),
        ({"raw_text": "3", "unit": ""}, UNITLESS, {"unit": "", "flags": None}),
        # The type of an interval is no other reading, unless the wording says another.
        ({"raw_text": "500 (95% CI 400-600)"}, COUNT, {"flags": None}),
        ({"raw_text": "61 ± 12", "interval_type": "confidence"}, COUNT,
         {"flags": None, "lower_basis": "convention"}),
        ({"raw_text": "5 ± 12", "interval_type": "standard_deviation"}, COUNT,
         {"lower": "0", "lower_basis": "domain", "upper_basis": "convention"}),
        ({"raw_text": "500", "value": "5", "lower": "4", "upper": "6",
          "interval_type": "standard_deviation"}, COUNT,
         {"flags": ["differs_from_lexicon"], "lower_basis": "convention",
          "upper_basis": "convention"}),
        # A number where the measure is of dates, and the other way round.
        ({"value": "1975"}, MeasureContext("", None, "date"), {"flags": ["other_kind"]}),
        ({"date": "1975"}, MeasureContext("", None, "date"), {"flags": None}),
        ({"date": "1975", "value": "5"}, MeasureContext("", None, "date"),
         {"flags": ["other_kind"]}),
        ({"date": "1975"}, COUNT, {"flags": ["other_kind"]}),
        # A date has no version of the lexicon, also where one was sent.
        ({"date": "197X", "lexicon_version": V}, MeasureContext("", None, "date"),
         {"lexicon_version": None}),
    ],
)  # fmt: skip
def test_what_is_derived_follows_from_what_was_sent_and_from_the_measure(
    sent: dict[str, Any], measure: MeasureContext, expected: dict[str, Any]
) -> None:
    done = complete(sent, measure)
    assert {name: done.get(name) for name in expected} == expected


@pytest.mark.parametrize(
    ("sent", "language"),
    [
        ({"raw_text": "30만 명"}, "ko"),
        ({"raw_text": "about 500"}, "en"),
        ({"hedge": "approximate", "value": "500"}, "ko"),
    ],
)
def test_a_figure_names_the_lexicon_that_reads_its_wording_or_would_read_one(
    sent: dict[str, Any], language: str
) -> None:
    korean = MeasureContext("{person}", "명", "count", Decimal(0), language="ko")
    assert complete(sent, korean)["lexicon_version"].partition("-")[0] == language


def test_a_wording_of_which_nothing_was_read_is_read_whatever_lexicon_it_names() -> None:
    worded = {"raw_text": "about 500"}
    for named in ("en-1", "en4", "ko-9"):
        assert complete({**worded, "lexicon_version": named}, COUNT) == complete(worded, COUNT)
        read = {**worded, "hedge": "none", "lexicon_version": named}
        assert complete(read, COUNT) == read
