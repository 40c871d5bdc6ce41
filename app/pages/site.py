"""Routes of the pages: each asks the API, and renders the answer with a template.

Where reads are closed, a person's key is asked for once and kept by the browser: what the cookie
opens is in ``api/key_cookie.py``, reads alone (RFC 6265 section 8).
"""

from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from fastapi.staticfiles import StaticFiles
from jinja2 import Environment, FileSystemLoader

from app.api.dependencies import public_url
from app.api.key_cookie import COOKIE, cookie_key
from app.api.response_cache import ResponseCache
from app.errors import Forbidden, Malformed, Unauthorized
from app.pages import lists
from app.pages.cached_pages import admitted, kept
from app.pages.claim import claim_page, form_page
from app.pages.client import NotAnswered, PageClient, address
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
View = Callable[..., Awaitable[dict[str, Any]]]
"""What makes the page of the API's answers: it takes what asks them, and what was asked."""
LOOPBACK = ("127.0.0.1", "localhost", "::1", "[::1]")


def asked(request: Request) -> list[tuple[str, str]]:
    """The query string; fields that a form left empty ask nothing."""
    pairs = parse_qsl(request.scope["query_string"].decode("latin-1"), keep_blank_values=True)
    return [(name, value.strip()) for name, value in pairs if value.strip()]


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


async def page(
    request: Request, template: str, view: View, *given: Any, section: str = ""
) -> Response:
    """One page: the view's answers in a template; a refusal of the API as a page, too.

    It is kept for as long as the head of the log stands where it stood before the API was asked.
    Who may not read is asked for a key.
    """
    pairs = asked(request)
    api = PageClient(request, dict(pairs).get("as_of"))
    shared = {"path": request.url.path, "pairs": pairs, "section": section}
    state = request.app.state
    cache: ResponseCache = state.response_cache
    try:
        await admitted(request)
        head = await cache.validate(state.db) if cache.max_bytes else None
        made = _html(request, api, template, 200, {**shared, **await view(api, *given)})
    except NotAnswered as refused:
        return _refused(request, api, refused, shared)
    except (Unauthorized, Forbidden):
        onward, wrong = address(request.url.path, pairs), cookie_key(request.headers) is not None
        asking = {**shared, "onward": onward, "wrong": wrong}
        return _html(request, api, "key.html", 401, asking)
    return kept(cache, request, head, made, not state.settings.reads_are_open)


def _shown_server(request: Request) -> str:
    """The server that a page's requests are shown with: never what a Host header only claims."""
    known: str = request.app.state.settings.public_url
    if known:
        return known.rstrip("/")
    return public_url(request) if on_loopback(request) else "https://SERVER"


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
    return await page(request, "search.html", lists.search_page, text)


@router.get("/measures")
async def measures(request: Request) -> Response:
    """Every measure."""
    return await page(request, "measures.html", lists.measures_page, section="measures")


@router.get("/measures/{id}")
async def measure(request: Request, id: str) -> Response:
    """One measure, and what is asked of it."""
    question = dict(plain_numbers(asked(request)))
    return await page(request, "measure.html", measure_page, id, question, section="measures")


@router.get("/claims")
async def claims(request: Request) -> Response:
    """A table of claims under any filter."""
    pairs = plain_numbers(asked(request))
    return await page(request, "claims.html", lists.claims_page, pairs, section="claims")


@router.get("/claims/{id}")
async def claim(request: Request, id: str) -> Response:
    """One claim: what it allows, its chain, its history."""
    question = dict(asked(request))
    return await page(request, "claim.html", claim_page, id, question, section="claims")


@router.get("/sources/{id}")
async def source(request: Request, id: str) -> Response:
    """One source: what it said, passed on, belongs to."""
    return await page(request, "source.html", source_page, id)


@router.get("/add")
async def add(request: Request) -> Response:
    """The form of a claim, empty or with what a claim says now."""
    edited = dict(asked(request)).get("edit")
    return await page(request, "add.html", form_page, edited, section="add")


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
    onward = safe_path(fields.get("next", "/"))
    sent = (b"authorization", b"Bearer " + key.encode("latin-1", "replace"))
    others = [
        pair for pair in request.scope["headers"] if pair[0] not in (b"authorization", b"cookie")
    ]
    request.scope["headers"] = [*others, sent]
    try:
        await admitted(request)
    except (Unauthorized, Forbidden):
        shared = {"path": "/key", "pairs": [], "section": "", "onward": onward, "wrong": True}
        return _html(request, PageClient(request), "key.html", 401, shared)
    return _remember(request, key, onward)


def _remember(request: Request, key: str, onward: str) -> Response:
    """Keep a key until the browser is closed, and go on to the page that was asked for."""
    answer = RedirectResponse(onward, 303)
    answer.set_cookie(
        COOKIE, key, httponly=True, samesite="strict", secure=not on_loopback(request), path="/"
    )
    return answer


def safe_path(path: str) -> str:
    """A path of this server to go on to: never another host (`//evil`, `/\\evil`)."""
    plain = path.startswith("/") and path[1:2] not in ("/", "\\") and path.isprintable()
    return path if plain else "/"


def on_loopback(request: Request) -> bool:
    """Whether the browser and this server are one machine, without TLS between them."""
    return request.url.hostname in LOOPBACK and request.url.scheme == "http"


@router.post("/key/forget")
async def forget_key(request: Request) -> Response:
    """Give the key back: the browser forgets it."""
    answer = RedirectResponse("/", 303)
    answer.delete_cookie(COOKIE, path="/")
    return answer


def install(app: FastAPI) -> None:
    """The pages, and their stylesheet and script."""
    app.include_router(router)
    app.mount("/pages", StaticFiles(directory=HERE / "static"), name="pages")
