"""Working examples for /docs: reads are of the seed; what is written is invented, and beside it.

Nothing of the seed is one click away from being changed or withdrawn: POST and PUT make things that
nobody else refers to, DELETE takes those back, and PATCH sends what is stored already, which makes
no version. `tests/test_docs.py` asks each as the page would.
"""

import json
from typing import Any

QUILL = {
    "id": "ada-quill",
    "name": "Ada Quill",
    "kind": "official",
    "is_root": True,
}
GAZETTE = {
    "id": "sandport-gazette-2024-06-03",
    "name": "Barges crowd the harbour (The Sandport Gazette)",
    "kind": "article",
    "date": "2024-06-03",
}
BARGES = {
    "id": "barges.sandport",
    "name": "Barges in the harbour of Sandport",
    "unit": "{barge}",
    "unit_label": "barges",
    "accumulation": "stock",
}
FLAT = {
    "id": "quill-2024-06-barges",
    "claimant": "ada-quill",
    "document": "sandport-gazette-2024-06-03",
    "stated": "2024-06-02",
    "measure": "barges.sandport",
    "raw_text": "more than 40",
}
CLAIM = FLAT | {"included": {"sources": [QUILL, GAZETTE], "measures": [BARGES]}}
SOURCE = {
    "id": "radio-sandport",
    "name": "Radio Sandport",
    "kind": "broadcaster",
    "is_root": True,
}
MEASURE = {
    "id": "ferries.sandport",
    "name": "Ferries that call at Sandport in a year",
    "unit": "{ferry}/a",
    "statistic": "rate",
}
LINES: list[dict[str, Any]] = [
    {"type": "source", **QUILL},
    {"type": "source", **GAZETTE},
    {"type": "measure", **BARGES},
    {"type": "claim", **FLAT},
]
JSONL = "".join(f"{json.dumps(line)}\n" for line in LINES)
CSV = (
    "id,document,claimant,stated,measure,raw_text\n"
    "quill-2024-07-barges,sandport-gazette-2024-06-03,ada-quill,2024-07,barges.sandport,"
    '"roughly 45"\n'
)
"""Of sources and measures that are there already: the JSON beside it makes them."""

ASSESSMENT = {
    "target": "claims/shin-2024-03-containers",
    "assessor": "desk-seoul",
    "credibility": 3,
    "comment": "The minister repeats his own ministry's count.",
}
CONTAINERS = "containers.prk-rus"
UTTERANCE = "shin-2024-06-bloomberg"
IDS = {
    "sources": "reuters",
    "measures": CONTAINERS,
    "claims": "shin-2024-03-containers",
    # What the example of POST makes, by its content: the seed has none.
    "assessments": "a-s4hndmzj3yglqp4jcfz6ztjeyh",
}
"""What the seed has, to be read."""

SENT: dict[str, dict[str, Any]] = {
    "sources": SOURCE,
    "measures": MEASURE,
    "claims": CLAIM,
    "assessments": ASSESSMENT,
}
PATCH: dict[str, tuple[str, dict[str, Any]]] = {
    "sources": ("yonhap", {"kind": "news_agency", "is_root": True}),
    "measures": ("shells.faulty-share.prk", {"statistic": "share"}),
    "claims": ("experts-122mm", {"modality": "probable"}),
    "assessments": (IDS["assessments"], {}),
}
"""What it is, sent once more."""

QUOTED = {"text": "Some text, in which the words of the claim are looked for."}
PHRASE = {"text": "roughly 6,700", "measure": CONTAINERS}
PASSAGE = {"text": "By March upwards of 7,000 containers had been sent; by June, 10,000."}
LIST: dict[str, dict[str, Any]] = {
    "claims": {"measure": [CONTAINERS]},
    "quantities": {"measure": [CONTAINERS]},
}


def own(resource: str) -> str:
    """The id of what the examples of POST and PUT make, which DELETE takes back."""
    return str(SENT[resource].get("id", IDS[resource]))
