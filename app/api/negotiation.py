"""Which form of an answer is wanted: `format` says it, else the Accept header (RFC 9110)."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from fastapi import Request, Response

from app.api import openapi
from app.api.query_params import QueryParam, one_of, single, text

JSON, JSON_LD = "application/json", "application/ld+json"
CSL, BIBTEX = "application/vnd.citationstyles.csl+json", "application/x-bibtex"
TEXT = "text/plain"
QUALITY = re.compile(r"0(\.[0-9]{0,3})?|1(\.0{0,3})?")
VARY = {"Vary": "Accept"}


def chosen(
    request: Request, params: Iterable[QueryParam], kinds: Mapping[str, str]
) -> dict[str, Any]:
    """The query's parameters, `format` among them; unless sent, the best that Accept names."""
    found = single(request.scope["query_string"], [*params, parameter(kinds)])
    return {"format": preferred(request, kinds), **found}


def preferred(request: Request, kinds: Mapping[str, str]) -> str:
    """The form that the Accept header of a request likes best."""
    return accepted(",".join(request.headers.getlist("accept")), kinds)


def accepted(accept: str, kinds: Mapping[str, str]) -> str:
    """The form that an Accept header likes best; the first, where it names none of ours.

    Of equally liked ones the first of ours; a kind of its own goes before `text/*` and `*/*`.
    """
    liked = _ranges(accept)
    first = next(iter(kinds))
    best, name = 0.0, first
    for form, kind in kinds.items():
        ranges = (kind, f"{kind.partition('/')[0]}/*", "*/*")
        quality = next((liked[one] for one in ranges if one in liked), 0.0)
        if quality > best:
            best, name = quality, form
    return name


def _ranges(accept: str) -> dict[str, float]:
    found: dict[str, float] = {}
    for part in accept.split(",")[:100]:
        kind, *more = (word.strip().lower() for word in part.split(";"))
        given = [word.removeprefix("q=") for word in more if word.startswith("q=")]
        quality = given[0] if given else "1"
        if kind and QUALITY.fullmatch(quality):
            found.setdefault(kind, float(quality))
    return found


def answer(content: str | bytes, kind: str) -> Response:
    """An answer whose form Accept may have decided."""
    return Response(content, headers=VARY, media_type=kind)


def parameter(kinds: Mapping[str, str]) -> QueryParam:
    """The parameter `format`; what it takes is told in the same order as the kinds."""
    listed = ", ".join(f"`{form}` ({kind})" for form, kind in kinds.items())
    about = f"{listed}; unless sent, the Accept header decides, and the first where it does not"
    return text("format", about, one_of(*kinds), enum=[*kinds])


def operation(
    kinds: Mapping[str, str],
    about: str,
    schemas: Mapping[str, Any],
    parameters: Sequence[Any],
    example_id: str,
) -> dict[str, Any]:
    """What an operation is asked with that answers in several forms, of which Accept decides."""
    found = openapi.success(about, {kinds[form]: shape for form, shape in schemas.items()})
    return openapi.operation(
        404, parameters=parameters, example_id=example_id, also=found, headers={200: ["Vary"]}
    )
