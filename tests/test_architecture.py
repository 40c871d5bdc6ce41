"""The shape of the code: packages with one-way imports, short files, SQL and HTTP in place."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

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


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


@cache
def import_statements(path: Path) -> list[ast.Import | ast.ImportFrom]:
    """Every import of a file, wherever in it."""
    return [node for node in ast.walk(tree(path)) if isinstance(node, ast.Import | ast.ImportFrom)]


def imports(path: Path) -> Iterator[str]:
    """Every module that a file imports."""
    for node in import_statements(path):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif node.module:
            assert node.level == 0, f"{path} imports relatively"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


# A check is one test of all files, not one of each: it names every file that is wrong.


def test_a_room_imports_only_from_itself_and_the_rooms_before_it() -> None:
    for path in FILES:
        own = room(module(path))
        for name in imports(path):
            if name.startswith("app.") and name != "app.__version__" and own:
                assert ROOMS.index(room(name)) <= ROOMS.index(own), f"{path} imports {name}"
            assert not name.startswith(("tests", "bench")), f"{path} imports {name}"
            assert own == "cli" or not name.startswith("seed"), f"{path} imports {name}"


def test_the_picture_of_the_rooms_has_all_of_them_in_their_order() -> None:
    drawn = (ROOT / "docs/rooms.svg").read_text()
    assert re.findall(r'class="room".*?>(.*?)</text>', drawn) == ROOMS
    order = r", ".join(ROOMS)
    for document in ("README.md", "docs/architecture.md"):
        assert order in (ROOT / document).read_text().replace(";", ",")
    assert order in drawn


def test_http_and_sql_stay_in_their_rooms() -> None:
    for path in FILES:
        own = room(module(path))
        for name in imports(path):
            package = name.split(".")[0]
            assert own in ONLY_IN.get(package, {own}), f"{path} imports {package}"


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


def test_a_file_can_be_read_in_one_sitting() -> None:
    lines = {path: len(path.read_text().splitlines()) for path in FILES}
    assert {path: many for path, many in lines.items() if many > 400} == {}


def test_functions_are_short() -> None:
    lines = {
        (path, node.name): (node.end_lineno or 0) - node.lineno + 1
        for path in FILES
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name not in LONG
    }
    assert {where: many for where, many in lines.items() if many > 45} == {}


def test_modules_and_public_things_say_what_they_are_for() -> None:
    for path in FILES:
        assert ast.get_docstring(tree(path)), f"{path} does not say what it is for"
        for node in tree(path).body:
            if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                continue
            public = not node.name.startswith("_")
            if public and not (room(module(path)) == "api" and is_endpoint(node)):
                assert ast.get_docstring(node), f"{path}: {node.name} does not say what it is for"


# Lists of declarations: long because there is much to declare, not because it is hard to follow.
LONG = {"reading", "writing", "create_app", "import_"}


def is_endpoint(node: ast.AST) -> bool:
    """Product text stands in the route's description."""
    return bool(getattr(node, "decorator_list", []))


def test_names_are_those_of_the_field() -> None:
    vague = {"utils", "helpers", "manager", "common", "misc", "service"}
    assert [path for path in FILES if path.stem in vague] == []


def test_no_public_name_stands_for_two_things() -> None:
    named: dict[str, list[str]] = {}
    for path in FILES:
        for node in tree(path).body:
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


def test_nothing_of_our_own_has_to_be_renamed_where_it_is_imported() -> None:
    for path in FILES:
        for node in import_statements(path):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("app"):
                assert [alias.name for alias in node.names if alias.asname] == [], path
