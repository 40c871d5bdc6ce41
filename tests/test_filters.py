"""A field that claims can be filtered by is in every answer about them, or it is said why not."""

import pytest

from app.models.csv_columns import COLUMNS, FIGURE_COLUMNS
from app.models.filters import CLAIMS, EXCEPTIONS, FACETS, Filter
from app.models.page import QuantityRow

SHOWN = {
    "quantities": frozenset(QuantityRow.model_fields),
    "facets": frozenset(FACETS),
    "csv": frozenset(column.name for column in COLUMNS),
    "table": frozenset(column.name for column in FIGURE_COLUMNS),
}


@pytest.mark.parametrize("answer", SHOWN)
@pytest.mark.parametrize("filter", CLAIMS, ids=lambda one: one.name)
def test_what_can_be_filtered_by_is_shown_or_a_named_exception(filter: Filter, answer: str) -> None:
    own = {filter.name, filter.key} if filter.place in ("row", "quantity") else {filter.name}
    shown, excepted = bool(own & SHOWN[answer]), filter.name in EXCEPTIONS[answer]
    assert shown or excepted, f"add {filter.name} to {answer}, or to EXCEPTIONS with a reason"
    assert not (shown and excepted), f"{filter.name} is in {answer}: it is no exception"


def test_exceptions_are_of_fields_that_there_are() -> None:
    assert EXCEPTIONS.keys() == SHOWN.keys()
    assert {name for some in EXCEPTIONS.values() for name in some} <= {one.name for one in CLAIMS}
