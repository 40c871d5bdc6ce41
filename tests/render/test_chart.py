"""The chart of a measure: every figure is in it, readable, and nobody's text can break it."""

import json
from typing import Any
from xml.etree import ElementTree

import pytest
import vl_convert
from hypothesis import given, settings
from hypothesis import strategies as st

from app.render import chart, picture, style
from app.render.chart import WIDTH
from app.render.label_placement import LINE
from app.render.scales import ARROW, HEIGHT, WAYS, position
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


ELEMENTS = {"svg", "g", "rect", "path", "line", "text", "tspan", "title", "desc"}


def spec(found: dict[str, Any], **more: Any) -> dict[str, Any]:
    measure, names = more.pop("measure", CONTAINERS), more.pop("names", NAMES)
    return chart.spec(measure, found, names, **more)


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
    marks = found["datasets"]["figures"]
    assert [(row["claim"], row["y"], row["hollow"]) for row in marks] == [
        ("february", 6700, False), ("march", 7000, True), ("june", 10000, False),
        ("state", 10000, False), ("dia", 13000, False),
    ]  # fmt: skip
    assert [(row["y"], row["y2"]) for row in found["datasets"]["bars"]] == [(6500, 6900)]
    labels = [row["text"] for row in found["datasets"]["labels"]]
    assert "“upwards of 7,000”" in labels
    assert len(labels) == 5
    drawing = texts(picture.svg(found))
    for text in (
        "Shipping containers, North Korea to Russia", "Number of shipping containers",
        "U.S. State Department", "“roughly 6,700”", "12,000", "5 figures of 5 claims.",
    ):  # fmt: skip
        assert text in drawing


def test_steps_join_a_reading_with_the_same_reading_before() -> None:
    first = [exactly("a", 10), exactly("a", 100, reading="B")]
    later: Any = {"time": ("2024-06-01", "2024-06-30"), "step": "update"}
    then = [exactly("b", 20, **later), exactly("b", 200, reading="B", **later)]
    steps = spec(series(*first, *then))["datasets"]["steps"]
    assert [(row["y"], row["y2"]) for row in steps] == [(10, 20), (100, 200)]


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
    ways = {row["claim"]: (row["y"], row["way"]) for row in found["datasets"]["arrows"]}
    assert ways == {
        "up": (8000, "up"), "down": (7000, "down"),
        "before": (7500, "left"), "since": (7600, "right"),
    }  # fmt: skip
    drawn = picture.svg(found)
    for row in found["datasets"]["arrows"]:
        across, down_ = WAYS[row["way"]]
        x, y = place(found, row)
        assert 0 <= x + across * ARROW / WIDTH <= 1
        assert 0 <= y - down_ * ARROW / HEIGHT <= 1
    assert drawn.count("<line") + drawn.count("<path") > 8


def test_strict_policy_takes_bounds_away_and_the_chart_says_so() -> None:
    """The series answers what strict leaves; the mark stays where the number was named."""
    bare = point("february", "roughly 6,700", (None, None), 6700) | {"hedge": "approximate"}
    bare["plot"] |= {"open_below": True, "open_above": True}
    found = spec(series(bare, policy="strict", readings="all", known_by="2024-03-31"))
    assert [row["way"] for row in found["datasets"]["arrows"]] == ["up", "down"]
    told = " ".join(found["title"]["subtitle"])
    assert "Bounds only as stated or entailed; every reading" in told
    assert "As known by 2024-03-31." in told


def test_a_range_is_one_box_and_no_line_goes_through_a_middle_that_nobody_said() -> None:
    first = point("b", "5,000 to 9,000", (5000, 9000))
    then = exactly("a", 8000, time=AUGUST, step="update")
    tables = spec(series(first, then))["datasets"]
    assert [(row["y"], row["y2"]) for row in tables["ranges"]] == [(5000, 9000)]
    assert [(row["claim"], row["range"]) for row in tables["figures"]] == [
        ("b", True),
        ("a", False),
    ]
    assert [row["claim"] for row in tables["spans"]] == ["a"]
    assert tables["bars"] == tables["steps"] == []


def test_a_step_joins_figures_whose_dimensions_are_equal_however_they_are_written() -> None:
    first = exactly("b", 7000, dimensions={"mm": 152})
    then = exactly("a", 8000, time=AUGUST, step="update", dimensions={"mm": "152.0"})
    other = exactly("c", 9000, time=AUGUST, step="update", dimensions={"mm": 122})
    steps = spec(series(first, then, other))["datasets"]["steps"]
    assert [(row["y"], row["y2"]) for row in steps] == [(7000, 8000)]


def test_a_figure_between_bounds_has_its_mark_where_it_was_named() -> None:
    tables = spec(series(point("b", "about 6,000", (5500, 6800), 6000)))["datasets"]
    assert [row["y"] for row in tables["figures"]] == [6000]
    assert [(row["y"], row["y2"]) for row in tables["bars"]] == [(5500, 6800)]


def test_a_time_that_begins_with_1970_is_drawn_from_its_beginning() -> None:
    some = series(exactly("a", 5, time=("1970-01-01", "1970-12-31")))
    [span] = spec(some)["datasets"]["spans"]
    assert (span["x"], span["x2"]) == (0, 365 * 86_400_000)


def test_denials_are_crossed_and_dashed() -> None:
    denied = exactly("denied", 9000, claimant="us-state-dept", polarity="negative")
    found = spec(series(exactly("a", 8000), against=[denied]))
    assert [row["against"] for row in found["datasets"]["figures"]] == [False, True]
    assert [row["against"] for row in found["datasets"]["spans"]] == [False, True]
    svg = picture.svg(found)
    assert "stroke-dasharray" in svg
    assert "Crossed and dashed: denied." in caption(found)
    assert "against: U.S. State Department" in svg


def test_the_undated_stand_in_a_strip_and_are_not_dropped() -> None:
    dated, undated = exactly("dated", 8000), exactly("undated", 9000, time=UNDATED)
    found = spec(series(dated, undated))
    marks = {row["claim"]: row for row in found["datasets"]["figures"]}
    assert place(found, marks["undated"])[0] > 0.75 > place(found, marks["dated"])[0]
    assert "undated" in texts(picture.svg(found))
    alone = spec(series(undated))
    assert "undated" in texts(picture.svg(alone))


def test_figures_without_a_number_are_named_below() -> None:
    vague = point("vague", "many", (None, None), claimant="us-state-dept", time=AUGUST)
    found = spec(series(exactly("a", 8000), vague))
    assert "Without a number: “many” (U.S. State Department, 2024-08-01)." in caption(found)


def test_where_no_figure_has_a_number_the_picture_says_so() -> None:
    found = spec(series(point("vague", "many", (None, None))))
    drawing = texts(picture.svg(found))
    assert "No figure has a number that could be drawn." in drawing
    assert "Without a number: “many” (Shin Won-sik, 2024-03-01)." in drawing
    assert "There is no figure." in texts(picture.svg(spec(series())))


def test_dates_are_drawn_on_an_axis_of_time() -> None:
    measure = {"id": "made", "name": "When they were made", "statistic": "date", "unit": ""}
    decade = point("nis", "1970s", ("1970-01-01", "1979-12-31"), date="197X")
    found = spec(series(decade), measure=measure)
    assert found["datasets"]["ranges"][0]["y"] == 0
    assert "1976" in texts(picture.svg(found))


def test_a_day_on_an_axis_of_time_is_a_mark_and_no_range() -> None:
    measure = {"id": "made", "name": "When they were made", "statistic": "date", "unit": ""}
    day = point("d", "15 May 1984", ("1984-05-15", "1984-05-15"), date="1984-05-15")
    tables = spec(series(day), measure=measure)["datasets"]
    assert [row["range"] for row in tables["figures"]] == [False]
    assert tables["ranges"] == []


def year(number: int) -> tuple[str, str]:
    return (f"{number:05d}-01-01" if number < 0 else f"{number:04d}-01-01",) * 2


def test_ticks_are_words_where_figures_are_large_and_years_are_before_christ() -> None:
    large = spec(series(exactly("a", 2.5e12), exactly("b", 4e6), exactly("c", 3e9)))
    drawing = texts(picture.svg(large))
    for tick in ("1 trillion", "10 billion", "100 million"):
        assert tick in drawing
    old = spec(series(exactly("a", 5, time=year(-499)), exactly("b", 6, time=year(300))))
    drawing = texts(picture.svg(old))
    for tick in ("500 BC", "100 BC", "300"):
        assert tick in drawing


def test_the_axis_of_a_share_ends_where_shares_end() -> None:
    measure = {"id": "s", "name": "Share", "statistic": "share", "unit": "1"}
    found = spec(series(exactly("a", 0.97), point("m", "most", (0.5, 1.0))), measure=measure)
    scale = next(one["encoding"]["y"]["scale"] for one in found["layer"] if "scale" in
                 one["encoding"].get("y", {}))  # fmt: skip
    assert scale["domain"][1] == 1
    assert "100%" in texts(picture.svg(found))
    assert "120%" not in texts(picture.svg(found))


def test_sixty_claims_of_twelve_claimants_have_twelve_colours_and_a_label_each() -> None:
    def claim(n: int) -> dict[str, Any]:
        time = (f"20{n // 12 + 10}-{n % 12 + 1:02}-01",) * 2
        step = "update" if n > 11 else None
        return exactly(f"c{n}", 1000 + 97 * n, claimant=f"who-{n % 12}", step=step, time=time)

    points = [claim(n) for n in range(60)]
    found = spec(series(*points))
    legend = next(one["encoding"]["color"] for one in found["layer"] if one.get("data") ==
                  {"name": "steps"})  # fmt: skip
    assert len(set(legend["scale"]["range"])) == 12
    labels = [row["text"] for row in found["datasets"]["labels"]]
    assert sorted(label.partition(":")[0] for label in labels) == sorted(
        f"who-{n}" for n in range(12)
    )
    assert "Labelled: the latest of each claimant" in caption(found)


def test_no_two_claimants_have_one_colour_on_either_paper() -> None:
    for colours in (style.COLOURS.keys(), style.COLOURS.values()):
        assert len(set(colours)) == len(colours)


def luminance(colour: str) -> float:
    """WCAG 2.2, relative luminance."""
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("light", style.COLOURS)
def test_every_colour_is_seen_on_its_paper(light: str) -> None:
    assert contrast(light, style.PAPER) >= 3
    assert contrast(style.DARK[light], style.DARK[style.PAPER]) >= 3


def test_in_the_dark_no_light_colour_is_left_and_nobodys_words_are_changed() -> None:
    one = exactly("a", 5, raw_text="#ffffff", claimant="x")
    found = spec(series(one), names={"x": "#222222"}, theme="dark")
    svg = picture.svg(found)
    assert "“#ffffff”" in texts(svg)
    assert "#222222" in {row["key"] for row in found["datasets"]["figures"]}
    assert style.DARK[style.PAPER] in svg
    light = {f'"{colour}"' for colour in style.DARK} - {'"#222222"'}
    assert not [colour for colour in light if colour in svg]


@pytest.mark.parametrize("width", [280, 420, 2000])
def test_it_is_as_wide_as_asked_and_its_words_stay_within(width: int) -> None:
    found = spec(containers(), width=width, source="Sayso: https://sayso.example/a/long/address")
    assert found["width"] == width
    for line in [*found["title"]["text"], *found["title"]["subtitle"]]:
        assert style.width(line, 12.5) <= width or len(line.split()) == 1
    marks = [row["x"] for row in found["datasets"]["figures"]]
    assert len(marks) == 5
    assert picture.svg(found).startswith("<svg")


def test_it_is_told_to_those_who_hear_it_and_says_where_it_comes_from() -> None:
    source = "Sayso, as recorded by 2024-09-01T00:00:00Z: https://sayso.example/chart.svg"
    svg = picture.svg(spec(containers(), source=source))
    root = ElementTree.fromstring(svg)
    told = {element.tag.rpartition("}")[2]: element.text for element in root[:2]}
    assert told["title"] == "Shipping containers, North Korea to Russia"
    assert "5 figures of 5 claims." in str(told["desc"])
    assert "as recorded by 2024-09-01T00:00:00Z" in texts(svg)


def test_one_figure_is_a_chart() -> None:
    drawing = texts(picture.svg(spec(series(exactly("a", 5)))))
    assert "1 figure of 1 claim." in drawing


def test_at_most_three_hundred_are_drawn_the_latest_and_the_rest_counted() -> None:
    def at(n: int) -> tuple[str, str]:
        return (f"{1700 + n}-01-01",) * 2

    points = [exactly(f"c{n}", 1000 + n, time=at(n), claimant=f"who-{n % 40}") for n in range(350)]
    found = spec(series(*points))
    drawn = {row["claim"] for row in found["datasets"]["figures"]}
    assert drawn == {f"c{n}" for n in range(50, 350)}
    assert "Not shown: 50 figures" in caption(found)
    assert "Labelled: the latest of each claimant" in caption(found)
    assert "21 others" in texts(picture.svg(found))
    middles = sorted(HEIGHT * (1 - place(found, row)[1]) for row in found["datasets"]["labels"])
    assert len(middles) == 19
    assert all(b - a >= LINE - 0.1 for a, b in zip(middles, middles[1:], strict=False))


def test_claimants_of_one_name_are_told_apart() -> None:
    names = {"a": "Ministry of Defence", "b": "Ministry of Defence"}
    found = spec(series(exactly("x", 1, claimant="a"), exactly("y", 2, claimant="b")), names=names)
    keys = {row["key"] for row in found["datasets"]["figures"]}
    assert keys == {"Ministry of Defence (a)", "Ministry of Defence (b)"}


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_no_text_can_break_out_of_the_drawing(text: str) -> None:
    one = exactly("a", 5, claimant="x", raw_text=text, dimensions={"d": text})
    denied = exactly("b", 6, claimant=None, raw_text=text, time=UNDATED)
    measure = {"id": "m", "name": text, "unit": "1", "unit_label": text}
    found = spec(series(one, against=[denied]), measure=measure, names={"x": text})
    svg = picture.svg(found)
    for element in ElementTree.fromstring(svg).iter():
        assert element.tag.rpartition("}")[2] in ELEMENTS
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


def scales(found: dict[str, Any]) -> tuple[Any, Any]:
    encoding = next(
        layer["encoding"] for layer in found["layer"] if layer.get("data") == {"name": "figures"}
    )
    return encoding["x"]["scale"], encoding["y"]["scale"]


def place(
    found: dict[str, Any], row: dict[str, Any], x: str = "x", y: str = "y"
) -> tuple[float, float]:
    """Where on the paper a row stands: parts of its width and height."""
    across, up = scales(found)
    return position(across, row[x], 1), position(up, row[y], 1)


FIGURES = st.integers(0, 10**6)
MONTHS = st.integers(1, 12)


@st.composite
def points(draw: st.DrawFn) -> dict[str, Any]:
    value = draw(FIGURES)
    low = draw(st.none() | st.integers(0, value))
    high = draw(st.none() | st.integers(value, 2 * 10**6))
    start = draw(st.none() | MONTHS)
    end = draw(st.none() | st.integers(start or 1, 12))
    time = (
        f"2024-{start:02}-01" if start else None,
        f"2024-{end:02}-28" if end else None,
    )
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
    assert {row["claim"] for row in tables["figures"]} == {
        one["claim"] for one in some if one["plot"]["value"] is not None or "lower" in one
        or "upper" in one
    }  # fmt: skip
    for row in tables["figures"] + tables["arrows"] + tables["spans"]:
        x, y = place(found, row)
        assert -0.001 <= x <= 1.001
        assert -0.001 <= y <= 1.001
    boxes = []
    for row in tables["labels"]:
        x, y = place(found, row)
        boxes.append((x * WIDTH, (1 - y) * HEIGHT, style.width(row["text"])))
    for n, (x, y, wide) in enumerate(boxes):
        assert -1 <= x <= WIDTH - wide + 1
        for x2, y2, wide2 in boxes[:n]:
            assert x + wide <= x2 + 1 or x2 + wide2 <= x + 1 or abs(y - y2) >= LINE - 0.1


def test_a_chart_says_which_figures_are_alternatives_also_where_one_is_left_of_them() -> None:
    either = [
        exactly("c", number, alternative=n, alternative_mode="or") for n, number in ((1, 5), (2, 9))
    ]
    beside = exactly("c", 7, slot=2, alternative_mode="or")
    for some, words in (
        ([*either, beside], ["“5” alternative 1", "“9” alternative 2", "“7”"]),
        ([either[0]], ["“5” alternative 1"]),
        ([either[1]], ["“9” alternative 2"]),
        ([exactly("d", 7)], ["“7”"]),
    ):
        found = spec(series(*some))
        assert [row["text"] for row in found["datasets"]["labels"]] == words
        said = "Alternatives: the source says one of them or another." in caption(found)
        assert said == (len(words[0]) > 4)
