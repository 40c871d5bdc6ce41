"""Days that rest on no convention, beside those that do; qualified dates are widened.

Revision 0009. The days that dates are found by follow from what was recorded, so those of old rows
are worked out again, by the rules of the version that migrates: "2024-02~" is no longer certainly
February. Their digests stay, for they are of the dates as written; going back restores those days.
"""

import sqlalchemy as sa
from alembic import op

from app.rules.edtf import DateReading
from app.store.days import worked_out

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

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
SIDES = (("lo", "<"), ("hi", ">"))


def upgrade() -> None:
    for table, axes in AXES.items():
        for axis in axes:
            for side, sign in SIDES:
                name = f"{axis}_strict_{side}"
                rule = f"CONSTRAINT ck_{table}_{name} CHECK ({name} {sign} {axis}_{side})"
                op.execute(f"ALTER TABLE {table} ADD COLUMN {name} BIGINT {rule}")
        fill(table, "convention", strict=True)


def downgrade() -> None:
    for table, axes in AXES.items():
        fill(table, "written", strict=False)
        for axis in axes:
            for side, _ in SIDES:
                op.drop_column(table, f"{axis}_strict_{side}")


def fill(table: str, reading: DateReading, strict: bool) -> None:
    """Put the days of all rows that have others, a part at a time."""
    connection, keys = op.get_bind(), KEYS[table]
    sides = [f"{axis}_{side}" for axis in AXES[table] for side, _ in SIDES]
    wide = [f"{axis}_strict_{side}" for axis in AXES[table] for side, _ in SIDES]
    own = [*sides, *(["stated_asc"] if table == "claim" else [])]
    put = [*own, *wide] if strict else own
    key, row = ", ".join(keys), ", ".join(f":{name}" for name in keys)
    some = sa.text(
        f"SELECT {key}, doc, {', '.join([*own, *wide])} FROM {table} WHERE ({key}) > ({row})"
        f" ORDER BY {key} LIMIT {CHUNK}"
    )
    same = " AND ".join(f"{name} = :{name}" for name in keys)
    update = sa.text(f"UPDATE {table} SET {', '.join(f'{n} = :{n}' for n in put)} WHERE {same}")
    after = {name: "" if name.endswith("id") else 0 for name in keys}
    while rows := connection.execute(some, after).mappings().all():
        changed = []
        for one in rows:
            found = worked_out(one, reading)
            if any(found[name] != one[name] for name in put):
                changed.append({name: found.get(name, one[name]) for name in (*put, *keys)})
        if changed:
            connection.execute(update, changed)
        after = {name: rows[-1][name] for name in keys}
