"""What is worked out from what was recorded, where the rules of it have changed.

Revision 0016. The days of some dates (`[2022-02-24..2022]` begins no earlier than that day), and
which claims are alike (152 and "152.0" are one dimension). No record changes, and no digest. Going
back leaves both as they are: the `verify` of the version before names such rows, and no others.
"""

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

from app.rules import likeness
from app.store.days import worked_out

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None
compatible_back_to = "0013"  # a program before it works these few out as it did, and reads all

CHUNK = 1000
AXES = {
    "claim": ("stated", "published", "period_start", "period_end"),
    "source": ("date",),
    "quantity": ("date",),
}
KEYS = {
    "claim": ("id", "version"),
    "source": ("id", "version"),
    "quantity": ("claim_id", "version", "n"),
}


def upgrade() -> None:
    for table in AXES:
        fill(table)


def downgrade() -> None:
    pass


def fill(table: str) -> None:
    """Put what follows from each row, a part at a time, where it is something else."""
    connection, keys = op.get_bind(), KEYS[table]
    put = [
        f"{axis}_{side}" for axis in AXES[table] for side in ("lo", "hi", "strict_lo", "strict_hi")
    ]
    if table == "claim":
        put += ["stated_asc", "likeness"]
    key, last = ", ".join(keys), ", ".join(f":{name}" for name in keys)
    some = sa.text(
        f"SELECT {key}, doc, {', '.join(put)} FROM {table} WHERE ({key}) > ({last})"
        f" ORDER BY {key} LIMIT {CHUNK}"
    )
    same = " AND ".join(f"{name} = :{name}" for name in keys)
    update = sa.text(f"UPDATE {table} SET {', '.join(f'{n} = :{n}' for n in put)} WHERE {same}")
    after = {name: "" if name.endswith("id") else 0 for name in keys}
    while rows := connection.execute(some, after).mappings().all():
        found = [{**one, **again(table, dict(one))} for one in rows]
        changed = [one for one, row in zip(found, rows, strict=True) if one != dict(row)]
        if changed:
            connection.execute(update, changed)
        after = {name: rows[-1][name] for name in keys}


def again(table: str, row: dict[str, Any]) -> dict[str, Any]:
    """What follows from a row; claims that had ended before there was any likeness have none."""
    found = worked_out(row)
    if table == "claim" and row["likeness"] is not None:
        found["likeness"] = likeness.fingerprint(json.loads(row["doc"]), row | found)
    return found
