"""Which claims are alike: what they share, as one number with an index.

Revision 0010. Worked out for what is current; what has ended is never asked for. Going back drops
what was worked out, and nothing that was recorded.
"""

import hashlib
import json
import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

INDEX = "ix_claim_likeness_recorded_to_id"
FOREVER = 2**63 - 1
CHUNK = 1000
TIMES = (
    *("stated_lo", "stated_hi", "period_start_lo", "period_start_hi"),
    *("period_end_lo", "period_end_hi"),
)


def folded(text: str) -> str:
    once = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(unicodedata.normalize("NFKC", once).split())


def told(figure: dict) -> list:
    about = [figure["measure"], figure.get("dimensions", {})]
    if "raw_text" in figure:
        return [*about, folded(figure["raw_text"])]
    if "value" in figure:
        return [*about, float(figure["value"])]
    bounds = [None if figure.get(name) is None else float(figure[name]) for name in BOUNDS]
    return [*about, *bounds, figure.get("date"), figure.get("absence")]


BOUNDS = ("lower", "upper")


def likeness(claim: dict, times: list[int]) -> int | None:
    """As app.rules.likeness has it at this revision."""
    figures = {json.dumps(told(one), sort_keys=True) for one in claim.get("quantities", ())}
    if not figures:
        return None
    spelt = json.dumps([claim.get("claimant"), claim["document"], *times, *sorted(figures)])
    made = hashlib.blake2b(spelt.encode(), digest_size=8).digest()
    return int.from_bytes(made, "big", signed=True)


def fill() -> None:
    connection, after = op.get_bind(), ""
    some = sa.text(
        f"SELECT id, version, doc, {', '.join(TIMES)} FROM claim"
        f" WHERE recorded_to = {FOREVER} AND id > :after ORDER BY id LIMIT {CHUNK}"
    )
    put = sa.text("UPDATE claim SET likeness = :likeness WHERE id = :id AND version = :version")
    while rows := connection.execute(some, {"after": after}).all():
        connection.execute(
            put,
            [
                {"id": id, "version": n, "likeness": likeness(json.loads(doc), times)}
                for id, n, doc, *times in rows
            ],
        )
        after = rows[-1].id


def upgrade() -> None:
    op.add_column("claim", sa.Column("likeness", sa.BigInteger(), nullable=True))
    fill()
    op.create_index(INDEX, "claim", ["likeness", "recorded_to", "id"])


def downgrade() -> None:
    op.drop_index(INDEX, table_name="claim")
    op.drop_column("claim", "likeness")
