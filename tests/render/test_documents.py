"""JSON as it is stored and hashed: by a fast writer, byte for byte as by the standard one."""

import json

from hypothesis import example, given
from hypothesis import strategies as st

from app.render.documents import canonical, canonical_row, stored, text

words = st.text(st.characters(exclude_categories=["Cs"]))
scalars = words | st.integers() | st.booleans() | st.none()
documents = st.dictionaries(
    words,
    st.recursive(
        scalars, lambda more: st.lists(more) | st.dictionaries(words, more), max_leaves=12
    ),
)


@given(documents)
def test_a_document_is_stored_as_it_would_be_sent(document: dict[str, object]) -> None:
    assert stored(document) == text(document)


@given(st.dictionaries(words, scalars | st.floats(allow_nan=False)))
@example({"b": 1e16, "a": 1e-5})
@example({"b": 123456789012345.0, "a": float("-inf"), "c": -0.0})
def test_a_row_is_hashed_as_any_other_json(row: dict[str, object]) -> None:
    kept = {name: value for name, value in row.items() if value is not None}
    assert canonical_row(row, sorted(row)) == canonical(kept)
    assert json.loads(canonical_row(row, sorted(row))) == kept
