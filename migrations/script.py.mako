"""${message}

Revision ${up_revision}.
"""
<%!
def plain(commands):
    """Without the remarks that Alembic puts around what it found."""
    return "\n".join(line for line in commands.splitlines() if "# ###" not in line).strip()
%>
import sqlalchemy as sa
from alembic import op
${imports if imports else ""}
revision = "${up_revision}"
down_revision = "${down_revision}"
branch_labels = None
depends_on = None
# The oldest program, by its revision, that can read and write a database that has this migration.
# Its own number, unless one that knows nothing of it does no harm, and none is done to it.
compatible_back_to = "${up_revision}"


def upgrade() -> None:
    ${plain(upgrades) or "pass"}


def downgrade() -> None:
    ${plain(downgrades) or "pass"}
