"""/keys: who may do what; for holders of the scope `admin`."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from app.api import body, documentation, reply
from app.api.access import MayAdminister, keyring
from app.api.dependencies import Snapshot, database, written
from app.api.resources import nothing_else
from app.models.key import KeyIn, KeyMade, KeyOut, Keys
from app.models.strict_json import validated
from app.rules import api_keys
from app.store import keys

router = APIRouter(prefix="/keys", tags=["keys"], dependencies=[MayAdminister])
Id = Annotated[str, Path(pattern=api_keys.ID, description="the public name of a key")]
EXAMPLE = {"id": "examples", "name": "news desk", "scopes": ["read", "write"]}


@router.post(
    "",
    response_model=KeyMade,
    status_code=201,
    **documentation.operation(
        "create_key", "Make a key",
        "The answer has the key itself, this once: only a digest of it is kept. `write` and "
        "`import` include `read`; `admin` includes everything, and making keys.",
        409, 413, 415, 507, extra=documentation.body("KeyIn", EXAMPLE, "application/json"),
    ),
)  # fmt: skip
async def create(request: Request) -> Response:
    nothing_else(request)
    sent = await body.json_body(request, partial(validated, KeyIn), body.JSON)
    key, token = await written(request, keys.create, database(request).settings, sent)
    answer = reply.value({**key.document(), "token": token})
    answer.status_code = 201
    answer.headers["Cache-Control"] = "no-store"
    return answer


@router.get(
    "",
    response_model=Keys,
    **documentation.operation(
        "list_keys", "Every key",
        "Oldest first, with the revoked and expired ones, and who made and revoked each; never the "
        "keys themselves.",
    ),
)  # fmt: skip
async def listing(request: Request, reader: Snapshot) -> Response:
    nothing_else(request)
    found = await keys.listed(reader)
    return reply.value({"items": [key.document() for key in found]})


@router.delete(
    "/{id}",
    response_model=KeyOut,
    **documentation.operation(
        "revoke_key", "Revoke a key",
        "From now on it is refused: here at once, by other replicas within a second. It stays in "
        "the list. A second time changes nothing.",
        404, 507, extra={"x-example-id": EXAMPLE["id"]},
    ),
)  # fmt: skip
async def revoke(request: Request, id: Id) -> Response:
    nothing_else(request)
    key = await written(request, keys.revoke, id)
    keyring(request).forget()
    return reply.value(key.document())
