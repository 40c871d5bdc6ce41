"""Routes of the pages: each asks the API, and renders the answer with a template."""

from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.responses import HTMLResponse
from fastapi.staticfiles import StaticFiles
from jinja2 import Environment, FileSystemLoader

from app.api.dependencies import public_url
from app.api.key_cookie import cookie_key
from app.api.response_cache import ResponseCache
from app.errors import Forbidden, Malformed, Unauthorized
from app.pages import lists, session
from app.pages.cached_pages import admitted, kept
from app.pages.claim import claim_page
from app.pages.client import NotAnswered, PageClient
from app.pages.form import form_page
from app.pages.home import home_page
from app.pages.measure import measure_page
from app.pages.source import source_page
from app.render import field_words
from app.render.condition_words import NUMBERS
from app.render.plain_text import ungrouped

HERE = Path(__file__).parent
router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}
templates = Environment(
    loader=FileSystemLoader(HERE / "templates"),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
)
templates.globals["words"] = field_words
View = Callable[[PageClient], Awaitable[dict[str, Any]]]


def asked(request: Request) -> list[tuple[str, str]]:
    """The query string; fields that a form left empty ask nothing."""
    pairs = parse_qsl(request.scope["query_string"].decode("latin-1"), keep_blank_values=True)
    return [(name, value.strip()) for name, value in pairs if value.strip()]


def address(path: str, pairs: list[tuple[str, str]], **changed: str | None) -> str:
    """A link to a page with some parameters changed, or dropped (None)."""
    kept = [pair for pair in pairs if pair[0] not in changed]
    kept += [(name, value) for name, value in changed.items() if value is not None]
    return f"{path}?{urlencode(kept)}" if kept else path


def without(pairs: list[tuple[str, str]], name: str, value: str) -> list[tuple[str, str]]:
    """The parameters but for this one; a name that stands there twice keeps its other value.

    A number that was sent with its thousands set apart is the same value.
    """
    return [pair for pair in pairs if pair[0] != name or ungrouped(pair[1]) != ungrouped(value)]


def plain_numbers(pairs: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """The parameters, those that are numbers as the API takes them: people write 10,000."""
    return [
        (name, ungrouped(value) if name.partition("__")[0] in NUMBERS else value)
        for name, value in pairs
    ]


templates.globals |= {"address": address, "without": without}


async def page(request: Request, template: str, view: View, **more: Any) -> Response:
    """One page: the view's answers in a template; a refusal of the API as a page, too.

    It is kept for as long as the head of the log stands where it stood before the API was asked.
    Who may not read is asked for a key.
    """
    api = PageClient(request, dict(asked(request)).get("as_of"))
    shared = {"path": request.url.path, "pairs": asked(request), "section": "", **more}
    state = request.app.state
    cache: ResponseCache = state.response_cache
    try:
        await admitted(request)
        head = await cache.validate(state.db) if cache.max_bytes else None
        made = _html(request, api, template, 200, {**shared, **await view(api)})
    except NotAnswered as refused:
        return _refused(request, api, refused, shared)
    except (Unauthorized, Forbidden):
        return _key_wanted(request, api, shared)
    return kept(cache, request, head, made, not state.settings.reads_are_open)


def _shown_server(request: Request) -> str:
    """The server that a page's requests are shown with: never what a Host header only claims."""
    known: str = request.app.state.settings.public_url
    if known:
        return known.rstrip("/")
    return public_url(request) if session.on_loopback(request) else "https://SERVER"


def _html(
    request: Request, api: PageClient, template: str, status: int, context: dict[str, Any]
) -> Response:
    closed = not request.app.state.settings.reads_are_open
    moment = [("as_of", api.past)] if api.past else []
    text = templates.get_template(template).render(
        requests=api.asked, moment=api.moment, base=_shown_server(request), closed=closed,
        past=api.past, here=partial(address, pairs=moment), **context,
    )  # fmt: skip
    return HTMLResponse(text, status, HEADERS)


def _key_wanted(request: Request, api: PageClient, shared: dict[str, Any]) -> Response:
    onward = address(request.url.path, shared["pairs"])
    return _html(
        request,
        api,
        "key.html",
        401,
        {**shared, "onward": onward, "wrong": cookie_key(request.headers) is not None},
    )


def _refused(
    request: Request, api: PageClient, refused: NotAnswered, shared: dict[str, Any]
) -> Response:
    problem = refused.problem
    errors = [
        (one.get("parameter", ""), field_words.capital(one["detail"]))
        for one in problem.get("errors", [])
    ]
    context = {**shared, "status": refused.status, "title": problem.get("title", "Not answered"),
               "detail": problem.get("detail", ""), "errors": errors,
               "near": problem.get("near", []), "kind": request.url.path.split("/")[1]}  # fmt: skip
    return _html(request, api, "refused.html", refused.status, context)


@router.get("/")
async def home(request: Request) -> Response:
    """What is in here, three questions answered, the newest claims."""
    return await page(request, "home.html", home_page)


@router.get("/search")
async def search(request: Request) -> Response:
    """One search over claims, sources and measures."""
    text = dict(asked(request)).get("q", "")
    return await page(request, "search.html", lambda api: lists.search_page(api, text))


@router.get("/measures")
async def measures(request: Request) -> Response:
    """Every measure."""
    return await page(request, "measures.html", lists.measures_page, section="measures")


@router.get("/measures/{id}")
async def measure(request: Request, id: str) -> Response:
    """One measure, and what is asked of it."""
    question = dict(plain_numbers(asked(request)))

    async def view(api: PageClient) -> dict[str, Any]:
        return await measure_page(api, id, question)

    return await page(request, "measure.html", view, section="measures")


@router.get("/claims")
async def claims(request: Request) -> Response:
    """A table of claims under any filter."""
    pairs = plain_numbers(asked(request))
    return await page(
        request, "claims.html", lambda api: lists.claims_page(api, pairs), section="claims"
    )


@router.get("/claims/{id}")
async def claim(request: Request, id: str) -> Response:
    """One claim: what it allows, its chain, its history."""
    question = dict(asked(request))
    return await page(
        request, "claim.html", lambda api: claim_page(api, id, question), section="claims"
    )


@router.get("/sources/{id}")
async def source(request: Request, id: str) -> Response:
    """One source: what it said, passed on, belongs to."""
    return await page(request, "source.html", lambda api: source_page(api, id))


@router.get("/add")
async def add(request: Request) -> Response:
    """The form of a claim, empty or with what a claim says now."""
    id = dict(asked(request)).get("edit")
    return await page(request, "add.html", lambda api: form_page(api, id), section="add")


@router.get("/add/file")
async def add_file(request: Request) -> Response:
    """A file of figures: read, matched, looked at, and imported, all by the page's script."""

    async def view(_: PageClient) -> dict[str, Any]:
        return {}

    return await page(request, "add_file.html", view, section="add")


@router.post("/key")
async def give_key(request: Request) -> Response:
    """Keep a key in the browser; the form is small, and its field is the key."""
    body = await request.body()
    fields = dict(parse_qsl(body.decode("utf-8", "replace")))
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise Malformed("This form was sent by another site.")
    key = fields.get("key", "").strip()
    onward = session.safe_path(fields.get("next", "/"))
    request.scope["headers"] = [
        *(
            pair
            for pair in request.scope["headers"]
            if pair[0] not in (b"authorization", b"cookie")
        ),
        (b"authorization", b"Bearer " + key.encode("latin-1", "replace")),
    ]
    try:
        await admitted(request)
    except (Unauthorized, Forbidden):
        shared = {"path": "/key", "pairs": [], "section": "", "onward": onward, "wrong": True}
        return _html(request, PageClient(request), "key.html", 401, shared)
    return session.remember(request, key, onward)


@router.post("/key/forget")
async def forget_key(request: Request) -> Response:
    """Give the key back: the browser forgets it."""
    return session.forget()


def install(app: FastAPI) -> None:
    """The pages, and their stylesheet and script."""
    app.include_router(router)
    app.mount("/pages", StaticFiles(directory=HERE / "static"), name="pages")
