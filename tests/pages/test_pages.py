"""Pages for people, over HTTP: what they say, what they link, what they never let through."""

import html
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache
from html.parser import HTMLParser
from typing import Any

import httpx
import pytest

from app.config import Settings
from tests.conftest import NO_TLS, ONE_ENGINE, Serve, Server, Templates

PAGES = [
    "/", "/measures", "/measures/containers.prk-rus", "/claims", "/claims/dia-2024-08-containers",
    "/claims/shin-2024-02-26-shell-capacity", "/sources/shin-won-sik", "/search?q=containers",
    "/search", "/add", "/add/file", "/add?edit=dia-2024-08-containers",
    "/measures/containers.prk-rus?value__gte=10,000", "/measures/manufacture-date.rockets.prk",
    "/claims?origin_root=rok-government&stated__gte=2024-03",
    "/claims?measure=containers.prk-rus&value__lte=5000&match=certain",
]  # fmt: skip


Closed = Callable[..., httpx.Client]


@pytest.fixture(scope="module")
def closed(templates: Templates) -> Iterator[Closed]:
    """Servers on the seed whose reads need a key: one for all tests that change nothing.

    `closed(cors)` is one for each setting of cors_localhost.
    """

    @cache
    def opened(cors: bool | None = None) -> httpx.Client:
        url = templates.copy(True)
        settings = Settings(database_url=url, open_reads=False, cors_localhost=cors)
        server = until_the_end.enter_context(Server(settings))
        return until_the_end.enter_context(server.client())

    with ExitStack() as until_the_end:
        yield opened


def browse(client: httpx.Client, path: str, **more: Any) -> httpx.Response:
    """A page, as a browser asks for it: without a key, and not described by OpenAPI."""
    with httpx.Client(base_url=client.base_url, timeout=60, verify=NO_TLS) as browser:
        return browser.get(path, **more)


def words(page: httpx.Response) -> str:
    """What a page says, without its markup."""
    text = re.sub(r"<(script|style).*?</\1>", " ", page.text, flags=re.S)
    return html.unescape(" ".join(re.sub(r"<[^>]+>", " ", text).split()))


@pytest.mark.parametrize("path", PAGES)
def test_every_page_answers_and_is_a_whole_document(seeded: httpx.Client, path: str) -> None:
    page = browse(seeded, path)
    assert page.status_code == 200, page.text
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert page.text.startswith("<!doctype html>")
    assert page.text.count("<h1") == 1
    assert "None" not in words(page).replace("None is known", "").replace("None has", "")


@pytest.mark.parametrize("path", PAGES)
def test_every_request_that_a_page_lists_is_answered_by_the_api(
    seeded: httpx.Client, path: str
) -> None:
    page = browse(seeded, path)
    for one in re.findall(r'<p><a href="(/v1/[^"]+)">Open</a>', page.text):
        assert seeded.get(html.unescape(one)).status_code == 200, one


@ONE_ENGINE
@pytest.mark.usefixtures("guide")
def test_every_link_of_every_page_leads_somewhere(seeded: httpx.Client) -> None:
    """Each is followed once, whichever pages have it."""
    found = {
        html.unescape(href): path
        for path in PAGES
        for href in re.findall(r'(?:href|src)="(/[^"#]*)', browse(seeded, path).text)
    }
    assert len(found) > len(PAGES)
    answers = {href: browse(seeded, href).status_code for href in found}
    broken = {href: found[href] for href, status in answers.items() if status != 200}
    assert broken == {}


def test_a_measure_says_which_figures_certainly_and_which_possibly_fit(
    seeded: httpx.Client,
) -> None:
    told = words(browse(seeded, "/measures/containers.prk-rus?value__gte=10,000"))
    assert "10,000 or more? Three certainly, one possibly" in told
    assert "More than 7,000; nobody said how far upwards" in told
    assert "6,500 to 6,900, as “roughly” is commonly meant" in told
    assert "At least two independent voices, at most three." in told
    assert "No two certainly disagree; of one pair it cannot be told." in told


def test_what_a_page_counts_is_all_that_there_is_and_not_what_it_lists(serve: Serve) -> None:
    client = serve(seeded=False)
    client.post("/v1/sources", json={"id": "doc", "name": "A report", "kind": "report"})
    client.post("/v1/measures", json={"id": "m", "unit": "{thing}"}).raise_for_status()
    for n in range(1, 117):
        sent = {"document": "doc", "claimant": "doc", "stated": f"{1900 + n}",
                "quantities": [{"measure": "m", "value": str(n)}] * 2}  # fmt: skip
        client.post("/v1/claims", json=sent).raise_for_status()
    told = words(browse(client, "/measures/m?value__gte=100"))
    assert "100 or more? 34 certainly" in told
    assert "232 figures, read in one document. The first, of 1901: 1, said without a hedge." in told
    assert "Of the 50 that were compared: no two certainly disagree." in told
    assert "gave 50 figures or more" in told
    known = words(browse(client, "/measures/m?value__gte=1&known_by=2003"))
    assert "1 or more? 206 possibly Remove: at least 1 Remove: printed by 2003 " in known
    home = words(browse(client, "/"))
    assert "or more? " in home
    assert "232 figures, one origin" in home


def test_what_was_not_printed_by_then_is_no_figure_of_the_page(seeded: httpx.Client) -> None:
    asked = "/measures/containers.prk-rus?known_by=2000-01-01"
    for path in (asked, f"{asked}&value__gte=10000"):
        told = words(browse(seeded, path))
        assert "6,500 to 6,900, as" not in told
        assert "Nobody here has said such a figure, as asked." in told


def test_of_two_alternatives_that_do_not_both_fit_neither_fits_for_certain(serve: Serve) -> None:
    client = serve(seeded=False)
    client.post("/v1/sources", json={"id": "doc", "name": "A report", "kind": "report"})
    client.post("/v1/measures", json={"id": "m", "unit": "{thing}"}).raise_for_status()
    either = [{"measure": "m", "slot": 1, "alternative": n, "raw_text": text}
              for n, text in ((1, "5"), (2, "10"))]  # fmt: skip
    both = [{"measure": "m", "slot": n, "raw_text": text} for n, text in ((1, "20"), (2, "7"))]
    for more in ({"quantities": either, "alternative_mode": "or"}, {"quantities": both}):
        sent = {"document": "doc", "stated": "2024", **more}
        client.post("/v1/claims", json=sent).raise_for_status()
    for asked, told in (
        ("value__gte=8", "8 or more? One certainly, one possibly"),
        ("value__gte=5", "5 or more? Four certainly"),
        ("value__gte=8&known_by=2024-12", "8 or more? Two possibly"),
    ):
        assert told in words(browse(client, f"/measures/m?{asked}"))
    page = words(browse(client, "/measures/m?value__gte=8"))
    assert "No “5” one of two alternatives" in page
    assert "Possibly “10” one of two alternatives" in page
    assert "Certainly “20”" in page
    assert "Nobody named gave four figures “5”" in page, "not all of them are revisions"
    cited = client.get("/v1/measures/m/citation?value__gte=8").text
    assert "8 or more? One figure certainly, one possibly." in cited


def test_strictly_a_rounded_figure_could_be_anything(seeded: httpx.Client) -> None:
    usual = words(browse(seeded, "/measures/containers.prk-rus?value__lte=7000"))
    strict = words(browse(seeded, "/measures/containers.prk-rus?value__lte=7000&policy=strict"))
    assert "7,000 or less? One certainly" in usual
    assert "One certainly" not in strict
    assert "6,500 to 6,900, as" in usual
    assert "6,500 to 6,900, as" not in strict, "nor do the bars end there"


def test_a_claim_tells_every_reading_and_the_chain(seeded: httpx.Client) -> None:
    told = words(browse(seeded, "/claims/dia-2024-08-containers"))
    assert "Reading A preferred" in told
    assert "13,000 at most; nobody said how far down" in told
    assert "Newsweek passed it on (“noted”)" in told
    assert "Defense Intelligence Agency is where it comes from" in told


def test_a_field_without_a_place_of_its_own_is_told_by_its_name(seeded: httpx.Client) -> None:
    told = words(browse(seeded, "/claims/shin-2024-02-26-shell-capacity"))
    assert "Modal word may have contained" in told
    assert "Utterance shin-2024-02-26-briefing" in told
    assert "Inferred by the recorder Said, utterance, alternative mode" in told


def test_what_is_not_there_is_said_as_a_page(seeded: httpx.Client) -> None:
    page = browse(seeded, "/claims/no-such-claim")
    assert page.status_code == 404
    assert "Search for it by name" in words(page)
    refused = browse(seeded, "/claims?misspelt=1")
    assert refused.status_code == 422
    assert "misspelt" in refused.text


def test_an_empty_database_says_how_to_begin(serve: Serve) -> None:
    client = serve(seeded=False)
    told = words(browse(client, "/"))
    assert "This database is empty" in told
    assert "sayso import FILE" in told
    assert browse(client, "/measures").status_code == 200
    assert browse(client, "/claims").status_code == 200


def test_closed_reads_ask_for_a_key_once_and_never_write_with_it(closed: Closed) -> None:
    client = closed()
    key = client.headers["authorization"].removeprefix("Bearer ")
    with httpx.Client(base_url=client.base_url, timeout=60, verify=NO_TLS) as browser:
        page = browser.get("/measures/containers.prk-rus?value__gte=10000")
        assert page.status_code == 401
        assert "A key is needed" in page.text
        assert browser.post("/key", data={"key": "sayso_wrong", "next": "/"}).status_code == 401
        onward = "/measures/containers.prk-rus?value__gte=10000"
        kept = browser.post("/key", data={"key": key, "next": onward})
        assert (kept.status_code, kept.headers["location"]) == (303, onward)
        cookie = kept.headers["set-cookie"].lower()
        assert "httponly" in cookie
        assert "samesite=strict" in cookie
        assert "max-age" not in cookie
        assert browser.get(onward).status_code == 200
        browser.post("/key/forget")
        assert browser.get("/v1/measures/containers.prk-rus/chart.svg").status_code == 401
        assert browser.get(onward).status_code == 401


LINKED = re.compile(r'(?:href|src|srcset|data-chart)="(/v1/[^"]+)"')


def opened(client: httpx.Client) -> dict[str, str]:
    """The Cookie header of a person who gave the key on the key page."""
    return {"cookie": f"sayso_key={client.headers['authorization'].removeprefix('Bearer ')}"}


@ONE_ENGINE
def test_everything_that_a_page_links_to_opens_with_the_cookie_of_its_key(closed: Closed) -> None:
    client = closed()
    here = {**opened(client), "sec-fetch-site": "same-origin"}
    linked: set[str] = set()
    with httpx.Client(base_url=client.base_url, timeout=60, verify=NO_TLS, headers=here) as browser:
        for page in ("/", "/claims?measure=containers.prk-rus", "/search?q=containers",
                     "/measures/containers.prk-rus", "/claims/dia-2024-08-containers",
                     "/sources/shin-won-sik"):  # fmt: skip
            links = LINKED.findall(browser.get(page).text)
            assert links, page
            linked |= {html.unescape(one).partition("#")[0] for one in links}
        for kind in (".csv", ".svg", ".png", ".atom", "/citation", "/export", "format=bibtex"):
            assert any(kind in one for one in linked), kind
        for address in sorted(linked):
            answer = browser.get(address)
            assert answer.status_code == 200, address
            assert answer.headers["cache-control"] == "private, no-cache"
            assert answer.headers["cross-origin-resource-policy"] == "same-origin"
            assert "Cookie" in answer.headers["vary"]
            assert "access-control-allow-credentials" not in answer.headers
        assert browser.head("/v1/claims").status_code == 200


CLAIM = "/v1/claims/dia-2024-08-containers"


@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "/v1/claims"), ("PUT", CLAIM), ("PATCH", CLAIM), ("DELETE", CLAIM),
     ("POST", "/v1/imports"), ("POST", "/v1/keys"), ("POST", "/v1/lexicon/parse")],
)  # fmt: skip
def test_the_cookie_of_a_key_writes_nothing(closed: Closed, method: str, path: str) -> None:
    client = closed()
    headers = {**opened(client), "if-match": "*", "sec-fetch-site": "same-origin"}
    with httpx.Client(base_url=client.base_url, verify=NO_TLS, headers=headers) as browser:
        assert browser.request(method, path, json={}).status_code == 401


@pytest.mark.parametrize(
    "made_by",
    [{"origin": "http://localhost:3000"}, {"origin": "null"}, {"origin": "https://evil.example"},
     {"sec-fetch-site": "same-site"}, {"sec-fetch-site": "cross-site"}],
)  # fmt: skip
@pytest.mark.parametrize("cors", [True, False])
def test_the_cookie_of_a_key_opens_nothing_to_a_page_of_another_origin(
    closed: Closed, made_by: dict[str, str], cors: bool
) -> None:
    client = closed(cors)
    with httpx.Client(base_url=client.base_url, verify=NO_TLS) as browser:
        answer = browser.get("/v1/claims", headers={**opened(client), **made_by})
        assert answer.status_code == 401
        assert "access-control-allow-credentials" not in answer.headers
    assert client.get("/v1/claims", headers=made_by).status_code == 200, "with a key sent"


def test_a_cookie_that_is_no_key_is_no_key(closed: Closed) -> None:
    client = closed()
    with httpx.Client(base_url=client.base_url, verify=NO_TLS) as browser:
        for cookie in ("sayso_key=x", "sayso_key=", "other=1", "sayso_key", "=; ;,"):
            assert browser.get("/v1/claims", headers={"cookie": cookie}).status_code == 401


def test_cookies_of_other_programs_on_this_host_leave_the_key_alone(closed: Closed) -> None:
    client = closed()
    with httpx.Client(base_url=client.base_url, verify=NO_TLS) as browser:
        kept = opened(client)["cookie"]
        for cookies in (f"a/b=1; {kept}", f"{kept};x@y=2", f'theirs="a; b";{kept}', f"my{kept}"):
            found = browser.get("/v1/claims", headers={"cookie": cookies}).status_code
            assert found == (401 if cookies.startswith("my") else 200), cookies


def test_a_key_is_not_taken_from_a_form_on_another_site(closed: Closed) -> None:
    client = closed()
    sent = {"key": client.headers["authorization"].removeprefix("Bearer ")}
    with httpx.Client(base_url=client.base_url, verify=NO_TLS) as browser:
        answer = browser.post("/key", data=sent, headers={"sec-fetch-site": "cross-site"})
    assert (answer.status_code, "set-cookie" in answer.headers) == (400, False)


def test_requests_of_a_page_are_shown_with_the_address_that_is_known(serve: Serve) -> None:
    client = serve(public_url="https://figures.example/")
    told = words(browse(client, "/claims/experts-122mm"))
    assert "curl 'https://figures.example/v1/claims/experts-122mm'" in told


def test_known_by_a_day_a_measure_tells_what_does_not_fit_the_figures_asked_for(
    seeded: httpx.Client,
) -> None:
    asked = "/measures/containers.prk-rus?known_by=2024-03-31&value__gte=6900&readings=all"
    told = words(browse(seeded, asked))
    assert "every reading must hold" in told
    assert "“upwards of 7,000”" in told
    assert "13,000" not in told.split("API requests for this page")[0]


def test_sources_that_belong_to_each_other_end_the_list_of_those_above(serve: Serve) -> None:
    client = serve(seeded=False)
    for id in ("ring", "chain"):
        client.post("/v1/sources", json={"id": id, "name": id.title()}).raise_for_status()
    for id, above in (("ring", "chain"), ("chain", "ring")):
        sent = {"If-Match": "*"}
        changed = client.patch(f"/v1/sources/{id}", json={"affiliation": above}, headers=sent)
        assert changed.status_code == 200, changed.text
    assert browse(client, "/sources/ring").status_code == 200


def test_a_claim_says_that_it_denies_its_figure(serve: Serve) -> None:
    client = serve()
    path = "/v1/claims/experts-122mm"
    changed = client.patch(path, json={"polarity": "negative"}, headers={"If-Match": "*"})
    assert changed.status_code == 200, changed.text
    assert "The figure is what is denied" in words(browse(client, "/claims/experts-122mm"))


def test_wherever_a_claim_is_listed_it_says_that_its_figure_is_denied_or_taken_back(
    serve: Serve,
) -> None:
    client = serve()
    for id, change in (
        ("shin-2024-02-containers", {"polarity": "negative"}),
        ("shin-2024-03-containers", {"speech_act": "retract"}),
    ):
        changed = client.patch(f"/v1/claims/{id}", json=change, headers={"If-Match": "*"})
        assert changed.status_code == 200, changed.text
    for path in ("/claims?measure=containers.prk-rus", "/sources/shin-won-sik", "/search?q=7,000"):
        assert "; taken back" in words(browse(client, path)), path
    assert "; denied" in words(browse(client, "/claims?measure=containers.prk-rus"))
    assert "denied: “roughly 6,700”, Shin Won-sik" in words(browse(client, "/"))
    table = words(browse(client, "/measures/containers.prk-rus"))
    assert "“roughly 6,700” denied" in table
    assert "“upwards of 7,000” taken back" in table


def test_a_claim_tells_of_each_figure_what_it_counts_and_how_they_go_together(
    serve: Serve,
) -> None:
    client = serve()
    told = words(browse(client, "/claims/shin-2024-02-26-shell-capacity"))
    assert "“more than 3 million” calibre mm: 152" in told
    assert "“500,000” calibre mm: 122" in told
    assert "One of its alternatives, or a mix of them" in told
    figure = {"measure": "containers.prk-rus", "unit": "t", "attributes": {"edition": 2}}
    client.post("/v1/claims", json={
        "id": "loose", "document": "daily-digest-article", "alternative_mode": "or",
        "quantities": [
            {**figure, "value": "5", "slot": 1}, {**figure, "value": "6", "slot": 1,
                                                  "alternative": 2},
            {**figure, "value": "7", "slot": 2},
        ],
    }).raise_for_status()  # fmt: skip
    told = words(browse(client, "/claims/loose"))
    five, six, seven = (f"{n}, said without a hedge, in tonnes" for n in (5, 6, 7))
    assert f"{five} or {six}; and {seven}, nobody named" in told
    assert f"{five} or {six} and {seven} Shipping" in told
    assert "7, said without a hedge, in tonnes edition: 2" in told


def test_the_first_sentences_tell_what_is_denied_what_is_undated_and_why_two_agree(
    serve: Serve,
) -> None:
    client = serve(seeded=False)
    for id, kind in (("ann", "person"), ("log", "report")):
        client.post("/v1/sources", json={"id": id, "name": id, "kind": kind}).raise_for_status()
    client.post("/v1/measures", json={"id": "tugs", "unit": "{tug}"}).raise_for_status()
    for said, more in (
        ("7", {"stated": "2024-02", "claimant": "ann"}),
        ("8", {"stated": "2024-02", "claimant": "ann"}),
        ("6", {"stated": "2024-01", "speech_act": "deny"}),
        ("9", {"polarity": "negative"}),
    ):
        sent = {"document": "log", "measure": "tugs", "raw_text": said, **more}
        client.post("/v1/claims", json=sent).raise_for_status()
    told = words(browse(client, "/measures/tugs"))
    assert "The first, of January 2024: denied: “6”; the last, of February 2024: “" in told
    assert re.search("Against them stand 2: denied: “[69]”, denied: “[69]”[.]", told), told
    why = "Every two of them are of one voice, or the one revises the other."
    assert why in words(browse(client, "/"))


def test_a_related_claim_is_told_with_who_said_it_together_and_what_became_of_it(
    serve: Serve,
) -> None:
    client = serve()
    ends = [{"source": id, "role": "speaker", "position": 1} for id in ("reuters", "bloomberg")]
    document = {"source": "daily-digest-article", "role": "document", "position": 0}
    about = {
        "document": "daily-digest-article",
        "measure": "containers.prk-rus",
        "stated": "2024-09",
    }
    for claim in (
        {"id": "both", "raw_text": "9", "attributions": [document, *ends]},
        {"id": "later", "raw_text": "8",
         "relations": [{"predicate": "derived_from", "object": "both"}]},
    ):  # fmt: skip
        client.post("/v1/claims", json={**about, **claim}).raise_for_status()
    told = "“9”, Reuters and Bloomberg, September 2024"
    assert told in words(browse(client, "/claims/later"))
    client.delete("/v1/claims/both?reason=x", headers={"If-Match": "*"}).raise_for_status()
    assert f"{told} (withdrawn)" in words(browse(client, "/claims/later"))


def test_figures_without_a_number_or_of_nothing_have_no_bar(serve: Serve) -> None:
    client = serve(seeded=False)
    client.post("/v1/sources", json={"id": "doc", "name": "A report", "kind": "report"})
    for id in ("none", "some"):
        client.post("/v1/measures", json={"id": id, "unit": "{thing}"}).raise_for_status()
    for id, name, said in (
        ("none", "value", "0"), ("some", "value", "5"), ("some", "absence", "withheld"),
    ):  # fmt: skip
        sent = {"document": "doc", "measure": id, name: said}
        client.post("/v1/claims", json=sent).raise_for_status()
    told = [browse(client, f"/measures/{measure}") for measure in ("none", "some")]
    assert [page.status_code for page in told] == [200, 200]
    assert "a figure that is withheld" in words(told[1])


def test_a_chip_drops_one_of_a_repeated_parameter(seeded: httpx.Client) -> None:
    page = browse(seeded, "/claims?tag=b&tag=a&claimant=shin-won-sik")
    chips = [html.unescape(one) for one in re.findall(r'class="off" href="([^"]+)"', page.text)]
    assert chips == [
        "/claims?tag=a&claimant=shin-won-sik", "/claims?tag=b&claimant=shin-won-sik",
        "/claims?tag=b&tag=a",
    ]  # fmt: skip


@pytest.mark.parametrize("onward", ["//evil.example", "/\\evil.example", "https://evil.example"])
def test_a_key_never_leads_to_another_site(closed: Closed, onward: str) -> None:
    client = closed()
    key = client.headers["authorization"].removeprefix("Bearer ")
    with httpx.Client(base_url=client.base_url, verify=NO_TLS) as browser:
        kept = browser.post("/key", data={"key": key, "next": onward})
        assert kept.headers["location"] == "/"


class Attributes(HTMLParser):
    """The names of all attributes, and every address, of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.addresses: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names |= {name for name, _ in attrs}
        self.addresses |= {
            value or "" for name, value in attrs if name in ("href", "src", "action")
        }


def scripted(text: str) -> list[str]:
    """Attributes that run a script."""
    found = Attributes()
    found.feed(text)
    handlers = [name for name in found.names if name.startswith("on")]
    return handlers + [one for one in found.addresses if one.lower().startswith("javascript:")]


HOSTILE = [
    "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "'-alert(1)-'",
    "javascript:alert(1)", "{{ 7 * 7 }}", "{% raw %}", "</textarea><svg onload=alert(1)>",
    "\u202eRTL", "&lt;b&gt;", "<!--", "]]>", "${7*7}", "`alert(1)`",
    "</title><script>alert(1)</script>", "</script><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>", "<svg/onload=alert(1)>", '" onfocus="alert(1)" autofocus="',
    "' onmouseover='alert(1)", "<iframe srcdoc='<script>alert(1)</script>'>",
    "<a href=javascript:alert(1)>x</a>", "<base href=//evil.example>",
    "<style>*{display:none}</style>", "<meta http-equiv=refresh content=0;url=//evil.example>",
    "data:text/html,<script>alert(1)</script>", "<form action=//evil.example><input>",
    "<link rel=stylesheet href=//evil.example>", "&#60;script&#62;",
    "\\u003cscript\\u003e", "%3Cscript%3Ealert(1)%3C/script%3E", "{% include '/etc/passwd' %}",
    "{{ config.__class__ }}", "a\u2028b\u2029c",
]  # fmt: skip


@ONE_ENGINE
def test_hostile_text_in_every_field_is_inert_on_every_page(serve: Serve) -> None:
    client = serve(seeded=False)
    for n, text in enumerate(HOSTILE):
        source = {"id": f"s{n}", "name": text, "notes": text, "title": text, "kind": "article"}
        assert client.post("/v1/sources", json=source).status_code == 201
        measure = {"id": f"m{n}", "unit": "{thing}", "name": text, "definition": text}
        assert client.post("/v1/measures", json=measure).status_code == 201
        claim = {"id": f"c{n}", "document": f"s{n}", "claimant": f"s{n}", "measure": f"m{n}",
                 "value": "7", "statement": text, "notes": text, "cue": text, "locator": text,
                 "tags": [f"t{n}"]}  # fmt: skip
        assert client.post("/v1/claims", json=claim).status_code == 201, text
    paths = [p.format(n=n) for n in range(len(HOSTILE)) for p in
             ("/claims/c{n}", "/measures/m{n}", "/sources/s{n}", "/add?edit=c{n}")]  # fmt: skip
    for path in [*paths, "/", "/claims", "/measures", *(f"/search?q={t}" for t in HOSTILE)]:
        page = browse(client, path)
        assert page.status_code == 200, path
        assert "<script>alert" not in page.text
        assert not re.search(r"<(iframe|base|style|svg/|meta http)", page.text), path
        assert not scripted(page.text), path
    assert "{{ 7 * 7 }}" in words(browse(client, "/measures/m4"))


@ONE_ENGINE
def test_pages_forbid_scripts_and_styles_of_others(seeded: httpx.Client) -> None:
    policy = browse(seeded, "/").headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    for path in PAGES:
        text = browse(seeded, path).text
        assert not re.search(r"<script(?![^>]*src=)", text)
        assert not re.search(r"<[^>]+\sstyle=", text)
        assert not re.search(r'(?:src|srcset)="(?:https?:)?//', text)


def test_a_measure_is_cited_and_taken_along_as_it_was_asked(seeded: httpx.Client) -> None:
    page = browse(seeded, "/measures/containers.prk-rus?value__gte=10,000&policy=strict")
    told = words(page)
    assert "Cite this page" in told
    assert "10,000 or more, words such as “roughly” taken strictly?" in told
    [table] = re.findall(r'href="(/v1/quantities\.csv[^"]+)"', page.text)
    rows = seeded.get(html.unescape(table)).text.splitlines()
    asked = {"measure": "containers.prk-rus", "value__gte": "10000", "policy": "strict"}
    assert len(rows) - 1 == len(seeded.get("/v1/quantities", params=asked).json()["items"])


def test_the_search_shows_where_the_words_stand_best_first(seeded: httpx.Client) -> None:
    page = browse(seeded, "/search?q=containers")
    assert re.search(r"<mark>containers?</mark>", page.text, re.I)
    assert "/v1/search?q=containers" in html.unescape(page.text)
    told = words(page)
    assert re.search(r"found for “containers”: \d+ measures?, \d+ claims?, \d+ sources?\.", told)


def test_the_home_page_tells_what_changed_and_by_whom(serve: Serve) -> None:
    client = serve()
    claim = client.get("/v1/claims/dia-2024-08-containers")
    sent = {"If-Match": claim.headers["etag"]}
    client.patch(claim.url.path, json={"notes": "Read twice."}, headers=sent).raise_for_status()
    reason = {"reason": "It is of another count."}
    client.delete(
        "/v1/claims/shin-2024-02-containers", params=reason, headers={"If-Match": '"1"'}
    ).raise_for_status()
    told = words(browse(client, "/"))
    assert re.search(
        r"“roughly 6,700”, Shin Won-sik, .{0,40}2024 .+? withdrawn “tests”, 20\d\d", told
    )
    assert re.search(r"Defense Intelligence Agency, \S+ 2024 .+? changed: notes “tests”", told)


def test_what_changed_between_two_versions_is_told_in_words_field_by_field(serve: Serve) -> None:
    client = serve()
    path = "/v1/claims/dia-2024-08-containers"
    claim = client.get(path).json()
    document, newsweek, given_to, report, origin = claim["attributions"]
    (updates,), (ceiling, _) = claim["relations"], reversed(claim["quantities"])
    meanwhile = {"predicate": "supports", "object": "shin-2024-06-containers", "note": "So it."}
    sent = {
        "attributions": [document, {**newsweek, "cue": "said"}, report, given_to, origin],
        "relations": [{**updates, "basis": "stated"}, meanwhile],
        "quantities": [{**ceiling, "preferred": True, "dimensions": {"calibre_mm": 152}}],
        "tags": ["read twice", "estimate"],
    }
    answer = client.patch(path, json=sent, headers={"If-Match": "*"})
    assert answer.status_code == 200, answer.text
    told = words(browse(client, path.removeprefix("/v1")))
    told = told[told.index("What changed from version 1 to 2") :]
    for change in (
        "Chain newsweek (relayer), verb used noted said",
        "Chain, order source: daily-digest-article; role: document, source: newsweek",
        "Relation updates shin-2024-06-containers, basis inferred not given",
        "Relation supports shin-2024-06-containers not given predicate: supports; object: "
        "shin-2024-06-containers; note: So it.",
        "Figure 1.1A hedge: none; unit: {container}",
        "Figure 1.1B, preferred not given yes",
        "Figure 1.1B, dimensions not given calibre mm: 152",
        "Tags not given read twice, estimate",
    ):
        assert change in told, f"{change} in {told}"


def test_an_id_that_nothing_has_leads_to_those_like_it(seeded: httpx.Client) -> None:
    page = browse(seeded, "/claims/dia-2024-08-container")
    assert page.status_code == 404
    assert '<a href="/claims/dia-2024-08-containers">' in page.text


def test_claims_are_narrowed_by_the_root_they_go_back_to_and_the_year_of_print(
    seeded: httpx.Client,
) -> None:
    page = browse(seeded, "/claims")
    for name in ("origin_root", "published"):
        links = re.findall(rf'href="(/claims\?{name}=[^"]+)">.*?class="count">(\d+)<', page.text)
        assert links, name
        for href, count in links:
            narrowed = words(browse(seeded, html.unescape(href)))
            assert f"of {count} " in narrowed or "fits what you asked" in narrowed, (href, count)


def test_wordings_have_the_language_of_their_document_and_changes_a_feed(serve: Serve) -> None:
    client = serve()
    work = {"id": "elmarker-bote", "name": "Elmarker Bote", "kind": "article", "language": "de"}
    client.post("/v1/claims", json={
        "measure": "containers.prk-rus", "document": "elmarker-bote", "raw_text": "rund 6.700",
        "stated": "2025-01", "id": "bote", "included": {"sources": [work]},
    }).raise_for_status()  # fmt: skip
    for path in ("/claims/bote", "/claims", "/measures/containers.prk-rus", "/search?q=rund"):
        told = browse(client, path).text
        meant = '6,900, as “<span lang="de" dir="auto">rund</span>” (about) is commonly meant'
        assert meant in told or path.startswith("/search"), path
        found = re.search(r'lang="(\w+)" dir="auto">“?rund 6.700', told)
        assert found, path
        assert found[1] == "de"
    for path in ("/", "/claims?tag=x", "/measures/containers.prk-rus"):
        page = browse(client, path)
        [feed] = re.findall(r'type="application/atom\+xml" title="[^"]+" href="([^"]+)"', page.text)
        assert (
            browse(client, html.unescape(feed))
            .headers["content-type"]
            .startswith("application/atom+xml")
        )


def test_without_script_the_forms_say_what_to_do_instead(seeded: httpx.Client) -> None:
    for path, instead in (("/add", "sayso import FILE"), ("/add/file", "import FILE --suggest")):
        [told] = re.findall(r"<noscript>(.+?)</noscript>", browse(seeded, path).text)
        assert instead in told


def test_as_of_a_moment_every_page_and_the_requests_it_lists_are_of_that_moment(
    serve: Serve,
) -> None:
    client = serve(seeded=False)
    client.post(
        "/v1/sources", json={"id": "doc", "name": "An old name", "kind": "report"}
    ).raise_for_status()
    measure = {"id": "m", "name": "Old boxes", "unit": "{box}"}
    client.post("/v1/measures", json=measure).raise_for_status()
    client.post("/v1/claims", json={"id": "c", "document": "doc", "claimant": "doc", "measure": "m",
                                    "raw_text": "5"}).raise_for_status()  # fmt: skip
    moment = client.get("/v1/claims/c").json()["recorded_at"]
    for path in ("/v1/sources/doc", "/v1/measures/m"):
        client.patch(path, json={"name": "New"}, headers={"If-Match": "*"}).raise_for_status()
    for path in ("/measures", "/measures/m", "/sources/doc", "/claims/c", "/search?q=old"):
        page = browse(client, path, params={**dict(httpx.QueryParams(path.partition("?")[2])),
                                            "as_of": moment})  # fmt: skip
        assert "New" not in words(page).replace("Newest", ""), path
        assert "ld " in words(page), path
        listed = re.findall(r'<p><a href="(/v1/[^"]+)">Open</a>', page.text)
        untimed = [one for one in listed if "as_of" not in one and "/revisions" not in one]
        assert (listed != [], untimed) == (True, []), path
    assert browse(client, f"/?as_of={moment}").status_code == 422  # the newest changes are of now
    assert "Version 2" in words(browse(client, "/sources/doc"))
    assert "Version 2" not in words(browse(client, f"/sources/doc?as_of={moment}"))


def test_what_may_be_of_any_day_up_to_one_is_not_the_last(serve: Serve) -> None:
    client = serve(seeded=False)
    client.post("/v1/sources", json={"id": "doc", "name": "R", "kind": "report"}).raise_for_status()
    client.post("/v1/measures", json={"id": "m", "unit": "{box}"}).raise_for_status()
    for stated, text in (("2023", "5"), ("2024", "6"), ("[..2024-05-12]", "7"), ("../2020", "8")):
        sent = {"document": "doc", "claimant": "doc", "stated": stated, "measure": "m",
                "raw_text": text}  # fmt: skip
        client.post("/v1/claims", json=sent).raise_for_status()
    told = words(browse(client, "/measures/m"))
    assert "The first, of 2023: “5”; the last, of 2024: “6”." in told
