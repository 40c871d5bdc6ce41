"""All columns of the table of figures: those of ``render/figure_table.py``, and each new field.

A column that is declared (how it is named, and read from a figure) stands there; a field of a
figure's row that has none is a column by itself.
"""

from app.models.page import QuantityRow
from app.render.figure_table import HOW, PERMALINK, WHAT, WHEN, WHO, TableColumn, figure_column

AS_DAYS = frozenset({"stated", "period", "published", "date"})
"""Fields that the table has as their first and their last day."""

DECLARED = (*WHO, *WHAT, *WHEN, *HOW)


def _further() -> list[TableColumn]:
    """Fields of a figure's row that no column is declared of: each is one all the same."""
    known = AS_DAYS | {one.name for one in DECLARED}
    return [
        figure_column(name, "text", field.description or name.replace("_", " "), field.default)
        for name, field in QuantityRow.model_fields.items()
        if name not in known
    ]


FIGURE_COLUMNS = (*DECLARED, *_further(), PERMALINK)
