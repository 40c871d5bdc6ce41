"""What a line of an import does to what is stored, and what its sender is told of it."""

import json
from typing import Any

import httpx
import pytest

from tests.api.test_round_trips import back, get
from tests.api.test_transfer import CLAIM, jsonl, send
from tests.conftest import ENGINES, ONE_ENGINE, Serve

ONE = {**CLAIM, "id": "one", "notes": "1"}
OTHER = {**ONE, "notes": "2"}
PLAIN = {name: value for name, value in CLAIM.items() if name != "type"}
HEAD = "id,document,measure,value,notes,tags\n"
DOCUMENT, MEASURE = CLAIM["document"], CLAIM["measure"]
AT = f"{DOCUMENT},{MEASURE}"
Told = dict[str, Any]


def note(client: httpx.Client, id: str = "one") -> tuple[int, str | None]:
    whole = client.get(f"/v1/claims/{id}").json()
    return whole["version"], whole.get("notes")


def withdraw(client: httpx.Client, id: str = "one") -> None:
    asked = f"/v1/claims/{id}?reason=misread"
    assert client.delete(asked, headers={"If-Match": "*"}).status_code == 200


def status(client: httpx.Client, id: str = "one") -> str:
    return str(client.get(f"/v1/claims/{id}").json()["status"])


def faults(told: Told, kind: str = "errors") -> list[tuple[int | None, str | None, str]]:
    return sorted((one.get("line"), one.get("pointer"), one["code"]) for one in told[kind])


# ------------------------------------------------------------------- what is stored already


def test_a_line_that_says_something_else_is_the_next_version(fresh: httpx.Client) -> None:
    assert send(fresh, jsonl(ONE))["created"] == 1
    assert send(fresh, jsonl(OTHER))["changed"] == 1
    assert send(fresh, jsonl(OTHER), on_existing="update")["unchanged"] == 1
    assert note(fresh) == (2, "2")


def test_one_id_imported_with_1_and_2_and_1_is_at_1_again(fresh: httpx.Client) -> None:
    told = [send(fresh, jsonl(line)) for line in (ONE, OTHER, ONE, ONE)]
    counts = [(one["created"], one["changed"], one["unchanged"]) for one in told]
    assert counts == [(1, 0, 0), (0, 1, 0), (0, 1, 0), (0, 0, 1)]
    assert note(fresh) == (3, "1")


@pytest.mark.parametrize(
    "lines",
    [
        [{"type": "source", "id": "s", "name": name} for name in ("A", "B", "A")],
        [{"type": "measure", "id": "m", "unit": unit} for unit in ("{box}", "{bag}", "{box}")],
        [
            {"type": "assessment", "id": "a", "target": "sources/ap", "assessor": "me",
             "comment": comment} for comment in ("x", "y", "x")
        ],
    ],
    ids=["source", "measure", "assessment"],
)  # fmt: skip
def test_whatever_it_is_goes_there_and_back(fresh: httpx.Client, lines: list[Told]) -> None:
    told = [send(fresh, jsonl(line)) for line in lines]
    assert [(one["created"], one["changed"]) for one in told] == [(1, 0), (0, 1), (0, 1)]


def test_what_is_stored_is_left_where_that_is_asked(fresh: httpx.Client) -> None:
    send(fresh, jsonl(ONE))
    told = send(fresh, jsonl(OTHER, {**ONE, "id": "new"}), on_existing="skip")
    assert (told["skipped"], told["created"], told["changed"]) == (1, 1, 0)
    assert note(fresh) == (1, "1")
    assert send(fresh, jsonl(ONE), on_existing="skip")["unchanged"] == 1


def test_what_is_stored_can_be_a_fault_and_nothing_is_stored(fresh: httpx.Client) -> None:
    send(fresh, jsonl(ONE))
    assert send(fresh, jsonl(ONE), on_existing="fail")["unchanged"] == 1
    before = get(fresh)
    refused = send(fresh, jsonl({**ONE, "id": "new"}, OTHER), 422, on_existing="fail")
    assert faults(refused) == [(2, "/id", "exists")]
    assert "on_existing=update" in refused["errors"][0]["detail"]
    assert get(fresh) == before
    told = send(fresh, jsonl({**ONE, "id": "new"}, OTHER), 207, on_existing="fail", mode="partial")
    assert (told["created"], told["failed"]) == (1, 1)


def test_to_replace_and_to_skip_is_two_things_at_once(fresh: httpx.Client) -> None:
    refused = send(fresh, jsonl(ONE), 422, on_existing="skip", replace_document=DOCUMENT)
    assert [one["parameter"] for one in refused["errors"]] == ["on_existing"]


# ------------------------------------------------------------------------ what is withdrawn


@pytest.mark.parametrize("line", [ONE, OTHER], ids=["the same", "something else"])
def test_what_was_withdrawn_stays_so_and_is_told_with_its_line(
    fresh: httpx.Client, line: Told
) -> None:
    send(fresh, jsonl(ONE))
    withdraw(fresh)
    told = send(fresh, jsonl({**ONE, "id": "new"}, line))
    assert (told["created"], told["withdrawn"], told["changed"]) == (1, 1, 0)
    assert faults(told, "notices") == [(2, None, "withdrawn")]
    assert "restore=true" in told["notices"][0]["detail"]
    assert status(fresh) == "withdrawn"
    told = send(fresh, jsonl(line), restore="true")
    assert (told["restored"], told["withdrawn"], told["notices"]) == (1, 0, [])
    assert (status(fresh), note(fresh)) == ("active", (3, line["notes"]))


def test_a_restored_claim_is_the_stored_one_where_others_are_left(fresh: httpx.Client) -> None:
    send(fresh, jsonl(ONE))
    withdraw(fresh)
    told = send(fresh, jsonl(OTHER), restore="true", on_existing="skip")
    assert (told["withdrawn"], status(fresh)) == (1, "withdrawn")
    told = send(fresh, jsonl(ONE), restore="true", on_existing="skip")
    assert (told["restored"], note(fresh)) == (1, (3, "1"))


@pytest.mark.parametrize("way", ["PUT", "PATCH"])
def test_a_post_of_what_was_withdrawn_says_so_and_the_way_back(
    fresh: httpx.Client, way: str
) -> None:
    made = fresh.post("/v1/claims", json=PLAIN).json()
    withdraw(fresh, made["id"])
    refused = fresh.post("/v1/claims", json=PLAIN)
    assert refused.status_code == 409
    [fault] = refused.json()["errors"]
    assert (fault["code"], "other content" in fault["detail"]) == ("withdrawn", False)
    tag = 'If-Match: "2"'
    assert tag in fault["detail"]
    assert "PUT" in fault["detail"]
    body = PLAIN if way == "PUT" else {}
    header = {"If-Match": tag.removeprefix("If-Match: ")}
    restored = fresh.request(way, f"/v1/claims/{made['id']}", json=body, headers=header)
    assert (restored.status_code, restored.json()["version"]) == (200, 3)
    assert status(fresh, made["id"]) == "active"
    assert fresh.post("/v1/claims", json=PLAIN).status_code == 200


# ------------------------------------------------------------------------ replacing a document


@pytest.mark.parametrize("asked", [{}, {"mode": "partial"}, {"dry_run": "true"}])
def test_a_document_that_nothing_has_is_not_replaced(fresh: httpx.Client, asked: Told) -> None:
    before = get(fresh)
    refused = send(fresh, jsonl(ONE), 422, replace_document="daily-digest-artcle", **asked)
    assert [(one["parameter"], one["code"]) for one in refused["errors"]] == [
        ("replace_document", "unknown_reference")
    ]
    assert get(fresh) == before


def test_a_document_that_only_broken_lines_have_is_no_slip_of_the_pen(fresh: httpx.Client) -> None:
    work = {"type": "source", "id": "new", "name": "New", "kind": "article"}
    lines = jsonl(work, {**ONE, "document": "new"}, {**OTHER, "document": "new"})
    told = send(fresh, lines, 207, mode="partial", replace_document="new")
    assert faults(told) == [(2, "/id", "two_of_one_id"), (3, "/id", "two_of_one_id")]
    assert (told["created"], faults(told, "notices")) == (1, [(None, None, "not_replaced")])


def test_an_import_of_nothing_empties_the_document_it_replaces(fresh: httpx.Client) -> None:
    assert send(fresh, "", replace_document=DOCUMENT)["withdrawn"] == 18
    assert fresh.get("/v1/claims").json()["items"] == []


# ------------------------------------------------------------------- lines of the same import


@pytest.mark.parametrize("mode", ["atomic", "partial"])
def test_two_lines_of_one_id_that_differ_are_both_at_fault(fresh: httpx.Client, mode: str) -> None:
    lines = jsonl({**ONE, "id": "new"}, ONE, {**CLAIM, "id": "x"}, OTHER)
    told = send(fresh, lines, 422 if mode == "atomic" else 207, mode=mode)
    assert faults(told) == [(2, "/id", "two_of_one_id"), (4, "/id", "two_of_one_id")]
    assert ["line 4" in told["errors"][0]["detail"], "line 2" in told["errors"][1]["detail"]] == [
        True, True,
    ]  # fmt: skip
    assert fresh.get("/v1/claims/one").status_code == 404
    assert fresh.get("/v1/claims/new").status_code == (404 if mode == "atomic" else 200)
    third = send(fresh, jsonl(ONE, OTHER, {**ONE, "notes": "A third."}), 422)
    assert faults(third) == [(n, "/id", "two_of_one_id") for n in (1, 2, 3)]


@pytest.mark.parametrize("line", [ONE, CLAIM], ids=["with an id", "without one"])
def test_lines_that_say_the_same_are_one_and_told(fresh: httpx.Client, line: Told) -> None:
    turned = dict(reversed(line.items()))
    told = send(fresh, jsonl(line, {**ONE, "id": "new"}, turned))
    assert (told["lines"], told["created"], told["duplicates"]) == (3, 2, 1)
    assert faults(told, "notices") == [(3, None, "duplicate")]
    detail = told["notices"][0]["detail"]
    assert "line 1" in detail
    assert "`id`" in detail


def test_a_claim_sent_flat_and_the_same_sent_whole_are_one(fresh: httpx.Client) -> None:
    figure = {name: CLAIM[name] for name in ("measure", "raw_text")}
    rest = {name: value for name, value in ONE.items() if name not in figure}
    told = send(fresh, jsonl(ONE, {**rest, "quantities": [figure]}))
    assert (told["created"], told["duplicates"]) == (1, 1)


# ---------------------------------------------------------------------------- rows of a table


def table(*rows: str, head: str = HEAD) -> bytes:
    return (head + "".join(f"{row}\n" for row in rows)).encode()


@ONE_ENGINE
def test_equal_rows_without_an_id_are_told_with_the_way_out(fresh: httpx.Client) -> None:
    gift = f",{AT},125000,a gift,"
    told = back(fresh, table(gift, f",{AT},9,,", gift))
    assert (told["lines"], told["created"], told["duplicates"]) == (3, 2, 1)
    assert faults(told, "notices") == [(4, None, "duplicate")]
    detail = told["notices"][0]["detail"]
    assert "line 2" in detail
    assert "if they are two, give each an `id` of its own" in detail
    told = back(fresh, table(f"gift-1{gift}", f"gift-2{gift}"))
    assert (told["created"], told["duplicates"]) == (2, 0)


@ONE_ENGINE
def test_equal_rows_of_one_id_are_one_figure_and_told(fresh: httpx.Client) -> None:
    told = back(fresh, table(f"a,{AT},5,,", f"a,{AT},6,,", f"a,{AT},5,,"))
    assert (told["created"], told["duplicates"]) == (1, 1)
    assert faults(told, "notices") == [(4, None, "duplicate")]
    assert len(fresh.get("/v1/claims/a").json()["quantities"]) == 2


@ONE_ENGINE
def test_rows_of_one_id_are_figures_and_agree_in_all_else(fresh: httpx.Client) -> None:
    refused = back(fresh, table(f"a,{AT},5,x,", f"b,{AT},1,,", f"a,{AT},6,y,"), 422)
    assert faults(refused) == [(2, "/notes", "rows_disagree"), (4, "/notes", "rows_disagree")]
    told = back(fresh, table(f"a,{AT},5,x,", f"b,{AT},1,,", f"a,{AT},6,x,"))
    assert told["created"] == 2
    figures = fresh.get("/v1/claims/a").json()["quantities"]
    assert [figure["value"] for figure in figures] == ["5", "6"]


@ONE_ENGINE
def test_a_fault_of_a_figure_has_the_row_that_it_stands_in(fresh: httpx.Client) -> None:
    refused = back(fresh, table(f"a,{AT},5,,", f"b,{AT},1,,", f"a,{AT},many,,"), 422)
    assert faults(refused)[0][:2] == (4, "/value")


@ONE_ENGINE
def test_blank_rows_are_no_rows_and_lines_keep_their_numbers(fresh: httpx.Client) -> None:
    told = back(fresh, table("", f"a,{AT},5,,", ",,,,,", "   ", f"b,{AT},6,,"))
    assert (told["lines"], told["created"]) == (2, 2)
    refused = back(fresh, table("", f"c,{AT},5,,", ",,,,,", f"d,{AT},many,,"), 422)
    assert faults(refused)[0][:2] == (5, "/value")


@ONE_ENGINE
def test_a_comma_among_tags_may_be_one_or_two_and_is_refused(fresh: httpx.Client) -> None:
    refused = back(fresh, table(f'a,{AT},5,,"red, blue"'), 422)
    assert faults(refused) == [(2, "/tags", "cell")]
    assert "a;b" in refused["errors"][0]["detail"]
    back(fresh, table(f"a,{AT},5,,red; blue", f'b,{AT},5,,"[""red, blue""]"'))
    tags = [fresh.get(f"/v1/claims/{id}").json()["tags"] for id in "ab"]
    assert tags == [["red", "blue"], ["red, blue"]]


# -------------------------------------------------------------------------------- the file


@ONE_ENGINE
@pytest.mark.parametrize(
    ("content", "line", "words"),
    [
        ("document,measure,value,notes,value\n", 1, ["value"]),
        ("document,value\nx,5\n", 1, ["`measure`"]),
        ("document,measure,quantities\n", 1, ["`quantities`"]),
        (f'document,measure,notes\n{AT},x\n{AT},"open\n{AT},y\n', 3, ["quotation mark", "closed"]),
        (f"document,measure,notes\n{AT},x\n{AT},Zürich\n".encode("latin-1"), 3, ["UTF-8"]),
    ],
    ids=["two of a name", "no measure", "quantities", "open quote", "latin-1"],
)  # fmt: skip
def test_a_file_that_is_no_such_table_is_told_what_it_seems_to_be(
    fresh: httpx.Client, content: str | bytes, line: int, words: list[str]
) -> None:
    raw = content if isinstance(content, bytes) else content.encode()
    before = get(fresh)
    refused = back(fresh, raw, 400)
    assert [one["line"] for one in refused["errors"]] == [line]
    told = json.dumps(refused, ensure_ascii=False)
    assert all(word in told for word in words), told
    assert get(fresh) == before


@ONE_ENGINE
@pytest.mark.parametrize(
    "content",
    [
        f"document;measure;value\n{DOCUMENT};{MEASURE};5\n".encode(),
        f"document\tmeasure\tvalue\n{DOCUMENT}\t{MEASURE}\t5\n".encode(),
        f"document,measure,value\n{DOCUMENT},{MEASURE},5\n".encode("utf-16"),
    ],
    ids=["semicolons", "tabs", "utf-16"],
)
def test_a_table_of_another_dialect_is_read_as_it_is(fresh: httpx.Client, content: bytes) -> None:
    assert back(fresh, content)["created"] == 1


@ONE_ENGINE
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_a_table_may_end_its_lines_in_any_way(fresh: httpx.Client, newline: str) -> None:
    rows = table(f"a,{AT},5,,", f"b,{AT},6,,").decode().replace("\n", newline)
    assert back(fresh, rows.encode("utf-8-sig"))["created"] == 2


@ONE_ENGINE
@pytest.mark.parametrize("kind", ["application/jsonl", "application/json"])
def test_a_mark_of_the_byte_order_is_no_part_of_the_first_line(
    fresh: httpx.Client, kind: str
) -> None:
    body = jsonl(ONE) if kind == "application/jsonl" else json.dumps([ONE])
    answer = fresh.post(
        "/v1/imports", content=body.encode("utf-8-sig"), headers={"content-type": kind}
    )
    assert (answer.status_code, answer.json()["created"]) == (201, 1)


# --------------------------------------------------------------------- every way says the same

CHANGES: dict[str, tuple[list[Told], dict[str, str]]] = {
    "updates": ([OTHER, {**ONE, "id": "new"}, {**ONE, "id": "gone", "notes": "3"}], {}),
    "skips": ([OTHER, {**ONE, "id": "new"}], {"on_existing": "skip"}),
    "restores": ([{**ONE, "id": "gone"}, OTHER], {"restore": "true"}),
    "replaces": ([OTHER, {**ONE, "id": "gone"}], {"replace_document": DOCUMENT}),
    "repeats": ([OTHER, OTHER, CLAIM, CLAIM], {}),
}


# On the other engine what writes most: each of these is asked of it alone, above.
@pytest.mark.parametrize(
    ("engine", "change"),
    [
        *((ENGINES[0], change) for change in CHANGES),
        *((ENGINES[1], change) for change in ("updates", "replaces")),
    ],
    indirect=["engine"],
)
def test_dry_or_in_parts_an_import_says_and_does_the_same(serve: Serve, change: str) -> None:
    lines, asked = CHANGES[change]
    told, left = [], []
    for mode, status in (("atomic", 201), ("partial", 207)):
        client = serve()
        send(client, jsonl(ONE, {**ONE, "id": "gone"}))
        withdraw(client, "gone")
        dry = 200 if mode == "atomic" else 207
        told.append(send(client, jsonl(*lines), dry, mode=mode, dry_run="true", **asked))
        told.append(send(client, jsonl(*lines), status, mode=mode, **asked))
        left.append(get(client))
    counted = [{n: v for n, v in one.items() if n not in ("mode", "dry_run")} for one in told]
    assert counted == [counted[0]] * 4
    assert left[0] == left[1]
