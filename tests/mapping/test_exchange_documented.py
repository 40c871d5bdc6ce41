"""docs/exchange.md: its examples go in as they stand, and say what the page says."""

import json
import re
from pathlib import Path

import pytest

from tests.conftest import Serve

PAGE = (Path(__file__).parents[2] / "docs" / "exchange.md").read_text(encoding="utf-8")
EXAMPLES = [json.loads(one) for one in re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)]


@pytest.mark.parametrize("form", ["claimreview", "wikidata"])
def test_an_example_goes_in_and_its_figure_is_found(form: str, serve: Serve) -> None:
    client = serve(seeded=False)
    example = EXAMPLES[["claimreview", "wikidata"].index(form)]
    sent = client.post("/v1/imports", params={"format": form}, json=example)
    assert sent.status_code == 201, sent.text
    [figure] = client.get("/v1/quantities", params={"value__gte": "10000"}).json()["items"]
    assert figure["measure"] in PAGE or figure["measure"].startswith("noun.jobs")
