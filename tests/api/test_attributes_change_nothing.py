"""An attribute describes a figure: with or without it, each analysis answers the same."""

from typing import Any

import httpx
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.api import test_analysis
from tests.api.test_analysis import told
from tests.conftest import ONE_ENGINE

NAMES = st.sampled_from(["edition", "rank", "method", "size"])
VALUES = st.integers(0, 3) | st.sampled_from(["best", "a/b", "ñ"])
ATTRIBUTES = st.dictionaries(NAMES, VALUES, min_size=1, max_size=3)
some = settings(
    max_examples=5, derandomize=True, database=None, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
CLAIMS: list[dict[str, Any]] = [
    {"id": "a", "stated": "2024-01", "value": "5", "utterance": "u"},
    {"id": "b", "stated": "2024-01", "value": "6", "utterance": "u", "document": "other"},
    {"id": "c", "stated": "2024-02", "raw_text": "about 40", "dimensions": {"size": 1}},
    {"id": "d", "stated": "2024", "lower": "7", "claimant": None},
]


def answers(client: httpx.Client) -> Any:
    """All three analyses, but for what each figure says of itself."""
    series = told(client, "/v1/measures/m/series")
    points = [
        (group["group"], point["claim"], point["step"], point["plot"])
        for group in series["groups"]
        for point in group["points"]
    ]
    found = told(client, "/v1/measures/m/comparison", at="2024")
    drift = told(client, "/v1/utterances/u/drift")["items"]
    return points, {name: found[name] for name in ("pairs", "common", "spread")}, drift


@ONE_ENGINE
def test_attributes_change_no_comparison_series_or_drift(fresh: httpx.Client) -> None:
    fresh.post("/v1/sources", json={"id": "other", "name": "Another", "kind": "report"})
    test_analysis.given(fresh, *CLAIMS)
    before = answers(fresh)

    @some
    @given(st.lists(ATTRIBUTES, min_size=len(CLAIMS), max_size=len(CLAIMS)))
    def held(each: list[dict[str, Any]]) -> None:
        for claim, attributes in zip(CLAIMS, each, strict=True):
            path = f"/v1/claims/{claim['id']}"
            sent = [figure | {"attributes": attributes} for figure in kept[claim["id"]]]
            answer = fresh.patch(path, json={"quantities": sent}, headers={"If-Match": "*"})
            assert answer.status_code == 200, answer.text
        assert answers(fresh) == before

    kept = {claim["id"]: figures(fresh, claim["id"]) for claim in CLAIMS}
    held()


def figures(client: httpx.Client, id: str) -> Any:
    """The figures of a claim, as they can be sent back."""
    found = client.get(f"/v1/claims/{id}").json()["quantities"]
    return [{n: v for n, v in one.items() if n not in ("flags", "attributes")} for one in found]
