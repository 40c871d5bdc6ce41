"""Pages answer what was asked, as the API does: moment, unit, order, every condition."""

import html
import re
from typing import Any

import httpx
import pytest

from tests.conftest import Serve
from tests.pages.test_pages import browse, words


def filled(serve: Serve, *claims: dict[str, Any], **measure: Any) -> httpx.Client:
    """A server on claims of one measure, `m`, read in one report, `doc`."""
    client = serve(seeded=False)
    for id, name in (("doc", "A report"), ("desk", "A desk")):
        sent = {"id": id, "name": name, "kind": "report"}
        client.post("/v1/sources", json=sent).raise_for_status()
    of = {"id": "m", "name": "Boxes", "unit": "{box}", **measure}
    client.post("/v1/measures", json=of).raise_for_status()
    for n, one in enumerate(claims):
        sent = {"document": "doc", "id": f"c{n}", "stated": "2024", **one}
        if "quantities" not in sent:
            sent["measure"] = "m"
        client.post("/v1/claims", json=sent).raise_for_status()
    return client


EITHER: dict[str, Any] = {
    "quantities": [{"measure": "m", "slot": 1, "alternative": n, "raw_text": text}
                   for n, text in ((1, "5"), (2, "10"))],
    "alternative_mode": "or",
}  # fmt: skip
KILOS = {"raw_text": "4,000 kg", "unit": "kg", "stated": "2025"}


def links(page: httpx.Response) -> list[str]:
    """Where the page itself leads, and what it shows: not the head, nor the requests it lists."""
    main = page.text.partition("<main")[2].partition('<details class="request">')[0]
    found = re.findall(r'(?:href|src|srcset|data-chart)="(/[^"]+)"', main)
    return [html.unescape(one) for one in found]


def test_of_a_moment_a_page_leads_to_what_was_there_then(serve: Serve) -> None:
    chain = [{"source": one, "role": role, "position": n} for n, (one, role) in
             enumerate((("doc", "document"), ("desk", "speaker")))]  # fmt: skip
    client = filled(serve, {"raw_text": "5", "attributions": chain, "tags": ["t"]})
    moment = client.get("/v1/claims/c0").json()["recorded_at"]
    new = {"attributions": chain[:1], "raw_text": "7"}
    client.patch("/v1/claims/c0", json=new, headers={"If-Match": "*"}).raise_for_status()
    now = ("/add?edit=c0", "/v1/changes.atom?measure=m", "/measures/m")
    """Corrections and feeds are of now; so is what a chip leads to that drops the moment."""
    for path in ("/claims/c0", "/measures/m", "/sources/desk", "/measures", "/search?q=boxes"):
        sign = "&" if "?" in path else "?"
        page = browse(client, f"{path}{sign}as_of={moment}")
        untimed = [one for one in links(page) if "as_of=" not in one and one not in now]
        assert (page.status_code, untimed) == (200, []), path
        assert f'href="{path}">as it stands now' in page.text, path
    page = browse(client, f"/claims/c0?as_of={moment}")
    [picture] = [one for one in links(page) if "/provenance" in one and "theme" in one]
    assert "A desk" in client.get(picture).text
    assert f'name="as_of" value="{moment}"' in page.text, "the search and the versions ask so too"


def test_what_a_measure_offers_to_take_along_holds_the_unit_that_it_answered_in(
    serve: Serve,
) -> None:
    client = filled(serve, {"raw_text": "2,000"}, {"raw_text": "10"}, KILOS)
    page = browse(client, "/measures/m?value__gte=1000")
    assert "One certainly" in words(page)
    [table] = [one for one in links(page) if one.startswith("/v1/quantities.csv")]
    assert len(client.get(table).text.splitlines()) == 2, "a header, and one figure"
    [cited] = [one for one in links(page) if "format=csl" in one]
    assert "2,000" in client.get(cited).text
    assert "4,000 kg" not in client.get(cited).text


def test_a_list_of_claims_of_one_measure_is_asked_in_its_unit_too(serve: Serve) -> None:
    client = filled(serve, {"raw_text": "2,000"}, {"raw_text": "10"}, KILOS)
    page = browse(client, "/claims?measure=m&value__gte=1,000")
    told = words(page)
    assert "One claim fits what you asked." in told
    assert "One figure in another unit is not held against the number" in told
    [others] = [one for one in links(page) if "unit__ne" in one]
    assert "“4,000 kg”" in words(browse(client, others))
    [same] = [one for one in links(page) if one.startswith("/v1/claims?")]
    assert [one["id"] for one in client.get(same).json()["items"]] == ["c0"]


def test_a_list_of_claims_says_which_fit_possibly_and_is_in_the_order_that_it_names(
    serve: Serve,
) -> None:
    client = filled(serve, EITHER, {"raw_text": "10"}, {"raw_text": "about 10"})
    page = browse(client, "/claims?measure=m&value__gte=10")
    told = words(page)
    assert '<option value="-recorded_at" selected>Recorded, newest first' in page.text
    at = [told.index(text) for text in ("“about 10” possibly", "“10” 10,", "“5” or “10” possibly")]
    assert at == sorted(at)
    plain = words(browse(client, "/claims?measure=m&sort=-published"))
    assert "possibly" not in plain.lower()


def test_the_form_of_filters_drops_nothing_that_it_does_not_show(seeded: httpx.Client) -> None:
    asked = "via=ap&via=newsweek&sort=stated&q=containers&status=active"
    page = browse(seeded, f"/claims?{asked}").text
    form = page.partition("<summary>Every filter</summary>")[2].partition("</form>")[0]
    sent = re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form)
    assert sent == [("via", "ap"), ("via", "newsweek"), ("sort", "stated")]
    assert 'name="q" type="search" value="containers"' in form


def test_the_home_page_calls_no_alternative_certain_that_the_measure_does_not(
    serve: Serve,
) -> None:
    client = filled(serve, EITHER, {"raw_text": "10"}, {"raw_text": "11"})
    home, page = browse(client, "/"), browse(client, "/measures/m?value__gte=10")
    for told in (words(home), words(page)):
        assert "10 or more? Two certainly, one possibly" in told


def test_a_measure_of_which_nothing_is_asked_is_shown_whatever_its_slots_hold_beside_it(
    serve: Serve,
) -> None:
    client = filled(serve)
    client.post("/v1/measures", json={"id": "n", "unit": "{crate}"}).raise_for_status()
    boxes, crates = EITHER["quantities"]
    either = {**EITHER, "quantities": [boxes, {**crates, "measure": "n"}]}
    for n in range(15):
        sent = {"id": f"c{n}", "document": "doc", "stated": "2024", **either}
        client.post("/v1/claims", json=sent).raise_for_status()
    page = browse(client, "/measures/m")
    assert page.status_code == 200
    assert "All 15 figures" in words(page)


def test_a_filter_that_a_measure_has_not_is_refused_with_the_list_that_has_it(
    seeded: httpx.Client,
) -> None:
    path = "/measures/containers.prk-rus"
    for sent in ("claimant=shin-won-sik", "dim.contents=shells", "match=certain", "stated__gte=2"):
        page = browse(seeded, f"{path}?{sent}&value__gte=10")
        assert page.status_code == 422, sent
        assert f"/claims?measure=containers.prk-rus&{sent}&value__gte=10" in words(page)
    assert browse(seeded, f"{path}?fbclid=1").status_code == 200, "the mark of a shared link"


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        ("value__gte=1975", "Not before 1975? Two possibly"),
        ("value__gte=1970&value__lt=1980", "Not before 1970 and before 1980? Two certainly"),
        ("value__gt=1979", "After 1979? None"),
    ],
)
def test_a_measure_of_dates_is_asked_for_dates(
    seeded: httpx.Client, asked: str, answer: str
) -> None:
    page = browse(seeded, f"/measures/manufacture-date.rockets.prk?{asked}")
    assert answer in words(page)
    [same] = [one for one in links(page) if one.startswith("/v1/quantities?")]
    found = seeded.get(same).json()["items"]
    assert ("None" in answer) == (found == [])


def test_a_list_of_claims_of_a_measure_of_dates_is_asked_for_dates_too(
    seeded: httpx.Client,
) -> None:
    path = "/claims?measure=manufacture-date.rockets.prk&value__gte="
    told = words(browse(seeded, f"{path}1975"))
    assert "Two claims fit what you asked." in told
    assert "Remove: not before 1975" in told
    assert "Nobody here said so" in words(browse(seeded, f"{path}1980"))


def test_a_comma_sets_thousands_apart_and_makes_no_number_of_another(seeded: httpx.Client) -> None:
    path = "/measures/containers.prk-rus?value__gte="
    assert "10,000 or more?" in words(browse(seeded, f"{path}10,000"))
    assert "10,000 or more?" in words(browse(seeded, f"{path}10 000"))
    assert browse(seeded, f"{path}2,5").status_code == 422


def test_a_source_says_how_many_belong_to_it_and_judge_it_beyond_those_listed(
    serve: Serve,
) -> None:
    client = filled(serve)
    lines = [{"type": "source", "id": f"s{n}", "name": f"S {n}", "kind": "official",
              "affiliation": "desk"} for n in range(52)]  # fmt: skip
    lines += [{"type": "assessment", "target": "sources/desk", "assessor": f"a{n}",
               "comment": f"Why {n}"} for n in range(53)]  # fmt: skip
    client.post("/v1/imports", json=lines).raise_for_status()
    told = words(browse(client, "/sources/desk"))
    assert "and 2 more ." in told
    assert "3 more, as JSON" in told


def test_when_claims_were_printed_is_in_words_beside_their_list(seeded: httpx.Client) -> None:
    told = words(browse(seeded, "/claims"))
    assert "Printed in 2024 or later 18" in told
    assert "2024/.." not in told
