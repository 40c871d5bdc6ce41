"""Pages in a real browser: what an analyst does, by mouse, keyboard, on a phone, scriptless."""

from typing import Any

import httpx
import pytest

from tests.conftest import ADMIN, ONE_ENGINE, Serve

# What is shown does not depend on the engine; test_pages.py asks both.
pytestmark = ONE_ENGINE
PAGES = [
    "/", "/measures", "/measures/containers.prk-rus?value__gte=10,000", "/claims",
    "/claims/dia-2024-08-containers", "/sources/shin-won-sik", "/search?q=containers", "/add",
    "/add/file", "/add?edit=dia-2024-08-containers", "/claims/no-such-claim",
]  # fmt: skip
GUIDE = ["/guide/", "/guide/first-article/", "/guide/reference/", "/guide/search?q=hedge"]
FEWER_ROWS = "document.querySelectorAll('tr:nth-child(n + 5)').forEach(row => row.remove())"


@pytest.mark.parametrize("path", PAGES)
def test_no_page_has_a_fault_of_accessibility_nor_asks_anything_of_another_server(
    seeded: httpx.Client, tab: Any, path: str
) -> None:
    """Loaded once, and shown three times: narrow and dark, wide and light, and very wide."""
    shown = tab(seeded, width=360, dark=True)
    shown.open(path, wait_until="networkidle")
    assert shown.requests
    assert all(url.startswith(str(seeded.base_url)) for url in shown.requests)
    shown.page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
    shown.check_accessibility(turn=PAGES.index(path))
    shown.show(1600, "light")
    assert shown.errors == []


@pytest.mark.usefixtures("guide")
@pytest.mark.parametrize("path", GUIDE)
def test_a_page_of_the_guide_is_sound_in_a_browser(
    seeded: httpx.Client, tab: Any, path: str
) -> None:
    """On a phone in the dark, or wide and light: no fault of axe, no request to elsewhere.

    Of a long table the first rows are looked at: the others are made by the same lines.
    """
    shown = tab(seeded, width=360, dark=True)
    shown.open(path, wait_until="networkidle")
    shown.page.evaluate(FEWER_ROWS)
    shown.check_accessibility(turn=GUIDE.index(path))
    assert all(url.startswith(str(seeded.base_url)) for url in shown.requests)
    assert shown.errors == []


DARK, PRINT = (f"matchMedia('{one}').matches" for one in ("(prefers-color-scheme: dark)", "print"))
LOOK = f"[innerWidth, {DARK}, {PRINT}]"
KEPT = "[sessionStorage.length, localStorage.length, document.cookie, navigator.onLine]"


def test_a_tab_keeps_nothing_of_the_test_before(seeded: httpx.Client, tab: Any) -> None:
    """There is one for all of them: see `tab`."""
    shown = tab(seeded, width=360, dark=True, script=False)
    page = shown.open("/add")
    assert page.locator("noscript").first.is_visible()
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate(LOOK) == [360, True, True]
    page.evaluate("""() => {
        sessionStorage.setItem('sayso-key', 'x');
        localStorage.setItem('theirs', 'y');
        document.cookie = 'sayso_key=z';
        console.error('A fault.');
    }""")
    shown.context.set_offline(True)
    assert page.evaluate(KEPT) == [1, 1, "sayso_key=z", False]
    assert shown.errors == ["A fault."]
    shown = tab(seeded)
    assert (shown.errors, shown.requests, page.url) == ([], [], "about:blank")
    shown.open("/add")
    assert page.evaluate(LOOK) == [1280, False, False]
    assert page.evaluate(KEPT) == [0, 0, "", True]
    assert page.get_by_label("Key").input_value() == ""
    assert page.get_by_label("What is counted").get_attribute("role") == "combobox"


def test_an_analyst_asks_a_measure_without_script(seeded: httpx.Client, tab: Any) -> None:
    page = tab(seeded, script=False).open("/")
    page.get_by_label("Search claims, sources and measures").fill("containers")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("link", name="Shipping containers, North Korea to Russia").first.click()
    page.get_by_label("At least (≥)").fill("10,000")
    page.get_by_role("button", name="Ask").click()
    page.get_by_role("heading", name="10,000 or more? Three certainly, one possibly").wait_for()
    page.get_by_text("Cannot be told: 1 pair").wait_for()
    page.get_by_role("link", name="“up to 13,000”").first.click()
    page.get_by_text("is where it comes from").wait_for()
    assert "Defense Intelligence Agency" in page.locator("#c1").inner_text()


def test_a_claim_is_added_by_form_and_corrected_and_both_versions_are_seen(
    serve: Serve, tab: Any
) -> None:
    client = serve()
    shown = tab(client)
    page = shown.open("/add")
    page.get_by_label("What is counted").press_sequentially("Shipping cont", delay=5)
    page.get_by_role("option", name="Shipping containers").first.click()
    assert page.get_by_label("What is counted").input_value() == "containers.prk-rus"
    page.get_by_label("The figure as worded").fill("upwards of 11,000")
    page.get_by_text("Read as:").wait_for()
    assert "more than 11,000; nobody said how far upwards" in page.locator("#reading").inner_text()
    page.get_by_label("Claimant").fill("nis")
    page.get_by_label("When it was said").fill("2024-09")
    page.get_by_label("Document", exact=True).fill("daily-digest-article")
    page.get_by_text("Pick the quote from the text").click()
    page.get_by_label("Text of the document").fill("One 🚢 or upwards of 11,000 were seen.")
    page.locator("#text").evaluate("text => text.setSelectionRange(10, 27)")
    page.get_by_role("button", name="Use what I selected").click()
    page.get_by_role("textbox", name="Key").fill(ADMIN)
    page.get_by_role("button", name="Add the claim").click()
    page.wait_for_url("**/claims/c-*")
    id = page.url.rpartition("/")[2]
    stored = client.get(f"/v1/claims/{id}").json()
    assert stored["quote"] == {"exact": "upwards of 11,000", "start": 9, "end": 26}
    page.get_by_role("link", name="Correct this claim").click()
    page.get_by_label("When it was said").fill("2024-10")
    page.get_by_role("button", name="Write the correction").click()
    page.wait_for_url(f"**/claims/{id}")
    page.get_by_text("What changed from version 1 to 2: one field").wait_for()
    assert "September 2024" not in page.locator(".lead").inner_text()
    assert shown.errors == []


def test_a_correction_changes_what_was_changed_and_clears_what_was_emptied(
    serve: Serve, tab: Any
) -> None:
    client = serve()
    sent = {
        "id": "by-hand", "document": "daily-digest-article", "claimant": "shin-won-sik",
        "via": ["ap"], "stated": "2024-09", "modality": "possible", "statement": "One.\nTwo.",
        "measure": "containers.prk-rus", "raw_text": "some", "value": "7", "lower": "3",
        "upper": "9", "dimensions": {"port": "Rason"},
    }  # fmt: skip
    before = client.post("/v1/claims", json=sent).json()
    shown = tab(client)
    page = shown.open("/add?edit=by-hand")
    assert page.get_by_label("Or from").input_value() == "3"
    page.get_by_role("textbox", name="Key").fill(ADMIN)
    page.get_by_label("When it was said").fill("2024-10")
    page.get_by_role("button", name="Write the correction").click()
    page.wait_for_url("**/claims/by-hand")
    found = client.get("/v1/claims/by-hand").json()
    assert found["stated"] == "2024-10"
    for name in ("quantities", "modality", "statement", "attributions"):
        assert found[name] == before[name], name
    page = shown.open("/add?edit=by-hand")
    for label in ("When it was said", "Passed on by", "In your own words"):
        page.get_by_label(label).fill("")
    page.get_by_label("How firmly").select_option("")
    page.get_by_label("up to", exact=True).fill("")
    page.get_by_role("textbox", name="Key").fill(ADMIN)
    page.get_by_role("button", name="Write the correction").click()
    page.wait_for_url("**/claims/by-hand")
    found = client.get("/v1/claims/by-hand").json()
    assert found["version"] == 3
    assert {"stated", "modality", "statement"}.isdisjoint(found)
    assert [hop["role"] for hop in found["attributions"]] == ["document", "originator"]
    [figure] = found["quantities"]
    assert (figure["value"], figure["lower"], "upper" in figure) == ("7", "3", False)
    assert shown.errors == []


def test_a_wording_is_read_while_it_is_typed_as_it_will_be_in_the_language_of_its_document(
    serve: Serve, tab: Any
) -> None:
    client = serve()
    bote = {"id": "bote", "name": "Bote", "kind": "article", "language": "de"}
    client.post("/v1/sources", json=bote).raise_for_status()
    page = tab(client).open("/add")
    page.locator("#document").fill("bote")
    page.locator("#raw_text").fill("rund 3.400")
    page.locator("#reading", has_text="3,200 to 3,600, as “rund” (about)").wait_for()
    page.locator("#document").fill("daily-digest-article")
    page.locator("#document").blur()
    page.locator("#reading.fail").wait_for()


def test_a_confidence_that_is_no_number_is_refused_and_not_left_out(serve: Serve, tab: Any) -> None:
    client = serve()
    page = tab(client).open("/add?edit=shin-2024-06-containers")
    page.get_by_role("textbox", name="Key").fill(ADMIN)
    form = page.locator("#assess")
    form.locator("[name=assessor]").fill("ada")
    form.locator("[name=confidence]").fill("80%")
    form.locator("[name=comment]").fill("Why")
    form.get_by_role("button").click()
    page.locator("#assessed", has_text="should be a valid integer").wait_for()
    assert client.get("/v1/assessments").json()["items"] == []


def test_a_name_that_is_stored_is_not_made_again_and_that_is_said(serve: Serve, tab: Any) -> None:
    shown = tab(serve())
    page = shown.open("/add")
    page.get_by_text("Make a source that is not there yet").click()
    page.locator("#new-source-name").fill("Reuters")
    page.get_by_role("button", name="Use this source").click()
    page.get_by_text("This is here already, and is used: “Reuters” (news agency).").wait_for()
    assert page.get_by_label("Claimant").input_value() == "reuters"


def test_a_source_that_is_withdrawn_is_told_of_before_a_claim_is_added(
    serve: Serve, tab: Any
) -> None:
    client = serve()
    client.delete("/v1/sources/nis?reason=there+twice", headers={"If-Match": "*"})
    page = tab(client).open("/add")
    page.get_by_label("What is counted").fill("containers.prk-rus")
    page.get_by_label("The figure as worded").fill("about 40")
    page.get_by_label("Claimant").fill("nis")
    page.get_by_label("Document", exact=True).fill("daily-digest-article")
    page.get_by_role("textbox", name="Key").fill(ADMIN)
    page.get_by_role("button", name="Add the claim").click()
    page.get_by_text("Note: the source `nis` is withdrawn (there twice)").wait_for()
    page.get_by_role("button", name="Add the claim").click()
    page.wait_for_url("**/claims/c-*")


def test_errors_stand_beside_their_fields_and_take_the_focus(serve: Serve, tab: Any) -> None:
    page = tab(serve()).open("/add")
    page.get_by_label("What is counted").fill("containers.prk-rus")
    page.get_by_label("The figure as worded").fill("13.000")
    page.get_by_label("Claimant").fill("shin-won-sikk")
    page.get_by_label("When it was said").fill("2024-13")
    page.get_by_label("Document", exact=True).fill("daily-digest-article")
    page.get_by_role("textbox", name="Key").fill(ADMIN)
    page.get_by_role("button", name="Add the claim").click()
    page.locator("#errors").wait_for()
    assert page.evaluate("document.activeElement.id") == "errors"
    assert page.title().startswith("Error: ")
    assert page.locator("[aria-invalid=true]").count() >= 1
    assert page.get_by_label("The figure as worded").input_value() == "13.000"


def test_a_source_and_a_measure_are_made_on_the_spot(serve: Serve, tab: Any) -> None:
    client = serve(seeded=False)
    page = tab(client).open("/add")
    page.get_by_text("Make a measure that is not there yet").click()
    page.locator("#new-measure-name").fill("Bridges built in Elmark")
    page.locator("#new-measure-unit").fill("bridge")
    page.get_by_role("button", name="Use this measure").click()
    page.get_by_label("The figure as worded").fill("about 40")
    page.get_by_text("Make a source that is not there yet").click()
    for name, use in (("Ada Quill", "claimant"), ("The Elmark Courier", "document")):
        page.locator("#new-source-name").fill(name)
        page.locator("#new-source-for").select_option(use)
        page.get_by_role("button", name="Use this source").click()
    page.get_by_role("textbox", name="Key").fill(ADMIN)
    page.get_by_role("button", name="Add the claim").click()
    page.wait_for_url("**/claims/c-*")
    page.get_by_role("heading", name="“about 40”").wait_for()
    assert client.get("/v1/measures/bridges-built-in-elmark").json()["unit"] == "{bridge}"


def test_everything_is_reached_by_keyboard_alone(seeded: httpx.Client, tab: Any) -> None:
    page = tab(seeded).open("/measures/containers.prk-rus")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.get_by_label("At least (≥)").focus()
    page.keyboard.type("10000")
    page.keyboard.press("Enter")
    page.wait_for_url("**value__gte=10000**")
    page.get_by_text("Three certainly, one possibly").first.wait_for()


def test_the_chart_tells_a_mark_in_words_and_leads_to_its_claim(
    seeded: httpx.Client, tab: Any
) -> None:
    shown = tab(seeded)
    page = shown.open("/measures/containers.prk-rus")
    assert not any("vega" in url for url in shown.requests)
    page.get_by_role("button", name="Read the marks").click()
    page.get_by_text("Point at a mark to read its words").wait_for()
    ticks = page.locator(".plot .role-axis-label").all_text_contents()
    assert any("Feb" in one for one in ticks), ticks
    assert any("14,000" in one for one in ticks), ticks
    mark = page.locator(".plot .role-mark path[aria-label*='roughly 6,700']").first
    mark.hover(force=True)
    tip = page.locator(".tip").inner_text()
    assert "“roughly 6,700”" in tip
    assert "as “roughly” is commonly meant" in tip
    mark.click(force=True)
    page.wait_for_url("**/claims/shin-2024-02-containers")
    assert shown.errors == []
    assert all(url.startswith(str(seeded.base_url)) for url in shown.requests)


def test_an_injected_script_is_blocked(seeded: httpx.Client, tab: Any) -> None:
    shown = tab(seeded)
    shown.open("/")
    shown.page.evaluate(
        "() => { const s = document.createElement('script'); s.textContent = 'window.bad = 1';"
        " document.body.append(s); }"
    )
    assert shown.page.evaluate("window.bad") is None
    assert any("Content Security Policy" in text for text in shown.errors)


TABLE = "Tag;Schiffe ein;Tonnen\n13.3.2024;12;4.310,5\n14.3.2024;9;3.975,0\n15.3.2024;30;4.100,0\n"


def test_a_file_is_read_matched_looked_at_and_imported(serve: Serve, tab: Any) -> None:
    client = serve()
    shown = tab(client)
    page = shown.open("/add/file")
    table = {"name": "hafen.csv", "mimeType": "text/csv", "buffer": TABLE.encode()}
    page.get_by_label("File", exact=True).set_input_files(table)
    page.get_by_label("What the file is called").fill("Hafen Nordau 2024")
    page.get_by_label("Key").fill(ADMIN)
    page.get_by_role("button", name="Read the file").click()
    page.locator("#columns tr").first.wait_for()
    assert page.locator("#columns th").all_text_contents() == ["Tag", "Schiffe ein", "Tonnen"]
    mapping = page.get_by_label("The mapping", exact=True)
    suggested = mapping.input_value().replace("{{?}}", "{ship}")
    assert "%d.%m.%Y" in suggested
    mapping.fill(suggested.replace("%d.%m.%Y", "%m.%d.%Y"))
    page.get_by_role("button", name="Look at ten rows").click()
    page.locator("#errors").wait_for()
    assert "Line 2, column “Tag”: " in page.locator("#errors").inner_text()
    assert page.evaluate("document.activeElement.id") == "errors"
    assert page.get_by_role("button", name="Import").is_disabled()
    mapping.fill(suggested)
    page.get_by_role("button", name="Look at ten rows").click()
    page.get_by_role("button", name="Import").and_(page.locator(":enabled")).wait_for()
    rows = page.locator("#preview").inner_text()
    assert "4,310.5" in rows or "4310.5" in rows, rows
    assert "period" in page.locator("#columns tr").first.inner_text()
    assert client.get("/v1/claims", params={"q": "Nordau"}).json()["items"] == []
    page.get_by_role("button", name="Import").click()
    page.get_by_text("Imported: ").wait_for()
    found = client.get("/v1/claims", params={"document": "hafen-nordau-2024"}).json()["items"]
    assert {one["quantities"][0]["value"] for one in found} >= {"4310.5", "30"}
    assert shown.errors == []


def reach(page: Any, target: str) -> None:
    """Press Tab until the element with this id, or these words in it, has the focus."""
    for _ in range(250):
        page.keyboard.press("Tab")
        told = page.evaluate("[document.activeElement.id, document.activeElement.innerText || '']")
        if told[0] == target or (target and target in told[1]):
            return
    pytest.fail(f"Tab does not reach {target}")


def type_into(page: Any, field: str, words: str) -> None:
    reach(page, field)
    page.keyboard.press("ControlOrMeta+A")
    page.keyboard.type(words)


def test_from_the_question_to_two_versions_of_a_claim_by_keyboard_alone(
    serve: Serve, tab: Any
) -> None:
    client = serve()
    shown = tab(client)
    page = shown.open("/")
    type_into(page, "q", "containers")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=containers")
    reach(page, "Shipping containers, North Korea to Russia")
    page.keyboard.press("Enter")
    page.wait_for_url("**/measures/containers.prk-rus")
    type_into(page, "gte", "10000")
    page.keyboard.press("Enter")
    page.wait_for_url("**value__gte=10000**")
    page.get_by_text("Three certainly, one possibly").first.wait_for()
    page.get_by_text("Cannot be told: 1 pair").wait_for()
    assert "Three figures certainly, one possibly." in page.locator("#c1").inner_text()
    reach(page, "“up to 13,000”")
    page.keyboard.press("Enter")
    page.wait_for_url("**/claims/dia-2024-08-containers")
    page.get_by_text("is where it comes from").wait_for()
    reach(page, "Copy citation")
    page.keyboard.press("Enter")
    reach(page, "Correct this claim")
    page.reload()
    reach(page, "Add a claim")
    page.keyboard.press("Enter")
    page.wait_for_url("**/add")
    type_into(page, "measure", "Shipping cont")
    page.get_by_role("option", name="Shipping containers").first.wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    type_into(page, "raw_text", "upwards of 11,000")
    type_into(page, "claimant", "nis")
    type_into(page, "stated", "2024-09")
    type_into(page, "document", "daily-digest-article")
    type_into(page, "key", ADMIN)
    page.keyboard.press("Enter")
    page.wait_for_url("**/claims/c-*")
    reach(page, "Correct this claim")
    page.keyboard.press("Enter")
    page.wait_for_url("**/add?edit=**")
    type_into(page, "stated", "2024-10")
    page.keyboard.press("Enter")
    page.wait_for_url("**/claims/c-*")
    page.get_by_text("What changed from version 1 to 2: one field").wait_for()
    assert shown.errors == []


def test_what_is_folded_is_printed_without_script(seeded: httpx.Client, tab: Any) -> None:
    page = tab(seeded, script=False).open("/measures/containers.prk-rus")
    folded = page.locator("details:not(.request) li").first
    assert not folded.is_visible()
    page.emulate_media(media="print")
    assert folded.is_visible()
