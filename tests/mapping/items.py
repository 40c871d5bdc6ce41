"""Three Wikidata items in their published form: labels, ranks, qualifiers, references; invented."""

from typing import Any

Json = dict[str, Any]
GREGORIAN, JULIAN = "Q1985727", "Q1985786"


def time(text: str, precision: int, calendar: str = GREGORIAN) -> Json:
    """A time as a datavalue."""
    value = {
        "time": text, "timezone": 0, "before": 0, "after": 0, "precision": precision,
        "calendarmodel": f"http://www.wikidata.org/entity/{calendar}",
    }  # fmt: skip
    return {"type": "time", "value": value}


def amount(text: str, unit: str = "1", low: str | None = None, high: str | None = None) -> Json:
    """A quantity as a datavalue."""
    address = unit if unit == "1" else f"http://www.wikidata.org/entity/{unit}"
    value = {"amount": text, "unit": address, "lowerBound": low, "upperBound": high}
    return {"type": "quantity", "value": {n: v for n, v in value.items() if v is not None}}


def item(id: str) -> Json:
    """An item as a datavalue."""
    value = {"entity-type": "item", "numeric-id": int(id[1:]), "id": id}
    return {"type": "wikibase-entityid", "value": value}


def text(value: str) -> Json:
    """A text as a datavalue."""
    return {"type": "string", "value": value}


def snak(name: str, value: Json | str) -> Json:
    """A snak: of a value, or somevalue, novalue."""
    if isinstance(value, str):
        return {"snaktype": value, "property": name, "datatype": "quantity"}
    return {"snaktype": "value", "property": name, "datavalue": value}


def by_property(*snaks: Json) -> Json:
    """Snaks in lists, by property."""
    found: Json = {}
    for one in snaks:
        found.setdefault(one["property"], []).append(one)
    return found


def statement(
    id: str, main: Json, qualifiers: tuple[Json, ...] = (),
    references: tuple[tuple[Json, ...], ...] = (), rank: str = "normal",
) -> Json:  # fmt: skip
    """A statement."""
    return {
        "id": id, "type": "statement", "rank": rank, "mainsnak": main,
        "qualifiers": by_property(*qualifiers),
        "references": [{"hash": "0", "snaks": by_property(*some)} for some in references],
    }  # fmt: skip


def entity(id: str, label: str, *statements: Json) -> Json:
    """An item with its label in two languages, and sitelinks."""
    claims: Json = {}
    for one in statements:
        claims.setdefault((one["mainsnak"] or {}).get("property", "P1082"), []).append(one)
    labels = {lang: {"language": lang, "value": label} for lang in ("de", "en")}
    return {"type": "item", "id": id, "lastrevid": 4711, "labels": labels, "claims": claims,
            "sitelinks": {}}  # fmt: skip


TOWN = entity(
    "Q900000001", "Sandport",
    statement(
        "Q900000001$1A2B-1", snak("P1082", amount("+18250", "1", "+18200", "+18300")),
        (snak("P585", time("+2021-05-09T00:00:00Z", 11)), snak("P459", item("Q39825"))),
        ((snak("P248", item("Q900000002")), snak("P304", text("12"))),
         (snak("P854", text("https://census.example/2021")),
          snak("P813", time("+2022-01-03T00:00:00Z", 11)))),
        "preferred",
    ),
    statement(
        "Q900000001$1A2B-2", snak("P1082", "somevalue"),
        (snak("P585", time("+1950-00-00T00:00:00Z", 8)), snak("P2241", item("Q25895909"))),
        rank="deprecated",
    ),
    statement(
        "Q900000001$1A2B-3", snak("P1082", amount("+9000")),
        (snak("P580", time("+1898-00-00T00:00:00Z", 9)), snak("P582", "somevalue"),
         snak("P1480", item("Q5727902")), snak("P518", item("Q900000009"))),
        ((snak("P143", item("Q328")),),),
    ),
    statement("Q900000001$1A2B-4", snak("P31", item("Q3957"))),
    statement("Q900000001$1A2B-5", snak("P2046", amount("+41.50", "Q712226"))),
)  # fmt: skip
SHIP = entity(
    "Q900000003", "Grey Gull",
    statement("Q900000003$S-1", snak("P2067", amount("-0.5", "Q191118"))),
    statement("Q900000003$S-2", snak("P571", time("+1917-10-25T00:00:00Z", 11, JULIAN))),
    statement("Q900000003$S-3", snak("P576", time("+1900-00-00T00:00:00Z", 7)),
              (snak("P1480", item("Q18122778")),)),
    statement("Q900000003$S-4", snak("P1083", "novalue")),
    statement("Q900000003$S-5", snak("P1083", amount("+40", "1", "+50", "+30"))),
)  # fmt: skip
BATTLE = entity(
    "Q900000004", "Battle of the Fen",
    statement("Q900000004$b-1", snak("P1120", amount("+700")),
              (snak("P5102", item("Q32188232")), snak("P7295", text("about the west bank")))),
    statement("Q900000004$b-2", snak("P585", time("-0044-03-15T00:00:00Z", 11))),
)  # fmt: skip
ITEMS = [TOWN, SHIP, BATTLE]
