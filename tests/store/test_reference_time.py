"""The reference time of a figure: the end of its period, else when it was stated."""

from collections.abc import Iterator

import httpx
import pytest

from app.config import Settings
from tests.api.test_analysis import given, told
from tests.conftest import Server, Templates

TIMES: list[tuple[str | None, str | None, str, str | None, str | None]] = [
    # the period, when it was stated, the policy; the first and the last day of the reference time
    (None, None, "convention", None, None),
    (None, "2024-03", "convention", "2024-03-01", "2024-03-31"),
    (None, "2024-21", "convention", "2024-03-01", "2024-05-31"),
    (None, "2024-21", "strict", "2024-01-01", "2024-12-31"),
    ("../..", "2024-09", "convention", "2024-09-01", "2024-09-30"),
    ("2024-03", "2024-09", "convention", "2024-03-31", "2024-03-31"),
    ("2024-01/2024-03", "2024-09", "convention", "2024-03-01", "2024-03-31"),
    ("2024-01/2024-21", "2025", "convention", "2024-03-01", "2024-05-31"),
    ("2024-01/2024-21", "2025", "strict", "2024-01-01", "2024-12-31"),
    ("../2024-03", "2024-09", "convention", "2024-03-01", "2024-03-31"),
    ("/2024-03", "2024-09", "convention", "2024-03-01", "2024-03-31"),
    ("[..2024-03]", "2024-09", "convention", None, "2024-03-31"),
    ("[2024-03..]", "2024-09", "convention", "2024-03-31", None),
    ("2024-03/", "2024-09", "convention", "2024-03-01", None),
    # One that is still open stands for when it was stated, but never for a time before it began.
    ("2024-03/..", "2024-09", "convention", "2024-09-01", "2024-09-30"),
    ("2024-03/..", "2024", "convention", "2024-03-01", "2024-12-31"),
    ("2024-03/..", "2024-03-15", "convention", "2024-03-15", "2024-03-15"),
    ("2024-03-31/..", "2024-03", "convention", "2024-03-31", "2024-03-31"),
    ("2024-03/..", "2024-02", "convention", "2024-03-01", None),
    ("2024-03/..", None, "convention", "2024-03-01", None),
    ("2024-21/..", "2024-02", "convention", "2024-03-01", None),
    ("2024-21/..", "2024-02", "strict", "2024-02-01", "2024-02-29"),
]


@pytest.fixture(scope="module")
def asked(templates: Templates) -> Iterator[httpx.Client]:
    settings = Settings(database_url=templates.copy(seeded=False))
    with Server(settings) as server, server.client() as client:
        claims = [
            {"id": f"c{n}", "value": "1", "period": period, "stated": stated}
            for n, (period, stated, *_) in enumerate(TIMES)
        ]
        given(client, *claims, accumulation="incident")
        yield client


@pytest.mark.parametrize("n", range(len(TIMES)), ids=[str(one[:3]) for one in TIMES])
def test_a_figure_stands_for_the_end_of_its_period_else_for_when_it_was_stated(
    asked: httpx.Client, n: int
) -> None:
    *_, policy, since, until = TIMES[n]
    found = told(asked, "/v1/measures/m/series", policy=policy)
    times = {point["claim"]: point["time"] for one in found["groups"] for point in one["points"]}
    assert times[f"c{n}"] == {"from": since, "to": until}
