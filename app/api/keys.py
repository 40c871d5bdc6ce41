"""/keys: who may do what; for holders of the scope `admin`."""

from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request, Response

from app.api import body, openapi, reply
from app.api.access import MayAdminister, keyring
from app.api.dependencies import Snapshot, database
from app.api.resources import nothing_else
from app.api.writes import written
from app.models.key import KeyIn, KeyMade, KeyOut, Keys
from app.models.strict_json import validated
from app.rules import api_keys
from app.store import keys

router = APIRouter(prefix="/keys", tags=["keys"], dependencies=[MayAdminister])
KeyIdPath = Annotated[str, Path(pattern=api_keys.ID, description="the public name of a key")]
EXAMPLE: dict[str, Any] = {"id": "examples", "name": "news desk", "scopes": ["read", "write"]}


@router.post(
    "",
    response_model=KeyMade,
    status_code=201,
    **openapi.operation(
        409, 413, 415, 507, body=openapi.body(openapi.ref(KeyIn), EXAMPLE, body.JSON)
    ),
)
async def create_key(request: Request) -> Response:
    """Make a key

    The answer has the key itself, this once: only a digest of it is kept. `write` and `import`
    include `read`; `admin` includes everything, and making keys.
    """
    nothing_else(request)
    sent = await body.json_body(request, partial(validated, KeyIn), body.JSON)
    key, token = await written(request, keys.create, database(request).settings, sent)
    answer = reply.value({**key.document(), "token": token})
    answer.status_code = 201
    answer.headers["Cache-Control"] = "no-store"
    return answer


@router.get("", response_model=Keys, **openapi.operation())
async def list_keys(request: Request, reader: Snapshot) -> Response:
    """Every key

    Oldest first, with the revoked and expired ones, and who made and revoked each; never the keys
    themselves.
    """
    nothing_else(request)
    found = await keys.listed(reader)
    return reply.value({"items": [key.document() for key in found]})


@router.delete(
    "/{id}", response_model=KeyOut, **openapi.operation(404, 507, example_id=EXAMPLE["id"])
)
async def revoke_key(request: Request, id: KeyIdPath) -> Response:
    """Revoke a key

    From now on it is refused: here at once, by other replicas within a second. It stays in the
    list. A second time changes nothing.
    """
    nothing_else(request)
    key = await written(request, keys.revoke, id)
    keyring(request).forget()
    return reply.value(key.document())
