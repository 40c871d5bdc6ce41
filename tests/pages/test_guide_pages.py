"""The guide at /guide: whole, linked, sound, and under the policy of every page."""

import re
from pathlib import Path
from urllib.parse import urldefrag, urljoin

import httpx
import pytest

from app.pages import guide as guide_pages
from app.pages.site import POLICY
from tests.conftest import ONE_ENGINE, Serve
from tests.pages.test_pages import browse, words
from tests.test_guide import pages_of_nav

# What is shown does not depend on the engine.
pytestmark = [ONE_ENGINE, pytest.mark.usefixtures("guide")]
LINK = re.compile(r'<[^>]+ (?:href|src)="([^"]*)"')


def crawled(client: httpx.Client) -> dict[str, str]:
    """Every page of the guide that links lead to, by its address."""
    found: dict[str, str] = {}
    wanted = ["/guide/"]
    while wanted:
        path = wanted.pop()
        if path not in found:
            answer = browse(client, path)
            assert answer.status_code == 200, path
            found[path] = answer.text if "html" in answer.headers["content-type"] else ""
            linked = (urldefrag(urljoin(path, to)).url for to in LINK.findall(found[path]))
            wanted += [to for to in linked if to.startswith("/guide/")]
    return found


def test_every_link_of_the_guide_leads_somewhere(seeded: httpx.Client) -> None:
    pages = crawled(seeded)
    assert len(pages) >= len(pages_of_nav())
    others = set()
    for path, text in pages.items():
        for to in LINK.findall(text):
            address, anchor = urldefrag(urljoin(path, to))
            if anchor and address in pages:
                assert f'id="{anchor}"' in pages[address], f"{path} links {to}"
            elif address.startswith("/"):
                others.add(address)
    for address in others - pages.keys():
        assert browse(seeded, address, follow_redirects=True).status_code == 200, address


def test_a_page_of_the_guide_has_nothing_that_the_policy_forbids(seeded: httpx.Client) -> None:
    for path, text in crawled(seeded).items():
        answer = browse(seeded, path)
        assert answer.headers["content-security-policy"] == POLICY
        assert re.findall(r"<script(?![^>]* src=)|<style|<[^>]+ style=|<[^>]+ on\w+=", text) == []
        loaded = re.findall(r'<(?:script|img|source|iframe)[^>]* src="([^"]*)', text)
        loaded += re.findall(r'<link[^>]* href="([^"]*)', text)
        assert [one for one in loaded if "://" in one or one.startswith("//")] == []


def test_a_browser_keeps_a_page_and_asks_whether_it_changed(seeded: httpx.Client) -> None:
    first = browse(seeded, "/guide/")
    assert first.headers["cache-control"] == "no-cache"
    again = browse(seeded, "/guide/", headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code == 304


def test_what_is_not_in_the_guide_is_said_to_be_not(seeded: httpx.Client) -> None:
    assert browse(seeded, "/guide").headers["location"] == "/guide/"
    for path in (
        "/guide/nothing",
        "/guide/../site.py",
        "/guide/%2e%2e/site.py",
        "/guide/openapi.json",
    ):
        missing = browse(seeded, path)
        assert missing.status_code == 404, path
        assert "import" not in missing.text
    assert "The guide has no such page" in words(browse(seeded, "/guide/nothing"))


@pytest.mark.parametrize("folder", ["", "nowhere"])
def test_where_the_guide_was_not_built_a_page_names_the_command(
    serve: Serve, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, folder: str
) -> None:
    monkeypatch.setattr(guide_pages, "BUILT", tmp_path / folder)
    page = browse(serve(), "/guide/first-article/")
    assert page.status_code == 404
    assert "python -m guide" in words(page)
    assert page.headers["content-security-policy"] == POLICY


def test_the_guide_is_searched_for_sections_with_every_word(seeded: httpx.Client) -> None:
    told = browse(seeded, "/guide/search?q=openrefine+SCORE")
    assert told.status_code == 200
    assert 'href="/guide/exchange/#names-in-openrefine"' in told.text
    assert "<mark>OpenRefine</mark>" in told.text
    heading = browse(seeded, "/guide/search?q=glossary").text
    assert heading.index("/guide/glossary/") < heading.index("<mark>")
    assert "No section has “xyzzy”" in browse(seeded, "/guide/search?q=xyzzy").text


def test_a_search_of_the_guide_that_cannot_be_made_says_why(seeded: httpx.Client) -> None:
    assert "two characters or more" in browse(seeded, "/guide/search?q=a").text
    assert browse(seeded, "/guide/search").status_code == 200
    hostile = browse(seeded, "/guide/search?q=%3Cscript%3Ealert(1)%3C/script%3E%00")
    assert "<script>alert" not in hostile.text
    assert hostile.headers["content-security-policy"] == POLICY
