"""/quantities.csv: every figure of a question as a table, whole or refused."""

import csv
import io
from datetime import datetime
from typing import Any

import httpx
import pytest

from app.api import quantities
from app.models.csv_columns import FIGURE_COLUMNS
from app.store import exports
from tests.commands import sayso
from tests.conftest import ONE_ENGINE, Serve

TABLE = "/v1/quantities.csv"


def read(answer: httpx.Response) -> list[dict[str, str]]:
    """The rows of a table."""
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    found = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))
    assert answer.headers["sayso-rows"] == str(len(found))
    return found


def rows(client: httpx.Client, **asked: Any) -> list[dict[str, str]]:
    return read(client.get(TABLE, params=asked))


def test_a_table_has_the_rows_of_the_list_in_its_order_with_names(seeded: httpx.Client) -> None:
    asked = {"value__gte": "1000", "sort": "-stated", "readings": "all"}
    listed = seeded.get("/v1/quantities", params={**asked, "limit": 1000}).json()["items"]
    found = rows(seeded, **asked)
    assert len(found) == len(listed) > 5
    for row, one in zip(found, listed, strict=True):
        for name in ("claim", "match", "measure", "document", "reading", "hedge", "unit"):
            assert row[name] == str(one[name])
        for name in ("value", "lower", "upper"):
            assert row[name] == one.get(name, "")
        assert row["open_above"] == str("upper" not in one).lower()
        assert row["raw_text"] == one["raw_text"]
        assert (row["published_from"] + row["published_to"] != "") == ("published" in one)
    shin = next(one for one in found if one["claim"] == "shin-2024-03-containers")
    assert (shin["claimant_name"], shin["via"], shin["via_names"]) == (
        "Shin Won-sik", "ap", "Associated Press",
    )  # fmt: skip
    assert shin["origins"] == "shin-won-sik"
    assert (shin["stated_from"], shin["stated_to"]) == ("2024-03-01", "2024-03-31")
    assert (shin["period_from"], shin["period_to"]) == ("", "2024-03-31")
    assert shin["permalink"].startswith("http://127.0.0.1:")
    assert seeded.get(shin["permalink"]).json()["id"] == shin["claim"]


def test_a_claim_without_a_claimant_is_in_the_table_with_those_of_its_chain(
    fresh: httpx.Client,
) -> None:
    chain = [
        {"source": "daily-digest-article", "position": 0, "role": "document"},
        {"source": "reuters", "position": 1, "role": "relayer"},
    ]
    for id, more in (("alone", {}), ("relayed", {"attributions": chain})):
        sent = {"id": id, "document": "daily-digest-article", "measure": "containers.prk-rus",
                "value": "5", "stated": "1999", **more}  # fmt: skip
        assert fresh.post("/v1/claims", json=sent).status_code == 201
    found = {row["claim"]: row for row in rows(fresh, stated="1999")}
    assert [found[id]["claimant"] for id in ("alone", "relayed")] == ["", ""]
    assert [found[id]["via_names"] for id in ("alone", "relayed")] == ["", "Reuters"]
    assert all(row["document_name"] for row in found.values())


@ONE_ENGINE
def test_strict_opens_what_rests_on_convention(seeded: httpx.Client) -> None:
    asked = {"claimant": "shin-won-sik", "stated": "2024-02", "measure": "containers.prk-rus"}
    [plain], [strict] = rows(seeded, **asked), rows(seeded, **asked, policy="strict")
    assert (plain["lower"], plain["open_below"]) == ("6500", "false")
    assert (strict["lower"], strict["open_below"], strict["lower_inclusive"]) == ("", "true", "")
    assert strict["lower_basis"] == "convention"


@ONE_ENGINE
def test_a_date_is_a_figure_with_days_and_without_ends_of_a_number(seeded: httpx.Client) -> None:
    row = rows(seeded, measure="manufacture-date.rockets.prk")[0]
    assert (row["date_from"], row["date_to"]) == ("1970-01-01", "1979-12-31")
    assert row["open_below"] == row["value"] == ""


@ONE_ENGINE
def test_accept_asks_for_the_same_table_and_json_stays_the_default(seeded: httpx.Client) -> None:
    asked = {"measure": "containers.prk-rus"}
    table = seeded.get(TABLE, params=asked)
    for accept in ("text/csv", "application/json;q=0.5, text/csv"):
        again = seeded.get("/v1/quantities", params=asked, headers={"Accept": accept})
        assert again.content == table.content
        assert again.headers["vary"].lower() == "accept"
    assert table.headers["content-disposition"] == (
        'attachment; filename="quantities-containers.prk-rus.csv"'
    )
    for accept in ("*/*", "text/html,*/*;q=0.8", "text/csv;q=0"):
        answer = seeded.get("/v1/quantities", params=asked, headers={"Accept": accept})
        assert answer.headers["content-type"] == "application/json"
        assert answer.headers["vary"].lower() == "accept"
    marked = seeded.get(TABLE, params={**asked, "bom": "true"})
    assert marked.content == "\ufeff".encode() + table.content


@ONE_ENGINE
@pytest.mark.parametrize(
    ("asked", "parameter"),
    [
        ("limit=10", "limit"), ("cursor=x", "cursor"), ("fields=claim", "fields"),
        ("expand=sources", "expand"), ("count=exact", "count"), ("measur=x", "measur"),
        ("measure=nothing", "measure"), ("value__gte=many", "value__gte"), ("bom=yes", "bom"),
    ],
)  # fmt: skip
def test_what_a_table_cannot_do_is_refused_by_name(
    seeded: httpx.Client, asked: str, parameter: str
) -> None:
    answer = seeded.get(f"{TABLE}?{asked}")
    assert answer.status_code == 422
    assert [one["parameter"] for one in answer.json()["errors"]] == [parameter]


def many(count: int) -> list[dict[str, Any]]:
    """Claims of awkward figures."""
    awkward = [
        {"raw_text": "=1+2", "hedge": "none", "value": "-0.10"},
        {"raw_text": "@sum", "hedge": "none", "value": "6.67430e-11"},
        {"value": "1234567890123456789012345678901234567890.5"},
        {"absence": "unknown"},
        {"value": "5", "stated": "-0043-03-15"},
        {"value": "5", "stated": "Y12000"},
        {"value": "5", "stated": "2024-05-12/.."},
    ]
    about = {"document": "paper", "claimant": "agent", "measure": "things"}
    return [
        {"stated": f"{1900 + n}", **awkward[n % len(awkward)], **about, "id": f"c-{n}"}
        for n in range(count)
    ]


def filled(client: httpx.Client, count: int) -> None:
    """Many figures, of a source whose name is a formula."""
    lines = [
        {"type": "source", "id": "paper", "name": "A paper, 2024", "kind": "article"},
        {"type": "source", "id": "agent", "name": "=cmd|' /C calc'!A0", "kind": "person"},
        {"type": "measure", "id": "things", "unit": "1", "statistic": "other"},
        *({"type": "claim", **one} for one in many(count)),
    ]
    answer = client.post("/v1/imports", json=lines)
    assert answer.status_code == 201, answer.text


def test_a_long_table_is_whole_and_of_one_moment_and_says_so(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = serve(seeded=False)
    filled(client, 300)
    asked = {"measure": "things", "sort": "-stated"}
    found = rows(client, **asked)
    listed = client.get("/v1/quantities", params={**asked, "limit": 1000}).json()["items"]
    assert [one["claim"] for one in found] == [one["claim"] for one in listed]
    assert len({one["claim"] for one in found}) == 300
    moment = client.get(TABLE, params=asked).headers["sayso-as-of"]
    for id in ("c-1", "c-299"):
        client.delete(f"/v1/claims/{id}?reason=x", headers={"If-Match": "*"})
    assert len(rows(client, **asked)) == 298
    assert rows(client, **asked, as_of=moment) == found
    monkeypatch.setattr(exports, "REMEMBERED", 1)
    assert rows(client, **asked, as_of=moment) == found, "names are asked for again"
    monkeypatch.setattr(quantities, "MAX_ROWS", 297)
    refused = client.get(TABLE, params=asked)
    assert refused.status_code == 422
    assert "never cut" in refused.json()["detail"]


@ONE_ENGINE
def test_no_cell_is_a_formula_another_date_or_fewer_digits(serve: Serve) -> None:
    client = serve(seeded=False)
    filled(client, 7)
    by_id = {one["claim"]: one for one in rows(client)}
    assert by_id["c-0"]["claimant_name"] == "'=cmd|' /C calc'!A0"
    assert by_id["c-0"]["raw_text"] == "'=1+2"
    assert [by_id[f"c-{n}"]["value"] for n in range(3)] == [
        "-0.10", "6.67430e-11", "1234567890123456789012345678901234567890.5",
    ]  # fmt: skip
    unknown = by_id["c-3"]
    assert (unknown["absence"], unknown["value"]) == ("unknown", "")
    assert unknown["open_below"] == unknown["open_above"] == "true"
    assert by_id["c-4"]["stated_from"] == "'-0043-03-15"
    assert by_id["c-5"]["stated_from"] == "'+12000-01-01"
    assert (by_id["c-6"]["stated_from"], by_id["c-6"]["stated_to"]) == ("2024-05-12", "")
    assert by_id["c-0"]["open_above"] == "false"


@ONE_ENGINE
def test_a_next_page_has_a_whole_address_where_it_is_known_and_a_path_elsewhere(
    serve: Serve,
) -> None:
    client, public = serve(), serve(public_url="https://claims.example.org/sayso/")
    own = str(client.base_url).rstrip("/")
    port = own.rpartition(":")[2]
    asked = "/v1/quantities?limit=2"
    for _ in range(2):  # what is kept of one is never given to another
        for headers, base in (
            ({}, own),
            ({"Host": f"localhost:{port}"}, f"http://localhost:{port}"),
            ({"Host": "evil.example"}, ""),
            ({"Host": f"localhost.evil.example:{port}"}, ""),
            ({"X-Forwarded-For": "192.0.2.1"}, ""),
            ({"Via": "1.1 proxy"}, ""),
        ):
            answer = client.get(asked, headers=headers)
            following = answer.json()["next"]
            assert following.startswith(f"{base}/v1/quantities?limit=2&cursor=")
            assert answer.links["next"]["url"] == following
    known = public.get(asked, headers={"Host": "evil.example"}).json()["next"]
    assert known.startswith("https://claims.example.org/sayso/v1/quantities?limit=2&cursor=")
    series = client.get("/v1/measures/containers.prk-rus/series?limit=2").json()["next"]
    assert len(client.get(series).json()["groups"]) > 0
    assert series.startswith(own)


@ONE_ENGINE
def test_pages_on_this_machine_may_read_where_the_setting_says_so(serve: Serve) -> None:
    closed, opened = serve(), serve(cors_localhost=True, cors_origins="https://desk.example")
    page = {"Origin": "http://localhost:5173"}
    allowed = "access-control-allow-origin"
    assert allowed not in closed.get("/v1/claims?limit=1", headers=page).headers
    assert opened.get(TABLE, headers=page).headers[allowed] == page["Origin"]
    for origin in ("http://localhost.evil.example", "https://evil.example", "null"):
        assert allowed not in opened.get(TABLE, headers={"Origin": origin}).headers
    writes = {"Access-Control-Request-Method": "PUT"}
    refused = opened.options("/v1/claims/x", headers={**page, **writes})
    assert refused.status_code == 400
    desk = {"Origin": "https://desk.example"}
    assert opened.options("/v1/claims/x", headers={**desk, **writes}).status_code == 200
    assert opened.get(TABLE, headers=desk).headers[allowed] == desk["Origin"]


@ONE_ENGINE
def test_files_have_the_same_columns_typed_and_say_what_they_could_not_hold(
    serve: Serve, tmp_path: Any
) -> None:
    import openpyxl
    from pyarrow import parquet

    client = serve(seeded=False)
    filled(client, 70)
    url = client.server.settings.database_url  # type: ignore[attr-defined]
    names = [column.name for column in FIGURE_COLUMNS]
    said = sayso(url, "export", tmp_path / "a.csv", "--format", "quantities.csv")
    assert said.returncode == 0, said.stderr
    text = (tmp_path / "a.csv").read_bytes().decode()
    table = list(csv.DictReader(io.StringIO(text, newline="")))
    linked = {"permalink": ""}
    assert [{**one, **linked} for one in table] == [{**one, **linked} for one in rows(client)]
    said = sayso(url, "export", tmp_path / "a.parquet", "--format", "parquet")
    assert "Careful: 40 days before year 1 or after 9999" in said.stderr
    found = parquet.read_table(tmp_path / "a.parquet").to_pylist()
    assert [name for name in found[0] if not name.endswith("_exact")] == names
    assert [one["claim"] for one in found] == [one["claim"] for one in table]
    assert found[0]["value_exact"] == "-0.10"
    assert found[0]["value"] == -0.1
    assert found[0]["origins"] == ["agent"]
    said = sayso(url, "export", tmp_path / "a.xlsx", "--format", "xlsx", "--where", "lower__lt=1")
    assert said.returncode == 0, said.stderr
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    sheet = book["figures"]
    headed = [one.value for one in sheet[1]]
    found = {
        row[0].value: dict(zip(headed, row, strict=True)) for row in sheet.iter_rows(min_row=2)
    }
    cells = found["c-0"]
    assert (cells["raw_text"].value, cells["raw_text"].data_type) == ("=1+2", "s")
    assert (cells["value"].value, cells["value"].data_type) == (-0.1, "n")
    assert cells["stated_from"].value == "1900-01-01"
    assert found["c-7"]["stated_from"].value == datetime(1907, 1, 1)
    assert found["c-7"]["stated_from"].is_date
    assert sheet.freeze_panes == "B2"
    told = {row[0].value: row[1].value for row in book["about"].iter_rows(max_row=4)}
    assert told["Question"] == "lower__lt=1"
    assert told["Figures"] == str(sheet.max_row - 1)


@ONE_ENGINE
def test_a_file_of_a_question_that_is_refused_is_not_written(serve: Serve, tmp_path: Any) -> None:
    url = serve().server.settings.database_url  # type: ignore[attr-defined]
    for where, told in (("measure=nothing", "measure: nothing stored"), ("limit=4", "limit: ")):
        said = sayso(url, "export", tmp_path / "a.xlsx", "--format", "xlsx", "--where", where)
        assert said.returncode == 1
        assert told in said.stderr
        assert not (tmp_path / "a.xlsx").exists()
    said = sayso(url, "export", "--format", "quantities.csv", "--where", "measure=nothing")
    assert (said.returncode, said.stdout) == (1, "")
    assert sayso(url, "export", tmp_path / "a", "--where", "via=ap").returncode == 2
