"""The guide at /guide: pages that were built beforehand (see guide/), as they are."""

from pathlib import Path

from fastapi import APIRouter, FastAPI, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException
from starlette.types import Scope

from app.pages.site import HEADERS, templates

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
            text = templates.get_template("no_guide.html").render(
                path=scope["path"], pairs=[], section="", built=built
            )
            return HTMLResponse(text, refused.status_code, GUIDE_HEADERS)
        found.headers.update(GUIDE_HEADERS)
        return found


@router.get("/guide")
async def begin() -> Response:
    """The guide begins at /guide/."""
    return RedirectResponse("/guide/", 308)


def install(app: FastAPI) -> None:
    """The site below /guide/; /guide leads there."""
    app.include_router(router)
    app.mount("/guide", GuideFiles(directory=BUILT, html=True, check_dir=False), name="guide")
