"""The site of the guide, built from docs/ by zensical; an installation does it as a build hook."""

import re
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).parents[1]
SITE = ROOT / "app" / "pages" / "guide_site"
OUT_OF_DOCS = re.compile(r"\[([^\]]+)\]\(\.\./[^)]+\)")
"""A link to a file of the repository that no page of the guide is: there it is only named."""
ROLES = {
    '<table>': '<table class="stack" role="table">', "<thead>": '<thead role="rowgroup">',
    "<tbody>": '<tbody role="rowgroup">', "<tr>": '<tr role="row">',
    "<th>": '<th role="columnheader">', "<td>": '<td role="cell">',
}  # fmt: skip
"""On a phone a row becomes a card, as on other pages; the roles keep it a table for readers."""
NOT_SERVED = ("assets", "404.html", "openapi.json", "search.json", "sitemap.xml")
"""What the generator adds for its own theme, and what is in docs/ but is no page."""


class GuideHook(BuildHookInterface[Any]):
    """A wheel, and an editable installation, hold the guide."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build it, or say that it is not there: a server without it works, and says so too."""
        if find_spec("zensical") is None:
            self.app.display_warning("without zensical the guide is not built: /guide will say so")
        else:
            build()


def build(site: Path = SITE) -> None:
    """Make the site anew; a page that stays the same is not touched, so that it can be read on."""
    with TemporaryDirectory() as folder:
        made = _generated(Path(folder))
        wanted = {path.relative_to(made) for path in made.rglob("*") if path.is_file()}
        for path in sorted(wanted):
            _put(site / path, (made / path).read_bytes())
        for old in [path for path in site.rglob("*") if path.is_file()]:
            if old.relative_to(site) not in wanted:
                old.unlink()


def _generated(folder: Path) -> Path:
    """What the generator makes of copies, so that it leaves nothing in the repository."""
    shutil.copytree(ROOT / "docs", folder / "docs")
    shutil.copytree(ROOT / "app" / "pages" / "templates", folder / "theme")
    shutil.copy(ROOT / "guide" / "zensical.toml", folder)
    for page in (folder / "docs").glob("*.md"):
        text = page.read_text(encoding="utf-8")
        page.write_text(OUT_OF_DOCS.sub(r"\1", text), encoding="utf-8")
    command = [sys.executable, "-m", "zensical", "build", "--strict"]
    ran = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if ran.returncode:
        raise RuntimeError(f"the guide cannot be built:\n{ran.stdout}{ran.stderr}")
    for name in NOT_SERVED:
        path = folder / "site" / name
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
    for written in (folder / "site").rglob("*.html"):
        text = written.read_text(encoding="utf-8")
        for plain, named in ROLES.items():
            text = text.replace(plain, named)
        written.write_text(text, encoding="utf-8")
    return folder / "site"


def _put(path: Path, content: bytes) -> None:
    """Write a file at once, or not at all where it has this content already."""
    if path.is_file() and path.read_bytes() == content:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}.new")
    new.write_bytes(content)
    new.replace(path)
