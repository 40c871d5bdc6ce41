"""docs/notebooks.md, run as it stands: a plot from a notebook leaves no figure out."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import matplotlib.pyplot as plt
import pytest
from matplotlib import dates

from app.models.csv_columns import FIGURE_COLUMNS
from app.render.figure_table import reference
from tests.conftest import ONE_ENGINE

PAGE = (Path(__file__).parents[1] / "docs" / "notebooks.md").read_text(encoding="utf-8")
CODE = dict(re.findall(r"```python (\w+)\n(.*?)\n```", PAGE, re.DOTALL))
FIGURES = {  # by the last day on which it may have been said: the point, from where to where
    ("2024-02-29", 6700): (6500, 6900),
    ("2024-03-31", 7000): (7000, 7000),
    ("2024-03-31", 10000): (10000, 10000),
    ("2024-06-30", 10000): (10000, 10000),
    ("2024-08-31", 13000): (13000, 13000),
}

pytestmark = ONE_ENGINE


@pytest.fixture
def drawing() -> Iterator[None]:
    plt.switch_backend("Agg")
    plt.figure()
    yield
    plt.close("all")


def ran(name: str, server: httpx.Client) -> dict[str, Any]:
    """What a block of code leaves behind."""
    found: dict[str, Any] = {}
    code = CODE[name].replace("http://127.0.0.1:8000", str(server.base_url).rstrip("/"))
    exec(code, found)
    return found


def at(day: float, much: float) -> tuple[str, int]:
    moment: Any = dates.num2date(day)  # type: ignore[no-untyped-call]
    return moment.date().isoformat(), int(much)


@pytest.mark.usefixtures("drawing")
def test_five_lines_of_pandas_draw_all_five_figures_with_their_open_ends(
    seeded: httpx.Client,
) -> None:
    plotted = CODE["pandas"].split("parse_dates=", 1)[1].splitlines()[1:]
    assert len(plotted) == 5
    ran("pandas", seeded)
    artists: list[Any] = list(plt.gca().collections)
    bars, points, upwards, downwards = artists
    drawn = [at(*point) for point in points.get_offsets()]
    assert sorted(drawn) == sorted(FIGURES)
    ends = sorted(
        (at(x, low)[0], int(low), int(high)) for (x, low), (_, high) in bars.get_segments()
    )
    assert ends == sorted((day, *span) for (day, _), span in FIGURES.items())
    assert [at(*one) for one in upwards.get_offsets()] == [("2024-03-31", 7000)]
    assert len(downwards.get_offsets()) == 0
    assert len(set(points.get_array())) == 3


def test_polars_reads_types_and_the_answer_of_each_row(seeded: httpx.Client) -> None:
    import polars as pl

    points = ran("polars", seeded)["points"]
    assert points.schema["stated_to"] == pl.Date
    assert points.schema["open_above"] == pl.Boolean
    assert sorted(points["match"]) == ["certain"] * 3 + ["possible"]


def test_duckdb_asks_the_table_in_sql(seeded: httpx.Client) -> None:
    assert sorted(ran("duckdb", seeded)["best"]) == [
        ("Defense Intelligence Agency", 13000),
        ("Shin Won-sik", 10000),
        ("U.S. State Department", 10000),
    ]


def test_the_page_lists_the_columns_that_there_are(engine: str) -> None:
    assert reference(FIGURE_COLUMNS) in PAGE
