"""What the guide is made of: every page of docs/, and a reference that the models write."""

import shutil
import tomllib
from pathlib import Path
from types import SimpleNamespace

import pytest

from guide import build_hook, reference


def pages_of_nav() -> set[str]:
    config = tomllib.loads((build_hook.ROOT / "guide/zensical.toml").read_text(encoding="utf-8"))
    parts = [part for named in config["project"]["nav"] for part in named.values()]
    return {page for part in parts for one in part for page in one.values()}


def test_every_page_of_docs_is_in_the_guide() -> None:
    there = {path.name for path in (build_hook.ROOT / "docs").glob("*.md")}
    assert there == pages_of_nav(), "guide/zensical.toml says where each belongs"


def test_the_reference_is_what_the_models_say() -> None:
    told = "run `python -m guide.reference`"
    assert reference.PAGE.read_text(encoding="utf-8") == reference.page(), told


def test_no_field_is_told_twice_and_no_sentence_is_of_no_field() -> None:
    """Ours are for fields of which the API says nothing."""
    silent = {
        name
        for model, _ in reference.PARTS.values()
        for name, one in model.model_json_schema()["properties"].items()
        if not one.get("description")
    }
    assert silent == reference.UNSAID.keys()


def test_a_site_is_built_anew_without_touching_what_stays(guide: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    shutil.copytree(guide, site)
    (site / "index.html").write_text("old", encoding="utf-8")
    (site / "gone.html").write_text("of a page that is no more", encoding="utf-8")
    same = (site / "glossary/index.html").stat()
    build_hook.build(site)
    assert (site / "index.html").read_bytes() == (guide / "index.html").read_bytes()
    assert not (site / "gone.html").exists()
    assert (site / "glossary/index.html").stat().st_ino == same.st_ino


def test_what_leads_out_of_docs_is_named_and_not_linked(guide: Path) -> None:
    page = (guide / "deploy/index.html").read_text(encoding="utf-8")
    assert "deploy/nginx.conf" in page
    assert 'href="../deploy/nginx.conf"' not in page


def test_a_guide_that_cannot_be_built_is_told_and_leaves_what_was_there(
    guide: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """As where the generator is not installed."""
    said: list[str] = []
    app = SimpleNamespace(display_warning=said.append)
    hook = build_hook.GuideHook(str(tmp_path), {}, None, None, str(tmp_path), "wheel", app)  # type: ignore[arg-type]
    monkeypatch.setattr(build_hook, "ROOT", tmp_path)
    hook.initialize("standard", {})
    [warning] = said
    assert "/guide says so" in warning
    assert (guide / "index.html").is_file()
