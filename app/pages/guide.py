"""The guide at /guide: pages that were built beforehand (see guide/), as they are."""

from pathlib import Path
from typing import Any

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException
from starlette.types import Scope

from app.pages.guide_search import GuideHit, search_guide
from app.pages.site import HEADERS, templates
from app.render.field_words import capital

BUILT = Path(__file__).parent / "guide_site"
router = APIRouter(include_in_schema=False)
GUIDE_HEADERS = HEADERS | {"Cache-Control": "no-cache"}
"""Under the policy of every page; a browser may keep one, and asks whether it is still so."""


class GuideFiles(StaticFiles):
    """The built site; where it was not built, a page that names the command."""

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
