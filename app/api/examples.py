"""Working examples for /docs, all of them on the seed."""

from typing import Any

from app.models.assessment import AssessmentIn
from app.store.drafts import fields, id_of
from app.store.versions import hashed

CLAIM = {
    "claimant": "shin-won-sik",
    "document": "daily-digest-article",
    "via": ["ap"],
    "stated": "2024-03",
    "measure": "containers.prk-rus",
    "raw_text": "upwards of 7,000",
}
SOURCE = {
    "id": "kyodo",
    "name": "Kyodo News",
    "kind": "news_agency",
    "is_root": True,
    "country": "JP",
}
MEASURE = {
    "id": "trains.prk-rus",
    "name": "trains sent from North Korea to Russia",
    "unit": "{train}",
    "unit_label": "trains",
    "accumulation": "cumulative",
}
ASSESSMENT = {
    "target": "claims/shin-2024-03-containers",
    "assessor": "desk-seoul",
    "credibility": 3,
    "comment": "The minister repeats his own ministry's count; nobody else was named for it.",
}
IDS = {
    "sources": "reuters",
    "measures": "containers.prk-rus",
    "claims": "shin-2024-03-containers",
    # The one that the example of POST makes: the seed has none.
    "assessments": id_of("a-", hashed(fields(AssessmentIn.model_validate(ASSESSMENT)))),
}
SENT: dict[str, dict[str, Any]] = {
    "sources": SOURCE,
    "measures": MEASURE,
    "claims": CLAIM,
    "assessments": ASSESSMENT,
}
PATCH: dict[str, dict[str, Any]] = {
    "sources": {"country": "GB"},
    "measures": {"notes": "Counted at the port of Najin."},
    "claims": {"notes": "The year is inferred from the sentence before."},
}
QUOTED = {"text": "Some text, in which the words of the claim are looked for."}
LIST = {
    "claims": {"measure": ["containers.prk-rus"]},
    "quantities": {"measure": ["containers.prk-rus"]},
}
