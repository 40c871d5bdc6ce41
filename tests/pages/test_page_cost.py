"""What pages cost: asked once, kept while the log stands still, never shared behind a key."""

import json

import httpx

from tests.conftest import Serve
from tests.pages.test_pages import browse, words
from tests.patience import until

MEASURE = "/measures/containers.prk-rus?value__gte=10000"


def requests_counted(client: httpx.Client) -> float:
    """All requests that /metrics has counted so far."""
    lines = client.get("/metrics").text.splitlines()
    return sum(float(one.split()[-1]) for one in lines if one.startswith("sayso_requests_total{"))


def test_what_a_page_asks_the_api_is_no_request_of_its_own(serve: Serve) -> None:
    client = serve()
    before = requests_counted(client)
    for path in ("/", MEASURE, "/claims/dia-2024-08-containers"):
        assert browse(client, path).status_code == 200
    assert requests_counted(client) - before == 4  # three pages, and the first look at the metrics


def test_a_page_is_given_again_until_something_is_written(serve: Serve) -> None:
    client = serve()
    until(lambda: "etag" in browse(client, "/measures").headers)  # first looks find no log yet
    first = browse(client, MEASURE)
    tag = {"If-None-Match": first.headers["etag"]}
    assert browse(client, MEASURE).content == first.content
    again = browse(client, MEASURE, headers=tag)
    assert (again.status_code, again.content) == (304, b"")
    assert "content-security-policy" in again.headers
    claim = {"claimant": "nis", "document": "daily-digest-article", "measure": "containers.prk-rus",
             "raw_text": "upwards of 11,000", "stated": "2024-09"}  # fmt: skip
    assert client.post("/v1/claims", json=claim).status_code == 201
    changed = browse(client, MEASURE, headers=tag)
    assert changed.status_code == 200
    assert "upwards of 11,000" in words(changed)
    assert changed.headers["etag"] != first.headers["etag"]


def test_a_page_behind_a_key_is_never_shared(serve: Serve) -> None:
    client = serve(open_reads=False)
    browse(client, MEASURE)
    key = client.headers["authorization"]
    with httpx.Client(
        base_url=client.base_url, timeout=60, headers={"authorization": key}
    ) as reader:
        until(lambda: "etag" in reader.get("/measures").headers)
        kept = reader.get(MEASURE)
        assert kept.status_code == 200
        assert kept.headers["cache-control"] == "private, no-cache"
        assert "Cookie" in kept.headers["vary"]
        for headers in ({}, {"If-None-Match": kept.headers["etag"]}, {"Cookie": "sayso_key=x"}):
            nobody = browse(client, MEASURE, headers=headers)
            assert nobody.status_code == 401
            assert "10,000" not in words(nobody)
            assert nobody.headers["cache-control"] == "no-store"
        assert (
            client.get(MEASURE, headers={"If-None-Match": kept.headers["etag"]}).status_code == 304
        )


def test_a_measure_with_more_figures_than_a_page_holds_says_so(serve: Serve) -> None:
    client = serve(seeded=False)
    sources = [
        {"type": "source", "id": id, "kind": kind, "name": id.title()}
        for id, kind in (("office", "company"), ("paper", "report"))
    ]
    measure = {"type": "measure", "id": "arrivals", "unit": "{person}", "name": "Arrivals"}
    claims = [
        {"type": "claim", "id": f"c-{n}", "measure": "arrivals", "value": str(n),
         "claimant": "office", "document": "paper", "stated": f"{1990 + n % 30}-{1 + n % 12:02}"}
        for n in range(1200)
    ]  # fmt: skip
    body = "\n".join(json.dumps(one) for one in [*sources, measure, *claims])
    sent = client.post(
        "/v1/imports", content=body, headers={"Content-Type": "application/x-ndjson"}
    )
    assert sent.status_code == 201, sent.text
    page = browse(client, "/measures/arrivals?value__gte=1000")
    told = words(page)
    assert "The first 200 of 1,200 figures" in told
    assert "figures are left out of the comparison" in told
    assert len(page.content) < 400_000
