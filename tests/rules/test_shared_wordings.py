"""Wordings that others collected, where they lie beside the repository: none is answered wrongly.

Only what is answered is checked, and only that a figure which must be refused has none.
"""

import json
from decimal import Decimal
from pathlib import Path

import pytest

from app.rules.hedges import Unreadable, Yardstick, read

CASES = Path(__file__).parents[3] / "shared" / "cases" / "wordings.jsonl"


@pytest.mark.skipif(not CASES.exists(), reason="the wordings are not beside the repository")
def test_what_must_be_refused_is_refused() -> None:
    for line in CASES.read_text(encoding="utf-8").splitlines():
        case = json.loads(line)
        of = case["measure"]
        low, high = (of.get(name) for name in ("domain_min", "domain_max"))
        yardstick = Yardstick(
            of.get("unit", "1"),
            of.get("unit_label"),
            of.get("statistic", "count"),
            None if low is None else Decimal(low),
            None if high is None else Decimal(high),
        )
        if case["expected"] == ["X"]:
            with pytest.raises(Unreadable):
                read(case["wording"], yardstick)
