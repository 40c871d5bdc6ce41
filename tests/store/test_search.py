"""Text search: the index of texts only narrows, so with it and without it the rows are the same.

``SAYSO_TEST_SEED`` and ``SAYSO_TEST_EXAMPLES`` as in tests/store/test_three_answers.py.
"""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack, ExitStack
from itertools import product
from pathlib import Path
from random import Random
from typing import Any, get_args

import pytest
from sqlalchemy import insert, select, update

from app.api import filter_params
from app.config import Settings
from app.db import Database
from app.models import CLAIM, RESOURCES
from app.models.question import Condition, Question, Search
from app.rules import text_search
from app.store import list_query, writes
from app.store.list_query import planned_search
from app.store.snapshot import read_snapshot
from app.store.verification import verify
from tests.commands import sayso
from tests.conftest import Serve, Templates
from tests.store.test_three_answers import SEED, often
from tests.test_cli import good

JSONL = {"Content-Type": "application/jsonl"}
DOCUMENT = {"id": "doc", "name": "Doc", "kind": "article"}
PIECES = (
    "containers", "contained", "tain", "on", "nation", "international", "the", "7,000", "12,500",
    "북한", "북한군", "북", "컨테이너", "방-122", "러시아에",
    "\u1112\u1161\u11ab\u1100\u1173\u11af",
    "straße", "STRASSE", "İstanbul", "ıi", "ﬁne", "ｗｏｎｓａｎ", "ﾎﾟﾗﾝﾄﾞ", "ポーランド", "㌔", "ﷺ",
    "e\u0301te\u0301", "ééé", "q\u0323\u0307", "x\u0301\u0301", "𝒜𝓁𝓅𝒽𝒶", "𠀀𠀁漢字", "漢",
    "😀😁👍🏽👨‍👩‍👧", "🏽",
    "العربية", "देवनागरी", "ไทย", "ελληνικάΣ", "ΣΊΣΥΦΟΣ", "ᾳ", "İİ", "ŉ", "\u0345a",
    '"quoted"', "o'neil", "''", '"', "a*b", "**", "back\\slash", "NEAR(", "AND", "OR", "NOT",
    "-", "--",
    "grams:x", "{a}", "^c", "+1", "100%", "_sure", "%s", ":sought", "$1", "?",
    "\x01\x02", "\x7fz", "\u200bz",
    "{a,b}", "a,b", "\\,", "null", "NULL",
)  # fmt: skip
SPACES = (" ", " ", "", "", "\n", "\u3000", "\u00a0", "\t", "\x1f", "\u2028")


def a_text(dice: Random) -> str:
    """Pieces of several scripts, side by side or apart."""
    parts = [
        part
        for _ in range(dice.randint(1, 6))
        for part in (dice.choice(PIECES), dice.choice(SPACES))
    ]
    return "".join(parts).strip("\x00") or "x"


def a_question(dice: Random, texts: list[str]) -> str:
    """Something that stands in a text, or nearly: one to three terms of two characters or more."""
    asked = []
    for _ in range(dice.choice([1, 1, 1, 2, 3])):
        inside = text_search.folded(dice.choice(texts)) or "xx"
        start = dice.randrange(len(inside))
        asked.append(inside[start : start + dice.choice([2, 2, 3, 4, 5, 8, 40])])
    if dice.random() < 0.2:
        asked.append(a_text(dice))
    return " ".join(asked)


class Texts:
    """A database of claims with random texts, in several versions, and what each version says."""

    def __init__(self, url: str, stack: ExitStack):
        self.db = Database(Settings(database_url=url))
        self.dice = Random(SEED)
        self._write()
        self.runner = stack.enter_context(asyncio.Runner())
        opened = AsyncExitStack()
        self.runner.run(opened.enter_async_context(self.db.serving()))
        stack.callback(lambda: self.runner.run(opened.aclose()))
        with self.db.transaction() as connection:
            columns = ("id", "recorded_at", "recorded_to", "status", "search")
            self.rows = connection.execute(select(*(CLAIM.c[name] for name in columns))).all()

    def _write(self) -> None:
        writes.write(self.db, writes.create, "sources", _shape("sources", DOCUMENT))
        self.said = [a_text(self.dice) for _ in range(150)]
        for n, said in enumerate(self.said):
            writes.write(self.db, writes.create, "claims", self.claim(n, said))
        for n in range(0, 150, 3):
            self.said.append(a_text(self.dice))
            writes.write(self.db, writes.replace, "claims", self.claim(n, self.said[-1]), '"1"')
        for n in range(1, 150, 9):
            writes.write(self.db, writes.withdraw, "claims", f"c-{n}", "withdrawn", "a test", '"1"')

    def claim(self, n: int, said: str) -> Any:
        name = ("statement", "notes")[n % 2]
        return _shape("claims", {"id": f"c-{n}", "document": "doc", name: said})

    def found(self, question: Question, search: Search, some: Sequence[str]) -> set[str]:
        return self.runner.run(self._found(question, search, some))

    async def _found(self, question: Question, search: Search, some: Sequence[str]) -> set[str]:
        shape = question.shape._replace(search=search)
        binds = {**question.binds, "sought": text_search.index_query(some), "size": 1000}
        async with self.db.snapshot() as reader:
            rows = await reader.rows(list_query.list_statement(shape), binds)
        return {row[0] for row in rows}

    def said_by(self, terms: tuple[str, ...], moment: int) -> set[str]:
        return {
            id
            for id, since, until, status, search in self.rows
            if since <= moment < until and status == "active"
            if all(term in search for term in terms)
        }


def _shape(resource: str, document: dict[str, Any]) -> Any:
    return RESOURCES[resource].sent.model_validate(document)


@pytest.fixture(scope="module")
def texts(templates: Templates) -> Iterator[Texts]:
    with ExitStack() as stack:
        yield Texts(templates.copy(seeded=False), stack)


def asks(asked: str, moment: int | None = None) -> Question | None:
    """The question, or None where it is one that is refused."""
    try:
        terms = tuple(text_search.terms(asked)[:100])
    except ValueError:
        return None
    search = next(f for f, _ in filter_params.filters("claims").values() if f.name == "q")
    return Question("claims", (Condition(search, "eq", terms),), moment=moment)


@often(4)
def test_with_and_without_the_index_the_same_claims_are_found(texts: Texts, dice: Random) -> None:
    now = dice.random() < 0.6
    moment = None if now else dice.choice(texts.rows)[dice.choice([1, 1, 2])] - dice.choice([0, 1])
    question = asks(a_question(dice, texts.said), moment)
    if question is None or moment == 2**63 - 1:
        return
    terms = question.conditions[0].values
    expected = texts.said_by(terms, moment or 2**62)
    for way, some in product(get_args(Search), text_search.narrowing(terms)):
        assert texts.found(question, way, some) == expected, (way, some)


@often(4)
def test_a_text_holds_all_that_is_sought_of_what_stands_in_it(dice: Random) -> None:
    said = a_text(dice) + a_text(dice)
    inside = text_search.folded(said)
    try:
        terms = text_search.terms(a_question(dice, [said]))
    except ValueError:
        return
    sought = set(text_search.index_query(terms).split(" "))
    assert sought - {""}
    if all(term in inside for term in terms):
        assert sought <= set(text_search.grams(inside).split(" "))


def test_little_is_sought_of_very_much() -> None:
    dice = Random(1)
    long = ["".join(chr(dice.randint(97, 122)) for _ in range(8000)) for _ in range(100)]
    assert len(text_search.index_query(long).split()) <= text_search.WORDS * text_search.LETTERS


def test_a_rare_word_is_looked_up_and_a_frequent_one_is_not(templates: Templates) -> None:
    db = Database(Settings(database_url=templates.copy(seeded=False)))
    writes.write(db, writes.create, "sources", _shape("sources", DOCUMENT))
    rare = {"id": "c-rare", "document": "doc", "statement": "북한 is not often said"}
    writes.write(db, writes.create, "claims", _shape("claims", rare))
    frequent = {"id": "c-often", "document": "doc", "statement": "러시아 was said again"}
    writes.write(db, writes.create, "claims", _shape("claims", frequent))
    with db.transaction() as connection:
        row = connection.execute(select(CLAIM).where(CLAIM.c.id == "c-often")).mappings().one()
        connection.execute(insert(CLAIM), [{**row, "id": f"c-{n}"} for n in range(2500)])

    async def ways(*asked: str) -> list[str]:
        found: list[str] = []
        async with db.serving(), db.snapshot() as reader:
            for one in asked:
                question = asks(one)
                assert question is not None
                found.append((await planned_search(reader, question))[0].search)
        return found

    told = asyncio.run(ways("북한", "of", "often", "러시아", "sa", "said", "북한 said", "said not"))
    assert told == [*["leads"] * 3, *["text"] * 3, "leads", "leads"]


def test_what_is_imported_changed_or_withdrawn_is_found_as_it_is_and_as_it_was(
    serve: Serve,
) -> None:
    client = serve()
    line = (
        '{"type":"claim","id":"imported","document":"daily-digest-article","notes":"북한산 쀍쀍"}'
    )
    answer = client.post("/v1/imports", content=line, headers=JSONL)
    assert answer.status_code in (200, 201), answer.text

    def found(word: str, **more: str) -> list[str]:
        items = client.get("/v1/claims", params={"q": word, **more}).json()["items"]
        return [one["id"] for one in items]

    assert found("쀍쀍") == found("한산") == ["imported"]
    before = client.get("/v1/claims/imported").json()["recorded_at"]
    changed = client.patch(
        "/v1/claims/imported", json={"notes": "쀎쀎"},
        headers={"If-Match": '"1"', "Content-Type": "application/merge-patch+json"},
    )  # fmt: skip
    assert changed.status_code == 200
    assert (found("쀍쀍"), found("쀎쀎")) == ([], ["imported"])
    assert (found("쀍쀍", as_of=before), found("쀎쀎", as_of=before)) == (["imported"], [])
    gone = client.delete("/v1/claims/imported?reason=x", headers={"If-Match": '"2"'})
    assert gone.status_code in (200, 204)
    assert (found("쀎쀎"), found("쀎쀎", status="withdrawn")) == ([], ["imported"])


def test_every_list_that_is_searched_counts_and_walks_alike(serve: Serve) -> None:
    client = serve()
    for resource in ("claims", "quantities"):
        asked = {"q": "컨테이너 containers", "count": "exact"}
        assert client.get(f"/v1/{resource}", params=asked).status_code == 200
        for sort in ("id", "-stated", "-recorded_at"):
            asked = {"q": "ar", "count": "exact", "sort": sort}
            whole = client.get(f"/v1/{resource}", params=asked).json()
            assert whole["count"] == len(whole["items"]) > 3
            walked, path = [], f"/v1/{resource}?q=ar&limit=2&sort={sort}"
            while path:
                page = client.get(path).json()
                walked += page["items"]
                path = page["next"]
            assert walked == [{**one} for one in whole["items"]]
    facets = client.get("/v1/facets", params={"q": "containers", "by": "measure"})
    assert facets.status_code == 200


@pytest.mark.parametrize("text", ["", "러시", "of"])
def test_verify_finds_a_text_that_is_no_longer_found(templates: Templates, text: str) -> None:
    db = Database(Settings(database_url=templates.copy(seeded=True)))
    with db.transaction() as connection:
        assert list(verify(connection, lambda: None)) == []
        [id] = connection.execute(select(CLAIM.c.id).limit(1)).scalars()
        connection.execute(update(CLAIM).where(CLAIM.c.id == id).values(grams=text))
    with read_snapshot(db) as connection:
        found = {finding.what for finding in verify(connection, lambda: None)}
    assert "what a search finds it by was altered" in found
    db.engine.dispose()


def test_a_backup_that_is_put_back_is_searched_as_ever(
    templates: Templates, tmp_path: Path
) -> None:
    if templates.engine != "sqlite":
        pytest.skip("pg_dump has the index: docs/backup.md")
    url, copy = templates.copy(seeded=True), f"sqlite:///{tmp_path}/copy.db"
    good(sayso(url, "backup", tmp_path / "backup.db"))
    good(sayso(copy, "restore", tmp_path / "backup.db"))
    new = '{"type":"claim","id":"later","document":"daily-digest-article","notes":"쀍쀍"}'
    for one in (url, copy):
        good(sayso(one, "import", "-", stdin=new))
        with ExitStack() as stack:
            assert _all_found(one, stack) == {"later"}


def _all_found(url: str, stack: ExitStack) -> set[str]:
    """What the index leads to from a new word; every stored text is found by all its grams."""
    db = Database(Settings(database_url=url))
    with db.transaction() as connection:
        for row, grams in connection.exec_driver_sql("SELECT rowid, grams FROM claim").all():
            sought = " ".join('"' + gram.replace('"', '""') + '"' for gram in grams.split(" "))
            asked = "SELECT count(*) FROM claim_grams WHERE claim_grams MATCH ? AND rowid = ?"
            assert connection.exec_driver_sql(asked, (sought, row)).scalar() == 1
        asked = "SELECT id FROM claim WHERE rowid IN (SELECT rowid FROM claim_grams('\"쀍쀍\"'))"
        found = set(connection.exec_driver_sql(asked).scalars())
    db.engine.dispose()
    return found
