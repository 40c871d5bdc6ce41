"""What /openapi.json promises, held against the real server with requests made from it.

Schemathesis makes right and wrong requests of every operation, the same ones every time; what no
schema can tell is in `hostile.py`. ``SAYSO_TEST_CASES=20000`` sends so many at least, to either
engine; how many it were is told in the end.
"""

import os
from collections import Counter
from collections.abc import Iterator

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.config import SchemathesisConfig

from app.config import Settings
from tests.conftest import ADMIN, ENGINES, Server, Templates, bearer, document

CASES = int(os.environ.get("SAYSO_TEST_CASES", "0"))
"""How many cases at least; none asked for: a few of each operation, on SQLite."""

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
    "generation": {"deterministic": True},
    # The same parameters as /v1/claims, from the same table: one of the three is enough.
    "operations": [
        {"include-path": path, "phases": {"coverage": OFF}}
        for path in ("/v1/quantities", "/v1/facets")
    ],
})  # fmt: skip
contract = schemathesis.openapi.from_dict(document(), config=CONFIG)


OPERATIONS = sum(1 for _ in contract.get_all_operations())
SENT: Counter[str] = Counter()


@pytest.fixture(scope="module", params=ENGINES if CASES else ENGINES[:1])
def url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server on the seed, in a database of its own."""
    postgres = request.getfixturevalue("postgres") if request.param == "postgresql" else None
    templates = Templates(request.param, tmp_path_factory.mktemp("contract"), postgres)
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
@contract.parametrize()
@settings(
    max_examples=max(5, -(-CASES // OPERATIONS)), deadline=None, derandomize=True, database=None,
    phases=[Phase.explicit, Phase.generate], suppress_health_check=list(HealthCheck),
)  # fmt: skip
def test_every_operation_keeps_what_its_description_promises(
    case: schemathesis.Case, url: str, session: requests.Session
) -> None:
    if case.media_type == "application/jsonl":
        return  # an example of the description, which it cannot send
    SENT[url] += 1
    case.call_and_validate(base_url=url, headers=bearer(ADMIN), session=session)
