"""What is asked, of Sayso and of the others: a table, and how its blanks are filled."""

import json
from collections.abc import Iterator
from typing import Any, NamedTuple
from urllib.parse import quote

import httpx

from bench.claims import Claims
from bench.drive import Load
from bench.grown import one_of

VARIETY = 200
PAGE = 20
POST = {
    "claimant": "source-1", "document": "source-0", "stated": "2024-03",
    "statement": "counted at the port, as told in @@",
    "quantities": [
        {"measure": "measure-101", "raw_text": "upwards of 7,000", "slot": 1},
        {"measure": "measure-102", "raw_text": "roughly 6,700", "slot": 2},
    ],
}  # fmt: skip


class Workload(NamedTuple):
    """One thing to ask: its goals, and each server's way to say it, with a blank."""

    name: str
    title: str
    goals: dict[str, float]
    ways: dict[str, str]
    method: str = "GET"
    headers: dict[str, str] = {}
    connections: int = 32
    times: int = 0


LIST = {
    "sayso": f"/v1/claims?claimant={{}}&limit={PAGE}",
    "tutorial": f"/claims/?claimant={{}}&limit={PAGE}",
    "datasette": "/plain/page.json?claimant={}&_shape=array",
    "soul": f"/api/tables/plain_claim/rows?_limit={PAGE}&_filters=claimant:{{}}",
}
TABLE = (
    Workload(
        "get", "GET one claim", {"sqlite": 0.45, "postgresql": 0.30},
        {
            "sayso": "/v1/claims/{}", "tutorial": "/claims/{}",
            "datasette": "/plain/one.json?id={}&_shape=array",
            "soul": "/api/tables/plain_claim/rows/{}",
        },
    ),
    Workload(
        "list", "list: 20 whole claims, one filter", {"sqlite": 0.30, "postgresql": 0.20}, LIST
    ),
    Workload(
        "etag", "304 by ETag", {"sqlite": 0.70, "postgresql": 0.60},
        {"sayso": "/v1/claims/{}"}, headers={"If-None-Match": '"1"'},
    ),
    Workload(
        "interval", "interval: value ≥ x, certain, one measure, 20 claims",
        {"sqlite": 0.20, "postgresql": 0.12},
        {"sayso": f"/v1/claims?measure=measure-{{}}&value__gte=10000&match=certain&limit={PAGE}"},
    ),
    Workload("first", "keyset page: the first", {}, {"sayso": f"/v1/claims?limit={PAGE}{{}}"}),
    Workload("deep", "keyset page: half way down", {}, {"sayso": f"/v1/claims?limit={PAGE}{{}}"}),
    Workload(
        "series", "series, long: 10,000 points, or a quarter of the claims", {},
        {
            "sayso": "/v1/measures/{}/series?limit=10000", "tutorial": "/measures/{}/series",
        }, times=3,
    ),
    Workload(
        "series-short", "series, short: a tenth of that", {},
        {"sayso": "/v1/measures/{}/series?limit=10000"}, times=3,
    ),
    Workload("list-alone", "list, one at a time", {}, {"sayso": LIST["sayso"]}, connections=1),
    Workload(
        "search", "text search, one at a time", {},
        {"sayso": f"/v1/claims?q={{}}&limit={PAGE}"}, connections=1,
    ),
    Workload(
        "post", "POST one claim of two figures, durable", {"sqlite": 0.12, "postgresql": 0.10},
        {"sayso": "/v1/claims", "tutorial": "/claims/"}, method="POST",
    ),
)  # fmt: skip


class Blanks:
    """What the blanks are filled with, found out from the data and from a running Sayso."""

    def __init__(self, claims: int, url: str, grown: bool):
        self.claims, self.url = claims, url
        step = max(1, claims // VARIETY)
        words = Claims(1).words
        # Frequent ones, rare ones, of two letters, and two together; the stride is any odd one.
        chosen = [*words[:20], *words[20::37]]
        self.words = [
            *chosen,
            *(f"{a} {b}" for a, b in zip(words[:10], words[90:100], strict=True)),
        ]
        ids = [one_of(claims, n) if grown else f"claim-{n}" for n in range(0, claims, step)]
        self.fixed: dict[str, list[str]] = {
            "get": ids, "etag": ids, "post": [""], "first": [""],
            "interval": [str(n) for n in range(20) if n % 40 != 39],
            "series": ["series-long"], "series-short": ["series-short"],
            "search": [quote(word) for word in self.words],
        }  # fmt: skip

    def of(self, name: str) -> list[str]:
        """The fillings of one workload's blank."""
        if name in ("list", "list-alone"):
            return list(self._full_pages())
        return self._deep() if name == "deep" else self.fixed[name]

    def _full_pages(self) -> Iterator[str]:
        """Claimants with a page full of claims, so that every answer is of one size."""
        for n in range(1, min(4000, 5 * VARIETY), 5):
            path = LIST["sayso"].format(f"source-{n}")
            if len(httpx.get(self.url + path, timeout=30).json()["items"]) == PAGE:
                yield f"source-{n}"

    def _deep(self) -> list[str]:
        """Cursors around the middle, come by as everybody does: by walking there."""
        found: list[str] = []
        token, seen, size = "", 0, min(1000, max(PAGE, self.claims // 50))
        with httpx.Client(base_url=self.url, timeout=60) as client:
            while seen < self.claims // 2 + 10 * size and len(found) < 10:
                page = client.get(f"/v1/claims?limit={size}{token}").json()
                seen += len(page["items"])
                if page["next_cursor"] is None:
                    break
                token = f"&cursor={page['next_cursor']}"
                if seen >= self.claims // 2:
                    found.append(token)
        return found


class Refused(Exception):
    """An answer that is none."""


def load(workload: Workload, kind: str, fillings: list[str], key: str | None = None) -> Load:
    """A workload as one kind of server is asked it."""
    headers = dict(workload.headers)
    if workload.method == "POST":
        headers["Content-Type"] = "application/json"
    if key is not None and workload.method == "POST":
        headers["Authorization"] = f"Bearer {key}"
    body = json.dumps(POST) if workload.method == "POST" else None
    targets = [workload.ways[kind].format(one) for one in fillings]
    return Load(workload.method, targets, headers, body, workload.connections, workload.times)


def record(load: Load, url: str) -> list[Any]:
    """Sayso's own answers, as the raw app is to repeat them."""
    found = []
    with httpx.Client(base_url=url, timeout=60) as client:
        for n, target in enumerate(load.targets):
            body = load.body and load.body.replace("@@", f"record-{n}")
            answer = client.request(load.method, target, headers=load.headers, content=body)
            if answer.status_code >= 400:
                raise Refused(f"{target}: {answer.status_code} {answer.text[:200]}")
            path, _, query = target.partition("?")
            headers = [pair for pair in answer.headers.items() if pair[0] != "date"]
            text = answer.content.decode("latin-1")
            found.append([f"{load.method} {path}?{query}", answer.status_code, headers, text])
    return found
