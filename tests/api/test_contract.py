"""What /openapi.json promises, held against the real server with requests made from it.

Schemathesis makes right and wrong requests of every operation, the same ones every time; what no
schema can tell is in `hostile.py`. To explore with many more, start `sayso demo` and run
`schemathesis run http://127.0.0.1:8000/openapi.json --checks all -n 500`.
"""

from collections.abc import Iterator

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.config import SchemathesisConfig

from app.config import Settings
from app.main import create_app
from tests.conftest import ADMIN, Server, Templates, bearer

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
contract = schemathesis.openapi.from_dict(
    create_app(Settings(database_url="sqlite://")).openapi(), config=CONFIG
)


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server on the seed, in a file of its own."""
    templates = Templates("sqlite", tmp_path_factory.mktemp("contract"), None)
    with Server(Settings(database_url=templates.copy(True))) as server:
        yield server.url


# JSON Lines have no serializer there; `test_transfer.py` and `hostile.py` send them.
@pytest.mark.filterwarnings("ignore:Skipped test cases with unsupported payload")
@contract.parametrize()
@settings(
    max_examples=5, deadline=None, derandomize=True, database=None,
    phases=[Phase.explicit, Phase.generate], suppress_health_check=list(HealthCheck),
)  # fmt: skip
def test_every_operation_keeps_what_its_description_promises(
    case: schemathesis.Case, url: str
) -> None:
    case.call_and_validate(base_url=url, headers=bearer(ADMIN))
