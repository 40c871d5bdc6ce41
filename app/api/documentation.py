"""The product text of /docs: what each operation is for, and what it can answer."""

from typing import Any, NamedTuple

from app.api import examples, parameters
from app.api.problem import codes
from app.models import RESOURCES

ONE = {
    "sources": "source",
    "measures": "measure",
    "claims": "claim",
    "assessments": "assessment",
    "quantities": "quantity",
}
ABOUT = {
    "sources": "Anyone or anything a claim can come from or through: people, organisations, "
    "works, occasions. `affiliation` leads to the root that counts for independence.",
    "measures": "What is counted. A measure makes figures comparable: its statistic, how it "
    "accumulates, its unit and its domain.",
    "claims": "One statement attributed to a claimant, as found in one document, with its "
    "figures as worded, its chain of attribution, dates, alternatives and readings.",
    "quantities": "Every figure as a flat row with what matters of its claim. Each row is judged "
    "alone; under `readings=preferred` other readings are not listed.",
    "assessments": "Signed opinions on sources and claims: added to, never averaged.",
}
JUDGED = (
    "\n\nConditions on figures (`measure`, `unit`, `hedge`, `dim.NAME`, `value`, `date`) are "
    "judged together on each candidate figure. A condition on an interval has three answers: it "
    "holds **certainly** (on all of the interval), **possibly** (on part of it), or not at all; "
    "each row tells its own `match`. Values are compared in double precision."
)
HEADER = {"in": "header", "required": False, "schema": {"type": "string"}}
IF_MATCH = HEADER | {
    "name": "If-Match",
    "description": "the ETag of the version you change; `*`: whatever it is. Compared strongly "
    '(RFC 9110): a weak one (`W/"1"`), as a proxy that compresses makes it, never matches',
}  # fmt: skip
IF_NONE_MATCH = HEADER | {
    "name": "If-None-Match", "example": "*", "description": "`*`: create, never change",
}  # fmt: skip

IDEMPOTENCY_KEY = HEADER | {
    "name": "Idempotency-Key",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255},
    "description": "a name for this request: sent again with it, it has the same answer and no "
    "second effect; kept for 48 hours",
}


class Operations(NamedTuple):
    """The arguments of each route's decorator."""

    list: dict[str, Any]
    get: dict[str, Any]
    revisions: dict[str, Any]
    revision: dict[str, Any]
    create: dict[str, Any]
    replace: dict[str, Any]
    patch: dict[str, Any]
    withdraw: dict[str, Any]


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The ways an operation can fail, as OpenAPI responses."""
    titles = {408: "Too slow"} | {kind.status: kind.title for kind in codes().values()}
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/ProblemOut"}}}
    return {
        status: {"description": titles[status], "content": content}
        for status in sorted({*statuses, 400, 401, 403, 414, 422, 429, 503})
    }


def operation(
    id: str,
    summary: str,
    description: str,
    *statuses: int,
    extra: dict[str, Any] | None = None,
    also: dict[int | str, dict[str, Any]] | None = None,
) -> dict[str, Any]:
    """One route's arguments; ``also`` are its other successes."""
    return {
        "operation_id": id,
        "summary": summary,
        "description": description,
        "responses": {**(also or {}), **problems(*statuses)},
        "openapi_extra": extra or {},
    }


def body(shape: str, example: dict[str, Any], *kinds: str) -> dict[str, Any]:
    """A request body, as OpenAPI writes it."""
    schema = {"$ref": f"#/components/schemas/{shape}"}
    content = {kind: {"schema": schema, "example": example} for kind in kinds}
    return {"requestBody": {"required": True, "content": content}}


def listing(resource: str) -> dict[str, Any]:
    """The arguments of a list's route."""
    judged = JUDGED if resource in ("claims", "quantities") else ""
    shown = [_shown(one, resource) for one in parameters.of_list(resource)]
    return operation(
        f"list_{resource}",
        f"List {resource}",
        ABOUT[resource] + judged,
        extra={"parameters": shown},
    )


def _shown(one: dict[str, Any], resource: str) -> dict[str, Any]:
    example = examples.LIST.get(resource, {}).get(one["name"])
    return one if example is None else {**one, "example": example}


def example_id(resource: str) -> dict[str, Any]:
    """Fills in an id of the seed on the docs page."""
    return shown_id(examples.IDS[resource])


def shown_id(id: str) -> dict[str, Any]:
    """Fills in this id."""
    return {"x-example-id": id}


def of(resource: str) -> Operations:
    """All operations of one resource."""
    one, shape = ONE[resource], RESOURCES[resource].sent.__name__
    sent, known = examples.SENT[resource], example_id(resource)
    own, (changed, changes) = shown_id(examples.own(resource)), examples.PATCH[resource]
    text = {"type": "string", "minLength": 1, "maxLength": 2000, "pattern": r"\S"}
    why = parameters.parameter("reason", "why", text, required=True, example="A trial.")
    status = parameters.parameter(
        "status", "withdrawn unless sent",
        {"type": "string", "enum": ["withdrawn", "entered_in_error"]},
    )  # fmt: skip
    return Operations(
        list=listing(resource),
        get=operation(
            f"get_{one}", f"One {one}",
            f"One {one}, as it is or (`as_of`) as it was. What was withdrawn is still answered, "
            "with its `status` and `reason`. The ETag is the version; a matching If-None-Match is "
            "a 304.",
            404, extra={"parameters": [parameters.as_of()]} | known,
        ),
        revisions=operation(
            f"list_{one}_revisions", f"Every version of a {one}",
            "Oldest first, each with who wrote it (`recorded_by`). Nothing is ever overwritten: "
            "each write keeps the version before it.",
            404, extra=known,
        ),
        revision=operation(
            f"get_{one}_revision", f"One version of a {one}",
            "For ever the same: a permalink for citations.", 404, extra=known,
        ),
        create=operation(
            f"create_{one}", f"Add a {one}",
            CREATE[resource] + " The same content sent again is a 200 and changes nothing; other "
            "content under a stored id is a 409.",
            403, 409, 413, 415, 507, extra={"parameters": [IDEMPOTENCY_KEY]}
            | body(shape, sent, "application/json"),
            also={200: {"model": RESOURCES[resource].made, "description": "It was stored already"}},
        ),
        replace=operation(
            f"replace_{one}", f"Replace a {one}, or create it",
            "With If-Match the next version of a stored id (equal content makes none); with "
            "`If-None-Match: *` a new one.",
            403, 404, 409, 412, 413, 415, 428, 507,
            extra={"parameters": [IF_MATCH, IF_NONE_MATCH]}
            | body(f"{shape}Put", {k: v for k, v in sent.items() if k != "id"}, "application/json")
            | own,
            also={201: {"model": RESOURCES[resource].made, "description": "It is new"}},
        ),
        patch=operation(
            f"change_{one}", f"Change some fields of a {one}",
            "A JSON Merge Patch (RFC 7396): null clears a field, a list is replaced whole."
            + CHANGE.get(resource, "")
            + " The example sends what is stored, which makes no version.",
            403, 404, 409, 412, 413, 415, 428, 507,
            extra={"parameters": [{**IF_MATCH, "example": '"1"'}]}
            | body(f"{shape}Patch", changes, "application/merge-patch+json", "application/json")
            | shown_id(changed),
        ),
        withdraw=operation(
            f"withdraw_{one}", f"Withdraw a {one}",
            "Takes it back with a reason; it leaves the lists, and stays with all its versions. "
            "The example takes back what the example of POST makes: before that it is a 404.",
            403, 404, 412, 428, 507,
            extra={"parameters": [{**IF_MATCH, "example": "*"}, why, status]} | own,
        ),
    )  # fmt: skip


CHANGE = {
    "claims": " A claim of one figure is changed flat, as it may be sent: new `raw_text` is read "
    "anew, and a new `value` has bounds of its own; what was sent and what describes the figure "
    "(`dimensions`, `attributes`, `slot`, `reading` …) stays. Of several figures `quantities` is "
    "sent, and replaced whole.",
}
CREATE = {
    "sources": "A source needs `id` and `name`; `class` follows `kind`.",
    "measures": "A measure needs `id` and `unit`.",
    "claims": "Four to six fields are enough: a claim of one figure may be sent flat, with "
    "`raw_text` as printed; hedge, value and bounds are read from it, and the chain is spelled out "
    "from `document`, `via` and `claimant`. Sent fields win. `included` adds sources and measures "
    "that are not stored yet, in the same transaction. Without an `id` it gets one of its content. "
    "Where other claims say the same, the answer names them in `similar` (an import does not).",
    "assessments": "`comment` is required. Without an `id` it gets one of its content.",
}
