"""East Asian wordings that others collected, where they lie beside the repository.

The notation is that of ``test_shared_wordings``; ``X`` alone means that a refusal is right.
"""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from app.rules.bounds import BoundedFigure, MeasureContext
from app.rules.cjk import read_cjk
from app.rules.tokenizer import Unreadable
from tests.rules.test_shared_wordings import is_expected

CASES = Path(__file__).parents[3] / "shared" / "cases" / "languages.jsonl"
READABLE = 0.85


def cases(language: str) -> list[dict[str, Any]]:
    lines = CASES.read_text(encoding="utf-8").splitlines()
    return [case for line in lines if (case := json.loads(line))["lang"] == language]


def figure(case: dict[str, Any]) -> BoundedFigure | None:
    """What is read; None where it is refused."""
    of = case["measure"]
    low, high = (
        None if of.get(n) is None else Decimal(of[n]) for n in ("domain_min", "domain_max")
    )
    yardstick = MeasureContext(
        of["unit"], of.get("unit_label"), of["statistic"], low, high, case["lang"]
    )
    try:
        return read_cjk(case["wording"], yardstick)
    except Unreadable:
        return None


def right(case: dict[str, Any], found: BoundedFigure) -> bool:
    return any(one != "X" and is_expected(found, one) for one in case["expected"])


@pytest.mark.skipif(not CASES.exists(), reason="the wordings are not beside the repository")
@pytest.mark.parametrize("language", ["ko", "zh", "ja"])
def test_most_wordings_are_read_and_none_wrongly(language: str) -> None:
    read = [(case, figure(case)) for case in cases(language)]
    wrong = [(case["wording"], found) for case, found in read if found and not right(case, found)]
    assert wrong == []
    readable = [found for case, found in read if "X" not in case["expected"]]
    refused = [case["wording"] for case, found in read if "X" not in case["expected"] and not found]
    assert len(refused) <= (1 - READABLE) * len(readable), refused
