"""The pictures of a measure over HTTP, on both engines."""

import re
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import httpx
import pytest

from app.api import charts
from app.api.renderer import PROGRAM, Renderer
from app.config import Settings
from tests.conftest import AT_LENGTH, ENGINES, ONE_ENGINE, Serve, Server, Templates
from tests.patience import until

CONTAINERS = "/v1/measures/containers.prk-rus"
DRAWN = ("chart.svg", "chart.png", "corroboration.svg")
PICTURES = (*DRAWN, "chart.json")
ONE_IN = {"chart.json": 1, "chart.svg": 2, "chart.png": 5, "corroboration.svg": 4}
"""Of the seed's measures otherwise: what is drawn is in the JSON of each."""


@pytest.fixture(scope="module")
def added_to(templates: Templates) -> Iterator[httpx.Client]:
    """The seed, for tests that each add what is their own: who draws is started once for all."""
    with Server(Settings(database_url=templates.copy(True))) as server, server.client() as client:
        yield client


def texts(answer: httpx.Response) -> str:
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "image/svg+xml"
    return " ".join(ElementTree.fromstring(answer.text).itertext())


def marks(client: httpx.Client, path: str = CONTAINERS, **asked: Any) -> list[dict[str, Any]]:
    found = client.get(f"{path}/chart.json", params=asked)
    assert found.status_code == 200, found.text
    assert found.headers["content-type"] == "application/vnd.vegalite.v5+json"
    rows: list[dict[str, Any]] = found.json()["datasets"]["figures"]
    return rows


def test_the_chart_of_the_seeds_containers_has_all_five_figures(seeded: httpx.Client) -> None:
    assert {row["claim"]: row["y"] for row in marks(seeded)} == {
        "shin-2024-02-containers": 6700,
        "shin-2024-03-containers": 7000,
        "shin-2024-06-containers": 10000,
        "state-dept-2024-containers": 10000,
        "dia-2024-08-containers": 13000,
    }
    drawing = texts(seeded.get(f"{CONTAINERS}/chart.svg"))
    for text in ("“upwards of 7,000”", "Shin Won-sik", "5 figures of 5 claims."):
        assert text in drawing
    png = seeded.get(f"{CONTAINERS}/chart.png")
    assert png.headers["content-type"] == "image/png"
    assert png.content.startswith(b"\x89PNG")


def skeleton(svg: str) -> list[Any]:
    """A drawing without its source line, and without what depends on the fonts of a machine:
    where texts put titles, legends."""
    svg = re.sub(r">(Sayso, as recorded by |http)[^<]*<", "><", svg)
    parts = ("fill", "stroke", "stroke-dasharray", "aria-label", "class")
    found: list[Any] = []

    def walk(element: ElementTree.Element, ours: bool) -> None:
        ours = ours or "role-mark" in element.get("class", "")
        place = [element.get("transform"), element.get("d")] if ours else []
        kept = [element.get(name) for name in parts]
        text = "" if element.tag.endswith("desc") else (element.text or "").strip()
        found.append([element.tag, text, *kept, *place])
        for inner in element:
            walk(inner, ours)

    walk(ElementTree.fromstring(svg), False)
    return found


@ONE_ENGINE
def test_the_readmes_picture_is_what_is_drawn_today(seeded: httpx.Client) -> None:
    """If not: make it again with the command that stands above it in the README."""
    committed = (Path(__file__).parents[2] / "docs/containers.svg").read_text("utf-8")
    assert skeleton(committed) == skeleton(seeded.get(f"{CONTAINERS}/chart.svg").text)


def test_it_takes_the_filters_of_quantities_and_says_which(seeded: httpx.Client) -> None:
    one = {"claimant": "us-state-dept", "known_by": "2024-07", "policy": "strict"}
    assert {row["claim"] for row in marks(seeded, **one)} == {"state-dept-2024-containers"}
    drawing = texts(seeded.get(f"{CONTAINERS}/chart.svg", params=one))
    assert "Bounds only as stated or entailed" in drawing
    assert "As known by 2024-07." in drawing
    assert "Only claimant: us-state-dept." in drawing
    every = marks(seeded, readings="all")
    assert len([row for row in every if row["claim"] == "dia-2024-08-containers"]) == 2


def test_strict_policy_opens_what_rested_on_convention(seeded: httpx.Client) -> None:
    found = seeded.get(f"{CONTAINERS}/chart.json", params={"policy": "strict"}).json()["datasets"]
    assert found["bars"] == []
    roughly = [row for row in found["arrows"] if row["claim"] == "shin-2024-02-containers"]
    assert {row["way"] for row in roughly} == {"up", "down"}


# On the other engine what is drawn: the same rows make the same picture.
@pytest.mark.parametrize(
    ("engine", "picture"),
    [*((ENGINES[0], picture) for picture in PICTURES), (ENGINES[1], "chart.json")],
    indirect=["engine"],
)
def test_every_measure_of_the_seed_is_drawn(seeded: httpx.Client, picture: str) -> None:
    """“Many” of a share is somewhere in its domain, which has two ends to be drawn."""
    every = seeded.get("/v1/measures").json()["items"]
    one_in = 1 if AT_LENGTH else ONE_IN[picture]
    for measure in every[::one_in]:
        answer = seeded.get(f"/v1/measures/{measure['id']}/{picture}")
        assert answer.status_code == 200, measure["id"]


@pytest.mark.parametrize(
    ("engine", "picture"),
    [*((ENGINES[0], picture) for picture in PICTURES), (ENGINES[1], "chart.json")],
    indirect=["engine"],
)
def test_an_unknown_measure_is_a_404_and_nothing_to_draw_is_a_picture_that_says_so(
    added_to: httpx.Client, picture: str
) -> None:
    assert added_to.get(f"/v1/measures/nowhere/{picture}").status_code == 404
    added_to.post("/v1/measures", json={"id": "empty", "unit": "1"})
    for path, asked in (("/v1/measures/empty", {}), (CONTAINERS, {"claimant": "reuters"})):
        answer = added_to.get(f"{path}/{picture}", params=asked)
        assert answer.status_code == 200, answer.text
        if picture.endswith("svg"):
            said = "There is no figure." if "chart" in picture else "No claim stands behind it."
            assert said in texts(answer)
    unknown = added_to.get(f"{CONTAINERS}/{picture}", params={"colour": "red"})
    assert unknown.json()["errors"][0]["code"] == "unknown_parameter"
    assert added_to.get(f"{CONTAINERS}/{picture}", params={"measure": "x"}).status_code == 422
    mistyped = added_to.get(f"{CONTAINERS}/{picture}", params={"claimant": "reuterz"})
    assert mistyped.status_code == 422, "a typo is no picture of nothing"


@ONE_ENGINE
@pytest.mark.parametrize("picture", DRAWN)
def test_it_has_the_colours_asked_for(seeded: httpx.Client, picture: str) -> None:
    light, plain = (seeded.get(f"{CONTAINERS}/{picture}{more}") for more in ("?theme=light", ""))
    dark = seeded.get(f"{CONTAINERS}/{picture}", params={"theme": "dark"})
    assert light.status_code == plain.status_code == dark.status_code == 200
    if picture.endswith("svg"):
        assert "#16191d" in dark.text
        assert "#16191d" not in light.text + plain.text
        assert skeleton(light.text) == skeleton(plain.text)
    assert seeded.get(f"{CONTAINERS}/{picture}?theme=grey").status_code == 422


@ONE_ENGINE
def test_it_is_as_wide_as_asked(seeded: httpx.Client) -> None:
    for width in (280, 2000):
        chart = seeded.get(f"{CONTAINERS}/chart.json", params={"width": width})
        assert chart.json()["width"] == width
    for wrong in ("279", "2001", "wide", ""):
        assert seeded.get(f"{CONTAINERS}/chart.svg", params={"width": wrong}).status_code == 422
    assert seeded.get(f"{CONTAINERS}/corroboration.svg?width=400").status_code == 422


def test_the_last_line_is_an_address_that_gives_this_very_picture(added_to: httpx.Client) -> None:
    asked = {"claimant": "shin-won-sik", "width": "500"}
    before = added_to.get(f"{CONTAINERS}/chart.svg", params=asked)
    address = re.search(r"asrecordedby\S+?Z:(http\S+?as_of=\S+?Z)", "".join(texts(before).split()))
    assert address is not None
    claim = {
        "claimant": "shin-won-sik", "document": "daily-digest-article", "stated": "2024-05",
        "measure": "containers.prk-rus", "raw_text": "8,888",
    }  # fmt: skip
    added_to.post("/v1/claims", json=claim).raise_for_status()
    again = added_to.get(address[1])
    assert again.status_code == 200
    assert len(marks(added_to, **asked)) == 4
    assert "8,888" in texts(added_to.get(f"{CONTAINERS}/chart.svg", params=asked))
    assert "8,888" not in texts(again)


def test_who_stands_behind_the_seeds_containers_is_one_picture(seeded: httpx.Client) -> None:
    drawing = texts(seeded.get(f"{CONTAINERS}/corroboration.svg"))
    for text in (
        "5 claims, 1 document, 3 relayers, 3 origins.",
        "Independent origins: at least 2, at most 3.",
        "Associated Press", "Bloomberg", "Newsweek", "Shin Won-sik", "? (root unknown)",
    ):  # fmt: skip
        assert text in drawing
    derived = texts(seeded.get("/v1/measures/shells.capacity.prk-rus/corroboration.svg"))
    assert "Claims derived from others (3) add no origin." in derived
    assert "Independent origins: 0." in derived


@ONE_ENGINE
def test_a_picture_says_which_answers_it_is_of(seeded: httpx.Client) -> None:
    asked = {"value__gte": "9000", "match": "certain"}
    assert "Only certain answers" in texts(seeded.get(f"{CONTAINERS}/chart.svg", params=asked))


@ONE_ENGINE
def test_a_figure_without_words_is_marked_with_its_ends(added_to: httpx.Client) -> None:
    added_to.post("/v1/sources", json={"id": "doc", "name": "A report", "kind": "report"})
    added_to.post("/v1/measures", json={"id": "m", "unit": "{thing}"}).raise_for_status()
    sent = {"document": "doc", "measure": "m", "stated": "2024", "lower": "5", "upper": "9"}
    added_to.post("/v1/claims", json=sent).raise_for_status()
    assert "5–9" in texts(added_to.get("/v1/measures/m/chart.svg"))


def test_the_chain_of_a_claim_is_a_picture_too(seeded: httpx.Client) -> None:
    path = "/v1/claims/shin-2024-03-containers/provenance"
    asked = seeded.get(path, params={"format": "svg"})
    drawing = texts(asked)
    for text in (
        "Claim shin-2024-03-containers, version 1. Independent origins: 1.",
        "Associated Press", "Shin Won-sik", "Government of the",
    ):  # fmt: skip
        assert text in " ".join(drawing.split())
    liked = seeded.get(path, headers={"Accept": "image/svg+xml"})
    assert (liked.content, liked.headers["vary"]) == (asked.content, "Accept")
    assert seeded.get(path).headers["content-type"] == "application/json"


def test_pictures_tell_of_the_past(fresh: httpx.Client) -> None:
    moment = fresh.get("/v1/claims/dia-2024-08-containers").json()["recorded_at"]
    before = fresh.get(f"{CONTAINERS}/chart.json").text
    gone = {"reason": "a test"}
    headers = {"If-Match": "*"}
    fresh.delete("/v1/claims/dia-2024-08-containers", params=gone, headers=headers)
    assert "dia-2024-08-containers" not in {row["claim"] for row in marks(fresh)}
    then = {row["claim"] for row in marks(fresh, as_of=moment)}
    assert "shin-2024-02-containers" in then
    assert before != fresh.get(f"{CONTAINERS}/chart.json").text
    assert "upwards of" in texts(fresh.get(f"{CONTAINERS}/chart.svg", params={"as_of": moment}))


@ONE_ENGINE
def test_denials_and_names_of_any_kind_are_drawn(added_to: httpx.Client) -> None:
    for id, name in (
        ("k", "신원식"),
        ("s", "<script>alert(1)</script>\"'&"),
        ("r", "وزارة \u202e"),
    ):
        added_to.post("/v1/sources", json={"id": id, "name": name}).raise_for_status()
    for n, (id, more) in enumerate(
        (("k", {}), ("s", {"raw_text": "about 8,000"}), ("r", {"speech_act": "deny"}))
    ):
        claim = {
            "claimant": id, "document": "daily-digest-article", "stated": "2024-05",
            "measure": "containers.prk-rus", "raw_text": f"{9000 + n}", **more,
        }  # fmt: skip
        added_to.post("/v1/claims", json=claim).raise_for_status()
    drawing = texts(added_to.get(f"{CONTAINERS}/chart.svg"))
    assert "신원식" in drawing
    assert "<script>" in drawing, "as text, which it is"
    assert "Crossed and dashed: denied." in drawing
    assert "<script" not in added_to.get(f"{CONTAINERS}/chart.svg").text


@ONE_ENGINE
def test_a_figure_that_is_not_known_is_told_and_not_drawn(fresh: httpx.Client) -> None:
    fresh.post("/v1/measures", json={"id": "m", "unit": "{thing}"}).raise_for_status()
    fresh.post("/v1/sources", json={"id": "doc", "name": "A report", "kind": "report"})
    for more in ({"value": "5"}, {"absence": "unknown"}):
        claim = {"document": "doc", "measure": "m", "stated": "2024", **more}
        fresh.post("/v1/claims", json=claim).raise_for_status()
    found = fresh.get("/v1/measures/m/chart.json").json()
    assert [row["y"] for row in found["datasets"]["figures"]] == [5]
    assert "Without a number: a figure that is not known (" in found["description"]


def test_who_denies_at_the_end_of_a_chain_is_named(fresh: httpx.Client) -> None:
    fresh.post("/v1/measures", json={"id": "m", "unit": "{thing}"}).raise_for_status()
    for id, name in (("doc", "A report"), ("ann", "Ann"), ("bob", "Bob")):
        sent = {"id": id, "name": name, "kind": "report" if id == "doc" else "official"}
        fresh.post("/v1/sources", json=sent).raise_for_status()
    for speakers in (("ann",), ("ann", "bob")):
        hops = [{"source": "doc", "role": "document", "position": 0}]
        hops += [{"source": one, "role": "speaker", "position": 1} for one in speakers]
        claim = {"document": "doc", "measure": "m", "raw_text": "10", "speech_act": "deny",
                 "attributions": hops}  # fmt: skip
        fresh.post("/v1/claims", json=claim).raise_for_status()
    found = fresh.get("/v1/measures/m/chart.json").json()
    assert {row["who"] for row in found["datasets"]["figures"]} == {"Ann", "Ann and Bob"}


def test_a_picture_that_takes_too_long_is_a_503_and_the_next_is_drawn(serve: Serve) -> None:
    client = serve()
    state = client.server.app.state  # type: ignore[attr-defined]
    slow = (sys.executable, "-c", "import time; time.sleep(60)")
    state.renderer = Renderer(timeout_s=0.5, program=slow)
    answer = client.get(f"{CONTAINERS}/chart.png")
    assert answer.status_code == 503
    assert int(answer.headers["retry-after"]) > 0
    state.renderer.timeout_s, state.renderer.program = 60, PROGRAM
    assert client.get(f"{CONTAINERS}/chart.png").status_code == 200


@ONE_ENGINE
def test_while_a_picture_is_drawn_others_are_answered(serve: Serve) -> None:
    client = serve()
    state = client.server.app.state  # type: ignore[attr-defined]
    slow = (sys.executable, "-c", "import time; time.sleep(60)")
    state.renderer = Renderer(program=slow)
    with client.server.client() as other:  # type: ignore[attr-defined]
        drawing = threading.Thread(target=other.get, args=(f"{CONTAINERS}/chart.svg",))
        drawing.start()
        until(lambda: state.renderer.process is not None)
        assert client.get("/v1/claims").status_code == 200
        assert drawing.is_alive(), "the answer came while the picture was still being drawn"
        state.renderer.process.kill()
        drawing.join()


def test_many_figures_are_drawn_in_bounded_time(
    serve: Serve, engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More than are looked at: so many are drawn, and the others are counted."""
    monkeypatch.setattr(charts, "READ", 320)
    monkeypatch.setattr(charts, "CLAIMS", 50)
    client = serve()
    lines = [
        f'{{"type":"claim","claimant":"{who}","document":"daily-digest-article","stated":"{year}",'
        f'"measure":"containers.rus-prk","raw_text":"{1000 + year}"}}'
        for year in range(1000, 1200)
        for who in ("shin-won-sik", "us-state-dept")
    ]
    headers = {"Content-Type": "application/jsonl"}
    sent = client.post("/v1/imports", content="\n".join(lines), headers=headers)
    assert sent.status_code < 300, sent.text[:500]
    # The spec has the same words, and takes no second to draw.
    of = "chart.svg" if engine == ENGINES[0] else "chart.json"
    drawing = client.get(f"/v1/measures/containers.rus-prk/{of}").text
    assert "401 figures." in drawing
    assert "Not shown: 101 figures; the chart holds 300 of them." in drawing
    behind = texts(client.get("/v1/measures/containers.rus-prk/corroboration.svg"))
    assert "Without the chains of 351 more claims." in behind


@ONE_ENGINE
def test_the_chain_of_a_claim_is_drawn_for_dark_paper_too(seeded: httpx.Client) -> None:
    asked = {"format": "svg"}
    path = "/v1/claims/dia-2024-08-containers/provenance"
    light = seeded.get(path, params=asked)
    dark = seeded.get(path, params={**asked, "theme": "dark"})
    assert (light.status_code, dark.status_code) == (200, 200)
    assert light.content == seeded.get(path, params={**asked, "theme": "light"}).content
    assert light.content != dark.content
    assert seeded.get(path, params={**asked, "theme": "sepia"}).status_code == 422
