"""Wikidata's statements out again: what came in, digit for digit, and nothing that did not."""

import json
from typing import Any

import httpx
import pytest

from app.mapping.wikidata_values import UNITS
from tests.conftest import Serve
from tests.mapping.items import (
    ITEMS,
    SHIP,
    TOWN,
    amount,
    entity,
    item,
    snak,
    statement,
    text,
    time,
)
from tests.mapping.test_wikidata import SHAPES, brought

MATCH = {"If-Match": "*"}
LOST = {"hash", "datatype", "sitelinks", "descriptions", "aliases"}
"""Members of an entity that are not written back."""


def without_what_is_lost(whole: Any) -> Any:
    """An entity as it can be written back: docs/exchange.md says what is lost."""
    if isinstance(whole, dict):
        kept = {name: one for name, one in whole.items() if name not in LOST}
        return {name: without_what_is_lost(one) for name, one in kept.items()}
    if isinstance(whole, list):
        return [without_what_is_lost(one) for one in whole]
    return whole


def as_sent(whole: dict[str, Any]) -> dict[str, Any]:
    """An item with one label, and with the statements that have a figure."""
    kept = {name: some for name, some in whole["claims"].items() if name != "P31"}
    labels = {"en": whole["labels"]["en"]}
    told: dict[str, Any] = without_what_is_lost({**whole, "claims": kept, "labels": labels})
    return told


def written_back(client: httpx.Client) -> list[dict[str, Any]]:
    answer = client.get("/v1/export", params={"format": "wikidata"})
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/json"
    lines = answer.text.splitlines()
    assert (lines[0], lines[-1]) == ("[", "]")
    return [json.loads(line.rstrip(",")) for line in lines[1:-1] if line]


def test_three_items_come_out_as_they_went_in_and_in_again_change_nothing(serve: Serve) -> None:
    client = serve()
    assert brought(client, SHAPES["EntityData"][0]).status_code == 201
    found = written_back(client)
    assert [without_what_is_lost(one) for one in found] == [as_sent(one) for one in ITEMS]
    main = found[0]["claims"]["P1082"][0]["mainsnak"]
    assert main["datatype"] == "quantity"
    raw = client.get("/v1/export", params={"format": "wikidata"}).content
    again = brought(client, raw).json()
    assert (again["changed"], again["created"], again["failed"]) == (0, 0, 0)
    assert again["unchanged"] == again["lines"] == 13
    elsewhere = serve(seeded=False)
    assert brought(elsewhere, raw).status_code == 201
    assert written_back(elsewhere) == found


ODD = entity(
    "Q900000006", "Odd",
    statement("Q900000006$1", snak("P1082", amount("+18.50")), (
        snak("P585", time("+2021-05-09T12:30:00Z", 14)), snak("P1545", text("+12")),
        snak("P1545", text("a | b")), snak("P7295", text("Q42")),
        snak("P1114", amount("+5", "Q11573")), snak("P1114", amount("-5", "1", "-6", "-4")),
        snak("P1319", time("+1700-00-00T00:00:00Z", 7)),
        snak("P2241", text("two\nlines")), snak("P1545", text("[1]")),
        snak("P1545", text('"a"@en')),
        snak("P625", {"type": "globecoordinate", "value": {
            "latitude": 52.516666666666666, "longitude": 13.383333333333, "altitude": None,
            "precision": 0.00027777777777778, "globe": "http://www.wikidata.org/entity/Q2"}}),
    ), (
        (snak("P248", item("Q900000002")), snak("P143", item("Q328")),
         snak("P854", text("https://census.example/2021")),
         snak("P1476", {"type": "monolingualtext",
                        "value": {"text": "Zählung", "language": "de"}})),
        (snak("P854", text("https://census.example/2021")), snak("P1476", text("other title"))),
        (snak("P813", "somevalue"),), *((snak("P304", text(str(n))),) for n in range(4, 13)),
    )),
    statement("Q900000006$2", snak("P1082", amount("+7")), (
        snak("P580", "somevalue"), snak("P582", "novalue"), snak("P518", item("Q9")),
        snak("P518", item("Q5")))),
    statement("Q900000006$3", snak("P1082", amount("+7")), (
        snak("P585", time("+2001-00-00T00:00:00Z", 9)), snak("P585", "novalue"))),
    statement("Q900000006$4", snak("P571", time("-0500-01-01T00:00:00Z", 8)), (
        snak("P580", time("+1900-00-00T00:00:00Z", 8, "Q1985786")),)),
    statement("Q900000006$5", snak("P571", time("+12345-00-00T00:00:00Z", 9))),
)  # fmt: skip


def test_odd_statements_come_out_digit_for_digit_with_calendars_and_the_order_of_references(
    serve: Serve,
) -> None:
    client = serve(seeded=False)
    sent = brought(client, ODD)
    assert sent.status_code == 201, sent.text
    [found] = written_back(client)
    wanted = as_sent(ODD)
    for name, some in wanted["claims"].items():
        for theirs, ours in zip(some, found["claims"][name], strict=True):
            assert without_what_is_lost(ours) == theirs
    raw = client.get("/v1/export", params={"format": "wikidata"}).content
    assert brought(client, raw).json()["changed"] == 0


def test_what_was_changed_here_is_written_as_it_is_and_what_has_no_place_is_told(
    serve: Serve,
) -> None:
    client = serve()
    assert brought(client, SHAPES["EntityData"][0]).status_code == 201
    for id, date in (("wd.q900000003-s-2", "1917-11-08"), ("wd.q900000003-s-3", "1917-21")):
        figure = client.get(f"/v1/claims/{id}").json()["quantities"][0]
        kept = {name: figure[name] for name in ("measure", "dimensions", "attributes")}
        changed = {"quantities": [{**kept, "date": date}], "statement": "Launched."}
        changed |= {"modal_cue": "may have been", "inferred": ["period"]}
        assert client.patch(f"/v1/claims/{id}", json=changed, headers=MATCH).is_success
    figure = client.get("/v1/claims/wd.q900000001-1a2b-3").json()["quantities"][0]
    figure["attributes"]["p459"] = "Q5"
    moved = {"period": "1898/1901", "quantities": [{**figure, "value": "9001"}], "via": ["ap"]}
    answer = client.patch("/v1/claims/wd.q900000001-1a2b-3", json=moved, headers=MATCH)
    assert answer.is_success, answer.text
    town = next(one for one in written_back(client) if one["id"] == TOWN["id"])
    third = town["claims"]["P1082"][2]
    assert third["mainsnak"]["datavalue"]["value"]["amount"] == "+9001"
    [until] = third["qualifiers"]["P582"]
    assert until["datavalue"]["value"]["time"] == "+1901-00-00T00:00:00Z"
    assert third["qualifiers"]["P459"][0]["datavalue"] == item("Q5")
    assert "wd.q900000001-1a2b-3: ap left out: a statement has no place for it" in town["notices"]
    ship = next(one for one in written_back(client) if one["id"] == SHIP["id"])
    [time_of] = ship["claims"]["P571"]
    assert time_of["mainsnak"]["datavalue"]["value"]["time"] == "+1917-11-08T00:00:00Z"
    told = "\n".join(ship["notices"])
    assert "wd.q900000003-s-2: was changed here, and is written as it is now" in told
    lost = "statement, modal_cue, inferred left out: a statement has no place for it"
    assert f"wd.q900000003-s-2: {lost}" in told
    assert "wd.q900000003-s-3: left out, for no value of Wikidata says its figure" in told


def test_of_two_readings_the_preferred_one_is_written(serve: Serve) -> None:
    client = serve()
    assert brought(client, SHAPES["EntityData"][0]).status_code == 201
    path = "/v1/claims/wd.q900000001-1a2b-3"
    figure = client.get(path).json()["quantities"][0]
    kept = {name: figure[name] for name in ("measure", "dimensions", "attributes")}
    readings = [{**kept, "slot": 1, "value": "8001", "reading": "A"},
                {**kept, "slot": 1, "value": "9001", "reading": "B",
                 "preferred": True}]  # fmt: skip
    assert client.patch(path, json={"quantities": readings}, headers=MATCH).is_success
    town = next(one for one in written_back(client) if one["id"] == TOWN["id"])
    third = town["claims"]["P1082"][2]
    assert third["mainsnak"]["datavalue"]["value"]["amount"] == "+9001"
    assert any("its other figures are left out" in told for told in town["notices"])


def test_claims_that_never_came_from_wikidata_are_not_made_into_statements(serve: Serve) -> None:
    client = serve()
    assert written_back(client) == []
    assert client.get("/v1/export?format=wikidata&history=true").status_code == 422


def test_each_unit_is_one_item_and_an_item_with_a_foreign_label_keeps_its_language(
    serve: Serve,
) -> None:
    codes = [code for code, _ in UNITS.values()]
    assert len(set(codes)) == len(codes) > 30
    harbour = entity("Q900000007", "Hafen", *(
        statement(f"Q900000007$u{n}", snak("P2046", amount("+1", id)))
        for n, id in enumerate(UNITS)
    ))  # fmt: skip
    harbour["labels"].pop("en")
    client = serve(seeded=False)
    assert brought(client, harbour).status_code == 201
    [found] = written_back(client)
    assert found["labels"] == {"de": {"language": "de", "value": "Hafen"}}
    units = {one["id"]: one["mainsnak"]["datavalue"] for one in found["claims"]["P2046"]}
    assert units == {one["id"]: one["mainsnak"]["datavalue"] for one in harbour["claims"]["P2046"]}


PLAIN = entity("Q900000008", "Quay", *(
    statement(f"Q900000008$p{n}", snak("P2048", value)) for n, value in enumerate(
        (amount("+5", "Q11573"), amount("+6", "Q11573", "+5"), amount("+7", "Q11573"))
    )
))  # fmt: skip


@pytest.mark.parametrize(
    ("claim", "figure", "told"),
    [
        ({"polarity": "negative"}, {}, "p0: left out, for it denies"),
        ({"speech_act": "deny"}, {}, "p0: left out, for it denies"),
        ({}, {"hedge": "more_than", "value": "5"}, "p0: hedge more_than left out"),
        ({}, {"raw_text": "about 5"}, "p0: raw_text, hedge approximate left out"),
        ({"modality": "possible"}, {}, "p0: modality possible left out"),
        ({}, {"hedge": "none", "value": "5", "upper": "6"}, "p0: upper left out"),
        ({}, {"value": "5", "unit": "[fth_us]"}, "p0: left out, for no value of Wikidata says"),
    ],
)  # fmt: skip
def test_how_a_figure_is_put_here_is_written_or_told(
    serve: Serve, claim: dict[str, Any], figure: dict[str, Any], told: str
) -> None:
    client = serve(seeded=False)
    assert brought(client, PLAIN).status_code == 201
    assert "notices" not in written_back(client)[0]
    own = client.get("/v1/claims/wd.q900000008-p0").json()["quantities"][0]
    kept = {name: own[name] for name in ("measure", "dimensions", "attributes")}
    changed = {**claim, **({"quantities": [kept | figure]} if figure else {})}
    answer = client.patch("/v1/claims/wd.q900000008-p0", json=changed, headers=MATCH)
    assert answer.is_success, answer.text
    [found] = written_back(client)
    assert any(f"wd.q900000008-{told}" in one for one in found["notices"]), found["notices"]
    gone = "left out, for" in told
    assert [one["id"][-2:] for one in found["claims"]["P2048"]] == (
        ["p1", "p2"] if gone else ["p0", "p1", "p2"]
    )


def test_a_value_that_is_kept_as_it_came_is_written_only_in_the_unit_that_it_has(
    serve: Serve,
) -> None:
    client = serve(seeded=False)
    assert brought(client, PLAIN).status_code == 201
    own = client.get("/v1/claims/wd.q900000008-p1").json()["quantities"][0]
    kept = {name: own[name] for name in ("measure", "dimensions", "attributes", "value", "lower")}
    assert "datavalue" in kept["attributes"]
    metres = {"quantities": [{**kept, "unit": "km", "hedge": "none"}]}
    assert client.patch("/v1/claims/wd.q900000008-p1", json=metres, headers=MATCH).is_success
    [found] = written_back(client)
    value = found["claims"]["P2048"][1]["mainsnak"]["datavalue"]["value"]
    assert value == {"amount": "+6", "unit": "http://www.wikidata.org/entity/Q828224"}
    assert "wd.q900000008-p1: was changed here, and is written as it is now" in found["notices"]
