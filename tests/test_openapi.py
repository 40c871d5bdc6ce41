"""Snapshot of the OpenAPI document: whatever changes in the API is a diff that a reviewer sees.

``python -m tests.test_openapi`` makes it again.
"""

import json
from pathlib import Path
from typing import Any

from tests.conftest import openapi

SNAPSHOT = Path(__file__).parents[1] / "docs" / "openapi.json"
REMAKE = ".venv/bin/python -m tests.test_openapi"
WIDTH = 200
"""What fits is one line: a parameter that is added is a line for each operation, not twelve."""


def pretty(value: Any, before: str = "") -> str:
    """JSON with sorted keys, an object or a list on one line where it fits."""
    whole = before + json.dumps(value, ensure_ascii=False, sort_keys=True)
    if len(whole) <= WIDTH or not isinstance(value, dict | list):
        return whole
    indent = " " * (len(before) - len(before.lstrip()) + 1)
    if isinstance(value, list):
        parts = [pretty(one, indent) for one in value]
        return ",\n".join(parts).join((f"{before}[\n", f"\n{indent[1:]}]"))
    parts = [pretty(one, f"{indent}{json.dumps(name)}: ") for name, one in sorted(value.items())]
    return ",\n".join(parts).join((f"{before}{{\n", f"\n{indent[1:]}}}"))


def test_the_snapshot_is_what_openapi_json_answers_today() -> None:
    same = SNAPSHOT.read_text(encoding="utf-8") == pretty(openapi()) + "\n"
    assert same, f"the API has changed: run `{REMAKE}`, and read `git diff docs/openapi.json`"


def test_the_snapshot_leaves_nothing_out() -> None:
    assert json.loads(pretty(openapi())) == openapi()


if __name__ == "__main__":
    SNAPSHOT.write_text(pretty(openapi()) + "\n", encoding="utf-8")
