"""Chains of attribution in one picture: who has it from whom, and who stands above them."""

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.render import chain_chart, picture, provenance, style
from app.render.chain_chart import WIDE
from app.rules import chain
from app.rules.chain import root_of

ARTICLE = json.loads((Path(__file__).parents[2] / "seed/article.json").read_text("utf-8"))
SOURCES = {source["id"]: source for source in ARTICLE["sources"]}
NAMES = {id: source["name"] for id, source in SOURCES.items()}
ABOVE = {id: (one.get("affiliation"), bool(one.get("is_root"))) for id, one in SOURCES.items()}
ROOTS = {id: root_of(id, ABOVE) for id in SOURCES}
CLAIMS = {
    claim["id"]: claim | {"attributions": chain.positioned(claim["attributions"])}
    for claim in ARTICLE["claims"]
}
CONTAINERS = [
    claim
    for claim in CLAIMS.values()
    if any(one["measure"] == "containers.prk-rus" for one in claim["quantities"])
]


def texts(spec: dict[str, Any]) -> str:
    return " ".join(ElementTree.fromstring(picture.svg(spec)).itertext())


def test_the_chains_of_the_seeds_containers_are_one_graph() -> None:
    graph = provenance.merged(CONTAINERS, ROOTS)
    columns: dict[int, set[str]] = {}
    for node in graph["nodes"]:
        columns.setdefault(node["column"], set()).add(node["source"])
    assert columns == {
        0: {"daily-digest-article"},
        1: {"ap", "bloomberg", "newsweek"},
        2: {"shin-won-sik", "us-state-dept", "defense-intelligence-agency"},
        3: {"rok-government", "us-government", "?defense-intelligence-agency"},
    }
    assert graph["independent_origins"] == {"min": 2, "max": 3}
    assert {"from": "ap", "to": "shin-won-sik"} in graph["edges"]
    unsure = {"from": "daily-digest-article", "to": "ap", "basis": "ambiguous"}
    assert unsure in graph["edges"]


def test_it_is_drawn_with_names_and_with_what_is_unknown() -> None:
    spec = chain_chart.spec(provenance.merged(CONTAINERS, ROOTS), NAMES, "Who stands behind it")
    drawing = texts(spec)
    for text in ("Who stands behind it", "Shin Won-sik", "? (root unknown)", "Associated Press",
                 "Independent origins: at least 2, at most 3.", "Stands above it"):  # fmt: skip
        assert text in drawing
    assert "stroke-dasharray" in picture.svg(spec)


@pytest.mark.parametrize("id", sorted(CLAIMS))
def test_the_chain_of_every_claim_of_the_seed_is_drawn(id: str) -> None:
    graph = provenance.graph(id, 1, CLAIMS[id], SOURCES, ABOVE)
    spec = chain_chart.spec(graph, NAMES)
    drawn = {row["source"] for row in spec["datasets"]["boxes"]}
    assert {hop["source"] for hop in graph["chain"]} <= drawn
    assert f"Claim {id}, version 1." in " ".join(spec["title"]["subtitle"])


def test_what_stands_beside_the_chain_is_said_below() -> None:
    id = "shin-2024-06-containers"
    spec = chain_chart.spec(provenance.graph(id, 1, CLAIMS[id], SOURCES, ABOVE), NAMES)
    assert "occasion: Bloomberg interview with Shin" in texts(spec)


def test_chains_that_run_against_each_other_are_drawn_too() -> None:
    def claim(*ids: str) -> dict[str, Any]:
        hops = chain.default_chain("doc", ids[:-1], ids[-1])
        return {"attributions": hops, "claimant": ids[-1]}

    graph = provenance.merged([claim("a", "b", "c"), claim("b", "a", "c"), claim("c", "a")], {})
    spec = chain_chart.spec(graph, {})
    assert "triangle-left" in {row["shape"] for row in spec["datasets"]["heads"]}
    assert "doc" in texts(spec)


def test_more_than_sixty_sources_leave_out_the_least_connected_and_say_so() -> None:
    claims = [
        {"attributions": chain.default_chain("doc", [f"r{n}"], "origin"), "claimant": "origin"}
        for n in range(100)
    ]
    spec = chain_chart.spec(provenance.merged(claims, {"origin": "origin"}), {})
    assert len(spec["datasets"]["boxes"]) == 60
    assert "Not shown: 42 sources, the least connected." in texts(spec)


@pytest.mark.parametrize("text", ["<script>x</script>", "\"'&<>]]>", "\u202e신원식", "y" * 3000])
def test_no_name_can_break_out_of_the_drawing(text: str) -> None:
    graph = provenance.merged(CONTAINERS, ROOTS)
    svg = picture.svg(chain_chart.spec(graph, dict.fromkeys(NAMES, text), text))
    tags = {element.tag.rpartition("}")[2] for element in ElementTree.fromstring(svg).iter()}
    assert tags <= {"svg", "g", "rect", "path", "line", "text", "tspan", "title", "desc"}


def test_it_has_dark_colours_a_source_and_is_told_to_those_who_hear_it() -> None:
    graph = provenance.merged(CONTAINERS, ROOTS)
    source = "Sayso, as recorded by 2024: https://sayso.example/x"
    svg = picture.svg(chain_chart.spec(graph, NAMES, "Who", "dark", source))
    assert style.PAPER not in svg
    assert style.DARK[style.PAPER] in svg
    root = ElementTree.fromstring(svg)
    told = {element.tag.rpartition("}")[2]: element.text for element in root[:2]}
    assert told["title"] == "Who"
    assert source in str(told["desc"])


SOME = st.lists(st.sampled_from("abcdefgh"), max_size=4, unique=True)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(SOME, st.sampled_from("abcdefgh")), min_size=1, max_size=12))
def test_whatever_the_chains_no_boxes_overlap(chains: list[tuple[list[str], str]]) -> None:
    claims = [
        {"attributions": chain.default_chain("doc", via, origin), "claimant": origin}
        for via, origin in chains
    ]
    graph = provenance.merged(claims, {"a": "x", "b": "x"})
    spec = chain_chart.spec(graph, {"c": "A rather long name of a ministry that takes two lines"})
    boxes = spec["datasets"]["boxes"]
    for n, one in enumerate(boxes):
        assert 0 <= one["x"] <= spec["width"] - WIDE
        assert -0.01 <= one["y"] <= one["y2"] <= spec["height"]
        for other in boxes[:n]:
            apart = one["x"] != other["x"] or one["y2"] < other["y"] or other["y2"] < one["y"]
            assert apart, "boxes overlap"
