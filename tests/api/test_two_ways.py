"""A differential test of the two ways through the server: ahead of the framework, and through it.

Requests made up by chance are sent to both: the same answers, byte for byte, and in the end the
same database. ``SAYSO_TEST_EXAMPLES=3000`` sends so many, ``SAYSO_TEST_SEED`` others.
"""

import json
import os
import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx

from app.config import Settings
from tests.conftest import ADMIN, EXAMPLES, Server, Templates, bearer

SEED = int(os.environ.get("SAYSO_TEST_SEED", "1"))
RATED: dict[str, Any] = {"rate_per_minute": 10**6, "anonymous_rate_per_minute": 10**6}
PATHS = [
    "/v1/claims", "/v1/quantities", "/v1/sources", "/v1/measures", "/v1/assessments",
    "/v1/claims/shin-2024-03-containers", "/v1/sources/reuters", "/v1/measures/containers.prk-rus",
    "/v1/claims/nothing", "/v1/claims/Not%20One", "/v1/claims/ap%00", "/v1/claims/", "/v1//claims",
    "/v1/claims/../claims", "/v1/claims/shin-2024-03-containers/revisions", "/v1/facets",
]  # fmt: skip
PARAMETERS = {
    "limit": ["1", "3", "1000", "0", "x", "", "+3", "٣"],
    "sort": ["id", "-recorded_at", "stated", "colour"],
    "fields": ["id", "claimant,raw_text", "nothing", ""],
    "expand": ["sources", "sources,measures", "people"],
    "count": ["exact", "about"],
    "measure": ["containers.prk-rus", "nothing", "%63ontainers.prk-rus"],
    "claimant": ["shin-won-sik", "shin-won-sik&claimant=us-state-dept"],
    "value__gte": ["7000", "1e3", "seven", "1e999"],
    "match": ["certain", "possible", "sure"],
    "as_of": ["2100-01-01T00:00:00Z", "2026-13-01T00:00:00Z", "1999-01-01T00:00:00Z"],
    "q": ["containers", "x", "컨테이너", "%ff"],
    "cursor": ["", "abc", "AAAA"],
    "by": ["measure", "colour"],
    "colour": ["red"],
}
HEADERS: list[dict[str, str]] = [
    {}, {}, {}, bearer(ADMIN), bearer("sayso_nobody_x"), {"Authorization": "Basic eDp5"},
    {"If-None-Match": '"1"'}, {"If-None-Match": '"2", W/"1"'}, {"If-None-Match": "*"},
    {"Accept": "text/csv"}, {"Accept": "nothing"}, {"Range": "bytes=0-3"}, {"Host": "other.org"},
    {"Host": "no host"}, {"X-Request-Id": "mine"}, {"Accept-Encoding": "gzip"},
    {"Origin": "http://other.org"}, {"X-Forwarded-For": "192.0.2.1"}, {"If-Match": '"1"'},
]  # fmt: skip
CLAIM: dict[str, Any] = {
    "claimant": "shin-won-sik", "document": "daily-digest-article", "stated": "2024-03",
    "measure": "containers.prk-rus", "raw_text": "upwards of 7,000",
}  # fmt: skip
VALUES: list[Any] = [
    None,
    "",
    "x",
    "about 40",
    "2024-04",
    7,
    -1,
    1.5,
    True,
    [],
    {},
    "nobody",
    "é" * 3,
    "\x00",
]
CHANGING = dict.fromkeys(("date", "ratelimit", "x-request-id"), "")
ONE_ADDRESS = "http://sayso.example"
"""Both answer as one server: where the next page is, is told with its address."""


@contextmanager
def pair(templates: Templates, one_database: bool) -> Iterator[tuple[httpx.Client, httpx.Client]]:
    """With what is run ahead of the framework, and without."""
    urls = [templates.copy(True)] * 2 if one_database else [templates.copy(True) for _ in "12"]
    near, far = (
        Server(Settings(database_url=url, public_url=ONE_ADDRESS, **RATED)) for url in urls
    )
    far.app.state.fast_routes.clear()
    with near, far, near.client(None) as one, far.client(None) as other:
        yield one, other


def told(answer: httpx.Response, *unlike: str) -> Any:
    """An answer, but for what no two answers share."""
    headers = {**answer.headers, **CHANGING}
    try:
        body = json.loads(answer.content)
        for name in ("request_id", *unlike):
            body.pop(name, None)
    except (ValueError, AttributeError):
        body = answer.content
    return answer.status_code, headers, body


def test_any_read_is_answered_the_same_on_both_ways(templates: Templates) -> None:
    chance = random.Random(SEED)
    with pair(templates, one_database=True) as (one, other):
        for _ in range(EXAMPLES):
            names = chance.sample(sorted(PARAMETERS), chance.choice([0, 0, 1, 1, 2, 3]))
            query = "&".join(f"{name}={chance.choice(PARAMETERS[name])}" for name in names)
            path = f"{chance.choice(PATHS)}?{query}".rstrip("?")
            method = chance.choice(["GET"] * 8 + ["HEAD", "OPTIONS"])
            headers = chance.choice(HEADERS) | chance.choice(HEADERS)
            near, far = (client.request(method, path, headers=headers) for client in (one, other))
            assert told(near) == told(far), (method, path, headers)


def test_any_creation_is_answered_and_stored_the_same_on_both_ways(templates: Templates) -> None:
    chance = random.Random(SEED)
    with pair(templates, one_database=False) as (one, other):
        for n in range(EXAMPLES // 2):
            claim = {**CLAIM, "id": f"x-{chance.randrange(9)}", "notes": f"{chance.randrange(3)}"}
            for name in chance.sample([*CLAIM, "colour", "included"], chance.choice([0, 0, 1, 2])):
                claim[name] = chance.choice(VALUES)
            body = json.dumps(claim).encode()[: chance.choice([None, None, None, 40])]
            headers = {"Content-Type": "application/json"} | bearer(ADMIN) | chance.choice(HEADERS)
            if chance.random() < 0.3:
                headers["Idempotency-Key"] = f"key-{chance.randrange(5)}"
            path = chance.choice(["/v1/claims"] * 4 + ["/v1/claims?x=1", "/v1/sources"])
            near, far = (
                client.post(path, content=body, headers=headers) for client in (one, other)
            )
            assert told(near, "recorded_at") == told(far, "recorded_at"), (n, path, headers, body)
        key = bearer(ADMIN)
        near, far = (client.get("/v1/export?history=true", headers=key) for client in (one, other))
        assert near.content == far.content
