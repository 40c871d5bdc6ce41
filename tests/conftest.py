"""Every test runs against real engines: a SQLite file, and a PostgreSQL server of its own.

The server under test is a real uvicorn on loopback; each answer is checked against what /docs
promises (`tests/honesty.py`). Databases are copies of a template that was migrated, and seeded,
once per session and engine.
"""

import gc
import os
import secrets
import shutil
import socket
import ssl
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from functools import cache, partial
from pathlib import Path
from typing import Any

import coverage
import httpx
import hypothesis
import psycopg
import pytest
import uvicorn
from sqlalchemy.engine import make_url

from app.api.connection_limits import limited_connection
from app.config import Settings
from app.db import Database
from app.main import create_app
from app.models.key import KeyIn
from app.rules import api_keys
from app.store import key_lookup, keys, schema, writes
from seed import seed
from tests.drawing import SharedRenderer
from tests.honesty import Honesty, inlined
from tests.patience import NEVER

ENGINES = ("sqlite", "postgresql")
ONE_ENGINE = pytest.mark.parametrize("engine", ENGINES[:1], indirect=True, scope="session")
"""For what is settled before a database is asked, or after its rows have come."""
# No limits, here and in the programs that tests start, but where a test sets them.
os.environ |= {
    "SAYSO_RATE_PER_MINUTE": "0",
    "SAYSO_ANONYMOUS_RATE_PER_MINUTE": "0",
    "SAYSO_STREAM_SECONDS": "0.5",
    "SAYSO_PICTURE_SECONDS": "120",  # the machine may be busy
}
AT_LENGTH = os.environ.get("SAYSO_TEST_CROWD") == "1"
"""Are the tests of many at once, and of every one, to be run at length?"""
EXAMPLES = int(os.environ.get("SAYSO_TEST_EXAMPLES", "60"))
"""Of each property, unless a test says otherwise: a thousand outside the suite."""
# No example is too slow: on a busy machine any would be.
hypothesis.settings.register_profile("sayso", deadline=None, max_examples=EXAMPLES)
# A mutant is met by the same few examples each time; see docs/mutants.md.
hypothesis.settings.register_profile(
    "mutation", deadline=None, max_examples=25, derandomize=True, database=None
)
hypothesis.settings.load_profile("sayso")
ADMIN = api_keys.make_key("ofadmins", secrets.token_bytes(32))
"""A key for everything, in every database of these tests; clients send it unless told otherwise."""


def pytest_xdist_auto_num_workers() -> int:
    """One more than there are cores: some tests wait for a process, a browser or a clock."""
    return (os.cpu_count() or 1) + 1


def pytest_collection_finish() -> None:
    """What is imported and collected by now stays: the garbage collector lets it be."""
    gc.collect()
    gc.freeze()


def pytest_sessionfinish() -> None:
    """What was measured is saved while there is time: a worker that takes long to end is killed."""
    if measuring := coverage.Coverage.current():
        measuring.save()


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a PostgreSQL server: SAYSO_TEST_POSTGRES_URL, or one started for these tests."""
    if url := os.environ.get("SAYSO_TEST_POSTGRES_URL"):
        yield url
        return
    from tests.postgres import started

    with started() as url:
        yield url


@pytest.fixture(scope="session", params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    """Which engine: every test that (through its fixtures) asks for it runs on both."""
    return str(request.param)


def give(db: Database, token: str, *scopes: Any, **more: Any) -> None:
    """Store a key that is known beforehand, and was used today already."""
    parts = api_keys.parse_key(token)
    assert parts is not None
    sent = KeyIn(id=parts.id, name="tests", scopes=list(scopes), **more)
    writes.write(db, keys.create, db.settings, sent, token)
    key_lookup.used(db, parts.id, key_lookup.now() // key_lookup.DAY)


class Templates:
    """Databases that are copied rather than made: migrated, and seeded or empty."""

    def __init__(self, engine: str, folder: Path, postgres: str | None):
        self.engine, self.folder, self.postgres = engine, folder, postgres
        self.made: dict[bool, str] = {}
        self.left: list[str] = []

    def copy(self, seeded: bool) -> str:
        """The URL of a new database."""
        if seeded not in self.made:
            self.made[seeded] = self._template(seeded)
        return (
            self._sqlite(self.made[seeded])
            if self.postgres is None
            else self._postgres(self.made[seeded])
        )

    def nothing(self) -> str:
        """The URL of a database with nothing in it, not even tables."""
        return self._nothing(f"nothing_{uuid.uuid4().hex[:12]}")

    def _nothing(self, name: str) -> str:
        if self.postgres is not None:
            text = "ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'"
            self._execute(f"CREATE DATABASE {name} {text} TEMPLATE template0")
        return self._url(name)

    def _template(self, seeded: bool) -> str:
        name = f"{'seeded' if seeded else 'empty'}_{uuid.uuid4().hex[:8]}"
        url = self._nothing(name)
        schema.migrate(Settings(database_url=url))
        db = Database(Settings(database_url=url))
        give(db, ADMIN, "admin")
        if seeded:
            seed(db)
        db.engine.dispose()
        return name

    def _url(self, name: str) -> str:
        if self.postgres is None:
            return f"sqlite:///{self.folder / name}.db"
        return make_url(self.postgres).set(database=name).render_as_string(hide_password=False)

    def _sqlite(self, template: str) -> str:
        copy = f"copy_{uuid.uuid4().hex[:12]}"
        shutil.copy(self.folder / f"{template}.db", self.folder / f"{copy}.db")
        return self._url(copy)

    def _postgres(self, template: str) -> str:
        copy = f"copy_{uuid.uuid4().hex[:12]}"
        # Its other way would write every page to its log, too.
        self._execute(f"CREATE DATABASE {copy} TEMPLATE {template} STRATEGY file_copy")
        return self._url(copy)

    def leave(self, url: str) -> None:
        """A database that its test is done with; it goes when its server has left it as well."""
        if self.postgres is not None:
            self.left.append(str(make_url(url).database))

    def _execute(self, statement: str) -> None:
        with psycopg.connect(str(self.postgres), autocommit=True) as connection:
            if len(self.left) > MOST_LEFT:
                self.left = _dropped(connection, self.left)
            connection.execute(statement)


MOST_LEFT = 20
"""Databases that may wait to be dropped, each of some 8 MB."""


def _dropped(connection: psycopg.Connection, left: list[str]) -> list[str]:
    """Drop those that nobody is connected to, and answer with the others: to drop one waits."""
    used = {name for (name,) in connection.execute("SELECT datname FROM pg_stat_activity")}
    for name in set(left) - used:
        connection.execute(f"DROP DATABASE {name}")
    return [name for name in left if name in used]


@pytest.fixture(scope="session")
def sqlite_templates(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Templates]:
    """Those of SQLite, for what the engine plays no part in."""
    yield Templates("sqlite", tmp_path_factory.mktemp("sqlite"), None)
    all_stopped()


@pytest.fixture(scope="session")
def postgresql_templates(
    tmp_path_factory: pytest.TempPathFactory, postgres: str
) -> Iterator[Templates]:
    yield Templates("postgresql", tmp_path_factory.mktemp("postgresql"), postgres)
    all_stopped()


@pytest.fixture(scope="session")
def templates(engine: str, request: pytest.FixtureRequest) -> Templates:
    """Those of an engine: they stay while tests of the other one run."""
    found: Templates = request.getfixturevalue(f"{engine}_templates")
    return found


class Server:
    """A real server on loopback, in a thread of this process."""

    def __init__(self, settings: Settings):
        self.settings = settings
        self.app = create_app(settings)
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.socket.getsockname()[1]}"
        self.uvicorn = uvicorn.Server(
            uvicorn.Config(
                self.app,
                http=limited_connection(self.app),
                ws="none",
                log_level="warning",
                access_log=False,
                server_header=False,
            )
        )
        self.thread = threading.Thread(
            target=self.uvicorn.run, kwargs={"sockets": [self.socket]}, daemon=True
        )

    def __enter__(self) -> "Server":
        self.thread.start()
        while not self.uvicorn.started:
            assert self.thread.is_alive(), "the server did not start"
            time.sleep(0.005)
        self.app.state.renderer = SharedRenderer()
        self.app.openapi = partial(openapi, self.settings)  # type: ignore[method-assign]
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        self.thread.join(10)

    def stop(self) -> None:
        """Stop it, without waiting: uvicorn takes a fifth of a second to look, and to leave."""
        self.uvicorn.should_exit = True
        stopping.append(self.thread)

    def client(self, key: str | None = ADMIN, **more: Any) -> httpx.Client:
        """A client with a key (or None) that checks every answer against the API's description."""
        more["headers"] = {**bearer(key), **more.get("headers", {})}
        hooks = {"response": [described().check]}
        given = {"timeout": NEVER, "verify": NO_TLS, "limits": KEPT, **more}
        return httpx.Client(base_url=self.url, event_hooks=hooks, **given)


stopping: list[threading.Thread] = []
"""Servers that are on their way out."""


def all_stopped() -> None:
    """Wait until no server is on its way out: their databases go next."""
    while stopping:
        stopping.pop().join(10)


def path_of(url: str) -> str:
    """An address without its server, to ask it of another one."""
    return httpx.URL(url).raw_path.decode()


def bearer(key: str | None) -> dict[str, str]:
    """The header that a key is sent in."""
    return {} if key is None else {"Authorization": f"Bearer {key}"}


KEPT = httpx.Limits(keepalive_expiry=1.0)
"""An unused connection is let go of by us: a server may close its own just as a request is sent."""
NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""Shared by all clients, which have no use for it: to make one takes longer than many requests."""


SQLITE = Settings(database_url="sqlite://")


def openapi(settings: Settings = SQLITE) -> dict[str, Any]:
    """The description of a server: made once for all that are alike in what it depends on."""
    return _openapi(settings.reads_are_open, settings.public_url)


@cache
def _openapi(reads_are_open: bool, url: str) -> dict[str, Any]:
    alike = SQLITE.model_copy(update={"open_reads": reads_are_open, "public_url": url})
    found: dict[str, Any] = create_app(alike).openapi()
    return found


@cache
def document() -> dict[str, Any]:
    """The same, with what its operations share written out in each."""
    return inlined(openapi())


@cache
def described() -> Honesty:
    """The same, to be held against answers."""
    return Honesty(document())


@pytest.fixture(scope="session")
def guide() -> Path:
    """The site of the guide, as docs/ is now; where nothing changed, nothing is written."""
    from guide.build_hook import SITE, build

    build()
    return SITE


Serve = Callable[..., httpx.Client]


@pytest.fixture
def serve(templates: Templates) -> Iterator[Serve]:
    """Start servers for one test: ``serve()`` on the seed, ``serve(seeded=False)`` on nothing."""
    opened: list[httpx.Client] = []

    def start(seeded: bool = True, **settings: Any) -> httpx.Client:
        server = Server(Settings(database_url=templates.copy(seeded), **settings)).__enter__()
        client = server.client()
        client.server = server  # type: ignore[attr-defined]
        opened.append(client)
        return client

    yield start
    for client in reversed(opened):
        client.close()
        client.server.stop()  # type: ignore[attr-defined]
        templates.leave(client.server.settings.database_url)  # type: ignore[attr-defined]


@pytest.fixture
def fresh(serve: Serve) -> httpx.Client:
    """The seed, to be written to."""
    return serve()


@pytest.fixture(scope="session")
def seeded(templates: Templates) -> Iterator[httpx.Client]:
    """The seed, only to be read: shared by all tests that change nothing."""
    with Server(Settings(database_url=templates.copy(True))) as server, server.client() as client:
        yield client
