"""The chart of a measure: every figure is in it, readable, and nobody's text can break it."""

import json
from typing import Any
from xml.etree import ElementTree

import pytest
import vl_convert
from hypothesis import given, settings
from hypothesis import strategies as st

from app.render import chart, look, picture
from app.render.drawing import HEIGHT, WIDTH
from tests.render.series import (
    AUGUST,
    CONTAINERS,
    NAMES,
    UNDATED,
    containers,
    exactly,
    point,
    series,
)

HOSTILE = (
    "<script>alert(1)</script>", "\"'&<>]]>", "]]></text><image href='http://x.example/'/>",
    "{{datum.x}} ${x} \\u0022", "\u202eتخلف\u2066", "\x01\x1b\x85\ufffe", "x" * 5000,
    "\U0001f680 " * 99,
)  # fmt: skip


ELEMENTS = {"svg", "g", "rect", "path", "line", "text", "tspan"}


def spec(found: dict[str, Any], **more: Any) -> dict[str, Any]:
    return chart.spec(more.pop("measure", CONTAINERS), found, more.pop("names", NAMES))


def texts(svg: str) -> str:
    """All that can be read in a drawing."""
    return " ".join(ElementTree.fromstring(svg).itertext())


def caption(found: dict[str, Any]) -> str:
    return " ".join(found["layer"][-1]["encoding"]["text"]["value"])


def test_the_spec_is_vega_lite_that_compiles() -> None:
    found = spec(containers())
    assert found["$schema"].endswith("/vega-lite/v5.json")
    compiled = vl_convert.vegalite_to_vega(found, picture.VEGA_LITE)
    assert compiled["$schema"].endswith("/vega/v5.json")


def test_every_figure_of_the_seed_is_drawn_with_its_words_and_its_bounds() -> None:
    found = spec(containers())
    marks = found["datasets"]["marks"]
    assert [(row["claim"], row["y"], row["hollow"]) for row in marks] == [
        ("february", 6700, False), ("march", 7000, True), ("june", 10000, False),
        ("state", 10000, False), ("dia", 13000, False),
    ]  # fmt: skip
    assert [(row["y"], row["y2"]) for row in found["datasets"]["bars"]] == [(6500, 6900)]
    labels = [row["text"] for row in found["datasets"]["labels"]]
    assert ["“upwards of 7,000”"] in labels
    assert len(labels) == 5
    drawing = texts(picture.svg(found))
    for text in (
        "Shipping containers, North Korea to Russia", "Number of shipping containers",
        "U.S. State Department", "“roughly 6,700”", "12,000", "5 figures of 5 claims.",
    ):  # fmt: skip
        assert text in drawing


def test_steps_join_the_figures_of_one_claimant() -> None:
    steps = spec(containers())["datasets"]["steps"]
    assert [(row["who"], row["y"], row["y2"]) for row in steps] == [
        ("Shin Won-sik", 6700, 7000), ("Shin Won-sik", 7000, 10000),
    ]  # fmt: skip


def test_open_ends_are_arrows_outwards() -> None:
    up = point("up", "at least 8,000", (8000, None), 8000)
    down = point("down", "at most 7,000", (None, 7000), 7000)
    before = exactly("before", 7500, time=(None, "2024-05-12"))
    since = exactly("since", 7600, time=("2024-05-12", None))
    found = spec(series(up, down, before, since))
    arrows = {row["claim"]: row for row in found["datasets"]["arrows"]}
    assert arrows["up"]["y2"] > arrows["up"]["y"] == 8000
    assert arrows["down"]["y2"] < arrows["down"]["y"] == 7000
    assert arrows["before"]["x2"] < arrows["before"]["x"]
    assert arrows["since"]["x2"] > arrows["since"]["x"]
    heads = {claim: row["shape"] for claim, row in arrows.items()}
    assert heads == {
        "up": "triangle-up", "down": "triangle-down",
        "before": "triangle-left", "since": "triangle-right",
    }  # fmt: skip
    for row in found["datasets"]["arrows"]:
        assert all(0 <= part <= 1 for part in place(found, row, "x2", "y2"))


def test_strict_policy_takes_bounds_away_and_the_chart_says_so() -> None:
    """The series answers what strict leaves; the mark stays where the number was named."""
    bare = point("february", "roughly 6,700", (None, None), 6700) | {"hedge": "approximate"}
    bare["plot"] |= {"open_below": True, "open_above": True}
    found = spec(series(bare, policy="strict", readings="all", known_by="2024-03-31"))
    assert [row["shape"] for row in found["datasets"]["arrows"]] == ["triangle-up", "triangle-down"]
    told = " ".join(found["title"]["subtitle"])
    assert "Bounds only as stated or entailed; every reading" in told
    assert "As known by 2024-03-31." in told


def test_between_has_a_mark_at_each_end_and_none_between() -> None:
    found = spec(series(point("b", "5,000 to 9,000", (5000, 9000))))
    assert [row["y"] for row in found["datasets"]["marks"]] == [5000, 9000]


def test_denials_are_crossed_and_dashed() -> None:
    denied = exactly("denied", 9000, claimant="us-state-dept", polarity="negative")
    found = spec(series(exactly("a", 8000), against=[denied]))
    assert [row["against"] for row in found["datasets"]["marks"]] == [False, True]
    assert [row["against"] for row in found["datasets"]["spans"]] == [False, True]
    svg = picture.svg(found)
    assert "stroke-dasharray" in svg
    assert "Crossed and dashed: denied." in caption(found)
    assert "against: U.S. State Department" in svg


def test_the_undated_stand_in_a_strip_and_are_not_dropped() -> None:
    dated, undated = exactly("dated", 8000), exactly("undated", 9000, time=UNDATED)
    found = spec(series(dated, undated))
    marks = {row["claim"]: row for row in found["datasets"]["marks"]}
    assert place(found, marks["undated"])[0] > 0.75 > place(found, marks["dated"])[0]
    assert "undated" in texts(picture.svg(found))
    alone = spec(series(undated))
    assert "undated" in texts(picture.svg(alone))


def test_figures_without_a_number_are_named_below() -> None:
    vague = point("vague", "many", (None, None), claimant="us-state-dept", time=AUGUST)
    found = spec(series(exactly("a", 8000), vague))
    assert "Without a number: “many” (U.S. State Department, 2024-08-01)." in caption(found)


def test_where_no_figure_has_a_number_there_is_nothing_to_draw() -> None:
    with pytest.raises(LookupError):
        spec(series(point("vague", "many", (None, None))))


def test_dates_are_drawn_on_an_axis_of_time() -> None:
    measure = {"id": "made", "name": "When they were made", "statistic": "date", "unit": ""}
    decade = point("nis", "1970s", ("1970-01-01", "1979-12-31"), date="197X")
    found = spec(series(decade), measure=measure)
    assert found["datasets"]["bars"][0]["y"] == 0
    assert "1976" in texts(picture.svg(found))


def test_one_figure_is_a_chart() -> None:
    drawing = texts(picture.svg(spec(series(exactly("a", 5)))))
    assert "1 figure of 1 claim." in drawing


def test_at_most_three_hundred_are_drawn_the_latest_and_the_rest_counted() -> None:
    def at(n: int) -> tuple[str, str]:
        return (f"{1700 + n}-01-01",) * 2

    points = [exactly(f"c{n}", 1000 + n, time=at(n), claimant=f"who-{n % 40}") for n in range(350)]
    found = spec(series(*points))
    drawn = {row["claim"] for row in found["datasets"]["marks"]}
    assert drawn == {f"c{n}" for n in range(50, 350)}
    assert "Not shown: 50 figures" in caption(found)
    assert "labels left out" in caption(found)
    assert "21 others" in texts(picture.svg(found))


def test_claimants_of_one_name_are_told_apart() -> None:
    names = {"a": "Ministry of Defence", "b": "Ministry of Defence"}
    found = spec(series(exactly("x", 1, claimant="a"), exactly("y", 2, claimant="b")), names=names)
    keys = {row["key"] for row in found["datasets"]["marks"]}
    assert keys == {"Ministry of Defence (a)", "Ministry of Defence (b)"}


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_no_text_can_break_out_of_the_drawing(text: str) -> None:
    one = exactly("a", 5, claimant="x", raw_text=text, dimensions={"d": text})
    denied = exactly("b", 6, claimant=None, raw_text=text, time=UNDATED)
    measure = {"id": "m", "name": text, "unit": "1", "unit_label": text}
    found = spec(series(one, against=[denied]), measure=measure, names={"x": text})
    svg = picture.svg(found)
    for element in ElementTree.fromstring(svg).iter():
        assert element.tag.rpartition("}")[2] in {
            "svg",
            "g",
            "rect",
            "path",
            "line",
            "text",
            "tspan",
        }
        for name, value in element.attrib.items():
            assert "href" not in name
            assert not name.startswith("on")
            assert "url(" not in value or name == "aria-label"
    assert "\u202e" not in svg
    assert picture.png(found, 1).startswith(b"\x89PNG")


def test_the_same_data_gives_the_same_bytes() -> None:
    one, other = spec(containers()), spec(containers())
    assert json.dumps(one) == json.dumps(other)
    assert picture.svg(one) == picture.svg(other)


def place(
    found: dict[str, Any], row: dict[str, Any], x: str = "x", y: str = "y"
) -> tuple[float, float]:
    """Where on the paper a row stands: parts of its width and height."""
    encoding = next(
        layer["encoding"] for layer in found["layer"] if layer.get("data") == {"name": "marks"}
    )
    parts = []
    for channel, name in (("x", x), ("y", y)):
        low, high = encoding[channel]["scale"]["domain"]
        parts.append((row[name] - low) / (high - low))
    return parts[0], parts[1]


FIGURES = st.integers(0, 10**6)
MONTHS = st.integers(1, 12)


@st.composite
def points(draw: st.DrawFn) -> dict[str, Any]:
    value = draw(FIGURES)
    low = draw(st.none() | st.integers(0, value))
    high = draw(st.none() | st.integers(value, 2 * 10**6))
    start = draw(st.none() | MONTHS)
    end = draw(st.none() | st.integers(start or 1, 12))
    time = (start and f"2024-{start:02}-01", end and f"2024-{end:02}-28")
    return point(
        f"c{draw(st.integers(0, 99))}", draw(st.text(max_size=30)), (low, high),
        draw(st.none() | st.just(value)) if low or high else value, time,
        claimant=draw(st.sampled_from(["a", "b", "c", None])),
        step=draw(st.sampled_from([None, "update"])),
    )  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(st.lists(points(), min_size=1, max_size=25))
def test_whatever_the_series_nothing_leaves_the_paper_and_no_labels_meet(some: list[Any]) -> None:
    found = spec(series(*some))
    tables = found["datasets"]
    assert {row["claim"] for row in tables["marks"]} == {one["claim"] for one in some}
    if found["layer"][-2]["encoding"]["y"]["scale"]["type"] != "linear":
        return
    for row in tables["marks"] + tables["arrows"] + tables["spans"]:
        x, y = place(found, row)
        assert -0.001 <= x <= 1.001
        assert -0.001 <= y <= 1.001
    boxes = []
    for row in tables["labels"]:
        x, y = place(found, row)
        wide = max(map(look.width, row["text"]))
        boxes.append((x * WIDTH, (1 - y) * HEIGHT, wide, 15 * len(row["text"])))
    for n, (x, y, wide, high) in enumerate(boxes):
        assert -3 <= x <= WIDTH - wide + 3
        for x2, y2, wide2, high2 in boxes[:n]:
            apart = x + wide < x2 or x2 + wide2 < x or y + high <= y2 + 3 or y2 + high2 <= y + 3
            assert apart, "labels overlap"
