"""The ceiling: an ASGI app that does nothing but send bytes that were recorded from Sayso."""

import json
import os
from pathlib import Path
from typing import Any


def recorded() -> dict[str, tuple[dict[str, Any], ...]]:
    """The messages of each answer, by method and target."""
    answers: dict[str, tuple[dict[str, Any], ...]] = {}
    for line in Path(os.environ["BENCH_RECORDED"]).read_text().splitlines():
        asked, status, headers, body = json.loads(line)
        raw = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers]
        start = {"type": "http.response.start", "status": status, "headers": raw}
        answers[asked] = (start, {"type": "http.response.body", "body": body.encode("latin-1")})
    answers["GET /ready?"] = (
        {"type": "http.response.start", "status": 200, "headers": []},
        {"type": "http.response.body", "body": b""},
    )
    return answers


ANSWERS = recorded()


async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Read what was sent, and answer as Sayso did."""
    if scope["type"] != "http":
        return
    if scope["method"] == "POST":
        while (await receive()).get("more_body"):
            pass
    asked = f"{scope['method']} {scope['path']}?{scope['query_string'].decode()}"
    start, body = ANSWERS[asked]
    await send(start)
    await send(body)
