"""Whatever several clients write, on whichever server: all of it is as a model of it remembers.

A stateful test: random histories of writes and imports, with reads in between, are held against a
list of versions. A few short ones on two servers; ``SAYSO_TEST_HISTORIES=200`` makes so many long
ones on three processes, ``SAYSO_TEST_SEED`` others.
"""

import hashlib
import json
import os
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import datetime, timedelta
from itertools import count
from typing import Any, NamedTuple

import httpx
import pytest
from hypothesis import HealthCheck, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from app.config import Settings
from tests.conftest import Server, Templates, path_of
from tests.processes import process, serving

HISTORIES = int(os.environ.get("SAYSO_TEST_HISTORIES", "2"))
SEED = int(os.environ.get("SAYSO_TEST_SEED", "1"))
LONG = HISTORIES > 2
SERVERS = st.integers(0, 2 if LONG else 1)
PICK = st.integers(0, 999)
VALUES = st.integers(0, 9).map(str)
NOTES = st.sampled_from(["one", "two", "three"])
NUMBERS = count(1)
JSONL = {"Content-Type": "application/jsonl"}
Row = dict[str, Any]


class Version(NamedTuple):
    """A version of a claim, as the model remembers it and as an answer has it."""

    id: str
    version: int
    recorded_at: str
    status: str
    value: str
    notes: str

    @classmethod
    def told(cls, row: Row) -> "Version":
        [figure] = row["quantities"]
        status = row.get("status", "active")
        return cls(
            row["id"], row["version"], row["recorded_at"], status, figure["value"], row["notes"]
        )


class History(RuleBasedStateMachine):
    """One document's claims, from the first to the last write of them."""

    servers: list[httpx.Client]
    mirror: httpx.Client

    def ask(self, server: int, method: str, path: str, **more: Any) -> httpx.Response:
        """An answer, once the server has room."""
        while True:
            client = self.servers[server % len(self.servers)]
            answer = client.request(method, path, **more)
            if answer.status_code != 503:
                return answer
            time.sleep(0.05)

    # ------------------------------------------------------------------------- what is remembered

    @initialize()
    def begin(self) -> None:
        self.paper = f"paper-{next(NUMBERS)}"
        self.log: list[Version] = []
        self.walks: list[tuple[str, list[Version]]] = []
        paper = {"id": self.paper, "name": "A paper", "kind": "article"}
        assert self.ask(0, "POST", "/v1/sources", json=paper).status_code == 201
        self.since = self.feed(0, 0)[-1]["seq"]
        self.prologue()

    def prologue(self) -> None:
        """One of each, for the first histories that are tried are the simplest."""
        self.create(0, "5", "one", True)
        self.create(1, "7", "two", False)
        self.begin_a_walk(0)
        self.change(1, 0, "value", "6")
        self.change_at_once(1)
        self.withdraw(0, 1)
        self.bring(1, [0, 1], "8", True, False)
        self.end_a_walk(1)
        self.read_the_feed(0, 2)

    def claim(self, id: str, value: str, notes: str) -> Row:
        """What is sent of a claim."""
        return {
            "id": id, "claimant": "ann", "document": self.paper, "stated": "2024",
            "measure": "crates", "value": value, "notes": notes,
        }  # fmt: skip

    def learn(self, row: Row) -> None:
        """Remember a write that was answered: it is of the next version, and of a later moment."""
        version = Version.told(row)
        before = self.at(None).get(version.id)
        assert version.version == (before.version + 1 if before else 1)
        assert not self.log or version.recorded_at >= self.log[-1].recorded_at
        self.log.append(version)

    def at(self, moment: str | None) -> dict[str, Version]:
        """Every claim as it was at a moment, or is."""
        return {one.id: one for one in self.log if moment is None or one.recorded_at <= moment}

    def active(self) -> list[Version]:
        return [one for one in self.at(None).values() if one.status == "active"]

    def some(self, pick: int) -> Version:
        return self.active()[pick % len(self.active())]

    # ---------------------------------------------------------------------------------- writing

    @rule(server=SERVERS, value=VALUES, notes=NOTES, keyed=st.booleans())
    def create(self, server: int, value: str, notes: str, keyed: bool) -> None:
        claim = self.claim(f"{self.paper}.{len(self.at(None))}", value, notes)
        key = {"Idempotency-Key": claim["id"]} if keyed else {}
        made = self.ask(server, "POST", "/v1/claims", json=claim, headers=key)
        assert made.status_code == 201, made.text
        self.learn(made.json())
        again = self.ask(server + 1, "POST", "/v1/claims", json=claim, headers=key)
        assert (again.status_code, again.json()["version"]) == (201 if keyed else 200, 1)
        other = self.ask(server, "POST", "/v1/claims", json={**claim, "value": "77"})
        assert other.status_code == 409

    @precondition(lambda self: self.active())
    @rule(server=SERVERS, pick=PICK, field=st.sampled_from(["value", "notes"]), value=VALUES)
    def change(self, server: int, pick: int, field: str, value: str) -> None:
        one = self.some(pick)
        tag, path = {"If-Match": f'"{one.version}"'}, f"/v1/claims/{one.id}"
        done = self.ask(server, "PATCH", path, json={field: value}, headers=tag)
        assert done.status_code == 200, done.text
        if getattr(one, field) == value:
            assert Version.told(done.json()) == one, "a write equal to what is stored makes none"
        else:
            self.learn(done.json())
            late = self.ask(server + 1, "PATCH", path, json={"notes": "late"}, headers=tag)
            assert late.status_code == 412

    @precondition(lambda self: self.active())
    @rule(pick=PICK)
    def change_at_once(self, pick: int) -> None:
        one = self.some(pick)
        tag, path = {"If-Match": f'"{one.version}"'}, f"/v1/claims/{one.id}"

        def change(n: int) -> httpx.Response:
            notes = {"notes": f"{n} after {one.version}"}
            return self.ask(n, "PATCH", path, json=notes, headers=tag)

        with ThreadPoolExecutor(4) as crowd:
            answers = sorted(crowd.map(change, range(4)), key=lambda answer: answer.status_code)
        assert [answer.status_code for answer in answers] == [200, 412, 412, 412]
        self.learn(answers[0].json())

    @precondition(lambda self: self.active())
    @rule(server=SERVERS, pick=PICK)
    def withdraw(self, server: int, pick: int) -> None:
        one = self.some(pick)
        tag = {"If-Match": f'"{one.version}"'}
        done = self.ask(server, "DELETE", f"/v1/claims/{one.id}?reason=wrong", headers=tag)
        assert done.status_code == 200, done.text
        self.learn(done.json())

    @rule(
        server=SERVERS, picks=st.lists(PICK, max_size=3), value=VALUES, restore=st.booleans(),
        partial=st.booleans(),
    )  # fmt: skip
    def bring(
        self, server: int, picks: list[int], value: str, restore: bool, partial: bool
    ) -> None:
        known = self.at(None)
        ids = sorted({sorted(known)[pick % len(known)] for pick in picks if known})
        ids.append(f"{self.paper}.{len(known)}")
        lines = [{"type": "claim", **self.claim(id, value, "brought")} for id in ids]
        asked = {"mode": "partial" if partial else "atomic", "restore": str(restore).lower()}
        body = "\n".join(map(json.dumps, lines))
        done = self.ask(server, "POST", "/v1/imports", content=body, params=asked, headers=JSONL)
        assert done.status_code == (207 if partial else 201), done.text
        became = [self.becomes(known.get(id), value, restore) for id in ids]
        for what in ("created", "changed", "restored", "unchanged", "withdrawn"):
            assert done.json()[what] == became.count(what), what
        brought = [
            self.ask(server + 1, "GET", f"/v1/claims/{id}").json()
            for id, what in zip(ids, became, strict=True)
            if what in ("created", "changed", "restored")
        ]
        for row in sorted(brought, key=lambda row: str(row["recorded_at"])):
            self.learn(row)

    def becomes(self, before: Version | None, value: str, restore: bool) -> str:
        """What a line becomes, held against what is stored."""
        if before is None:
            return "created"
        if before.status == "withdrawn":
            return "restored" if restore else "withdrawn"
        return "unchanged" if (before.value, before.notes) == (value, "brought") else "changed"

    # ---------------------------------------------------------------------------------- reading

    @rule(server=SERVERS, least=VALUES)
    def read_now(self, server: int, least: str) -> None:
        self.compare(server, None, least)

    @precondition(lambda self: self.log)
    @rule(server=SERVERS, pick=PICK, before=st.booleans(), least=VALUES)
    def read_the_past(self, server: int, pick: int, before: bool, least: str) -> None:
        moment = self.log[pick % len(self.log)].recorded_at
        self.compare(server, just_before(moment) if before else moment, least)

    def compare(self, server: int, moment: str | None, least: str) -> None:
        """A list, a list with a filter, and each claim by itself."""
        known = self.at(moment)
        asked = {} if moment is None else {"as_of": moment}
        active = sorted(one for one in known.values() if one.status == "active")
        query = {"document": self.paper, "sort": "id", "limit": 1000, **asked}
        assert self.rows(server, query) == active
        certain = [one for one in active if int(one.value) >= int(least)]
        assert self.rows(server, {**query, "value__gte": least, "match": "certain"}) == certain
        for id in self.at(None):
            answer = self.ask(server, "GET", f"/v1/claims/{id}", params=asked)
            found = Version.told(answer.json()) if answer.status_code == 200 else None
            assert found == known.get(id)

    def rows(self, server: int, query: Row) -> list[Version]:
        answer = self.ask(server, "GET", "/v1/claims", params=query)
        assert answer.status_code == 200, answer.text
        return [Version.told(row) for row in answer.json()["items"]]

    @precondition(lambda self: len(self.active()) > 1)
    @rule(server=SERVERS)
    def begin_a_walk(self, server: int) -> None:
        path = f"/v1/claims?document={self.paper}&sort=id&limit=1"
        self.walks.append((path, sorted(self.active())))
        page = self.ask(server, "GET", path).json()
        self.walks[-1] = path_of(page["next"]), self.walks[-1][1][1:]

    @precondition(lambda self: self.walks)
    @rule(server=SERVERS)
    def end_a_walk(self, server: int) -> None:
        path, rest = self.walks.pop()
        found = []
        while path:
            page = self.ask(server, "GET", path).json()
            found += [Version.told(row) for row in page["items"]]
            path, server = page["next"] and path_of(page["next"]), server + 1
        assert found == rest

    @rule(server=SERVERS, pick=PICK)
    def read_the_feed(self, server: int, pick: int) -> None:
        lines = self.feed(server, self.since)
        assert [(one["id"], one["version"], one["recorded_at"]) for one in lines] == [
            (one.id, one.version, one.recorded_at) for one in self.log
        ]
        if lines:
            place = pick % len(lines)
            line = lines[place]
            asked = {"since": line["seq"], "hash": line["hash"], "limit": 1000}
            rest = self.ask(server + 1, "GET", "/v1/changes", params=asked).json()["items"]
            assert rest == lines[place + 1 :]

    def feed(self, server: int, since: int) -> list[Row]:
        found: list[Row] = []
        while True:
            asked = {"since": since, "limit": 1000}
            page = self.ask(server, "GET", "/v1/changes", params=asked).json()
            if not page["items"]:
                return found
            found += page["items"]
            since = page["next_since"]

    @rule(server=SERVERS)
    def copy(self, server: int) -> None:
        """Out of one database into another, version by version: both are the same then."""
        whole = exported(self.servers[server])
        done = self.mirror.post("/v1/imports", content=whole, headers=JSONL)
        assert done.status_code == 201, done.text
        assert exported(self.mirror) == whole

    def teardown(self) -> None:
        """Every moment there was."""
        if not hasattr(self, "log"):
            return
        for server in range(len(self.servers) if LONG else 1):
            for one in self.log:
                self.compare(server, one.recorded_at, "5")
        self.copy(0)


def just_before(moment: str) -> str:
    earlier = datetime.fromisoformat(moment) - timedelta(microseconds=1)
    return earlier.isoformat(timespec="microseconds").replace("+00:00", "Z")


def exported(client: httpx.Client) -> bytes:
    """Every version there is, whole."""
    content = client.get("/v1/export?history=true").content
    before, _, end = content.rstrip(b"\n").rpartition(b"\n")
    assert json.loads(end)["digest"] == hashlib.sha256(before + b"\n").hexdigest()
    return content


@pytest.fixture
def servers(templates: Templates) -> Iterator[list[httpx.Client]]:
    """Servers on one database, and at last one on another: in the long form, processes."""
    url, other = (templates.copy(seeded=False) for _ in range(2))
    urls = [url] * (3 if LONG else 2) + [other]
    with ExitStack() as stack:
        if LONG:
            started = [stack.enter_context(process(one)) for one in urls]
            yield [stack.enter_context(serving(port)) for _, port in started]
        else:
            running = [stack.enter_context(Server(Settings(database_url=one))) for one in urls]
            yield [stack.enter_context(server.client()) for server in running]


def test_any_history_is_as_its_model_remembers_it(servers: list[httpx.Client]) -> None:
    measure = {"id": "crates", "unit": "{crate}"}
    source = {"id": "ann", "name": "Ann", "kind": "person", "is_root": True}
    assert servers[0].post("/v1/measures", json=measure).status_code == 201
    assert servers[0].post("/v1/sources", json=source).status_code == 201
    found = {"servers": servers[:-1], "mirror": servers[-1]}
    quiet = settings(
        max_examples=HISTORIES, stateful_step_count=50 if LONG else 8, database=None,
        suppress_health_check=list(HealthCheck), print_blob=False,
    )  # fmt: skip
    run_state_machine_as_test(seed(SEED)(type("Histories", (History,), found)), settings=quiet)
