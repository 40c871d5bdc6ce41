"""Idempotency-Key (IETF draft): a POST that is sent again has the same answer, once done."""

import hashlib
import json
from collections.abc import Callable

from fastapi import Request, Response

from app.api.query_params import parse_query_string
from app.errors import Fault, Malformed
from app.store import idempotency
from app.store.idempotency import IdempotentRequest, StoredAnswer
from app.store.write_transaction import WriteTransaction

REPLAYED_HEADERS = ("location", "etag", "content-type")


def idempotent_request(request: Request, body: bytes) -> IdempotentRequest | None:
    """What makes this request the same as another, where it has an Idempotency-Key."""
    key = request.headers.get("idempotency-key")
    if key is None:
        return None
    key = key.strip('"')
    if not 1 <= len(key) <= 255 or not (key.isascii() and key.isprintable()):
        fault = Fault("1 to 255 printable ASCII characters", parameter="Idempotency-Key")
        raise Malformed("The Idempotency-Key cannot be used.", (fault,))
    sent = [
        request.method,
        request.url.path,
        sorted(parse_query_string(request.scope["query_string"])),
    ]
    digest = hashlib.sha256(json.dumps(sent).encode() + b"\0" + body).hexdigest()
    return IdempotentRequest(getattr(request.state, "caller", ""), key, digest)


def run_once(
    request: Request, raw: bytes, write: Callable[[WriteTransaction], Response]
) -> Callable[[WriteTransaction], Response]:
    """A write and its answer, or the one from before; it is kept in the write's transaction."""
    tried = idempotent_request(request, raw)

    def work(turn: WriteTransaction) -> Response:
        if tried is not None and (before := idempotency.answered(turn.connection, tried)):
            return replayed(before)
        response = write(turn)
        if tried is not None:
            idempotency.keep(turn, tried, kept(response))
        return response

    return work


def kept(response: Response) -> StoredAnswer:
    """An answer as it is remembered."""
    headers = {name: value for name, value in response.headers.items() if name in REPLAYED_HEADERS}
    return StoredAnswer(response.status_code, json.dumps(headers), bytes(response.body).decode())


def replayed(answer: StoredAnswer) -> Response:
    """An answer as it was."""
    headers = {**json.loads(answer.headers), "Idempotency-Replayed": "true"}
    return Response(answer.body, answer.status, headers)
