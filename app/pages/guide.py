"""The guide at /guide: pages that were built beforehand (see guide/), as they are; and its search.

The search is worked out here, so that it needs no script and nothing from the internet.
"""

import html
import json
import re
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException
from starlette.types import Scope

from app.pages.lists import marked
from app.pages.site import HEADERS, templates
from app.render.field_words import capital
from app.rules.snippets import snippet
from app.rules.text_search import folded, terms

BUILT = Path(__file__).parent / "guide_site"
router = APIRouter(include_in_schema=False)
GUIDE_HEADERS = HEADERS | {"Cache-Control": "no-cache"}
"""Under the policy of every page; a browser may keep one, and asks whether it is still so."""
MOST = 20
"""Sections that are shown."""
_TAG = re.compile("<[^>]+>")


class GuideSection(NamedTuple):
    """A part of a page of the guide, below one heading."""

    address: str
    title: str
    page: str
    text: str


class GuideHit(NamedTuple):
    """A section that has every word, and where they stand in its text."""

    section: GuideSection
    pieces: list[tuple[str, bool]]


def search_guide(index: Path, question: str) -> tuple[list[GuideHit], int]:
    """The sections with every word of a question, best first, and how many there are.

    Those with the words in their heading come first; raises ``ValueError`` for no words.
    """
    words = terms(question)
    found = [one for one in _sections(index, index.stat().st_mtime_ns) if _has(one, words)]
    found.sort(key=lambda one: -sum(word in folded(one.title) for word in words))
    return [GuideHit(one, _pieces(one, words)) for one in found[:MOST]], len(found)


def _has(section: GuideSection, words: list[str]) -> bool:
    text = folded(section.title, section.text)
    return all(word in text for word in words)


def _pieces(section: GuideSection, words: list[str]) -> list[tuple[str, bool]]:
    part = snippet([("/text", section.text)], words)
    if part is None:
        return []
    matches = [{"start": start, "end": end} for start, end in part.matches]
    return marked({"start": part.start, "text": part.text, "matches": matches})


@lru_cache(maxsize=1)
def _sections(index: Path, _changed: int) -> list[GuideSection]:
    items = json.loads(index.read_text(encoding="utf-8"))["items"]
    return [_section(one) for one in items]


def _section(item: dict[str, Any]) -> GuideSection:
    title, text = (_plain(item[name]) for name in ("title", "text"))
    page = " › ".join(map(_plain, item.get("path", ())))
    return GuideSection(f"/guide/{item['location']}", title, page, text)


def _plain(markup: str) -> str:
    return " ".join(html.unescape(_TAG.sub(" ", markup)).split())


class GuideFiles(StaticFiles):
    """The built site; where it was not built, a page that names the command."""

    async def check_config(self) -> None:
        """Whether it was built is looked at for each request: it may be, or may go, meanwhile."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """A file of the site, or a page that says why there is none."""
        built = (BUILT / "index.html").is_file()
        try:
            if not built:
                raise HTTPException(404)
            found = await super().get_response(path, scope)
        except HTTPException as refused:
            return _made("no_guide.html", scope["path"], refused.status_code, built=built)
        found.headers.update(GUIDE_HEADERS)
        return found


@router.get("/guide")
async def begin() -> Response:
    """The guide begins at /guide/."""
    return RedirectResponse("/guide/", 308)


@router.get("/guide/search")
def search(request: Request) -> Response:
    """Sections of the guide with all words of `q`."""
    question, index = request.query_params.get("q", "").strip(), BUILT / "search.json"
    if not index.is_file():
        return _made("no_guide.html", "/guide/search", 404, built=False)
    hits: list[GuideHit] = []
    count, refused = 0, ""
    try:
        hits, count = search_guide(index, question) if question else ([], 0)
    except ValueError as fault:
        refused = f"{capital(str(fault))}."
    found = {"q": question, "hits": hits, "count": count, "refused": refused}
    return _made("guide_search.html", "/guide/search", 200, **found)


def _made(template: str, path: str, status: int, **more: Any) -> Response:
    text = templates.get_template(template).render(path=path, pairs=[], section="", **more)
    return HTMLResponse(text, status, GUIDE_HEADERS)


def install(app: FastAPI) -> None:
    """The site below /guide/; /guide leads there."""
    app.include_router(router)
    app.mount("/guide", GuideFiles(directory=BUILT, html=True, check_dir=False), name="guide")
