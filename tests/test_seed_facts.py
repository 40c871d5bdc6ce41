"""The seed says what the article says: no more, no less, and in words of its own.

The article and the facts read from it lie outside the repository (../shared/seed). The tests
that need them are skipped where they are absent; the others need only seed/article.json.
"""

import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

Record = dict[str, Any]
ROOT = Path(__file__).resolve().parents[1]
SEED = json.loads((ROOT / "seed" / "article.json").read_text(encoding="utf-8"))
SHARED = ROOT.parent / "shared" / "seed"
FACTS_FILE = SHARED / "facts.json"
ARTICLE_FILE = SHARED / "article.txt"
DOCUMENT = "daily-digest-article"

needs_facts = pytest.mark.skipif(not FACTS_FILE.exists(), reason="no shared facts.json")
needs_article = pytest.mark.skipif(not ARTICLE_FILE.exists(), reason="no shared article.txt")

# Words written for the seed, which are not compared with facts.json.
OWN_WORDS = {
    "measures": {"name", "definition", "unit_label"},
    "sources": {"notes"},
    "claims": {"statement", "notes"},
    "attributions": {"name_as_given"},
    "quantities": {"reading_note"},
    "relations": {"note"},
}

# Every other difference: (kind, id, field) -> (in facts.json, in the seed). None = not there.
CORRECTIONS: dict[tuple[str, str, str], tuple[Any, Any]] = {
    # The headline belongs in `title`, once; a short label of our own serves as name.
    ("sources", DOCUMENT, "name"): (
        next(source["title"] for source in SEED["sources"] if source["id"] == DOCUMENT),
        "Article on North Korean rocket shells of the 1970s (The Daily Digest)",
    ),
    # Everyone searches for the agency by its initials.
    ("sources", "ap", "aliases"): (None, ["AP"]),
    # A media outlet is an organisation, even when it is not named.
    ("sources", "unnamed-media-outlet", "kind"): ("other", "other_org"),
    # The sentence names no briefing; and it says "or": the mix comes from the one before.
    ("claims", "shin-2024-02-26-shell-capacity", "inferred"): (
        ["stated"],
        ["stated", "utterance", "alternative_mode"],
    ),
    # Second half of that same sentence: the same inferences, and the same inferred occasion.
    ("claims", "shin-2024-02-26-factories", "inferred"): (["stated"], ["stated", "utterance"]),
    ("claims", "shin-2024-02-26-factories", "attributions"): (
        [
            {"source": DOCUMENT, "role": "document"},
            {"source": "shin-won-sik", "role": "speaker"},
        ],
        [
            {"source": DOCUMENT, "role": "document"},
            {
                "source": "rok-mnd-briefing-2024-02-26",
                "role": "occasion",
                "basis": "inferred",
            },
            {"source": "shin-won-sik", "role": "speaker"},
        ],
    ),
    # No day of the invasion is printed, and the end of the two years is open to reading.
    ("claims", "newsweek-2024-08-shell-capacity", "inferred"): (
        ["stated"],
        ["stated", "period"],
    ),
    # The outlet's report is undated; only that it came before the service's statement is known.
    ("claims", "outlet-2024-05-1970s-rockets", "inferred"): (None, ["stated"]),
}


def without_own_words(kind: str, value: Any) -> Any:
    """The record as facts.json can know it: nested lists cleaned by their own rule."""
    if isinstance(value, list):
        return [without_own_words(kind, item) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        key: without_own_words(key, item)
        for key, item in value.items()
        if key not in OWN_WORDS.get(kind, set())
    }


def by_id(data: Record, kind: str) -> dict[str, Record]:
    return {record["id"]: without_own_words(kind, record) for record in data[kind]}


def strings(
    value: Any, path: tuple[str | int, ...] = ()
) -> Iterator[tuple[tuple[str | int, ...], str]]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from strings(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from strings(item, (*path, index))
    elif isinstance(value, str):
        yield path, value


def words(text: str) -> list[str]:
    """Casefolded, punctuation stripped; a grouped or decimal number is one word."""
    return re.findall(r"\w+", re.sub(r"(?<=\d)[.,](?=\d)", "", text.casefold()))


def runs(text: str, length: int = 6) -> set[tuple[str, ...]]:
    found = words(text)
    return {tuple(found[i : i + length]) for i in range(len(found) - length + 1)}


def article() -> str:
    return ARTICLE_FILE.read_bytes().decode("utf-8")


# 1. Against facts.json


@needs_facts
@pytest.mark.parametrize("kind", ["sources", "measures", "claims"])
def test_the_seed_has_the_ids_of_the_facts_in_their_order(kind: str) -> None:
    facts = json.loads(FACTS_FILE.read_text(encoding="utf-8"))
    assert [record["id"] for record in SEED[kind]] == [record["id"] for record in facts[kind]]


@needs_facts
@pytest.mark.parametrize("kind", ["sources", "measures", "claims"])
def test_the_seed_repeats_the_facts_except_for_the_listed_corrections(kind: str) -> None:
    facts = by_id(json.loads(FACTS_FILE.read_text(encoding="utf-8")), kind)
    differences = {}
    for record_id, record in by_id(SEED, kind).items():
        fact = facts[record_id]
        for field in record.keys() | fact.keys():
            if record.get(field) != fact.get(field):
                key = (kind, record_id, field)
                differences[key] = (fact.get(field), record.get(field))
    assert differences == {key: pair for key, pair in CORRECTIONS.items() if key[0] == kind}


# 2. Against the article


@needs_article
def test_the_hash_of_the_article_is_the_one_in_the_seed() -> None:
    document = next(source for source in SEED["sources"] if source["id"] == DOCUMENT)
    assert hashlib.sha256(ARTICLE_FILE.read_bytes()).hexdigest() == document["content_sha256"]


@needs_article
@pytest.mark.parametrize("claim", SEED["claims"], ids=lambda claim: claim["id"])
def test_each_quote_lies_in_the_text_and_holds_what_the_claim_takes_from_it(claim: Record) -> None:
    text = article()
    start, end = claim["quote"]["start"], claim["quote"]["end"]
    assert 0 <= start < end <= len(text)
    quoted = text[start:end]
    assert quoted == quoted.strip()
    assert "\n" not in quoted
    assert claim["locator"] == f"line {text.count(chr(10), 0, start) + 1}"
    for quantity in claim["quantities"]:
        assert quantity["raw_text"] in quoted
    line = text.split("\n")[text.count("\n", 0, start)]
    assert claim["cue"] in line
    assert claim.get("modal_cue", "") in quoted
    for attribution in claim["attributions"]:
        assert attribution.get("cue", "") in line
        assert attribution.get("name_as_given", "") in line


@needs_article
def test_no_six_words_in_a_row_are_carried_over_from_the_article() -> None:
    printed = runs(article())
    carried = []
    for path, text in strings(SEED):
        if path[-1] == "raw_text":
            continue
        if path[0] == "sources" and path[-1] == "title":
            continue  # a headline is how a work is cited, not its text
        carried += [(path, " ".join(run)) for run in runs(text) & printed]
    assert carried == []


@needs_article
def test_the_page_about_the_seed_carries_no_six_words_over_either() -> None:
    page = (ROOT / "docs" / "seed.md").read_text(encoding="utf-8")
    assert runs(page) & runs(article()) == set()


# 3. By itself


def test_the_seed_counts_28_sources_9_measures_18_claims_and_20_quantities() -> None:
    quantities = [quantity for claim in SEED["claims"] for quantity in claim["quantities"]]
    counts = [len(SEED[kind]) for kind in ("sources", "measures", "claims")]
    assert [*counts, len(quantities)] == [28, 9, 18, 20]


@pytest.mark.parametrize("kind", ["sources", "measures", "claims"])
def test_every_id_is_a_slug_and_is_used_once(kind: str) -> None:
    ids = [record["id"] for record in SEED[kind]]
    assert len(ids) == len(set(ids))
    for record_id in ids:
        assert re.fullmatch(r"[a-z0-9][a-z0-9._:-]{0,127}", record_id)


def test_every_reference_leads_to_something_in_the_seed() -> None:
    sources = {source["id"] for source in SEED["sources"]}
    measures = {measure["id"] for measure in SEED["measures"]}
    claims = {claim["id"] for claim in SEED["claims"]}
    named = {
        source[field]
        for source in SEED["sources"]
        for field in ("affiliation", "publisher", "author")
        if field in source
    }
    for claim in SEED["claims"]:
        named |= {claim["claimant"], claim["document"]}
        named |= {attribution["source"] for attribution in claim["attributions"]}
        assert {quantity["measure"] for quantity in claim["quantities"]} <= measures
        objects = {relation["object"] for relation in claim["relations"]}
        assert objects <= claims - {claim["id"]}
    assert named <= sources
    assert sources - named == set(), "a source that nothing refers to"


def test_every_chain_starts_at_the_document_and_includes_the_claimant() -> None:
    for claim in SEED["claims"]:
        first, *rest = claim["attributions"]
        assert first["source"] == claim["document"] == DOCUMENT
        assert first["role"] == "document"
        assert claim["claimant"] in {attribution["source"] for attribution in rest}


def test_every_claim_has_a_statement_of_one_sentence() -> None:
    statements = [claim["statement"] for claim in SEED["claims"]]
    assert len(set(statements)) == len(statements)
    for statement in statements:
        assert statement.endswith(".")
        assert not re.search(r"[a-z0-9]\. [A-Z]", statement.replace("U.S. ", ""))


def test_every_statement_repeats_its_figures_as_they_were_hedged() -> None:
    for claim in SEED["claims"]:
        for quantity in claim["quantities"]:
            assert quantity["raw_text"].removeprefix("in the ") in claim["statement"]


def test_every_statement_of_a_dated_claim_names_its_year_or_month() -> None:
    for claim in SEED["claims"]:
        year = re.search(r"\d{4}", claim.get("stated", ""))
        assert year is None or year.group() in claim["statement"]


def test_every_relation_says_what_it_rests_on() -> None:
    relations = [relation for claim in SEED["claims"] for relation in claim["relations"]]
    assert relations
    assert {relation["basis"] for relation in relations} <= {"stated", "inferred", "computed"}


def test_at_most_one_reading_of_a_figure_is_preferred() -> None:
    for claim in SEED["claims"]:
        preferred = [
            (quantity["slot"], quantity["alternative"])
            for quantity in claim["quantities"]
            if quantity["preferred"]
        ]
        assert len(preferred) == len(set(preferred))


def test_every_measure_tells_what_it_counts_and_labels_its_unit() -> None:
    for measure in SEED["measures"]:
        assert len(measure["definition"]) > len(measure["name"])
        counted = measure["statistic"] in {"count", "capacity", "rate"}
        assert bool(measure.get("unit_label")) == counted


def test_the_text_of_the_article_is_not_in_the_seed() -> None:
    fields = {path[-1] for path, _ in strings(SEED)}
    assert fields.isdisjoint({"content", "text", "exact", "prefix", "suffix"})
