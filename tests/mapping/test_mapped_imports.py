"""Imports by a mapping: names matched with what is stored, faults by line and column, versions."""

from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.commands import sayso
from tests.conftest import Serve
from tests.mapping.twelve import FLOODS, STRIKES, text

TOML, CSV = {"content-type": "application/toml"}, {"content-type": "text/csv"}
MAPPING = """\
source = [{id = "log", name = "A log", kind = "dataset"}]
measure = [{id = "ships", name = "ships", unit = "{ship}"}]
claim = {id = "log.{{Day}}", document = "log", period = "{{Day}}", claimant = {name = "{{Who}}"}}
[[figure]]
measure = {name = "{{What}}"}
value = "{{Number}}"
"""
HEAD = "Day,Who,What,Number,Spare"


def stored(client: httpx.Client, mapping: str, **headers: str) -> httpx.Response:
    return client.put("/v1/mappings/log", content=mapping.encode(), headers={**TOML, **headers})


def brought(client: httpx.Client, *lines: str, **more: str) -> httpx.Response:
    asked = {"mapping": "log", **more}
    return client.post("/v1/imports", params=asked, content=text(HEAD, *lines), headers=CSV)


def test_names_are_matched_with_those_stored_and_two_that_fit_are_told(serve: Serve) -> None:
    client = serve(seeded=False)
    assert stored(client, MAPPING, **{"if-none-match": "*"}).status_code == 201
    for id, name, alias in (("ana", "Ana Ruiz", "Gov. Ruiz"), ("bo", "Bo Ruiz", "RUIZ")):
        client.post("/v1/sources", json={"id": id, "name": name, "aliases": [alias, "the Ruiz"]})
    answer = brought(client, "2024-01-01,gov.  ruiz,Ships,5,")
    assert answer.status_code == 201, answer.text
    assert answer.json()["notices"][0]["detail"] == "the mapping does not use the columns “Spare”"
    claim = client.get("/v1/claims/log.2024-01-01").json()
    assert claim["claimant"] == "ana"
    assert claim["attributions"][-1]["name_as_given"] == "gov. ruiz"
    wrong = brought(
        client, "2024-01-02,The Ruiz,ships,5,", "2024-01-03,Nobody,ships,6,",
        "2024-01-04,Bo Ruiz,ships,1.234,", "03/04/2024,Bo Ruiz,ships,7,",
        "2024-01-06,Bo Ruiz,ships,-,",
    )  # fmt: skip
    assert wrong.status_code == 422
    told = [(one["line"], one["column"], one["detail"]) for one in wrong.json()["errors"]]
    assert [one[:2] for one in told] == [
        (2, "Who"), (3, "Who"), (4, "Number"), (5, "Day"), (5, "Day"), (6, "Number"),
    ]  # fmt: skip
    assert "several sources have this name: ana, bo" in told[0][2]
    assert "none of the sources has this name" in told[1][2]
    assert "this is 1234 if" in told[2][2]
    assert "3 April 2024 by %d/%m/%Y and 4 March 2024" in told[3][2]
    assert client.get("/v1/claims?document=log").json()["items"][0]["id"] == "log.2024-01-01"


PLAIN = """\
claim = {document = "press", claimant = "ana", period = "{{Day}}"}
[[figure]]
measure = "boats"
value = "{{Number}}"
"""
OWN = """\
[file]
decimal = ","
thousands = "."
dates = ["%d/%m/%Y"]
"""


def test_a_preview_tells_of_what_is_stored_by_its_name_and_a_fault_by_its_line(
    serve: Serve,
) -> None:
    client = serve(seeded=False)
    sent = {"sources": [{"id": "ana", "name": "Ana Ruiz"},
                        {"id": "press", "name": "The Press", "kind": "article"}],
            "measures": [{"id": "boats", "name": "Boats", "unit": "{boat}"}]}  # fmt: skip
    for kind, every in sent.items():
        for one in every:
            client.post(f"/v1/{kind}", json=one).raise_for_status()
    assert stored(client, PLAIN, **{"if-none-match": "*"}).status_code == 201
    lines = ("2024-01-01,x,y,5,", "2024-01-02,x,y,1.234,", "2024-01-03,x,y,7,")
    tried = brought(client, *lines, preview="3", dry_run="true", mode="partial").json()
    told = [(one["line"], one["words"]) for one in tried["preview"]]
    assert [line for line, _ in told] == [2, 4]
    assert all(words.startswith("Ana Ruiz, undated: Boats: ") for _, words in told)
    assert all("The Press" in words for _, words in told)
    assert [one["line"] for one in tried["errors"]] == [3]


def test_a_preview_shows_no_claim_that_refers_to_what_is_not_stored(serve: Serve) -> None:
    client = serve(seeded=False)
    assert stored(client, PLAIN, **{"if-none-match": "*"}).status_code == 201
    asked = {"preview": "3", "dry_run": "true", "mode": "partial"}
    tried = brought(client, "2024-01-01,x,y,5,", **asked).json()
    assert tried["preview"] == []
    assert {one["code"] for one in tried["errors"]} == {"unknown_reference"}


@pytest.mark.parametrize("declared", [True, False])
def test_a_figure_keeps_the_unit_of_its_mapping_where_its_measure_is_stored_in_another(
    serve: Serve, declared: bool
) -> None:
    client = serve(seeded=False)
    ships = '{id = "ships", name = "ships", unit = "{ship}"}'
    assert ships in MAPPING
    cargo = MAPPING.replace(ships, '{id = "ships", name = "ships", unit = "t"}')
    if not declared:
        cargo = cargo.replace(f"measure = [{ships.replace('{ship}', 't')}]\n", "")
        cargo = cargo.replace(
            '{name = "{{What}}"}', '{id = "{{What}}", name = "ships", unit = "t"}'
        )
    client.post("/v1/measures", json={"id": "ships", "name": "ships", "unit": "kg"})
    client.post("/v1/sources", json={"id": "ana", "name": "Ana"}).raise_for_status()
    assert stored(client, cargo, **{"if-none-match": "*"}).status_code == 201
    told = brought(client, "2024-01-01,Ana,ships,5,x").json()
    assert "stored_otherwise" in [one["code"] for one in told["notices"]]
    [figure] = client.get("/v1/claims/log.2024-01-01").json()["quantities"]
    assert (figure["value"], figure["unit"]) == ("5", "t")


def test_what_a_mapping_says_and_what_is_stored_does_not_have_is_told(serve: Serve) -> None:
    client = serve(seeded=False)
    ships = '{id = "ships", name = "ships", unit = "{ship}"'
    whole = f'{ships}, accumulation = "incident", statistic = "count", domain_max = 90}}'
    source = 'name = "Ana", affiliation = "log", is_root = false, aliases = []'
    assert MAPPING.count(f"{ships}}}") == 1
    said = MAPPING.replace(f"{ships}}}", whole).replace(
        "source = [", f'source = [{{id = "ana", {source}}}, ', 1
    )
    client.post("/v1/measures", json={"id": "ships", "name": "ships", "unit": "{ship}"})
    client.post("/v1/sources", json={"id": "ana", "name": "Ana"}).raise_for_status()
    answer = stored(client, said, **{"if-none-match": "*"})
    assert answer.status_code == 201, answer.text
    told = brought(client, "2024-01-01,Ana,ships,5,x").json()["notices"]
    [kept] = [one["detail"] for one in told if one["code"] == "stored_otherwise"]
    assert kept.endswith(
        "left so: source ana (affiliation), measure ships (accumulation, domain_max)"
    )
    client.patch("/v1/sources/ana", json={"affiliation": "log"}, headers={"if-match": "*"})
    more = {"accumulation": "incident", "domain_max": "90"}
    client.patch("/v1/measures/ships", json=more, headers={"if-match": "*"})
    told = brought(client, "2024-01-01,Ana,ships,5,x").json()["notices"]
    assert "stored_otherwise" not in [one["code"] for one in told]


@pytest.mark.parametrize(
    ("kept", "cell", "created"),
    [
        ({}, "ca. 1.200", None), ({"language": "en"}, "1.200", None), ({}, "1200", "1200"),
        ({"language": "de-DE"}, "ca. 1.200", "1200"), ({"language": "de-CH"}, "ca. 1.200", None),
    ],
)  # fmt: skip
def test_words_are_read_by_the_language_that_is_stored_or_refused_where_the_mapping_says_another(
    serve: Serve, kept: dict[str, str], cell: str, created: str | None
) -> None:
    client = serve(seeded=False)
    spoken = MAPPING.replace('kind = "dataset"}', 'kind = "dataset", language = "de"}')
    spoken = spoken.replace("value = ", "raw_text = ")
    for one in ({"id": "log", "name": "A log", "kind": "dataset", **kept},
                {"id": "ana", "name": "Ana"}):  # fmt: skip
        client.post("/v1/sources", json=one).raise_for_status()
    assert stored(client, spoken, **{"if-none-match": "*"}).status_code == 201
    answer = brought(client, f"2024-01-01,Ana,ships,{cell},")
    if created is None:
        [fault] = answer.json()["errors"]
        assert (fault["column"], "the mapping says de: make them agree" in fault["detail"]) == (
            "Number", True,
        )  # fmt: skip
    else:
        assert answer.status_code == 201, answer.text
        [figure] = client.get("/v1/claims/log.2024-01-01").json()["quantities"]
        assert figure["value"] == created


def test_a_word_that_no_row_has_is_told_for_it_leaves_out_all_of_them_or_none(
    serve: Serve,
) -> None:
    client = serve(seeded=False)
    wrong = MAPPING.replace("measure = {", 'not = {Spare = ["Totl"]}\nmeasure = {')
    wrong = f'file = {{only = {{What = ["SHIPS", "boats", "rafts"]}}}}\n{wrong}'
    client.post("/v1/sources", json={"id": "ana", "name": "Ana"}).raise_for_status()
    assert stored(client, wrong, **{"if-none-match": "*"}).status_code == 201
    told = brought(client, "2024-01-01,Ana,ships,5,", "2024-01-03,Ana,Ships,6,Total").json()
    assert [(one["code"], one["detail"]) for one in told["notices"]] == [
        ("no_such_word", "no row has “Totl” in the column “Spare”, as `only` or `not` says it"),
        ("no_such_word",
         "no row has “boats”, “rafts” in the column “What”, as `only` or `not` says it"),
    ]  # fmt: skip
    assert told["created"] == 4  # the source, the measure, and the two claims


def test_what_a_file_lost_is_told_beside_any_number_of_equal_rows(serve: Serve) -> None:
    client = serve(seeded=False)
    mapping = MAPPING.replace('id = "log.{{Day}}", ', "")
    client.post("/v1/sources", json={"id": "ana", "name": "Ana"}).raise_for_status()
    assert stored(client, mapping, **{"if-none-match": "*"}).status_code == 201
    rows = ["2024-01-01,Ana,ships,5,"] * 5 + ["2024-01-02,Ana,ships,,"]
    told = brought(client, *rows, max_errors="3").json()
    assert (told["created"], told["duplicates"]) == (3, 4)  # two are the source and the measure
    assert [one["code"] for one in told["notices"]] == ["unused_columns", "no_figure", "duplicate"]


def test_a_mapping_may_only_say_how_our_own_columns_are_written(serve: Serve) -> None:
    client = serve()
    assert stored(client, OWN, **{"if-none-match": "*"}).status_code == 201
    table = text(
        "document;measure;claimant;period;value",
        "daily-digest-article;containers.prk-rus;nis;03/04/2024;1.234,5",
    )
    done = client.post("/v1/imports?mapping=log", content=table, headers=CSV)
    assert (done.status_code, done.json()["created"]) == (201, 1), done.text
    (found,) = client.get("/v1/quantities?value=1234.5").json()["items"]
    assert found["period"] == "2024-04-03"


def test_a_mapping_is_kept_in_versions_and_changed_only_by_who_saw_the_last(serve: Serve) -> None:
    client = serve(seeded=False)
    assert stored(client, MAPPING).status_code == 428
    made = stored(client, MAPPING, **{"if-none-match": "*"})
    assert (made.status_code, made.headers["etag"]) == (201, '"1"')
    assert stored(client, MAPPING, **{"if-none-match": "*"}).status_code == 412
    assert stored(client, MAPPING, **{"if-match": '"1"'}).json()["version"] == 1
    second = stored(client, MAPPING + "# more\n", **{"if-match": '"1"'})
    assert second.json()["version"] == 2
    assert stored(client, MAPPING, **{"if-match": '"1"'}).status_code == 412
    assert stored(client, MAPPING + "# more yet\n").status_code == 428
    found = client.get("/v1/mappings/log/revisions").json()["items"]
    assert [one["text"] for one in found] == [MAPPING, MAPPING + "# more\n"]
    assert client.get("/v1/mappings").json()["items"][0]["version"] == 2
    assert client.get("/v1/mappings/other").status_code == 404
    latin = MAPPING.replace("A log", "Ein Gefäß").encode("latin-1")
    unread = client.put("/v1/mappings/log", content=latin, headers={**TOML, "if-match": '"2"'})
    assert (unread.status_code, unread.json()["detail"]) == (400, "A mapping is UTF-8.")
    bad = stored(client, MAPPING.replace("value", "valeu"), **{"if-match": '"2"'})
    assert bad.status_code == 422
    assert [one["pointer"] for one in bad.json()["errors"]] == ["/figure/0/valeu"]
    assert brought(client, "2024-01-01,x,y,1,", mapping="none").status_code == 422
    assert brought(client, preview="3").status_code == 422


def test_the_command_suggests_a_mapping_shows_claims_in_words_and_imports(
    serve: Serve, tmp_path: Path
) -> None:
    client: Any = serve(seeded=False)
    url = client.server.settings.database_url
    table, mapping = tmp_path / "floods.csv", tmp_path / "floods.toml"
    table.write_bytes(text(*FLOODS))
    suggested = sayso(url, "import", table, "--suggest")
    assert suggested.returncode == 0, suggested.stderr
    assert "? In which unit are the figures?" in suggested.stderr
    mapping.write_text(suggested.stdout.replace('unit = "{{?}}"', 'unit = "{person}"'))
    tried = sayso(url, "import", table, "--map", mapping, "--dry-run")
    assert tried.returncode == 0, tried.stderr
    assert "line 2: Origin not given, undated: floods: about 55 persons (40 to 70)" in tried.stdout
    assert client.get("/v1/claims").json()["items"] == []
    done = sayso(url, "import", table, "--map", mapping, "--replace-document", "floods")
    assert done.returncode == 0, done.stderr
    assert len(client.get("/v1/claims").json()["items"]) == 4
    table.write_bytes(text(*STRIKES))
    wrong = sayso(url, "import", table, "--map", mapping)
    assert wrong.returncode == 1
    assert "“Day”, “Outlet”" in wrong.stderr


def test_a_filter_finds_what_a_hedge_column_and_a_later_change_make_of_a_number(
    serve: Serve,
) -> None:
    client = serve(seeded=False)
    worded = MAPPING.replace(
        'value = "{{Number}}"',
        'raw_text = "{{Number}}"\nhedge = {of = "{{Spare}}", words = {about = "approximate"}}',
    ).replace(', claimant = {name = "{{Who}}"}', "")
    assert stored(client, worded, **{"if-none-match": "*"}).status_code == 201
    lines = (
        "2024-01-01,,ships,50,about",
        "2024-01-02,,ships,about 50,about",
        "2024-01-03,,ships,9,",
    )
    assert brought(client, *lines).status_code == 201

    def found(least: str) -> list[str]:
        asked = {"value__gte": least, "match": "certain"}
        return [one["claim"] for one in client.get("/v1/quantities", params=asked).json()["items"]]

    assert found("45") == ["log.2024-01-01", "log.2024-01-02"]
    change = client.patch(
        "/v1/claims/log.2024-01-03", json={"value": "60"}, headers={"If-Match": "*"}
    )
    assert change.status_code == 200, change.text
    assert found("60") == ["log.2024-01-03"]
