"""JSON values as Python holds them: the shape of a document that is read field by field."""

from collections.abc import Mapping
from typing import Any

JsonObject = Mapping[str, Any]
"""One object of JSON that is only read: a stored document, a body, an answer."""
