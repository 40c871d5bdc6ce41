"""The questions that the seed article lets one ask, through HTTP."""

import httpx
import pytest

COUNTS = "containers.prk-rus"
CAPACITY = "shells.capacity.prk-rus"
FEBRUARY_SHELLS = "shin-2024-02-26-shell-capacity"


def found(client: httpx.Client, **asked: object) -> dict[str, str]:
    """The ids a question finds, each with its match."""
    answer = client.get("/v1/claims", params={**asked, "limit": 1000})  # type: ignore[dict-item]
    assert answer.status_code == 200, answer.text
    return {row["id"]: row["match"] for row in answer.json()["items"]}


def answer(client: httpx.Client, id: str, **asked: object) -> str:
    return found(client, **asked).get(id, "impossible")


def test_five_claims_count_the_containers(seeded: httpx.Client) -> None:
    assert list(found(seeded, measure=COUNTS, sort="stated")) == [
        "shin-2024-02-containers",
        "state-dept-2024-containers",
        "shin-2024-03-containers",
        "shin-2024-06-containers",
        "dia-2024-08-containers",
    ]


COUNTED = {
    "shin-2024-02-containers": ("roughly 6,700", "2024-02", ["shin-won-sik"]),
    "shin-2024-03-containers": ("upwards of 7,000", "2024-03", ["ap", "shin-won-sik"]),
    "state-dept-2024-containers": ("10,000", "[2024-02..2024-03]", ["us-state-dept"]),
    "shin-2024-06-containers": ("10,000", "2024-06", ["bloomberg", "shin-won-sik"]),
    "dia-2024-08-containers": (
        "up to 13,000", "2024-08", ["newsweek", "defense-intelligence-agency"],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("id", "expected"), COUNTED.items())
def test_each_count_has_its_wording_its_date_and_its_chain_in_order(
    seeded: httpx.Client, id: str, expected: tuple[str, str, list[str]]
) -> None:
    raw_text, stated, chain = expected
    claim = seeded.get(f"/v1/claims/{id}").json()
    assert claim["claimant"] == chain[-1]
    assert claim["stated"] == stated
    assert {figure["raw_text"] for figure in claim["quantities"]} == {raw_text}
    provenance = seeded.get(f"/v1/claims/{id}/provenance").json()
    assert [node["source"] for node in provenance["chain"]] == ["daily-digest-article", *chain]
    assert [node["position"] for node in provenance["chain"]] == list(range(len(chain) + 1))


def test_the_report_was_given_to_a_lawmaker_beside_the_chain(seeded: httpx.Client) -> None:
    graph = seeded.get("/v1/claims/dia-2024-08-containers/provenance").json()
    beside = {node["role"]: node["source"] for node in graph["beside"]}
    assert beside == {"recipient": "kang-dae-sik", "evidence": "dia-report-2024"}


def test_what_was_inferred_is_marked(seeded: httpx.Client) -> None:
    march = seeded.get("/v1/claims/shin-2024-03-containers/provenance").json()
    assert march["inferred"] == ["stated", "unit"]
    assert [node["basis"] for node in march["chain"] if node["source"] == "ap"] == ["ambiguous"]
    state = seeded.get("/v1/claims/state-dept-2024-containers").json()
    assert state["inferred"] == ["stated"]


TABLE = {
    "shin-2024-02-containers": "impossible impossible impossible certain impossible",
    "shin-2024-02-containers strict": "possible possible possible possible possible",
    "shin-2024-03-containers": "certain certain possible possible possible",
    "shin-2024-06-containers": "certain certain certain impossible certain",
    "dia-2024-08-containers": "certain certain certain impossible certain",
    "dia-2024-08-containers all": "possible possible possible possible possible",
}
CONDITIONS = [
    ("value__gte", "7000"), ("value__gt", "7000"), ("value__gte", "8000"),
    ("value__lte", "9000"), ("value__gte", "10000"),
]  # fmt: skip
CELLS = [
    (row, *condition, expected)
    for row, answers in TABLE.items()
    for condition, expected in zip(CONDITIONS, answers.split(), strict=True)
]


@pytest.mark.parametrize(("row", "name", "value", "expected"), CELLS)
def test_every_cell_of_the_table_of_three_answers(
    seeded: httpx.Client, row: str, name: str, value: str, expected: str
) -> None:
    id, _, option = row.partition(" ")
    more = {"strict": {"policy": "strict"}, "all": {"readings": "all"}}.get(option, {})
    asked = {"measure": COUNTS, name: value, **more}
    assert answer(seeded, id, **asked) == expected
    for match in ("certain", "possible"):
        assert (id in found(seeded, **asked, match=match)) == (match == expected)


def test_an_or_of_two_calibres_is_certain_only_where_both_are(seeded: httpx.Client) -> None:
    asked = {"measure": CAPACITY}
    assert answer(seeded, FEBRUARY_SHELLS, **asked, value__gte="3000000") == "possible"
    assert answer(seeded, FEBRUARY_SHELLS, **asked, value__gte="500000") == "certain"
    narrowed = {"value__gte": "3000000", "dim.calibre_mm": "152"}
    assert answer(seeded, FEBRUARY_SHELLS, **asked, **narrowed) == "possible"


def test_a_mix_may_lie_between_its_alternatives(seeded: httpx.Client) -> None:
    between = {"measure": CAPACITY, "value__gt": "1000000", "value__lt": "2000000"}
    assert answer(seeded, FEBRUARY_SHELLS, **between) == "possible"


def test_what_exists_in_one_reading_only_is_at_most_possible(seeded: httpx.Client) -> None:
    use = {"measure": "shells.used-per-year.rus"}
    assert answer(seeded, "times-2024-10-share-and-rate", **use, value__gte="2000000") == "possible"
    assert answer(seeded, "times-2024-10-share-and-rate", **use) == "possible"
    assert found(seeded, **use, value__gte="2000000", match="certain") == {}


def test_both_readings_of_three_million_are_kept_and_neither_is_preferred(
    seeded: httpx.Client,
) -> None:
    claim = seeded.get("/v1/claims/times-2024-10-share-and-rate").json()
    rate = [figure for figure in claim["quantities"] if figure["slot"] == 2]
    assert [(figure["reading"], figure["measure"]) for figure in rate] == [
        ("A", "shells.used-per-year.rus"),
        ("B", "shells.supplied-per-year.prk-rus"),
    ]
    assert not any(figure.get("preferred") for figure in rate)
    rows = seeded.get("/v1/quantities", params={"hedge": "approximate", "stated": "2024-10"}).json()
    assert {row["measure"] for row in rows["items"]} == {figure["measure"] for figure in rate}


def test_known_by_the_end_of_march_leaves_out_what_was_said_later(seeded: httpx.Client) -> None:
    ids = found(seeded, known_by="2024-03-31")
    assert not [id for id in ids if id.split("-20")[-1][:5] in ("24-06", "24-08", "24-10")]
    assert "shin-2024-03-containers" in ids
    assert set(ids.values()) == {"possible"}  # the article itself is of October


def test_known_by_the_year_after_is_still_open_for_an_article_without_an_end_date(
    seeded: httpx.Client,
) -> None:
    assert len(found(seeded, known_by="2025")) == 18


@pytest.mark.parametrize(
    ("asked", "ids"),
    [
        ({"via": "reuters"}, {"shin-2024-02-26-shells-sent"}),
        ({"origin": "us-state-dept"}, {"state-dept-2024-containers"}),
        ({"hedge": "more_than"}, {"shin-2024-03-containers", "shin-2024-02-26-shell-capacity",
                                  "newsweek-2024-08-shell-capacity"}),
        ({"modality": "possible"},
         {"shin-2024-02-26-shell-capacity", "shin-2024-06-shell-capacity",
          "newsweek-2024-08-shell-capacity", "nis-2024-05-12-investigation"}),
        ({"tag": "inscription:방-122"}, {"photographer-2023-lettering"}),
        ({"name_as_given": "National Intelligence Agency"},
         {"nis-2024-05-12-investigation", "nis-2024-05-analysing"}),
        ({"claimant": ["nis", "us-state-dept"]},
         {"nis-2024-05-12-investigation", "nis-2024-05-analysing", "state-dept-2024-containers"}),
        ({"flag": "differs_from_lexicon"}, {"dia-2024-08-containers"}),
        ({"speech_act": "suspect"}, {"nis-2024-05-12-investigation"}),
        ({"alternative_mode": "mix"}, {"shin-2024-02-26-shell-capacity"}),
        ({"nominal__gte": "13000", "measure": COUNTS}, {"dia-2024-08-containers"}),
        ({"upper__is_null": "true", "measure": COUNTS}, {"shin-2024-03-containers"}),
        ({"utterance": "shin-2024-06-bloomberg"},
         {"shin-2024-06-containers", "shin-2024-06-shell-capacity"}),
        ({"stated__is_null": "true"}, {"experts-122mm"}),
    ],
)  # fmt: skip
def test_filters_give_what_the_article_says(
    seeded: httpx.Client, asked: dict[str, object], ids: set[str]
) -> None:
    assert set(found(seeded, **asked)) == ids


def test_the_roots_of_claimants_and_origins_are_governments(seeded: httpx.Client) -> None:
    korean = {"claimant_root": "rok-government"}
    claimants = seeded.get("/v1/facets", params={"by": "claimant", **korean}).json()["facets"]
    assert {one["value"] for one in claimants["claimant"]} == {"shin-won-sik", "nis"}
    origins = found(seeded, origin_root="rok-government")
    assert set(origins) == set(found(seeded, **korean))
    assert set(found(seeded, origin_root="us-government")) == {"state-dept-2024-containers"}


def test_the_1970s_may_be_1975_and_are_not_after_1980(seeded: httpx.Client) -> None:
    rockets = {"measure": "manufacture-date.rockets.prk"}
    both = {"outlet-2024-05-1970s-rockets", "nis-2024-05-12-investigation"}
    assert found(seeded, **rockets, date="1975") == dict.fromkeys(both, "possible")
    assert found(seeded, **rockets, date__gte="1981") == {}
    assert found(seeded, **rockets, date__lt="1980") == dict.fromkeys(both, "certain")
    assert found(seeded, **rockets, value__gte="0") == {}


def test_the_period_of_six_million_shells_is_two_years(seeded: httpx.Client) -> None:
    id = "newsweek-2024-08-shell-capacity"
    assert answer(seeded, id, period__overlaps="2023/2023-06") == "certain"
    assert answer(seeded, id, period__overlaps="2025/..") == "impossible"
    assert answer(seeded, id, period_start="2022-02-24") == "certain"
    assert answer(seeded, id, period_end__lte="2023") == "impossible"


def test_a_flat_row_tells_whose_figure_it_is(seeded: httpx.Client) -> None:
    rows = seeded.get("/v1/quantities", params={"measure": COUNTS, "sort": "-value"}).json()
    first = rows["items"][0]
    assert (first["claim"], first["claimant"]) == (
        "dia-2024-08-containers", "defense-intelligence-agency",
    )  # fmt: skip
    assert (first["value"], first["published"], first["match"]) == (
        "13000",
        "2024-10/..",
        "certain",
    )


def test_facets_count_the_claims_of_the_same_question(seeded: httpx.Client) -> None:
    asked = {"by": "claimant,hedge,via", "measure": COUNTS}
    facets = seeded.get("/v1/facets", params=asked).json()["facets"]
    assert facets["claimant"][0] == {"value": "shin-won-sik", "count": 3}
    assert {one["value"]: one["count"] for one in facets["hedge"]} == {
        "none": 3, "approximate": 1, "more_than": 1,
    }  # fmt: skip
    assert {one["value"] for one in facets["via"]} == {"ap", "bloomberg", "newsweek"}


def test_related_objects_come_once_each_when_asked_for(seeded: httpx.Client) -> None:
    page = seeded.get("/v1/claims", params={"measure": COUNTS, "expand": "sources,measures"}).json()
    ids = [source["id"] for source in page["included"]["sources"]]
    assert len(ids) == len(set(ids))
    assert {"shin-won-sik", "ap", "bloomberg", "newsweek", "daily-digest-article"} <= set(ids)
    assert [measure["id"] for measure in page["included"]["measures"]] == [COUNTS]


def test_a_walk_along_the_pages_sees_every_claim_once(seeded: httpx.Client) -> None:
    for sort in ("id", "-id", "stated", "-stated", "published", "-recorded_at"):
        whole = seeded.get("/v1/claims", params={"sort": sort, "count": "exact"}).json()
        path, walked = f"/v1/claims?sort={sort}&limit=5", []
        while path:
            page = seeded.get(path)
            walked += [row["id"] for row in page.json()["items"]]
            path = page.json()["next"]
            assert (page.links.get("next") is None) == (path is None)
        assert walked == [row["id"] for row in whole["items"]]
        assert whole["count"] == len(walked) == 18


@pytest.mark.parametrize("more", [{}, {"count": "exact"}])
@pytest.mark.parametrize(("limit", "rows"), [(17, 17), (18, 18), (19, 18)])
def test_the_page_with_the_last_row_leads_to_no_other(
    seeded: httpx.Client, limit: int, rows: int, more: dict[str, str]
) -> None:
    page = seeded.get("/v1/claims", params={"limit": limit, **more}).json()
    assert (len(page["items"]), page["next"] is None) == (rows, limit > 17)


def test_relations_are_seen_from_both_sides(seeded: httpx.Client) -> None:
    rows = seeded.get("/v1/claims/shin-2024-06-containers/relations").json()["items"]
    outgoing = {(r["predicate"], r["object"]) for r in rows if r["direction"] == "outgoing"}
    incoming = {(r["predicate"], r["subject"]) for r in rows if r["direction"] == "incoming"}
    assert outgoing == {("updates", "shin-2024-03-containers")}
    assert incoming == {
        ("updates", "dia-2024-08-containers"), ("derived_from", "shin-2024-06-shell-capacity"),
    }  # fmt: skip


@pytest.mark.parametrize("name", ["claimant__ne", "tag", "name_as_given", "dim.edition"])
def test_a_list_in_one_value_is_refused_and_not_taken_for_an_odd_word(
    seeded: httpx.Client, name: str
) -> None:
    """So some clients write the values of a list that is a field of ``more``."""
    sent = '["reuters", "yonhap"]'
    answer = seeded.get("/v1/claims", params={name: sent})
    assert answer.status_code == 422
    (error,) = answer.json()["errors"]
    assert error["parameter"] == name
    assert error["detail"] == f"send `{name}` once for each value, and not a list in one"
    assert seeded.get("/v1/claims", params={"name_as_given": "[The Minister]"}).is_success
