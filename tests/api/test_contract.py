"""What /openapi.json promises, held against the real server with requests made from it.

Schemathesis makes right and wrong requests of every operation, the same ones every time; what no
schema can tell is in `hostile.py`. ``SAYSO_TEST_CASES=20000`` sends so many at least, to either
engine, and every case of the coverage phase (some 32,000); how many it were is told in the end.

Its own collector makes all cases of all operations while tests are collected, in every worker,
whichever are run. Here an operation's cases are made when its test runs.
"""

import json
import os
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.config import SchemathesisConfig
from schemathesis.core.result import Ok
from schemathesis.generation.feedback import NO_FEEDBACK
from schemathesis.generation.meta import CoveragePhaseData
from schemathesis.pytest._test_builder import build_operation_test

from app.config import Settings
from tests.conftest import ADMIN, ENGINES, Server, Templates, bearer, document
from tests.honesty import copied

CASES = int(os.environ.get("SAYSO_TEST_CASES", "0"))
"""How many cases at least; none asked for: a part of each operation's, on SQLite."""
FIRST, THEN = 1, 24
"""Where none are asked for: the first case of a kind, then one in so many."""

OFF = {"enabled": False}
CONFIG = SchemathesisConfig.from_dict({
    "checks": {
        "negative_data_rejection": {
            "expected-statuses": [400, 401, 403, 404, 405, 409, 412, 413, 414, 415, 422, 428]
        },
        # References, cursors, the order of dates: no schema can say which of them are right.
        "positive_data_acceptance": OFF,
        # What is withdrawn is still answered, by design.
        "use_after_free": OFF,
        "ensure_resource_availability": OFF,
        # A key opens everything of its scope: nothing belongs to one holder.
        "object_level_authorization": OFF,
    },
    # With which keys an operation opens is told in `test_keys.py`, methods in `test_hostile.py`.
    "generation": {"deterministic": True, "with-security-parameters": bool(CASES)},
    "phases": {"coverage": {} if CASES else {"unexpected-methods": []}},
    # What is wrong with a body that is PUT is wrong with one that is POSTed, or is its id; so is
    # what is wrong with a claim, the largest of bodies, that is PATCHed.
    "operations": [
        *([] if CASES else [
            {"include-method": "PUT", "phases": {"coverage": OFF}},
            {"include-name": "PATCH /v1/claims/{id}", "phases": {"coverage": OFF}},
        ]),
        # The name of a mapping may be "suggest": GET and PUT are allowed on that path too.
        {"include-name": "POST /v1/mappings/suggest",
         "checks": {"allow_header_conformance": OFF}},
    ],
})  # fmt: skip


def described_once(whole: dict[str, Any]) -> dict[str, Any]:
    """The description without the parameters that an earlier operation has, word for word, or that
    are of one shape with another of the same operation.

    The filters are one table that a dozen operations share: one of each kind is enough. So is a
    body that may be sent as two media types.
    """
    lean: dict[str, Any] = copied(whole)
    known = set[str]()
    for methods in lean["paths"].values():
        for operation in methods.values():
            own = {json.dumps(one, sort_keys=True): one for one in operation.get("parameters", [])}
            kept = {
                text if one["in"] != "query" else json.dumps(one["schema"]): one
                for text, one in reversed(own.items())
                if one["in"] != "query" or one.get("required") or text not in known
            }
            operation["parameters"] = [*reversed(kept.values())]
            known |= own.keys()
            content = operation.get("requestBody", {}).get("content", {})
            bodies = {json.dumps(one["schema"]): kind for kind, one in reversed(content.items())}
            for kind in content.keys() - bodies.values():
                del content[kind]
    return lean


contract = schemathesis.openapi.from_dict(
    document() if CASES else described_once(document()), config=CONFIG
)
OPERATIONS = {
    found.ok().label: found.ok() for found in contract.get_all_operations() if isinstance(found, Ok)
}
SENT: Counter[str] = Counter()
MADE: Counter[tuple[Any, ...]] = Counter()


@contract.hook
def filter_case(_: object, case: schemathesis.Case[Any]) -> bool:
    """Of coverage cases of one kind (a parameter cut short, a field of a wrong type) a few."""
    found = case.meta and case.meta.phase.data
    if CASES or not isinstance(found, CoveragePhaseData):
        return True
    kind = (case.operation.label, found.scenario, found.parameter_location, found.parameter)
    MADE[kind] += 1
    return MADE[kind] <= FIRST or MADE[kind] % THEN == 0


def arrives(case: schemathesis.Case[Any]) -> bool:
    """Whether a URL carries what is wrong: an empty list sends nothing, and null is the word."""
    return not any(value in ([], "null") for value in (case.query or {}).values())


@pytest.fixture(scope="module", params=ENGINES if CASES else ENGINES[:1])
def url(request: pytest.FixtureRequest) -> Iterator[str]:
    """A server on the seed, in a database of its own."""
    templates: Templates = request.getfixturevalue(f"{request.param}_templates")
    with Server(Settings(database_url=templates.copy(True))) as server:
        yield server.url
    print(f"{SENT[server.url]} cases on {request.param}")  # noqa: T201


@pytest.fixture(scope="module")
def session() -> Iterator[requests.Session]:
    """One connection for all requests: to make one takes longer than to answer them."""
    with requests.Session() as one:
        one.trust_env = False
        yield one


# JSON Lines have no serializer there; `test_transfer.py` and `hostile.py` send them.
@pytest.mark.filterwarnings("ignore:Skipped test cases with unsupported payload")
@pytest.mark.parametrize("label", OPERATIONS)
def test_every_operation_keeps_what_its_description_promises(
    label: str, url: str, session: requests.Session
) -> None:
    @settings(
        max_examples=max(1, -(-CASES // len(OPERATIONS))), deadline=None, derandomize=True,
        database=None, phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    def sent(case: schemathesis.Case[Any]) -> None:
        if case.media_type in ("application/jsonl", "application/toml"):
            return  # an example of the description, which it cannot send
        if not arrives(case):
            return
        SENT[url] += 1
        case.call_and_validate(base_url=url, headers=bearer(ADMIN), session=session)

    build_operation_test(
        config=contract.config,
        operation=OPERATIONS[label],
        test_func=sent,
        given_kwargs={},
        feedback=NO_FEEDBACK,
    )()
    assert SENT[url], "nothing was sent"
