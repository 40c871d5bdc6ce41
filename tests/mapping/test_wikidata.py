"""Wikidata's statements in and asked, over HTTP on both engines; what is broken is refused."""

import json
from typing import Any

import httpx
import pytest

from tests.conftest import Serve
from tests.mapping.items import ITEMS, SHIP, TOWN, amount, entity, snak, statement, time


def brought(
    client: httpx.Client, content: Any, kind: str = "application/json", **more: Any
) -> httpx.Response:
    raw = content if isinstance(content, bytes) else json.dumps(content).encode()
    asked = {"format": "wikidata", **more}
    return client.post("/v1/imports", params=asked, content=raw, headers={"content-type": kind})


def listed(client: httpx.Client, path: str, **asked: Any) -> list[dict[str, Any]]:
    answer = client.get(f"/v1/{path}", params={"limit": 100, **asked})
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


SHAPES = {
    "EntityData": (
        json.dumps({"entities": {one["id"]: one for one in ITEMS}}).encode(),
        "application/json",
    ),
    "a dump": (
        b"[\n" + b",\n".join(json.dumps(one).encode() for one in ITEMS) + b"\n]\n",
        "application/json",
    ),
    "lines": (b"\n".join(json.dumps(one).encode() for one in ITEMS), "application/jsonl"),
    "statements": (
        json.dumps(
            {"claims": {name: some for one in ITEMS for name, some in one["claims"].items()}}
        ).encode(),
        "application/json",
    ),
}


def test_three_items_go_in_and_are_asked(serve: Serve) -> None:
    client = serve(seeded=False)
    sent = brought(client, SHAPES["EntityData"][0])
    assert sent.status_code == 201, sent.text
    told = {(one["code"], one.get("line")) for one in sent.json()["notices"]}
    assert ("no_figure", None) in told
    assert brought(client, SHAPES["EntityData"][0]).json()["changed"] == 0

    sure = listed(client, "quantities", measure="wd.p1082", value__gte="18000", match="certain")
    assert {(one["value"], one["lower"], one["upper"], one.get("hedge", "none"))
            for one in sure} == {("18250", "18200", "18300", "none")}  # fmt: skip
    assert len(sure) == 2  # two references attest one figure
    two = listed(client, "claims", utterance="wd.q900000001-1a2b-1")
    assert [one["period"] for one in two] == ["2021-05-09"] * 2
    origins = [one["attributions"][-1] for one in two]
    assert origins[0]["source"] == "wd.q900000002"
    assert two[0]["locator"] == "revision 4711, p. 12"
    page = client.get(f"/v1/sources/{origins[1]['source']}").json()
    assert page["url"] == "https://census.example/2021"
    figure = two[1]["quantities"][0]
    assert figure["dimensions"] == {"item": "Q900000001"}
    assert figure["attributes"] == {
        "statement": "Q900000001$1A2B-1", "rank": "preferred", "item_label": "Sandport",
        "p459": "Q39825", "ref_p813": "2022-01-03", "ref_p854": "https://census.example/2021",
    }  # fmt: skip

    gone = client.get("/v1/claims/wd.q900000001-1a2b-2").json()
    assert (gone["period"], gone["quantities"][0]["absence"]) == ("195X", "unknown")
    assert gone["tags"] == ["wikidata:deprecated"]
    [reason] = listed(client, "assessments", target="claims/wd.q900000001-1a2b-2")
    assert "Q25895909" in reason["comment"]

    about = client.get("/v1/claims/wd.q900000001-1a2b-3").json()
    assert about["period"] == "1898/"
    assert about["quantities"][0]["hedge"] == "approximate"
    assert about["quantities"][0]["dimensions"]["applies_to_part"] == "Q900000009"
    assert [one["role"] for one in about["attributions"]] == ["document", "relayer"]


def test_units_dates_and_absences_are_what_they_say(serve: Serve) -> None:
    client = serve(seeded=False)
    assert brought(client, SHAPES["a dump"][0]).status_code == 201
    figures = {one["attributes"]["statement"]: one for one in listed(client, "quantities")}
    assert figures["Q900000001$1A2B-5"]["value"] == "41.50"
    assert client.get("/v1/measures/wd.p2046").json()["unit"] == "km2"
    mass = figures["Q900000003$S-1"]
    assert (mass["value"], mass["unit"]) == ("-0.5", "t")
    assert figures["Q900000003$S-2"]["date"] == "1917-11-07"
    assert "1917-10-25" in client.get("/v1/claims/wd.q900000003-s-2").json()["notes"]
    assert figures["Q900000003$S-3"]["date"] == "[1801..1900]"
    assert client.get("/v1/claims/wd.q900000003-s-3").json()["modality"] == "probable"
    assert figures["Q900000003$S-4"]["absence"] == "not_applicable"
    assert "lower_above_upper" in figures["Q900000003$S-5"]["flags"]
    assert figures["Q900000004$b-2"]["date"] == "-0043-03-15"
    assert figures["Q900000004$b-1"]["attributes"]["p7295"] == "about the west bank"
    assert listed(client, "claims", tag="wikidata:allegedly")[0]["id"] == "wd.q900000004-b-1"


@pytest.mark.parametrize("shape", [one for one in SHAPES if one != "EntityData"])
def test_every_form_of_a_file_holds_the_same_statements(shape: str, serve: Serve) -> None:
    client = serve(seeded=False)
    content, kind = SHAPES[shape]
    sent = brought(client, content, kind)
    assert sent.status_code == 201, sent.text
    held = {one["attributes"]["statement"] for one in listed(client, "quantities")}
    wanted = {one["id"] for whole in ITEMS for some in whole["claims"].values() for one in some
              if one["mainsnak"]["property"] != "P31"}  # fmt: skip
    # Statements alone do not say which item's list they are from, and lists of one name replace.
    assert held <= wanted if shape == "statements" else held == wanted
    assert len(held) >= 5


def test_an_unknown_unit_is_refused_with_the_way_out_which_works(serve: Serve) -> None:
    client = serve(seeded=False)
    mass = snak("P2067", amount("+3", "Q900000100"))
    odd = entity("Q900000005", "A sack", statement("Q900000005$u", mass))
    refused = brought(client, odd)
    assert refused.status_code == 422
    [fault] = refused.json()["errors"]
    assert (fault["line"], fault["code"]) == (1, "unknown_unit")
    assert "Q900000100" in fault["detail"]
    assert "wd.p2067" in fault["detail"]
    sack = {"id": "wd.p2067", "name": "mass", "unit": "{sack}", "unit_label": "Q900000100"}
    assert client.post("/v1/measures", json={**sack, "statistic": "amount"}).status_code == 201
    assert brought(client, odd).status_code == 201
    assert listed(client, "quantities", measure="wd.p2067")[0]["unit"] == "{sack}"


def broken(**changes: Any) -> dict[str, Any]:
    one = statement("Q1$x", snak("P1082", amount("+1")))
    return entity("Q1", "x", {**one, **changes})


def wide(count: int) -> bytes:
    one = statement("Q1$x", snak("P1082", amount("+1")))
    one["qualifiers"] = {f"P{n}": [snak(f"P{n}", amount("+1"))] for n in range(1, count)}
    return json.dumps(entity("Q1", "x", one)).encode()


HOSTILE = {
    "no JSON": b"Q42",
    "nothing": b"",
    "an empty object": b"{}",
    "a list": b"[1,2]",
    "deep": b'{"claims":{"P1":[' + b"[" * 9000 + b"]" * 9000 + b"]}}",
    "statements as text": b'{"id":"Q1","claims":{"P1":"x"}}',
    "cut off": json.dumps(TOWN).encode()[:-30],
    "a key twice": b'{"claims":{"P1":[],"P1":[]}}',
    "no main snak": broken(mainsnak=None),
    "no id": broken(id=None, rank="normal") | {"id": None},
    "a rank of its own": broken(rank="best"),
    "an amount of letters": broken(mainsnak=snak("P1082", amount("many"))),
    "an amount without end": broken(mainsnak=snak("P1082", amount("+" + "9" * 5000))),
    "a month 13": broken(mainsnak=snak("P571", time("+2021-13-01T00:00:00Z", 11))),
    "30 February": broken(mainsnak=snak("P571", time("+2021-02-30T00:00:00Z", 11))),
    "a precision of 99": broken(mainsnak=snak("P571", time("+2021-02-01T00:00:00Z", 99))),
    "another calendar": broken(mainsnak=snak("P571", time("+2021-02-01T00:00:00Z", 11, "Q1"))),
    "references as text": broken(references="none"),
    "qualifiers as a list": broken(qualifiers=[1]),
    "a hundred references": broken(references=[{"snaks": {}}] * 100),
    "more qualifiers than any": wide(300),
    "no statement": b'{"id":"Q1","claims":{}}',
}


def test_hostile_json_is_refused_in_words(serve: Serve) -> None:
    client = serve(seeded=False)
    for name, content in HOSTILE.items():
        answer = brought(client, content)
        assert answer.status_code in (400, 422), f"{name}: {answer.text[:300]}"
        assert answer.json()["detail"], name
    assert listed(client, "claims") == []


def test_many_labels_and_properties_are_no_hindrance_and_a_broken_one_stands_alone(
    serve: Serve,
) -> None:
    client = serve(seeded=False)
    many = {f"x{n}": {"language": f"x{n}", "value": "Boat"} for n in range(400)}
    whole = {**SHIP, "labels": many, "claims": {
        **SHIP["claims"],
        **{f"P{n}": [statement(f"Q900000003$p{n}", snak(f"P{n}", amount("+1")))]
           for n in range(90000, 90300)},
        "P1082": [statement("Q900000003$bad", snak("P1082", amount("x")))],
    }}  # fmt: skip
    sent = brought(client, whole, mode="partial").json()
    assert sent["failed"] == 1
    assert sent["errors"][0]["detail"].startswith("an amount is a decimal")
    assert len(listed(client, "claims", limit=100)) == 100
