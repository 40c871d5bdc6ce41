"""The site of the guide, built from docs/ by zensical; an installation does it as a build hook."""

import os
import re
import shutil
import subprocess
import sys
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
NOT_SERVED = ("assets", "404.html", "openapi.json", "sitemap.xml")
"""What the generator adds for its own theme, and what is in docs/ but is no page; the search page
reads its search.json."""


class GuideHook(BuildHookInterface[Any]):
    """A wheel, and an editable installation, hold the guide."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build it, or say that it is not there: a server without it works, and says so too."""
        try:
            build(strict=False)
        except (RuntimeError, OSError) as fault:
            self.app.display_warning(f"{fault}\nSayso works without its guide, and /guide says so.")


def build(site: Path = SITE, strict: bool = True) -> None:
    """Make the site anew; a page that stays the same is not touched, so that it can be read on.

    ``strict`` refuses what the generator only warns of, such as a link that leads nowhere.
    """
    with TemporaryDirectory() as folder:
        made = _generated(Path(folder), strict)
        wanted = {path.relative_to(made) for path in made.rglob("*") if path.is_file()}
        for path in sorted(wanted):
            _put(site / path, (made / path).read_bytes())
        for old in [path for path in site.rglob("[!.]*") if path.is_file()]:
            if old.relative_to(site) not in wanted:
                old.unlink(missing_ok=True)


def _generated(folder: Path, strict: bool) -> Path:
    """What the generator makes of copies, so that it leaves nothing in the repository."""
    shutil.copytree(ROOT / "docs", folder / "docs")
    shutil.copytree(ROOT / "app" / "pages" / "templates", folder / "theme")
    shutil.copy(ROOT / "guide" / "zensical.toml", folder)
    for page in (folder / "docs").glob("*.md"):
        text = page.read_text(encoding="utf-8")
        page.write_text(OUT_OF_DOCS.sub(r"\1", text), encoding="utf-8")
    command = [sys.executable, "-m", "zensical", "build", *(["--strict"] if strict else [])]
    ran = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if ran.returncode:
        raise RuntimeError(f"the guide cannot be built:\n{ran.stdout}{ran.stderr}")
    return _finished(folder / "site")


def _finished(made: Path) -> Path:
    """The same without what is not served, and with the roles of tables."""
    for name in NOT_SERVED:
        path = made / name
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
    for page in made.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        for plain, named in ROLES.items():
            text = text.replace(plain, named)
        page.write_text(text, encoding="utf-8")
    return made


def _put(path: Path, content: bytes) -> None:
    """Write a file at once, or not at all where it has this content already."""
    if path.is_file() and path.read_bytes() == content:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}.{os.getpid()}")
    new.write_bytes(content)
    new.replace(path)
