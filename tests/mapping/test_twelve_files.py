"""Twelve files as people have them: a suggested mapping, few edits, right answers over HTTP."""

from typing import Any

import httpx
import pytest

from tests.conftest import Serve
from tests.mapping.twelve import TWELVE, Asked, PublishedTable

MOST_EDITS = 5


def test_there_are_twelve_and_each_needs_at_most_five_edits() -> None:
    assert len(TWELVE) == 12
    assert max(len(one.edits) for one in TWELVE) <= MOST_EDITS
    assert sum(len(one.edits) for one in TWELVE) == 15


def edited(client: httpx.Client, table: PublishedTable) -> str:
    """The suggested mapping, with its edits made."""
    sent = client.post(
        "/v1/mappings/suggest",
        params={"document": table.name},
        content=table.content,
        headers={"content-type": table.kind},
    )
    assert sent.status_code == 200, sent.text
    text: str = sent.json()["text"]
    for old, new in table.edits:
        assert old in text, f"{old} is not in\n{text}"
        text = text.replace(old, new, 1)
    return text


def brought(client: httpx.Client, table: PublishedTable, content: bytes, **more: Any) -> Any:
    """A version of the table, imported by the stored mapping."""
    asked = {"mapping": table.name.lower(), **more}
    sent = client.post(
        "/v1/imports", params=asked, content=content, headers={"content-type": table.kind}
    )
    assert sent.status_code in (200, 201), sent.text
    return sent.json()


def said(figure: dict[str, Any]) -> str:
    """What a figure says, in short."""
    if "absence" in figure:
        return str(figure["absence"])
    lower, upper = figure.get("lower"), figure.get("upper")
    return str(figure["value"]) if lower == upper else f"{lower or ''}..{upper or ''}"


def answered(client: httpx.Client, asked: Asked) -> None:
    for measure, wanted in asked.items():
        got = client.get("/v1/quantities", params={"measure": measure})
        assert sorted(said(one) for one in got.json()["items"]) == wanted, measure


@pytest.mark.parametrize("table", TWELVE, ids=lambda one: one.name)
def test_a_file_is_imported_by_its_suggested_mapping_and_its_next_version_by_one_request(
    table: PublishedTable, serve: Serve
) -> None:
    client = serve(seeded=False)
    name = table.name.lower()
    stored = client.put(
        f"/v1/mappings/{name}",
        content=edited(client, table).encode(),
        headers={"content-type": "application/toml", "if-none-match": "*"},
    )
    assert stored.status_code == 201, stored.text
    tried = brought(client, table, table.content, dry_run="true", preview="5")
    assert tried["preview"], "the first claims in words"
    assert all(one["words"] for one in tried["preview"])
    made = brought(client, table, table.content)
    assert made["failed"] == 0
    assert made["created"] == tried["created"]
    answered(client, table.asked)
    again = brought(client, table, table.content, replace_document=name)
    assert (again["created"], again["changed"], again["withdrawn"]) == (0, 0, 0)
    after = brought(client, table, table.following, replace_document=name)
    assert (after["created"], after["changed"], after["withdrawn"]) == (0, 1, 0)
    answered(client, table.after)
