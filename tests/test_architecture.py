"""The shape of the code: packages with one-way imports, short files, SQL and HTTP in place."""

import ast
import re
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = [
    "config",
    "errors",
    "rules",
    "render",
    "models",
    "mapping",
    "db",
    "store",
    "api",
    "pages",
    "main",
    "cli",
]
FILES = sorted(path for path in (ROOT / "app").rglob("*.py"))
ONLY_IN = {
    "fastapi": {"api", "pages", "main"},
    "starlette": {"api", "main", "pages"},
    "uvicorn": {"cli", "api"},
    "sqlalchemy": {"models", "db", "store"},
    "sqlmodel": {"models", "api"},
    "psycopg": {"db"},
    "sqlite3": {"db"},
    "alembic": {"store"},
    "prometheus_client": {"api", "db"},
    "jinja2": {"pages"},
    "typer": {"cli"},
    "rich": {"cli"},
    "mcp": {"cli"},
    "mcp_types": {"cli"},
    "pyarrow": {"cli"},
    "openpyxl": {"cli"},
}


def module(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def room(name: str) -> str:
    """The room of a module: ``app.rules.figures`` is in ``rules``."""
    parts = name.split(".")
    return parts[1] if len(parts) > 1 else ""


def imports(path: Path) -> Iterator[str]:
    """Every module that a file imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, f"{path} imports relatively"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("path", FILES, ids=module)
def test_a_room_imports_only_from_itself_and_the_rooms_before_it(path: Path) -> None:
    own = room(module(path))
    for name in imports(path):
        if name.startswith("app.") and name != "app.__version__" and own:
            assert ROOMS.index(room(name)) <= ROOMS.index(own), f"{own} imports {name}"
        assert not name.startswith(("tests", "bench")), f"{path} imports {name}"
        assert own == "cli" or not name.startswith("seed"), f"{path} imports {name}"


def test_the_picture_of_the_rooms_has_all_of_them_in_their_order() -> None:
    drawn = (ROOT / "docs/rooms.svg").read_text()
    assert re.findall(r'class="room".*?>(.*?)</text>', drawn) == ROOMS
    order = r", ".join(ROOMS)
    for document in ("README.md", "docs/architecture.md"):
        assert order in (ROOT / document).read_text().replace(";", ",")
    assert order in drawn


@pytest.mark.parametrize("path", FILES, ids=module)
def test_http_and_sql_stay_in_their_rooms(path: Path) -> None:
    own = room(module(path))
    for name in imports(path):
        package = name.split(".")[0]
        assert own in ONLY_IN.get(package, {own}), f"{own} imports {package}"


def test_no_file_imports_in_a_circle() -> None:
    known = {module(path) for path in FILES}
    graph = {
        module(path): {
            name if name in known else name.rpartition(".")[0]
            for name in imports(path)
            if name.startswith("app.")
        }
        - {module(path)}
        for path in FILES
    }
    try:
        tuple(TopologicalSorter(graph).static_order())
    except CycleError as error:
        raise AssertionError(f"a circle of imports: {error.args[1]}") from error


@pytest.mark.parametrize("path", FILES, ids=module)
def test_a_file_can_be_read_in_one_sitting(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= 400


@pytest.mark.parametrize("path", FILES, ids=module)
def test_functions_are_short_and_public_things_say_what_they_are_for(path: Path) -> None:
    tree = ast.parse(path.read_text())
    assert ast.get_docstring(tree), "the module does not say what it is for"
    for node in tree.body:
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            continue
        public = not node.name.startswith("_")
        if public and not (room(module(path)) == "api" and is_endpoint(node)):
            assert ast.get_docstring(node), f"{node.name} does not say what it is for"
    for inner in ast.walk(tree):
        if isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (inner.end_lineno or 0) - inner.lineno + 1
            assert lines <= 45 or inner.name in LONG, f"{inner.name} has {lines} lines"


# Lists of declarations: long because there is much to declare, not because it is hard to follow.
LONG = {"reading", "writing", "create_app", "import_"}


def is_endpoint(node: ast.AST) -> bool:
    """Product text stands in the route's description."""
    return bool(getattr(node, "decorator_list", []))


@pytest.mark.parametrize("path", FILES, ids=module)
def test_names_are_those_of_the_field(path: Path) -> None:
    assert path.stem not in {"utils", "helpers", "manager", "common", "misc", "service"}


def test_no_public_name_stands_for_two_things() -> None:
    named: dict[str, list[str]] = {}
    for path in FILES:
        for node in ast.parse(path.read_text()).body:
            for name in public_types(node):
                named.setdefault(name, []).append(module(path))
    assert {name: places for name, places in named.items() if len(places) > 1} == {}


def public_types(node: ast.stmt) -> Iterator[str]:
    """Classes and aliases of types that a module has at its top."""
    if isinstance(node, ast.ClassDef):
        names = [node.name]
    else:
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        names = [target.id for target in targets if isinstance(target, ast.Name)]
    for name in names:
        if name[0].isupper() and not name.isupper():
            yield name


@pytest.mark.parametrize("path", FILES, ids=module)
def test_nothing_of_our_own_has_to_be_renamed_where_it_is_imported(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("app"):
            assert [alias.name for alias in node.names if alias.asname] == []
