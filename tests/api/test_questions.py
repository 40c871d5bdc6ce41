"""The questions of the seed article, through HTTP."""

import httpx


def ids(client: httpx.Client, **asked: object) -> list[str]:
    answer = client.get("/v1/claims", params=asked)  # type: ignore[arg-type]
    assert answer.status_code == 200, answer.text
    return [row["id"] for row in answer.json()["items"]]


def test_five_claims_count_the_containers(seeded: httpx.Client) -> None:
    assert ids(seeded, measure="containers.prk-rus") == [
        "dia-2024-08-containers",
        "shin-2024-02-containers",
        "shin-2024-03-containers",
        "shin-2024-06-containers",
        "state-dept-2024-containers",
    ]
