"""`sayso mcp`: a real MCP client, over a running server and over a local file."""

import asyncio
import json
import re
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from mcp import StdioServerParameters
from mcp.client import Client
from mcp.types import CallToolResult, Tool

from app.cli.api_client import connected
from app.cli.mcp_tools import mcp_server
from app.config import settings
from tests.commands import environment, sayso
from tests.conftest import ADMIN, ONE_ENGINE, Serve, Templates
from tests.patience import NEVER
from tests.test_ask import asked_by_words

MEASURE = "containers.prk-rus"
CLAIM = {"document": "daily-digest-article", "measure": MEASURE, "wording": "about 9,000",
         "claimant": "shin-won-sik", "stated": "2024-04"}  # fmt: skip
Call = tuple[str, dict[str, Any]]


async def answers(server: Any, calls: tuple[Call, ...]) -> list[CallToolResult]:
    async with asyncio.timeout(NEVER), Client(server) as client:
        return [await client.call_tool(name, given) for name, given in calls]


def asked(url: str | None, *calls: Call, key: str | None = ADMIN, write: bool = False) -> Any:
    """What a client in this process is answered, over a server or the database of the settings."""

    async def work() -> list[CallToolResult]:
        async with connected(url, key, {}) as api:
            return await answers(mcp_server(api.client, key, write), calls)

    return asyncio.run(work())


def told(found: list[CallToolResult]) -> list[Any]:
    assert not [one.content for one in found if one.is_error]
    return [one.structured_content for one in found]


def faults(found: list[CallToolResult]) -> list[str]:
    assert all(one.is_error for one in found)
    return [one.content[0].text for one in found]  # type: ignore[union-attr]


@pytest.fixture
def local(sqlite_templates: Templates, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A seeded file, as the settings of this process name it."""
    url = sqlite_templates.copy(seeded=True)
    monkeypatch.setenv("SAYSO_DATABASE_URL", url)
    settings.cache_clear()
    yield url
    settings.cache_clear()


QUESTIONS: tuple[Call, ...] = (
    ("find", {"text": "containers"}),
    ("list_figures", {"measure": MEASURE, "at_least": 10000}),
    ("get_claim", {"id": "shin-2024-03-containers"}),
    ("compare_figures", {"measure": MEASURE, "at": "2024-06"}),
    ("who_stands_behind", {"measure": MEASURE}),
    ("show_history", {"measure": MEASURE}),
    ("read_wording", {"text": "roughly 6,700", "measure": MEASURE}),
)


def check(found: list[Any]) -> None:
    """Hold the answers to the questions against what the article says."""
    search, listed, claim, compared, behind, history, wording = found
    assert ("measure", MEASURE) in [(one["kind"], one["id"]) for one in search["found"]]
    assert {one["kind"] for one in search["found"]} == {"measure", "claim"}
    assert search["not_listed"] == []
    fits = {one["claim"]: one["match"] for one in listed["figures"]}
    assert fits["shin-2024-03-containers"] == "possible"
    assert sorted(fits.values()) == ["certain", "certain", "certain", "possible"]
    [open_end] = [one for one in listed["figures"] if one["match"] == "possible"]
    assert open_end["said"] == "upwards of 7,000"
    assert open_end["allows"] == "more than 7,000; nobody said how far upwards"
    assert (open_end["who"], open_end["lower"], "upper" in open_end) == (
        "Shin Won-sik", "7000", False
    )  # fmt: skip
    assert [one["source"] for one in claim["chain"]] == [
        "daily-digest-article", "ap", "shin-won-sik"
    ]  # fmt: skip
    assert "“upwards of 7,000”" in claim["citation"]
    assert "http://sayso" not in claim["citation"]
    pairs = [compared[name] for name in ("disagree", "unclear", "agree")]
    assert sum(pairs) == 10
    assert len(compared["pairs"]) == pairs[0] + pairs[1]
    assert all(one["reason"] for one in compared["pairs"])
    assert (behind["independent_origins_min"], behind["independent_origins_max"]) == (2, 3)
    assert "Associated Press (ap)" in behind["passed_on_by"]
    moved = {one["group"]: [row.get("step") for row in one["figures"]] for one in history["groups"]}
    assert moved["Shin Won-sik (shin-won-sik)"] == [None, "update", "update"]
    assert (wording["lower"], wording["upper"]) == ("6500", "6900")


@ONE_ENGINE
def test_each_tool_answers_a_real_client_over_a_running_server(serve: Serve) -> None:
    client = serve(open_reads=False)
    check(told(asked(str(client.base_url), *QUESTIONS)))


def test_each_tool_answers_a_real_client_over_a_local_file(local: str) -> None:
    check(told(asked(None, *QUESTIONS, key=None)))


@ONE_ENGINE
def test_a_claim_is_stored_only_where_that_was_asked_for_twice(serve: Serve) -> None:
    url = str(serve().base_url)
    count: Call = ("list_figures", {"measure": MEASURE})
    add, sure = ("add_claim", CLAIM), ("add_claim", {**CLAIM, "dry_run": False})
    tried, before, stored, after = told(asked(url, add, count, sure, count, write=True))
    assert (tried["stored"], stored["stored"]) == (False, True)
    assert tried["figures"] == stored["figures"]
    assert tried["figures"][0].startswith("“about 9,000”: 8,")
    assert (len(before["figures"]), len(after["figures"])) == (5, 6)
    [refused] = faults(asked(url, add))
    assert refused.startswith("There is no tool add_claim.")
    assert "--write" in refused


@ONE_ENGINE
def test_those_who_said_it_together_are_named_together_in_every_answer(serve: Serve) -> None:
    client = serve()
    ends = [{"source": id, "role": "speaker", "position": 1} for id in ("reuters", "bloomberg")]
    document = {"source": "daily-digest-article", "role": "document", "position": 0}
    claim = {"id": "both", "document": "daily-digest-article", "stated": "2024-09", "value": "9",
             "measure": "tugs", "attributions": [document, *ends],
             "included": {"measures": [{"id": "tugs", "unit": "{tug}"}]}}  # fmt: skip
    assert client.post("/v1/claims", json=claim).status_code == 201
    calls = [(name, {"measure": "tugs"}) for name in (
        "list_figures", "compare_figures", "show_history", "who_stands_behind"
    )]  # fmt: skip
    listed, compared, history, behind = told(asked(str(client.base_url), *calls))
    group = history["groups"][0]
    rows = [listed["figures"][0], compared["figures"][0], group["figures"][0]]
    assert {one["who"] for one in rows} == {"Reuters and Bloomberg"}
    printed = asked_by_words(client, "tugs", "--at", "2024-09")
    assert printed.count("Reuters and Bloomberg") == 1, "of the figures"
    assert printed.count("Bloomberg and Reuters") == 2, "of the series, and of the comparison"
    assert group["group"] == "Bloomberg (bloomberg) and Reuters (reuters)"
    assert {one["name"] for one in behind["origins"]} == {"Reuters", "Bloomberg"}
    named = {**claim, "id": "named", "claimant": "bloomberg", "included": {}}
    assert client.post("/v1/claims", json=named).status_code == 201
    listed, compared, history, _ = told(asked(str(client.base_url), *calls))
    rows = [*listed["figures"], *compared["figures"], *history["groups"][0]["figures"]]
    assert len(rows) == 6
    who = {one["who"] for one in rows if one["claim"] == "named"}
    assert who == {"Bloomberg and Reuters"}, "a claimant beside others is not alone"


@ONE_ENGINE
def test_who_said_it_and_every_name_are_told_as_of_the_moment_that_is_asked_about(
    serve: Serve,
) -> None:
    client = serve()
    ends = [{"source": id, "role": "speaker", "position": 1} for id in ("reuters", "bloomberg")]
    document = {"source": "daily-digest-article", "role": "document", "position": 0}
    tugs = {"id": "tugs", "unit": "{tug}", "name": "Tugs"}
    claim = {"id": "both", "document": "daily-digest-article", "stated": "2024-09", "value": "9",
             "measure": "tugs", "attributions": [document, *ends],
             "included": {"measures": [tugs]}}  # fmt: skip
    then = client.post("/v1/claims", json=claim).json()["recorded_at"]
    for place, change in (
        ("claims/both", {"attributions": [document, {**ends[0], "source": "shin-won-sik"}]}),
        ("sources/reuters", {"name": "Thomson Reuters"}),
        ("measures/tugs", {"name": "Tugboats"}),
    ):
        version = client.get(f"/v1/{place}").headers["ETag"]
        answer = client.patch(f"/v1/{place}", json=change, headers={"If-Match": version})
        assert answer.status_code == 200
    of = {"measure": "tugs", "as_of": then}
    listed, moved, got = told(asked(
        str(client.base_url), ("list_figures", of), ("show_history", of),
        ("get_claim", {"id": "both", "as_of": then}),
    ))  # fmt: skip
    rows = [listed["figures"][0], moved["groups"][0]["figures"][0], got]
    assert {one["who"] for one in rows} == {"Reuters and Bloomberg"}
    assert moved["groups"][0]["group"] == "Bloomberg (bloomberg) and Reuters (reuters)"
    assert got["citation"].startswith("Reuters and Bloomberg, September 2024: Tugs: 9 tug")


@ONE_ENGINE
def test_a_claim_is_got_and_found_with_its_denial_and_what_each_figure_counts(
    serve: Serve,
) -> None:
    client = serve()
    id = "shin-2024-02-26-shell-capacity"
    changed = client.patch(
        f"/v1/claims/{id}", json={"polarity": "negative"}, headers={"If-Match": "*"}
    )
    assert changed.status_code == 200, changed.text
    got, found = told(asked(
        str(client.base_url), ("get_claim", {"id": id}),
        ("find", {"text": id, "kind": "claim"}),
    ))  # fmt: skip
    counted = {one["said"]: one["dimensions"]["calibre_mm"] for one in got["figures"]}
    assert counted == {"more than 3 million": 152, "500,000": 122}
    assert (got["figures_hold"], got["alternative_mode"]) == ("or", "mix")
    assert got["firmness"] == "put as possible, denied"
    assert found["found"][0]["says"].startswith("denied: “more than 3 million” or “500,000” or a ")


@ONE_ENGINE
def test_what_goes_without_saying_is_left_out_of_documents_and_told_all_the_same(
    serve: Serve,
) -> None:
    client = serve()
    client.post("/v1/sources", json={"id": "thing", "name": "Something"}).raise_for_status()
    for measure in ({"id": "nameless", "unit": "{x}"}, {"id": "born", "unit": "", "name": "Birth",
                                                        "statistic": "date"}):  # fmt: skip
        client.post("/v1/measures", json=measure).raise_for_status()
    bare = {"id": "bare", "document": "daily-digest-article", "statement": "Nothing is counted."}
    client.post("/v1/claims", json=bare).raise_for_status()
    source, measure, got = told(asked(
        str(client.base_url), ("find", {"text": "Something", "kind": "source"}),
        ("find", {"text": "Birth", "kind": "measure"}), ("get_claim", {"id": "bare"}),
    ))  # fmt: skip
    assert source["found"][0]["says"] == "Something (other)"
    assert measure["found"][0]["says"] == "Birth (date)"
    assert (got["figures"], got["statement"]) == ([], "Nothing is counted.")
    listed = sayso(str(client.server.settings.database_url), "ask")  # type: ignore[attr-defined]
    assert (listed.returncode, "nameless" in listed.stdout) == (0, True)


@ONE_ENGINE
def test_an_answer_is_short_and_what_it_leaves_out_is_counted(serve: Serve) -> None:
    client = serve()
    url = str(client.base_url)
    for n in range(21):
        claim = {**CLAIM, "stated": f"2023-01-{n + 1:02}", "raw_text": str(n)}
        del claim["wording"]
        assert client.post("/v1/claims", json=claim).status_code == 201
    calls: tuple[Call, ...] = (
        ("find", {"text": "shells", "kind": "claim", "limit": 3}),
        ("find", {"text": "nowhere to be found"}),
        ("list_figures", {"measure": MEASURE}),
        ("compare_figures", {"measure": MEASURE}),
    )
    found = asked(url, *calls)
    some, none, listed, compared = told(found)
    assert len(some["found"]) == 3
    assert re.fullmatch(r"\d+ claims", *some["not_listed"])
    assert (none["found"], none["hint"][:11]) == ([], "Nothing has")
    assert (len(compared["figures"]), compared["figures_not_listed"]) == (20, 6)
    pairs = [compared[name] for name in ("disagree", "unclear", "agree")]
    assert (sum(pairs), compared["not_compared"]) == (26 * 25 // 2, 0)
    [more] = told(
        asked(url, ("list_figures", {"measure": MEASURE, "cursor": listed["next_cursor"]}))
    )
    assert "next_cursor" not in more
    ids = [one["claim"] for one in (*listed["figures"], *more["figures"])]
    assert (len(listed["figures"]), len(ids), len(set(ids))) == (20, 26, 26)
    for one in found:
        [text] = one.content
        assert json.loads(text.text) == one.structured_content
        assert "\n" not in text.text


@ONE_ENGINE
def test_the_next_page_of_figures_is_of_the_moment_of_the_first_and_so_are_its_voices(
    serve: Serve,
) -> None:
    client = serve()
    url = str(client.base_url)
    for n in range(21):
        claim = {**CLAIM, "stated": f"2025-01-{n + 1:02}", "raw_text": str(n)}
        del claim["wording"]
        assert client.post("/v1/claims", json=claim).status_code == 201
    call = {"measure": MEASURE, "at_most": 30000}
    [listed] = told(asked(url, ("list_figures", call)))
    other = {"name": "Renamed"}
    renamed = client.patch("/v1/sources/shin-won-sik", json=other, headers={"If-Match": "*"})
    assert renamed.status_code == 200
    kilos = {"document": "daily-digest-article", "measure": MEASURE, "raw_text": "5 kg",
             "unit": "kg"}  # fmt: skip
    assert client.post("/v1/claims", json=kilos).status_code == 201
    again = ("list_figures", {**call, "cursor": listed["next_cursor"]})
    more, anew = told(asked(url, again, ("list_figures", {"claimant": "shin-won-sik"})))
    assert {one["who"] for one in more["figures"]} == {"Shin Won-sik"}
    assert {one["who"] for one in anew["figures"]} == {"Renamed"}


@ONE_ENGINE
def test_at_least_and_at_most_of_a_measure_of_dates_are_dates(serve: Serve) -> None:
    url = str(serve().base_url)
    dates = {"measure": "manufacture-date.rockets.prk"}
    since, before = told(asked(
        url, ("list_figures", {**dates, "at_least": 1975}),
        ("list_figures", {**dates, "at_most": "1969"}),
    ))  # fmt: skip
    assert [one["match"] for one in since["figures"]] == ["possible", "possible"]
    assert before["figures"] == []
    [fault] = faults(asked(url, ("list_figures", {**dates, "at_least": "soon"})))
    assert fault.startswith("at_least: ")


def test_a_fault_says_what_is_wrong_and_what_to_do(local: str) -> None:
    wrong: dict[str, Call] = {
        "There is no measure containers.prk. Did you mean containers.rus-prk or": (
            "compare_figures", {"measure": "containers.prk"}
        ),
        f"measure: nothing stored has this id; did you mean `{MEASURE}`": (
            "list_figures", {"measure": "containers.prk-ru"}
        ),
        "at_least: A figure is a decimal number": ("list_figures", {"at_least": "lots"}),
        "measure: nothing stored has this id; send an id such as containers.prk-rus; find looks": (
            "list_figures", {"measure": "nope"}
        ),
        "There is no claim nix. find looks for claims.": ("get_claim", {"id": "nix"}),
        "text: This is 1234 where": ("read_wording", {"text": "1.234", "measure": MEASURE}),
        "match: Input should be 'any', 'certain' or 'possible'": (
            "list_figures", {"match": "maybe"}
        ),
        "at_least: Input should be": ("list_figures", {"at_least": True}),
        "measure: Field required": ("who_stands_behind", {}),
        "text: search for words of two": ("find", {"text": "a"}),
        "cursor: this is not a cursor": ("list_figures", {"cursor": "abc"}),
        "as_of: ": ("get_claim", {"id": "shin-2024-03-containers", "as_of": "soon"}),
        "at: ": ("compare_figures", {"measure": MEASURE, "at": "soon"}),
    }  # fmt: skip
    for expected, said in zip(wrong, faults(asked(None, *wrong.values())), strict=True):
        assert said.startswith(expected) or expected in said.partition(".")[2], said
        assert "http" not in said
        assert "/v1/" not in said


def test_a_history_of_all_together_names_no_voice(local: str) -> None:
    [found] = told(asked(None, ("show_history", {"measure": MEASURE, "group_by": "none"})))
    assert [one["group"] for one in found["groups"]] == ["all of them"]
    assert len(found["groups"][0]["figures"]) > 1


def test_no_argument_is_dropped_and_the_known_ones_are_named(local: str) -> None:
    calls = [(name, {**given, "bogus": 1}) for name, given in QUESTIONS]
    for (name, given), said in zip(calls, faults(asked(None, *calls)), strict=True):
        assert said.startswith(f"{name} takes no bogus. Its arguments are ")
        assert all(known in said for known in given)


@ONE_ENGINE
def test_a_server_that_is_not_there_is_told_and_so_is_a_key_that_is_missing(serve: Serve) -> None:
    question: Call = ("find", {"text": "containers"})
    [said] = faults(asked("http://127.0.0.1:9", question))
    assert said.startswith("There is no answer from there: ")
    [said] = faults(asked(str(serve(open_reads=False).base_url), question, key=None))
    assert "Send a key" in said
    assert "SAYSO_KEY" in said


PAGE = (Path(__file__).parents[1] / "docs" / "agents.md").read_text()
DOCUMENTED = [json.loads(block) for block in re.findall(r"```json\n(.*?)\n```", PAGE, re.DOTALL)]


def started(told: dict[str, Any], url: str) -> StdioServerParameters:
    """A server as the page has a client start it, but of this program and this database."""
    assert told["command"].endswith("/bin/sayso")
    words = ["-m", "app.cli", *told["args"]]
    assert told["env"].keys() == {"SAYSO_DATABASE_URL"}
    return StdioServerParameters(command=sys.executable, args=words, env=environment(url))


def test_a_client_starts_it_as_the_page_says_and_asks_by_its_pipes(
    sqlite_templates: Templates,
) -> None:
    desktop, code = DOCUMENTED
    assert desktop["mcpServers"]["sayso"] == {
        name: value for name, value in code["servers"]["sayso"].items() if name != "type"
    }
    server = started(desktop["mcpServers"]["sayso"], sqlite_templates.copy(seeded=True))
    calls: tuple[Call, ...] = (*QUESTIONS, ("find", {"words": "containers"}))
    *found, wrong = asyncio.run(answers(server, calls))
    check(told(found))
    assert faults([wrong]) == ["find takes no words. Its arguments are text, kind, limit."]


def test_a_fault_of_its_own_is_not_laid_at_the_question_and_tells_nothing_of_itself() -> None:
    async def work() -> list[CallToolResult]:
        async with httpx.AsyncClient(base_url="http://127.0.0.1:9") as api:
            pass
        return await answers(mcp_server(api), (("find", {"text": "containers"}),))

    [said] = faults(asyncio.run(work()))
    assert said == "find failed, and not by what was asked: what sayso mcp wrote on standard " \
                   "error says why."  # fmt: skip


@asynccontextmanager
async def listening(url: str) -> AsyncIterator[str]:
    """The address of a server that a client connects to, while it runs."""
    words = ("-m", "app.cli", "mcp", "--transport", "streamable-http", "--port", "0")
    process = await asyncio.create_subprocess_exec(
        sys.executable, *words, env=environment(url), stderr=asyncio.subprocess.PIPE
    )
    try:
        assert process.stderr is not None
        line = (await process.stderr.readline()).decode()
        [address] = re.findall(r"http://\S+/mcp", line)
        yield address
        process.terminate()
        assert await process.wait() in (0, 143)
    finally:
        if process.returncode is None:
            process.kill()


def test_clients_connect_by_streamable_http_and_a_page_from_elsewhere_cannot(
    sqlite_templates: Templates,
) -> None:
    async def work() -> None:
        async with asyncio.timeout(NEVER), listening(sqlite_templates.copy(seeded=True)) as address:
            for _ in range(2):
                check(told(await answers(address, QUESTIONS)))
            sent = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
            async with httpx.AsyncClient() as browser:
                for header in ({"Origin": "https://example.org"}, {"Host": "example.org"}):
                    answer = await browser.post(address, json=sent, headers=header)
                    assert answer.status_code in (403, 421), answer.text

    asyncio.run(work())


def test_what_keeps_it_from_starting_is_told_in_a_sentence(sqlite_templates: Templates) -> None:
    url = sqlite_templates.copy(seeded=True)
    web = ("--transport", "streamable-http")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        for words, code, expected in (
            (("--write",), 1, "--write needs a key that may write."),
            (("--write", "--key", ADMIN, *web), 1, "--write is for stdio"),
            ((*web, "--port", port), 1, f"Port {port}: Address already in use. Choose another"),
            (("--url", "http://[::1"), 2, "--url: "),
        ):
            done = sayso(url, "mcp", *words)
            assert (done.returncode, done.stdout) == (code, ""), done.stderr
            assert expected in " ".join(done.stderr.split())
    done = sayso("sqlite:////nowhere/none.db", "mcp")
    assert "`sayso migrate` makes it" in done.stderr


def test_without_the_extra_it_says_what_to_install(sqlite_templates: Templates) -> None:
    known = environment(sqlite_templates.copy(seeded=True))
    bare = "import sys; sys.modules |= {'mcp': None, 'mcp_types': None}; " \
           "from app.cli import main; main()"  # fmt: skip
    for words, code, expected in (("mcp", 1, "pip install 'sayso[mcp]'"), ("--help", 0, "mcp")):
        done = subprocess.run(
            [sys.executable, "-c", bare, words], env=known, timeout=NEVER,
            capture_output=True, text=True,
        )  # fmt: skip
        assert (done.returncode, expected in done.stdout + done.stderr) == (code, True), done


def described(tool: Tool) -> str:
    """A tool as a row of the page's table."""
    arguments = ", ".join(f"`{name}`" for name in tool.input_schema["properties"])
    return f"| `{tool.name}` | {' '.join((tool.description or '').split())} | {arguments} |"


def test_the_page_has_every_tool_as_it_is() -> None:
    async def work() -> list[Tool]:
        async with httpx.AsyncClient() as api, Client(mcp_server(api, write=True)) as client:
            return (await client.list_tools()).tools

    tools = asyncio.run(work())
    rows = [described(tool) for tool in tools]
    assert [row for row in PAGE.splitlines() if row.startswith("| `")] == rows, "\n".join(rows)
    for tool in tools:
        assert tool.input_schema["additionalProperties"] is False
        assert tool.output_schema is not None
        assert tool.annotations is not None
        assert tool.annotations.read_only_hint is (tool.name != "add_claim")
