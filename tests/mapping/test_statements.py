"""Wikidata's statements one by one: what each value comes to, what is lost, what is refused."""

import io
import json
from typing import Any

import pytest

from app.errors import Invalid, Malformed
from app.mapping.exchange import SourceBook
from app.mapping.wikidata import StatementPlace, StatementReader, found_statements
from app.mapping.wikidata_items import ItemWriter
from tests.mapping.items import JULIAN, Json, amount, entity, item, snak, statement, text, time
from tests.mapping.lookups import NothingStored

NOWHERE = StatementPlace()
FIVE = snak("P1082", amount("+5"))


class Stored(NothingStored):
    """Two measures, one of dates."""

    def stored(self, resource: Any, id: str) -> Any:
        """Those of P8 and P9."""
        statistic = {"wd.p8": "count", "wd.p9": "date"}.get(id)
        return {"id": id, "unit": "1", "statistic": statistic} if statistic else None


def read(sent: Any, place: StatementPlace = NOWHERE) -> tuple[Json, StatementReader]:
    """The only claim of a statement, and who read it; an empty one where it makes none."""
    reader = StatementReader(SourceBook(Stored()))
    found = [one for one in reader.lines(1, sent, place) if one["type"] == "claim"]
    return (found[0] if found else {}), reader


def refusal(sent: Any) -> str:
    with pytest.raises(Invalid) as problem:
        read(sent)
    return problem.value.faults[0].detail


def of(main: Json, *qualifiers: Json, references: tuple[tuple[Json, ...], ...] = ()) -> Json:
    return statement("Q1$x", main, qualifiers, references)


def untyped(name: str, state: str) -> Json:
    return {"snaktype": state, "property": name}


@pytest.mark.parametrize("datatype", [[], {}, ["quantity"], 5, None, True])
def test_a_kind_of_value_that_is_no_word_is_none_that_is_known(datatype: Any) -> None:
    found, reader = read(of({"snaktype": "value", "property": "P7", "datatype": datatype}))
    assert (found, reader.skipped) == ({}, {"P7": 1})


@pytest.mark.parametrize("name", ["P580", "P582", "P585"])
def test_a_time_without_a_snak_is_no_period_and_kept_as_it_is(name: str) -> None:
    found, _ = read({**of(FIVE), "qualifiers": {name: []}})
    assert "period" not in found
    assert found["quantities"][0]["attributes"][name.lower()] == "[]"


@pytest.mark.parametrize(
    ("name", "attributes"),
    [("P8", {"statement": "Q1$x"}), ("P9", {"statement": "Q1$x", "datatype": "time"}),
     ("P571", {"statement": "Q1$x", "datatype": "time"}), ("P7", None)],
)  # fmt: skip
def test_what_has_no_value_is_a_figure_where_its_measure_is_known(
    name: str, attributes: Json | None
) -> None:
    found, reader = read(of(untyped(name, "novalue")))
    if attributes is None:
        assert reader.skipped == {name: 1}
        assert found == {}
        return
    [figure] = found["quantities"]
    assert (figure["absence"], figure["attributes"]) == ("not_applicable", attributes)


@pytest.mark.parametrize(
    ("main", "told"),
    [
        ({**untyped("P1082", "maybe"), "datatype": "quantity"}, "a value, somevalue or novalue"),
        ({**untyped("P1082", "value"), "datatype": "quantity"}, "a value, somevalue or novalue"),
        ({**untyped("P1082", "value"), "datatype": "quantity", "datavalue": 7}, "a value, some"),
        ({**untyped("P1082", "value"), "datavalue": {"type": "quantity", "value": "5"}}, "a value"),
        (snak("P1082", amount("+5", "people")), "a unit is the address of an item"),
        (snak("P571", time("-0000-00-00T00:00:00Z", 9)), "no year 0 before the common era"),
        (snak("P571", time("+2020-00-00T00:00:00Z", 10)), "of this precision has a month"),
        (snak("P571", time("+2020-01-00T00:00:00Z", 11)), "of this precision has a day"),
        (snak("P571", time("+12345-01-00T00:00:00Z", 10)), "such a year cannot be kept"),
        (snak("P571", time("+9999999999999999-00-00T00:00:00Z", 9)), "year is too far away"),
        (snak("P571", time("+1701-02-29T00:00:00Z", 11, JULIAN)), "the calendar has no such date"),
        (snak("P571", time("+9500-00-00T00:00:00Z", 9, JULIAN)), "a Julian year so far away"),
    ],
)  # fmt: skip
def test_a_main_value_that_is_none_is_refused(main: Json, told: str) -> None:
    assert told in refusal(of(main))


@pytest.mark.parametrize(
    ("sent", "wanted"),
    [
        (time("+1700-02-29T00:00:00Z", 11, JULIAN), "1700-03-11"),
        (time("+1700-12-00T00:00:00Z", 10, JULIAN), "[1700-12-12..1701-01-11]"),
        (time("+1700-00-00T00:00:00Z", 7, JULIAN), "[1601-01-11..1701-01-11]"),
        (time("+1500-00-00T00:00:00Z", 6), "[1001..2000]"),
        (time("-0050-00-00T00:00:00Z", 7), "[-0099..0000]"),
        (time("-0044-00-00T00:00:00Z", 8), "[-0048..-0039]"),
        (time("-0040-00-00T00:00:00Z", 8), "[-0048..-0039]"),
        (time("-0009-00-00T00:00:00Z", 8), "[-0008..0000]"),
        (time("-10000-00-00T00:00:00Z", 5), "[Y-19998..-9999]"),
        (time("-12345-00-00T00:00:00Z", 9), "Y-12344"),
        (time("+2024-03-00T00:00:00Z", 10), "2024-03"),
    ],
)  # fmt: skip
def test_a_time_is_as_wide_as_its_precision_in_its_calendar(sent: Json, wanted: str) -> None:
    assert read(of(snak("P571", sent)))[0]["quantities"][0]["date"] == wanted


@pytest.mark.parametrize(
    ("name", "unit", "wanted"),
    [
        ("P1082", "1", None), ("P2139", "1", "1"), ("P2139", "Q4917", None),
        ("P2139", "Q4916", "{EUR}"), ("P2046", "1", "1"), ("P1174", "1", None),
    ],
)  # fmt: skip
def test_what_has_no_unit_is_counted_in_the_measures_and_no_amount_of_money(
    name: str, unit: str, wanted: str | None
) -> None:
    [figure] = read(of(snak(name, amount("+5", unit))))[0]["quantities"]
    assert figure.get("unit") == wanted


CIRCA = snak("P1480", item("Q5727902"))


def test_circa_is_a_mark_of_a_date_or_told_as_lost() -> None:
    found, reader = read(of(snak("P571", time("+1900-00-00T00:00:00Z", 9)), CIRCA))
    assert (found["quantities"][0]["date"], reader.notices) == ("1900~", [])
    found, reader = read(of(snak("P571", time("+1900-00-00T00:00:00Z", 7)), CIRCA))
    assert found["quantities"][0]["date"] == "[1801..1900]"
    assert [one.code for one in reader.notices] == ["circa"]


YEARS = [time(f"+{year}-00-00T00:00:00Z", 9) for year in (2020, 2021)]
CENTURY = time("+1900-00-00T00:00:00Z", 7)


@pytest.mark.parametrize(
    ("qualifiers", "period", "notice"),
    [
        ([snak("P585", one) for one in YEARS], "{2020,2021}", None),
        ([snak("P585", YEARS[0]), snak("P585", CENTURY)], None, "points in time are kept"),
        ([snak("P585", YEARS[0]), snak("P585", "somevalue")], None, "points in time are kept"),
        ([snak("P580", one) for one in YEARS], None, "it has several starts or ends"),
        ([snak("P580", CENTURY)], None, "one of several days"),
        ([snak("P580", "somevalue"), snak("P582", "novalue")], None, None),
        ([snak("P580", "somevalue"), snak("P582", YEARS[1])], "/2021", None),
        ([snak("P580", YEARS[0]), snak("P582", "novalue")], "2020/..", None),
        ([snak("P585", "novalue")], None, None),
        ([CIRCA, snak("P1480", item("Q99"))], None, None),
    ],
)  # fmt: skip
def test_times_are_the_period_or_kept_and_told(
    qualifiers: list[Json], period: str | None, notice: str | None
) -> None:
    found, reader = read(of(FIVE, *qualifiers))
    assert found.get("period") == period
    assert [notice in one.detail for one in reader.notices if notice] == [True] * bool(notice)
    kept = found["quantities"][0]["attributes"]
    sent = {one["property"].lower() for one in qualifiers}
    assert period or sent <= kept.keys()


def test_a_circumstance_that_is_not_known_is_told_and_marks_the_figure() -> None:
    unknown = snak("P5102", item("Q99"))
    found, reader = read(of(FIVE, unknown, snak("P1480", item("Q98")), CIRCA))
    assert found["tags"] == ["wikidata:circumstance-not-read"]
    assert [one.detail[:30] for one in reader.notices if one.code == "circumstance"] == [
        "Q99 is a circumstance that is ", "Q98 is a circumstance that is "]  # fmt: skip
    found, reader = read(of(FIVE, CIRCA))
    assert "tags" not in found
    assert reader.notices == []


def test_what_a_time_says_beside_its_day_is_noted_and_kept() -> None:
    odd = time("+2020-02-03T05:00:00Z", 11)
    odd["value"]["before"] = 1
    found, _ = read(of(FIVE, snak("P585", odd)))
    told = "the time of day is left out; `before` and `after` are left out"
    assert (found["period"], found["notes"]) == ("2020-02-03", told)
    assert "+2020-02-03T05:00:00Z" in found["quantities"][0]["attributes"]["p585"]


def test_a_part_is_told_in_short_whatever_it_is() -> None:
    parts = [
        amount("+5", "Q11573"), amount("-5"), YEARS[0], text(" east "), item("Q5"), amount("many"),
        {"type": "globecoordinate", "value": {"latitude": 1, "longitude": 2}},
        {"type": "monolingualtext", "value": {"text": "west", "language": "en"}},
        {"type": "wikibase-entityid", "value": {"id": "other"}}, {"type": "odd", "value": 7},
    ]  # fmt: skip
    found, _ = read(of(FIVE, *(snak("P518", one) for one in parts), snak("P518", "novalue")))
    assert found["quantities"][0]["dimensions"]["applies_to_part"].split("+") == [
        "", "", "-5", "1, 2", "2020", "5 Q11573", "Q5", "east", "novalue", "other", "west",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "sent",
    [
        *(snak("P7295", text(one)) for one in ("x" * 501, "", "a\nb" * 200)),
        untyped("P7295", "value"),
    ],
)
def test_a_qualifier_that_cannot_be_kept_is_told(sent: Json) -> None:
    found, reader = read(of(FIVE, sent))
    assert "p7295" not in found["quantities"][0]["attributes"]
    assert [one.detail.partition(":")[0] for one in reader.notices] == ["P7295 is lost"]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"qualifiers": {"P585": [snak("P585", {"type": "time", "value": "2020"})]}}, "a time has"),
        ({"qualifiers": {"P585": [{}]}}, "a time has its value"),
        ({"references": [7]}, "a reference is an object"),
        ({"references": [{"snaks": 7}]}, "snaks stand in lists"),
        ({"id": "$x"}, "a statement has an `id`"),
    ],
)  # fmt: skip
def test_a_part_of_a_statement_that_is_none_is_refused(changes: Json, told: str) -> None:
    assert told in refusal({**of(FIVE), **changes})


def test_an_item_is_known_by_where_its_statement_stood() -> None:
    found, _ = read({**of(FIVE), "id": "$x", "qualifiers": None}, StatementPlace("Q5"))
    assert found["quantities"][0]["dimensions"] == {"item": "Q5"}


def test_a_reference_makes_sources_of_items_and_addresses_alone() -> None:
    bad = (snak("P854", text("a book")), snak("P248", text("Quarterly report")))
    found, reader = read(of(FIVE, references=(bad,)))
    assert len(found["attributions"]) == 1
    kept = found["quantities"][0]["attributes"]
    assert (kept["ref_p854"], kept["ref_p248"]) == ("a book", "Quarterly report")
    assert [one.code for one in reader.notices] == ["lost"]
    copied = (snak("P143", item("Q328")), snak("P4656", text("https://wiki.example/x")))
    found, _ = read(of(FIVE, references=(copied,)))
    assert [one["role"] for one in found["attributions"]] == ["document", "relayer", "relayer"]


def found_in(raw: bytes | Json | list[Json]) -> tuple[list[str], dict[str, str]]:
    """The ids of the statements of a file, or why there is none; and the properties it names."""
    names: dict[str, str] = {}
    content = raw if isinstance(raw, bytes) else json.dumps(raw).encode()
    found = list(found_statements(io.BytesIO(content), names.__setitem__))
    return [
        one.problem.detail if one.problem else json.loads(one.raw)["id"] for one in found
    ], names


TOWN = entity("Q1", "x", of(FIVE))
POPULATION = {"id": "P1082", "labels": {"en": {"value": "population"}}, "claims": {}}
SHAPES: list[tuple[Any, list[str]]] = [
    (of(FIVE), ["Q1$x"]), ([of(FIVE), of(FIVE)], ["Q1$x"] * 2),
    (b"\xef\xbb\xbf" + json.dumps(TOWN).encode(), ["Q1$x"]),
    ({"claims": {"P1082": [of(FIVE)]}, "lastrevid": "x"}, ["Q1$x"]),
    ({"id": "Q1", "missing": ""}, []), ({"entities": {"Q1": {"id": "Q1", "missing": ""}}}, []),
    ({"entities": []}, []), ({"id": "Q1", "claims": []}, []),
    ({"entities": {"P1082": POPULATION, "Q1": TOWN}}, ["Q1$x"]),
    ({"id": "P1082", "labels": {}, "claims": {}}, []),
]  # fmt: skip


@pytest.mark.parametrize(("sent", "ids"), SHAPES)
def test_a_file_of_each_shape_holds_its_statements(sent: Any, ids: list[str]) -> None:
    found, names = found_in(sent)
    assert found == ids
    assert names == ({"P1082": "population"} if "population" in json.dumps(str(sent)) else {})


@pytest.mark.parametrize(
    "broken",
    [b"[1]", b'{"entities":7}', b'{"claims":7}', b'{"claims":["x"]}', b'{"id":"Q1"}',
     b'{"claims":{"P1":7}}'],
)  # fmt: skip
def test_one_broken_entity_of_a_dump_is_told_and_no_other_is_left_out(broken: bytes) -> None:
    town = json.dumps(TOWN).encode()
    told, _ = found_in(b"\n".join((town, broken, b"", town)) if broken[:1] == b"{" else broken)
    assert [one for one in told if one != "Q1$x"] != []
    assert told.count("Q1$x") == (2 if broken[:1] == b"{" else 0)


@pytest.mark.parametrize(
    ("before", "told"),
    [(b"", "send one entity a line"), (b'{"id":"Q1"}\n{"id":"Q2"}\n', "at most 100 bytes")],
)  # fmt: skip
def test_an_entity_is_bounded(before: bytes, told: str) -> None:
    file = io.BytesIO(before + b'{"a":"' + b"x" * 100 + b'"}')
    with pytest.raises(Malformed, match=told):
        list(found_statements(file, print, most=100))


def written(period: str | None = None, *others: Json, **fields: Any) -> tuple[Json, list[str]]:
    """A claim of a statement as it is written back, and what is told."""
    attributes = {"statement": "Q1$x", **fields.pop("attributes", {})}
    figure = {"measure": "wd.p1082", "value": "5", "dimensions": {"item": "Q1"}, **fields}
    claim: Json = {"quantities": [{**figure, "attributes": attributes}, *others]}
    writer = ItemWriter()
    told = [("wd.q1-x", claim | ({"period": period} if period else {}))]
    [whole] = [*writer.entities(told), *writer.rest()]
    some = whole["claims"].get("P1082", [{}])
    return some[0], [one.removeprefix("wd.q1-x: ") for one in whole.get("notices", ())]


CHANGED = "was changed here, and is written as it is now"
FIVE_TOLD = '"value":{"amount":"+5","unit":"1"}}]'


@pytest.mark.parametrize(
    ("kept", "notices"),
    [
        ("a | b", [CHANGED]), ("many", [CHANGED]), ("2004", [CHANGED]),
        ('[{"type":"quantity","value":{}}]', [CHANGED]),
        ('[{"type":"quantity","value":{"amount":5}}]', [CHANGED]),
        ('[{"type":"time","value":{"time":"+2004-00-00T00:00:00Z","precision":9}}]', [CHANGED]),
        (f'[{{"type":"quantity",{FIVE_TOLD}', []),
    ],
)  # fmt: skip
def test_a_value_that_was_kept_is_written_only_where_the_figure_says_it(
    kept: str, notices: list[str]
) -> None:
    found, told = written(attributes={"datavalue": kept})
    assert found["mainsnak"]["datavalue"]["value"] == {"amount": "+5", "unit": "1"}
    assert told == notices


def test_a_changed_attribute_of_a_time_is_left_out_and_told_and_all_else_is_written() -> None:
    found, told = written(attributes={"p585": "soon", "p1": "[1]", "ref_p2": "[x"})
    assert told == ["p585 left out: a statement has no place for it"]
    assert found["qualifiers"]["P1"][0]["datavalue"]["value"] == "[1]"
    assert found["references"][0]["snaks"]["P2"][0]["datavalue"]["value"] == "[x"
    held = '["somevalue",{"type":"odd","value":7}]'
    found, told = written(attributes={"p1": held})
    assert [one["snaktype"] for one in found["qualifiers"]["P1"]] == ["somevalue", "value"]


def test_an_amount_is_written_without_an_exponent() -> None:
    found, _ = written(value="1E3", lower="6.67430e-11", upper="-1e4",
                       lower_basis="stated", upper_basis="stated")  # fmt: skip
    assert found["mainsnak"]["datavalue"]["value"] == {
        "amount": "+1000", "lowerBound": "+0.0000000000667430", "upperBound": "-10000", "unit": "1",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("period", "told"),
    [("2004-21", ["its period is left out: no time of Wikidata says it"]),
     ("2004-~06/2005", ["its period is written in part: no time of Wikidata says the rest"]),
     ("2004/2005", [])],
)  # fmt: skip
def test_a_period_that_no_time_says_is_told(period: str, told: list[str]) -> None:
    assert written(period)[1] == told


def test_of_several_figures_the_one_of_the_statement_is_written() -> None:
    found, told = written(None, {"measure": "m", "value": "6"})
    assert found["mainsnak"]["datavalue"]["value"]["amount"] == "+5"
    assert told == ["its other figures are left out: a statement has one value"]
    assert written(value=None, absence="withheld") == (
        {}, ["left out, for no value of Wikidata says its figure"]
    )  # fmt: skip
