"""The same claims in the tables of the tutorial app, from an export; its peers read them too."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Any

import psycopg
from sqlmodel import SQLModel

from bench import tutorial
from bench.engines import Place

CLAIM = ("id", "claimant", "document", "stated", "published", "statement", "alternative_mode")
FIGURE = tuple(tutorial.QuantityBase.model_fields)
HOP = ("source", "position", "role")
STEP = 2000
COLUMNS = {
    "plain_claim": CLAIM,
    "plain_quantity": (*FIGURE, "claim_id"),
    "plain_attribution": (*HOP, "claim_id"),
}
DEFAULTS = {"alternative_mode": "single"}


def rows(export: Path) -> Iterator[dict[str, list[tuple[Any, ...]]]]:
    """Rows by table, so many claims at a time."""
    with export.open("rb") as lines:
        claims = (json.loads(line) for line in lines if line.startswith(b'{"type":"claim"'))
        while some := list(islice(claims, STEP)):
            found: dict[str, list[tuple[Any, ...]]] = {name: [] for name in COLUMNS}
            for claim in some:
                found["plain_claim"].append(
                    tuple(claim.get(name, DEFAULTS.get(name)) for name in CLAIM)
                )
                for figure in claim["quantities"]:
                    found["plain_quantity"].append((*_figure(figure), claim["id"]))
                for hop in claim["attributions"]:
                    found["plain_attribution"].append((*map(hop.get, HOP), claim["id"]))
            yield found


def _figure(figure: dict[str, Any]) -> tuple[Any, ...]:
    numbers: dict[str, Any] = {
        name: float(figure[name]) for name in ("value", "lower", "upper") if name in figure
    }
    return tuple({**figure, **numbers}.get(name) for name in FIGURE)


def fill(place: Place, export: Path) -> None:
    """Make the tables as the tutorial does, and fill them."""
    place.anew()
    engine = tutorial.connected(place.url)
    tables = [table for table in SQLModel.metadata.sorted_tables if table.name in COLUMNS]
    SQLModel.metadata.create_all(engine, tables)
    engine.dispose()
    if place.engine == "sqlite":
        with closing(sqlite3.connect(place.path)) as connection, connection:
            for part in rows(export):
                for name, some in part.items():
                    connection.executemany(_insert(name), some)
    else:
        with psycopg.connect(place.url) as other, other.cursor() as cursor:
            for part in rows(export):
                for name, some in part.items():
                    _copied(cursor, name, some)
    place.settled()


def _insert(name: str) -> str:
    columns = COLUMNS[name]
    marks = ", ".join("?" * len(columns))
    return f"INSERT INTO {name} ({', '.join(columns)}) VALUES ({marks})"


def _copied(cursor: Any, name: str, some: list[tuple[Any, ...]]) -> None:
    with cursor.copy(f"COPY {name} ({', '.join(COLUMNS[name])}) FROM STDIN") as copy:
        for row in some:
            copy.write_row(row)


PARTS = {
    "quantities": ("plain_quantity", FIGURE),
    "attributions": ("plain_attribution", HOP),
}


def nested(engine: str, where: str = "") -> str:
    """SQL that builds a claim with its parts as one JSON document, as an engine does it itself."""
    one, many = (
        ("json_object", "json_group_array")
        if engine == "sqlite"
        else ("json_build_object", "json_agg")
    )
    fields = [f"'{name}', c.{name}" for name in CLAIM]
    for part, (table, names) in PARTS.items():
        pairs = ", ".join(f"'{name}', p.{name}" for name in names)
        inner = f"SELECT {many}({one}({pairs})) FROM {table} p WHERE p.claim_id = c.id"
        fields.append(f"'{part}', {'json' if engine == 'sqlite' else ''}(({inner}))")
    return f"SELECT {one}({', '.join(fields)}) AS claim FROM plain_claim c {where}"
