"""A citation carries the figure as printed, its chain, its doubts, and a lasting link."""

import itertools
import re
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from app.api import negotiation
from app.api.citations import CITATIONS
from app.api.claims import GRAPHS
from app.render import citation
from tests.conftest import ONE_ENGINE, Serve

CLAIM = "/v1/claims/shin-2024-03-containers"
ARTICLE = (
    "The Daily Digest, “Remember when North Korea sent rocket artillery shells from the 1970s to "
    "Russia?”"
)
FORMS = ("text", "csl", "bibtex")

# The parts of the CSL-JSON schema (citation-style-language/schema, 1.0.2) that we use.
DATE = {
    "properties": {
        "date-parts": {
            "type": "array", "minItems": 1, "maxItems": 2,
            "items": {"type": "array", "items": {"type": "integer"}, "minItems": 1, "maxItems": 3},
        },
        "circa": {"type": "boolean"},
        "literal": {"type": "string"},
    },
    "additionalProperties": False,
}  # fmt: skip
NAME = {"properties": {"literal": {"type": "string"}}, "additionalProperties": False}
CSL = Draft202012Validator({
    "type": "array",
    "items": {
        "type": "object",
        "properties": {
            "id": {"type": "string"},
            "type": {"enum": ["entry", "document", "dataset"]},
            "author": {"type": "array", "items": NAME},
            "issued": DATE,
            "accessed": DATE,
            "custom": {"type": "object"},
            **{
                name: {"type": "string"}
                for name in ("title", "container-title", "version", "URL", "note", "status")
            },
        },
        "required": ["type", "id"],
        "additionalProperties": False,
    },
})  # fmt: skip


def cited(client: httpx.Client, path: str, form: str, **more: str) -> str:
    answer = client.get(f"{path}/citation", params={"format": form, **more})
    assert answer.status_code == 200, answer.text
    return answer.text


def item(client: httpx.Client, path: str) -> dict[str, Any]:
    found = client.get(f"{path}/citation", params={"format": "csl"}).json()
    CSL.validate(found)
    [one] = found
    return dict(one)


def parsed(entry: str) -> tuple[str, dict[str, str]]:
    """A BibTeX entry as BibTeX reads it: braces are counted, backslash or not."""
    head = re.match(r"@misc\{([^\s,{}%#~\\\"']+),\n", entry)
    assert head, entry
    fields: dict[str, str] = {}
    at = head.end()
    while entry[at] != "}":
        name = re.compile(r"\s*([a-z]+) = ").match(entry, at)
        assert name, entry[at : at + 50]
        start = end = name.end()
        if entry[start] == "{":
            depth = 0
            for end in range(start, len(entry)):
                depth += {"{": 1, "}": -1}.get(entry[end], 0)
                if depth == 0:
                    break
            end += 1
        else:
            end = entry.index(",", start)
        fields[name[1]] = entry[start:end].removeprefix("{").removesuffix("}")
        assert entry[end : end + 2] == ",\n"
        at = end + 2
    assert entry[at:] == "}\n"
    return head[1], fields


def unescaped(text: str) -> str:
    """What LaTeX prints; raises where a special character stands for itself."""
    back = {written: char for char, written in printed().items()}
    pattern = re.compile("|".join(map(re.escape, sorted(back, key=len, reverse=True))))
    assert not set(pattern.sub("", text)) & set("{}%&#_$~^\\"), text
    return pattern.sub(lambda found: back[found[0]], text)


def printed() -> dict[str, str]:
    return {chr(code): written for code, written in citation.ESCAPED.items()}


def test_the_citation_says_who_said_what_when_and_through_whom(seeded: httpx.Client) -> None:
    url = str(seeded.base_url)
    day = seeded.get(CLAIM).json()["recorded_at"]
    text = cited(seeded, CLAIM, "text")
    year, month, number = day[:10].split("-")
    assert text.startswith(
        "Shin Won-sik (named as “Minister Shin”), March 2024 (inferred): Shipping containers, "
        "North Korea to Russia: “upwards of 7,000”. Reported by Associated Press (ambiguous); "
        f"printed in {ARTICLE}, October 2024 or later, line 14, https://thedailydigest.com/"
    )
    assert "Inferred by the recorder: stated, unit." in text
    assert f"recorded {int(number)} " in text
    assert year in text
    assert text.endswith(f"{url.rstrip('/')}{CLAIM}/revisions/1\n")
    assert "Sayso, claim shin-2024-03-containers, version 1, " in text


@ONE_ENGINE
def test_every_claim_of_the_seed_is_cited_in_every_form(seeded: httpx.Client) -> None:
    claims = seeded.get("/v1/claims?expand=sources,measures").json()
    names = {one["id"]: one["name"] for one in claims["included"]["sources"]}
    measures = {one["id"]: one["name"] for one in claims["included"]["measures"]}
    assert len(claims["items"]) == 18
    for claim in claims["items"]:
        path = f"/v1/claims/{claim['id']}"
        csl, (key, bib) = item(seeded, path), parsed(cited(seeded, path, "bibtex"))
        texts = [cited(seeded, path, "text"), csl["title"] + csl["note"]]
        texts.append(unescaped(bib["title"][1:-1]) + unescaped(bib["note"]))
        link = f"{path}/revisions/1"
        for text in texts:
            for figure in claim.get("quantities", []):
                assert f"“{figure['raw_text']}”" in text
                assert measures[figure["measure"]] in text
            for hop in claim["attributions"]:
                assert hop["source"] == claim["document"] or names[hop["source"]] in text
            assert text.count("(inferred)") >= ("stated" in claim.get("inferred", []))
            ambiguous = [hop for hop in claim["attributions"] if hop.get("basis") == "ambiguous"]
            assert text.count("(ambiguous)") >= len(ambiguous)
        assert link in texts[0]
        assert csl["URL"].endswith(link)
        assert bib["url"].endswith(link)
        assert key == csl["id"] == f"{claim['id']}.v1"
        assert csl["author"] == [{"literal": names[claim["claimant"]]}]
        assert bib["author"] == f"{{{names[claim['claimant']]}}}"
        assert seeded.get(link).json()["content_hash"] == claim["content_hash"]


def test_a_reference_manager_gets_the_date_in_numbers_where_it_is_plain(
    seeded: httpx.Client,
) -> None:
    issued = {
        "shin-2024-02-26-shells-sent": {"date-parts": [[2024, 2, 26]]},
        "shin-2024-06-containers": {"date-parts": [[2024, 6]]},
        # Inferred, so not certain.
        "shin-2024-03-containers": {"date-parts": [[2024, 3]], "circa": True},
        "photographer-2023-lettering": {"date-parts": [[2023]]},
        "outlet-2024-05-1970s-rockets": {"literal": "by 12 May 2024 (inferred)"},
        "experts-122mm": None,
    }
    for id, date in issued.items():
        assert item(seeded, f"/v1/claims/{id}").get("issued") == date
    dated = {
        "shin-2024-02-26-shells-sent": ("2024-02-26", "2024", "feb"),
        "state-dept-2024-containers": ("2024-02/2024-03", "2024", None),
        "outlet-2024-05-1970s-rockets": ("../2024-05-12", None, None),
        "experts-122mm": (None, None, None),
    }
    for id, date in dated.items():
        _, fields = parsed(cited(seeded, f"/v1/claims/{id}", "bibtex"))
        assert tuple(map(fields.get, ("date", "year", "month"))) == date


STATED = {
    "2018-12-30/2019-01-02": ("2018-12-30/2019-01-02", None, "30 December 2018 to 2 January 2019"),
    "1985/..": ("1985/..", None, "1985 or later"),
    "../1985": ("../1985", None, "1985 or earlier"),
    "[..2024-05-12]": ("../2024-05-12", None, "by 12 May 2024"),
    "{1667,1668}": ("1667/1668", None, "1667 and 1668"),
    "19XX": ("19XX", None, "between 1900 and 1999"),
    "-0044": ("-0044", None, "45 BCE"),
    "2024-02~": ("2024-02~", "2024", "about February 2024"),
    "2024-21": ("2024-21", "2024", "spring 2024"),
    "2024-1X": ("2024-10/2024-12", "2024", "between October 2024 and December 2024"),
}
LASTING = {"1985 or later": "from 1985 on", "1985 or earlier": "until 1985"}
"""What is open is some time, but of a period all of it."""


@ONE_ENGINE
def test_every_date_is_in_every_form_and_never_as_a_code_in_words(fresh: httpx.Client) -> None:
    for stated, (date, year, words) in STATED.items():
        claim = {"document": "daily-digest-article", "stated": stated, "value": "7",
                 "measure": "containers.prk-rus", "period": stated}  # fmt: skip
        made = fresh.post("/v1/claims", json=claim)
        assert made.status_code == 201, made.text
        path = f"/v1/claims/{made.json()['id']}"
        _, fields = parsed(cited(fresh, path, "bibtex"))
        assert (fields.get("date"), fields.get("year")) == (date, year)
        csl, text = item(fresh, path), cited(fresh, path, "text")
        for told in (text, csl["title"] + csl["note"], fields["title"] + fields["note"]):
            assert f"period: {LASTING.get(words, words)}" in told
            assert stated not in told
        assert f"given, {words}: " in text


@ONE_ENGINE
def test_a_figure_is_cited_with_its_range_its_period_and_its_unit_in_words(
    fresh: httpx.Client,
) -> None:
    measure = {"id": "losses", "name": "Losses at Sandport", "unit": "{person}"}
    figures: list[tuple[dict[str, Any], str]] = [
        ({"value": "70000", "lower": "60000", "upper": "90000"},
         "70,000 persons (60,000 to 90,000)"),
        ({"raw_text": "70,000", "value": "70000", "lower": "60000", "upper": "90000"},
         "“70,000” (60,000 to 90,000)"),
        ({"value": "70000", "lower": "60000"}, "70,000 persons (at least 60,000)"),
        ({"value": "70000", "upper": "90000", "upper_inclusive": False},
         "70,000 persons (less than 90,000)"),
        ({"value": "70000", "lower": "60000", "upper": "90000", "interval_type": "confidence",
          "interval_level": "0.95"},
         "70,000 persons (95 % confidence interval 60,000 to 90,000)"),
        ({"value": "70000", "lower": "60000", "upper": "80000",
          "interval_type": "standard_deviation"},
         "70,000 persons (standard deviation 60,000 to 80,000)"),
        ({"lower": "60000", "upper": "90000"}, "60,000 to 90,000 persons"),
        ({"value": "70000", "hedge": "approximate"}, "about 70,000 persons"),
        ({"value": "70000", "lower": "70000", "upper": "70000"}, "70,000 persons"),
        ({"value": "70000", "unit": "{person}/a"}, "70,000 persons per year"),
        ({"raw_text": "roughly 70,000"}, "“roughly 70,000”"),
        ({"raw_text": "between 60,000 and 90,000"}, "“between 60,000 and 90,000”"),
    ]  # fmt: skip
    for n, (figure, words) in enumerate(figures):
        claim = {
            "id": f"losses-{n}", "document": "daily-digest-article", "measure": "losses",
            "period": "2022-02-24/2024-06-30", "included": {"measures": [measure]}, **figure,
        }  # fmt: skip
        made = fresh.post("/v1/claims", json=claim)
        assert made.status_code == 201, made.text
        path = f"/v1/claims/losses-{n}"
        told = f"Losses at Sandport: {words}, period: 24 February 2022 to 30 June 2024"
        assert f", undated: {told}. Printed in" in cited(fresh, path, "text")
        assert item(fresh, path)["title"].startswith(f"{told} (undated; printed in ")
        _, fields = parsed(cited(fresh, path, "bibtex"))
        assert unescaped(fields["title"][1:-1]).startswith(f"{told} (undated; printed in ")


def test_the_title_alone_tells_the_doubt_for_few_styles_print_a_note(
    seeded: httpx.Client,
) -> None:
    titles = {
        "shin-2024-03-containers": "“upwards of 7,000” (March 2024 (inferred); reported by "
        f"Associated Press (ambiguous); printed in {ARTICLE})",
        "newsweek-2024-08-shell-capacity": "; put as possible (“could hold”))",
        "experts-122mm": " (undated; printed in ",
        "outlet-2024-05-1970s-rockets": " (by 12 May 2024 (inferred); reported by ",
    }
    for id, words in titles.items():
        assert words in item(seeded, f"/v1/claims/{id}")["title"]
    certain = item(seeded, "/v1/claims/shin-2024-02-containers")["title"]
    assert certain == (
        f"Shipping containers, North Korea to Russia: “roughly 6,700” (printed in {ARTICLE})"
    )


def test_alternatives_are_or_and_slots_are_and_and_readings_are_all_told(
    seeded: httpx.Client,
) -> None:
    told = {
        "shin-2024-02-26-shell-capacity": (
            "“more than 3 million” (calibre_mm: 152) or “500,000” (calibre_mm: 122) [read as "
            "500,000, preferred (narrow: "
        ),
        "dia-2024-08-containers": (
            "“up to 13,000” [read as 13,000, preferred (resultative: the estimates rose and "
            "reached 13,000), or as up to 13,000 (maximiser: no more than 13,000)]"
        ),
        "times-2024-10-share-and-rate": (
            "“as many as half”; and Artillery shells used by Russia per year: “about 3 million per "
            "year” (the clause describes the shells Russia uses) or, read otherwise, Artillery "
            "shells supplied by North Korea per year: “about 3 million per year”"
        ),
        "nis-2024-05-analysing": "[In May 2024 the intelligence service of South Korea said",
        "newsweek-2024-08-shell-capacity": "Drawing on Defense Intelligence Agency (ambiguous)",
    }
    for id, words in told.items():
        assert words in cited(seeded, f"/v1/claims/{id}", "text")
    text = cited(seeded, "/v1/claims/shin-2024-02-26-shell-capacity", "text")
    assert "or a mix of these. At Media briefing" in text
    assert "Put as possible (“may have contained”)." in text


ACCEPTED = {
    "": "text",
    "*/*": "text",
    "text/*": "text",
    "text/html,application/xhtml+xml,*/*;q=0.8": "text",
    "application/x-bibtex": "bibtex",
    "application/vnd.citationstyles.csl+json": "csl",
    "APPLICATION/X-BibTeX; charset=utf-8": "bibtex",
    "application/x-bibtex;q=0.5, application/vnd.citationstyles.csl+json;q=0.9": "csl",
    "application/x-bibtex;q=0.5, */*;q=0.1": "bibtex",
    "application/*": "csl",
    "application/x-bibtex;q=0": "text",
    "text/plain;q=0, */*": "csl",
    "image/png": "text",
    "application/x-bibtex;q=nonsense": "text",
    ",;,;;q=1,/,": "text",
}


@ONE_ENGINE
@pytest.mark.parametrize(("accept", "form"), ACCEPTED.items())
def test_accept_decides_the_form_and_one_that_cannot_be_met_gets_the_first(
    seeded: httpx.Client, accept: str, form: str
) -> None:
    answer = seeded.get(f"{CLAIM}/citation", headers={"Accept": accept})
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith(CITATIONS[form])
    assert answer.headers["vary"] == "Accept"
    wanted = seeded.get(f"{CLAIM}/citation?format=bibtex", headers={"Accept": accept})
    assert wanted.headers["content-type"] == "application/x-bibtex; charset=utf-8"


@given(st.text(alphabet="abctexplinjso/+*;,=q01. \t", max_size=200))
def test_no_accept_header_breaks_the_choice(accept: str) -> None:
    assert negotiation.accepted(accept, GRAPHS) in GRAPHS


def test_what_cannot_be_cited_is_told_as_everywhere(seeded: httpx.Client) -> None:
    for path in ("citation", "provenance", "claim-review"):
        nowhere = seeded.get(f"/v1/claims/nowhere/{path}")
        assert (nowhere.status_code, nowhere.json()["code"]) == (404, "not_found")
        unknown = seeded.get(f"{CLAIM}/{path}?fromat=csl")
        assert unknown.status_code == 422
        assert unknown.json()["errors"][0]["parameter"] == "fromat"
    wrong = seeded.get(f"{CLAIM}/citation?format=bibtx")
    assert wrong.status_code == 422
    assert "did you mean bibtex?" in wrong.json()["errors"][0]["detail"]
    for form in FORMS:
        head = seeded.head(f"{CLAIM}/citation?format={form}")
        assert (head.status_code, head.content) == (200, b"")


def test_a_citation_is_of_one_version_and_says_so_when_that_is_withdrawn(
    fresh: httpx.Client,
) -> None:
    before = fresh.get(CLAIM).json()["recorded_at"]
    first = {form: cited(fresh, CLAIM, form) for form in FORMS}
    figure = {"measure": "containers.prk-rus", "raw_text": "more than 7,000"}
    tag = {"If-Match": '"1"'}
    assert fresh.patch(CLAIM, json={"quantities": [figure]}, headers=tag).status_code == 200
    gone = fresh.delete(CLAIM, params={"reason": "A {misprint}.\nSee 2 & 3."},
                        headers={"If-Match": '"2"'})  # fmt: skip
    assert gone.status_code == 200
    for form in FORMS:
        assert cited(fresh, CLAIM, form, as_of=before) == first[form]
    text = cited(fresh, CLAIM, "text")
    assert "“more than 7,000”" in text
    assert "Withdrawn: A {misprint}. See 2 & 3. Sayso, " in text
    assert text.endswith(f"{CLAIM}/revisions/3\n")
    assert item(fresh, CLAIM)["status"] == "withdrawn"
    assert "; withdrawn: A {misprint}. See 2 & 3)" in item(fresh, CLAIM)["title"]
    key, fields = parsed(cited(fresh, CLAIM, "bibtex"))
    assert key == "shin-2024-03-containers.v3"
    assert "Withdrawn: A {misprint}. See 2 & 3." in unescaped(fields["note"])


def test_a_citation_names_the_claims_that_take_the_place_of_the_one_cited(
    fresh: httpx.Client,
) -> None:
    before = cited(fresh, CLAIM, "text")
    own = CLAIM.rpartition("/")[2]
    for id, predicate in (("a", "confirms"), ("b", "corrects"), ("c", "retracts"),
                          ("d", "supersedes"), ("e", "revises")):  # fmt: skip
        claim = {"id": id, "document": "daily-digest-article",
                 "relations": [{"predicate": predicate, "object": own}]}  # fmt: skip
        assert fresh.post("/v1/claims", json=claim).status_code == 201
    told = cited(fresh, CLAIM, "text")
    for part in ("Corrected by claim b.", "Taken back by claim c.", "Replaced by claim d.",
                 "And by 1 more."):  # fmt: skip
        assert part in told, part
    assert "; corrected by claim b; taken back by claim c;" in item(fresh, CLAIM)["title"]
    for id in "bcde":
        fresh.delete(f"/v1/claims/{id}?reason=x", headers={"If-Match": "*"}).raise_for_status()
    assert cited(fresh, CLAIM, "text") == before


def test_links_start_with_the_public_address_or_the_host_that_was_asked(serve: Serve) -> None:
    client = serve(public_url="https://claims.example.org/sayso/")
    assert item(client, CLAIM)["URL"] == f"https://claims.example.org/sayso{CLAIM}/revisions/1"
    here = serve()
    named = {"Host": "sayso.example.org:8080"}
    text = here.get(f"{CLAIM}/citation", headers=named).text
    assert text.endswith(f" http://sayso.example.org:8080{CLAIM}/revisions/1\n")
    for host in ("a}b", "a b", 'x"y', "a/../b", "user@host", "[::1", "ä"):
        for path in ("citation", "citation?format=bibtex", "provenance?format=jsonld"):
            answer = here.get(f"{CLAIM}/{path}", headers={b"Host": host.encode()})
            assert (answer.status_code, answer.json()["code"]) == (400, "malformed_request")


NAMES = (
    'O\'Neil "the {Brace" O}} & Sons, 100% #1 $5 a_b ~x^2 \\end{document}',
    "신원식 and 국방부 and others",
    "وزارة الدفاع",
    "\u202egnp.exe\u202c \u2066x",
    "line one\nline two\r\n\tthree\u2028four\x85five\x1b[31m",
    "}{",
    "{{{{",
    "\\",
    "%",
    "@article{x,",
    "<script>alert(1)</script> ]]> &amp;",
    "🧮 é ﬁ",
    "…" * 500,
)


def hostile(client: httpx.Client, name: str, id: str) -> str:
    """A claim in which everything that may be any text is this name."""
    quote = {"exact": name, "type": "direct"}
    sources = [
        {"id": f"{id}-who", "name": name, "kind": "official", "job_title": name},
        {"id": f"{id}-via", "name": name, "kind": "other", "affiliation": f"{id}-who"},
        {"id": f"{id}-doc", "name": name, "title": name, "kind": "article",
         "publisher": f"{id}-via", "url": "https://example.org/{a}%20_b~#c&d\\e\"'<>"},
        {"id": f"{id}-at", "name": name, "kind": "interview"},
    ]  # fmt: skip
    hops = [
        {"source": f"{id}-doc", "role": "document"},
        {"source": f"{id}-via", "role": "relayer", "cue": name, "wording": name},
        {"source": f"{id}-who", "role": "speaker", "name_as_given": name},
        {"source": f"{id}-at", "role": "occasion"},
    ]
    figure = {
        "measure": f"{id}-what", "raw_text": name, "value": "7", "hedge": "approximate",
        "dimensions": {"kind": re.sub(r"[\x00-\x1f]", " ", name)}, "reading_note": name,
    }  # fmt: skip
    sent = {
        "id": id, "claimant": f"{id}-who", "document": f"{id}-doc", "stated": "2024",
        "statement": name, "locator": name, "cue": name, "modal_cue": name, "quote": quote,
        "inferred": [name], "attributions": hops,
        "quantities": [figure, {**figure, "reading": "B", "slot": 1}],
        "included": {"sources": sources, "measures": [
            {"id": f"{id}-what", "unit": "{thing}", "name": name, "unit_label": name}]},
    }  # fmt: skip
    made = client.post("/v1/claims", json=sent)
    assert made.status_code == 201, made.text
    return f"/v1/claims/{id}"


@ONE_ENGINE
def test_no_name_breaks_a_citation(fresh: httpx.Client) -> None:
    for n, name in enumerate(NAMES):
        path = hostile(fresh, name, f"hostile-{n}")
        text = cited(fresh, path, "text")
        assert re.fullmatch(r"[^\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+\n", text)
        assert text.endswith(f"{path}/revisions/1\n")
        csl = item(fresh, path)
        _, fields = parsed(cited(fresh, path, "bibtex"))
        assert unescaped(fields["title"][1:-1]) == csl["title"]
        assert unescaped(fields["note"]) == csl["note"]
        [author] = csl["author"]
        assert unescaped(fields["author"][1:-1]) == author["literal"]
        if name.isprintable():
            assert author["literal"] == name
            assert f"“{name}”" in text


@given(st.text())
def test_escaped_text_has_matching_braces_and_is_printed_as_it_was(text: str) -> None:
    written = citation.escaped(text)
    depths = itertools.accumulate({"{": 1, "}": -1}.get(char, 0) for char in written)
    assert [0, *depths][-1] == 0
    assert unescaped(written) == text


@ONE_ENGINE
def test_claims_with_little_or_very_much_in_them_are_cited(fresh: httpx.Client) -> None:
    bare = {"id": "bare", "document": "daily-digest-article"}
    denied = {
        "id": "denied", "document": "daily-digest-article", "polarity": "negative",
        "measure": "containers.prk-rus", "value": "1234567.5", "lower": "1000000",
    }  # fmt: skip
    joint = {
        "id": "joint", "document": "daily-digest-article", "locator": "p. 3",
        "attributions": [
            {"source": "daily-digest-article", "role": "document", "position": 0},
            {"source": "shin-won-sik", "role": "speaker", "position": 1},
            {"source": "us-state-dept", "role": "originator", "position": 1},
        ],
    }  # fmt: skip
    relays = [{"id": f"relay-{n}", "name": f"Relay {n}"} for n in range(98)]
    long = {
        "id": "long", "document": "daily-digest-article", "claimant": "shin-won-sik",
        "via": [one["id"] for one in relays], "included": {"sources": relays},
        "statement": "word " * 3_999,
        "utterance": "u",
    }  # fmt: skip
    withheld = {
        "id": "withheld", "document": "daily-digest-article", "measure": "containers.prk-rus",
        "absence": "withheld",
    }  # fmt: skip
    for claim in (bare, denied, joint, long, withheld):
        made = fresh.post("/v1/claims", json=claim)
        assert made.status_code == 201, made.text
    texts = {id: cited(fresh, f"/v1/claims/{id}", "text")
             for id in ("bare", "denied", "joint", "long", "withheld")}  # fmt: skip
    assert texts["bare"].startswith("Origin not given, undated: [no figure]. Printed in The Daily")
    assert "author" not in item(fresh, "/v1/claims/bare")
    assert "author" not in parsed(cited(fresh, "/v1/claims/bare", "bibtex"))[1]
    assert (
        ": denied: Shipping containers, North Korea to Russia: 1,234,567.5 ship" in texts["denied"]
    )
    assert texts["joint"].startswith("Shin Won-sik and U.S. State Department, undated: [the claim")
    assert len(item(fresh, "/v1/claims/joint")["author"]) == 2
    assert ": a figure that is withheld." in texts["withheld"]
    for act, word in (("deny", "denied"), ("retract", "taken back")):
        sent = {**denied, "id": act, "polarity": "positive", "speech_act": act}
        assert fresh.post("/v1/claims", json=sent).status_code == 201
        assert f": {word}: Shipping containers" in cited(fresh, f"/v1/claims/{act}", "text")
        assert item(fresh, f"/v1/claims/{act}")["title"].startswith(f"{word}: Shipping")
    order = [texts["long"].index(f"reported by Relay {n};") for n in range(97)]
    assert order == sorted(order, reverse=True), "from who said it towards the document"
    assert "word …]" in texts["long"]


MEASURE = "/v1/measures/containers.prk-rus"


def test_a_measure_is_cited_with_its_question_its_figures_and_its_voices(
    seeded: httpx.Client,
) -> None:
    said = cited(seeded, MEASURE, "text", value__gte="10000")
    assert said.startswith("Shipping containers, North Korea to Russia: 10,000 or more? ")
    assert "Three figures certainly, one possibly." in said
    assert "(Shin Won-sik, " in said
    assert re.search(r"“upwards of 7,000” \(.+, possibly\)", said), said
    assert "roughly 6,700" not in said
    assert re.search(r"At least \w+ independent voices, at most \w+\.", said)
    [one] = csl_items(seeded, MEASURE, value__gte="10000")
    assert one["type"] == "dataset"
    assert one["custom"]["figures"] == {"certain": 3, "possible": 1}
    assert one["version"] in said.replace("%3A", ":")
    _, fields = parsed(cited(seeded, MEASURE, "bibtex", value__gte="10000"))
    assert "three figures certainly, one possibly" in fields["title"]


def csl_items(client: httpx.Client, path: str, **more: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get(
        f"{path}/citation", params={"format": "csl", **more}
    ).json()
    CSL.validate(found)
    return found


def test_the_address_of_a_cited_measure_always_gives_the_same_figures(serve: Serve) -> None:
    client = serve()
    [one] = csl_items(client, MEASURE, origin_root="rok-government", policy="strict")
    before = client.get(one["URL"]).json()["items"]
    assert before
    assert one["custom"]["asked"][0].startswith("goes back to: ")
    assert "rok-government" not in one["custom"]["asked"][0]
    client.post("/v1/claims", json={
        "measure": "containers.prk-rus", "document": "daily-digest-article",
        "claimant": "shin-won-sik", "stated": "2025-01", "raw_text": "more than 20,000",
    }).raise_for_status()  # fmt: skip
    assert client.get(one["URL"]).json()["items"] == before
    later = csl_items(client, MEASURE, origin_root="rok-government", policy="strict")[0]
    assert sum(later["custom"]["figures"].values()) == len(before) + 1


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"q": "ap"}, "words: ap"),  # and no name of a source, though one has this id
        ({"q": "7000"}, "words: 7000"),
        ({"via": "ap"}, "through: Associated Press"),
        ({"via__ne": "ap"}, "via ne: Associated Press"),
        ({"value__gte": "10000"}, "10,000 or more"),
        ({"stated__gte": "2024-03"}, "said: March 2024 or later"),
        ({"tag": "ap"}, "tag: ap"),
    ],
)
def test_a_measure_is_cited_with_its_question_as_it_was_asked(
    seeded: httpx.Client, asked: dict[str, str], told: str
) -> None:
    [one] = csl_items(seeded, MEASURE, **asked)
    assert one["custom"]["asked"] == [told]


def test_the_voices_of_a_cited_measure_are_those_of_the_figures_that_it_finds(
    fresh: httpx.Client,
) -> None:
    about = {"document": "daily-digest-article", "stated": "2024-03"}
    tug, tugs = {"measure": "tugs", "slot": 1}, {"id": "tugs", "unit": "{tug}"}
    either = [{**tug, "raw_text": "5"}, {**tug, "raw_text": "10", "alternative": 2}]
    both = [{**tug, "raw_text": "about 8"}, {**tug, "raw_text": "20", "slot": 2}]
    for claim in (
        {"claimant": "nis", "quantities": either, "alternative_mode": "or",
         "included": {"measures": [tugs]}},
        {"claimant": "us-state-dept", "quantities": both},
    ):  # fmt: skip
        assert fresh.post("/v1/claims", json={**about, **claim}).status_code == 201
    for match, figures, voices in (
        ("any", {"certain": 1, "possible": 2}, 2), ("certain", {"certain": 1, "possible": 1}, 2),
        ("possible", {"certain": 0, "possible": 1}, 1),
    ):  # fmt: skip
        [one] = csl_items(fresh, "/v1/measures/tugs", value__gte="8", match=match)
        assert one["custom"]["figures"] == figures
        assert one["custom"]["independent_origins"] == {"min": voices, "max": voices}


def test_a_figure_of_a_cited_measure_is_told_with_what_it_counts(seeded: httpx.Client) -> None:
    said = cited(seeded, "/v1/measures/shells.capacity.prk-rus", "text", stated="2024-02-26")
    for calibre, wording in ((152, "more than 3 million"), (122, "500,000")):
        assert re.search(
            rf"“{wording}” \([^)]+, calibre_mm: {calibre}, one of two alternatives, or a mix, "
            r"put as possible\)", said,
        ), said  # fmt: skip


def test_a_measure_of_which_nobody_says_so_is_cited_as_such(seeded: httpx.Client) -> None:
    said = cited(seeded, MEASURE, "text", stated__gte="2090")
    assert "Nobody here has said such a figure." in said
    assert "voice" not in said
    assert seeded.get(f"{MEASURE}/citation?match=all").status_code == 422
    assert seeded.get("/v1/measures/no-such/citation").status_code == 404
