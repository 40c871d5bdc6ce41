"""docs/files.md: its columns are those of the models, its example runs, every key is in it."""

import io
import json
import re
from pathlib import Path

from app.mapping.apply import Mapper
from app.mapping.plans import CompiledMapping
from app.mapping.reading import read_table
from app.mapping.schema import FigureRows, FileOptions, Mapping, read_mapping
from app.store.import_.table import KNOWN_COLUMNS
from tests.mapping.lookups import NothingStored

PAGE = (Path(__file__).parents[2] / "docs" / "files.md").read_text()


def block(kind: str) -> str:
    found = re.search(rf"```{kind}\n(.*?)```", PAGE, re.DOTALL)
    assert found
    return found[1]


def test_the_page_lists_the_columns_that_an_import_knows() -> None:
    listed = PAGE.partition("<!-- columns -->")[2].partition("<!-- end of columns -->")[0]
    assert tuple(re.findall(r"`([^`]+)`", listed)) == KNOWN_COLUMNS


def test_the_page_has_every_key_of_a_mapping() -> None:
    for model in (Mapping, FileOptions, FigureRows):
        for name, field in model.model_fields.items():
            key = field.alias or name
            assert re.search(rf"[`\[]{key}[`\] ]", PAGE), key


def test_the_example_of_the_page_makes_six_claims() -> None:
    mapping = read_mapping(block("toml").encode())
    table = read_table(io.BytesIO(block("csv").encode()), mapping.file)
    lines = list(Mapper(CompiledMapping(mapping), NothingStored()).lines(table))
    assert [line.faults for line in lines if line.faults] == []
    claims = [line.content for line in lines if line.content and line.content["type"] == "claim"]
    assert [one["id"] for one in claims] == [
        "harbour.2024-03-01.schiffe-ein", "harbour.2024-03-01.schiffe-aus",
        "harbour.2024-03-01.tonnes", "harbour.2024-03-02.schiffe-ein",
        "harbour.2024-03-02.schiffe-aus", "harbour.2024-03-02.tonnes",
    ]  # fmt: skip
    assert json.dumps(claims[2]["value"]) == '"4310.5"'
    assert claims[3]["absence"] == "unknown"
