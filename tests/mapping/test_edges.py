"""What reads two ways, or would break its reader, is refused where it stands; digits are kept."""

from typing import Any

import pytest

from app.errors import Problem
from app.mapping.cells import NumberCell
from app.mapping.numerals import figure
from app.mapping.schema import read_mapping
from tests.conftest import Serve
from tests.mapping.test_mapped_imports import TOML
from tests.mapping.test_two_readings import opened, refused
from tests.mapping.twelve import workbook

LONG = "12345678901234567890123456789012345.6"


@pytest.mark.parametrize("body", ['[{"a":"x","b":NUMBER}]', '{"rows":[{"a":"x","b":NUMBER}]}'])
@pytest.mark.parametrize("number", ["1.234", "1e3", LONG, "12345678901234567890123"])
def test_a_number_of_json_is_one_wherever_it_stands(body: str, number: str) -> None:
    _, [(_, (_, cell))] = opened(body.replace("NUMBER", number).encode(), decimal=",")
    assert isinstance(cell, NumberCell)
    assert cell == number


def test_what_json_has_doubled_or_not_at_all_is_refused_in_a_list_of_an_object_too() -> None:
    assert "a key twice" in refused(b'{"rows":[{"a":1,"a":2}]}')
    assert "no JSON" in refused(b'{"rows":[{"a":NaN}]}')
    assert "two lists are at “a.b”" in refused(b'{"a.b":[{"c":1}],"a":{"b":[{"c":2}]}}')


def test_two_keys_that_are_one_column_are_refused_with_both_named() -> None:
    told = refused(b'[{"a":{"b":0}},{"a.b":1,"a":{"b":2}}]')
    assert "item 2: the keys “a.b” and “b” in “a” are both the column “a.b”" in told
    assert "the keys “b” and “ b” are both the column “b”" in refused(b'[{"b":1," b":2}]')


@pytest.mark.parametrize(
    ("number", "scale", "wanted"),
    [
        (LONG, 3, "12345678901234567890123456789012345600"),
        (LONG, -30, "12345.6789012345678901234567890123456"),
        ("0." + "1" * 90, 2, "11." + "1" * 88),
    ],
)  # fmt: skip
def test_a_scale_keeps_figures_of_more_than_28_digits(number: str, scale: int, wanted: str) -> None:
    assert figure(number, ".", None, scale) == wanted


@pytest.mark.parametrize(
    ("mapping", "place"),
    [
        (f"a = 1\nfile = {{header = {'9' * 5000}}}", 2), (f"x{'.a' * 3000} = 1", 1),
        (f"\nx{' . a' * 3000} = 1", "/x/a"), (f"\n\nx = {'[' * 3000}{']' * 3000}", 3),
        ('file = {sheet = "\\u0000"}', "/file/sheet"), ('file = {"\\u0000" = 1}', "/file"),
        (f"file = {{header = 0x{'f' * 900}}}", "/file/header"),
        ('file = {delimiter = "\\""}', "/file/delimiter"),
        ('file = {delimiter = "\\n"}', "/file/delimiter"),
        ('file = {delimiter = "a"}', "/file/delimiter"),
        ('file = {decimal = ",", thousands = ","}', "/file"),
        ('figure = [{value = "{{a}}", measure = "m", scale = true}]', "/figure/0/scale"),
    ],
)  # fmt: skip
def test_a_mapping_that_would_break_its_reader_is_refused_with_the_place(
    mapping: str, place: str | int
) -> None:
    with pytest.raises(Problem) as problem:
        read_mapping(mapping.encode())
    fault = problem.value.faults[0]
    if isinstance(place, int):
        assert fault.line == place
    else:
        assert (fault.pointer or "").startswith(place)


def test_long_text_and_many_brackets_in_strings_are_no_fault_of_a_mapping() -> None:
    words = f"# {'[' * 50}\n[claim]\nnotes = \"{'9' * 2000}{'[' * 50}\"\nstatement = '{'[' * 50}'\n"
    assert read_mapping(f'{words}quote = """\n\\"{"[" * 50}"""\n'.encode()).claim


def test_a_declared_mark_between_cells_can_be_one() -> None:
    assert "no quotation mark" in refused(b'sep="\na"b\n1"2\n')
    assert opened(b"sep=;\na;b\n1;2\n") == (["a", "b"], [(3, ["1", "2"])])


MAPPING = """\
source = [{id = "log", name = "A log", kind = "dataset"}]
claim = {id = "log.{{a}}", document = "log", period = "2024"}
file = {FILE}
[[figure]]
measure = {id = "m", name = "m", unit = "1"}
value = "{{b}}"
"""


def test_mappings_that_break_readers_are_answered_and_numbers_are_stored_as_sent(
    serve: Serve,
) -> None:
    client = serve(seeded=False)
    for mapping in (f"file = {{header = {'9' * 5000}}}", f"x{' . a' * 3000} = 1"):
        answer = client.put("/v1/mappings/x", content=mapping, headers=_new())
        assert answer.status_code == 400, answer.text
    sent = {"rows": [{"a": "x1", "b": 1.234}, {"a": "x2", "b": 2000.5}]}
    for name, file in (("comma", 'decimal = ","'), ("none", "")):
        made = client.put(
            f"/v1/mappings/{name}", content=MAPPING.replace("FILE", file), headers=_new()
        )
        assert made.status_code == 201, made.text
        asked = {"mapping": name, "replace_document": "log"}
        done = client.post("/v1/imports", params=asked, json=sent)
        assert done.status_code in (200, 201), done.text
        assert [one["value"] for one in _figures(client)] == ["1.234", "2000.5"]
    # Constants of a mapping in JSON are read digit for digit as well.
    told = {"source": [{"id": "log", "name": "A log", "kind": "dataset"}],
            "claim": {"id": "log.{{a}}", "document": "log", "period": "2024"},
            "figure": [{"measure": "m", "value": 1.5}]}  # fmt: skip
    made = client.put("/v1/mappings/json", json=told, headers={"if-none-match": "*"})
    assert made.status_code == 201, made.text
    done = client.post("/v1/imports", params={"mapping": "json"}, json=sent)
    assert done.status_code == 201, done.text
    assert [one["value"] for one in _figures(client)] == ["1.5", "1.5"]


def test_a_sheet_is_found_by_any_name_that_it_has() -> None:
    book = workbook([["a"], ["b"]])
    told = refused(book, sheet="Größe 表\0")
    assert "no sheet has the name" in told


def _new() -> dict[str, str]:
    return {**TOML, "if-none-match": "*"}


def _figures(client: Any) -> list[Any]:
    found = client.get("/v1/quantities", params={"measure": "m"}).json()["items"]
    return sorted(found, key=lambda one: str(one["claim"]))
