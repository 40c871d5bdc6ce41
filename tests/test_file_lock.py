"""One writer per SQLite file, whoever it is: serve, seed, import and keys take turns."""

import errno
import json
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from app.db import WriterLock
from app.errors import ReadOnly, Unavailable
from tests.commands import CONTEXT, forked_in, sayso
from tests.conftest import AT_LENGTH, bearer
from tests.patience import NEVER, until
from tests.processes import process, serving

ROUNDS, LINES, POSTS = (12, 50, 30) if AT_LENGTH else (2, 10, 10)
"""How often seed and import; lines of each import; and what is posted meanwhile, each time."""
CLAIM = {
    "claimant": "shin-won-sik", "document": "daily-digest-article", "stated": "2024-03",
    "measure": "containers.prk-rus", "raw_text": "upwards of 7,000",
}  # fmt: skip


def test_a_second_holder_waits_and_is_then_refused(tmp_path: Path) -> None:
    first, second = WriterLock(f"{tmp_path}/a.db"), WriterLock(f"{tmp_path}/a.db")
    with first.held(0):
        with pytest.raises(Unavailable), second.held(0.05):
            raise AssertionError("two hold it")
        assert second.tried()
    with second.held(0):
        pass
    first.close()
    second.close()


def test_the_lock_of_a_process_that_was_killed_is_free(tmp_path: Path) -> None:
    file, held = f"{tmp_path}/a.db", tmp_path / "held"
    taken = (
        "import pathlib, time; from app.db import WriterLock\n"
        f"with WriterLock({file!r}).held(0): pathlib.Path({str(held)!r}).touch(); time.sleep(600)"
    )
    forked_in()
    holder = CONTEXT.Process(target=exec, args=(taken,))
    holder.start()
    until(held.exists)
    lock = WriterLock(file)
    with pytest.raises(Unavailable), lock.held(0):
        raise AssertionError("two hold it")
    holder.kill()
    holder.join()
    with lock.held(NEVER):
        pass
    lock.close()


def test_a_folder_that_is_not_there_or_cannot_be_written_to_is_told() -> None:
    with (
        pytest.raises(Unavailable, match="folder of the database"),
        WriterLock("/proc/x.db").held(0),
    ):
        raise AssertionError("it is held")


def test_a_folder_that_may_be_read_alone_is_told_apart() -> None:
    with pytest.raises(ReadOnly, match="reads go on"), WriterLock("/sys/x.db").held(0):
        raise AssertionError("it is held")


def test_where_a_file_system_has_no_locks_one_process_writes_all_the_same(tmp_path: Path) -> None:
    lock = WriterLock(f"{tmp_path}/a.db")

    def met(error: OSError) -> None:
        with lock._unless_unsupported():
            raise error

    with pytest.raises(OSError, match="a bad disk"):
        met(OSError(errno.EIO, "a bad disk"))
    assert lock.tried()
    met(OSError(errno.ENOLCK, "no locks here"))
    assert not lock.tried()
    lock.close()


def test_serve_seed_and_import_write_one_file_and_nothing_is_lost(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/a.db"

    def run(*words: str) -> str:
        done = sayso(url, *words, write_wait_seconds="60")
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    run("migrate")
    run("seed")
    key = run("keys", "create", "desk", "--scope", "write")
    said = tmp_path / "said"
    with (
        open(said, "wb") as log,
        process(url, said=log, write_wait_seconds="60") as (_, port),
        serving(port) as client,
    ):

        def post(n: int) -> str:
            sent = {**CLAIM, "id": f"posted-{n}"}
            answer = client.post("/v1/claims", json=sent, headers=bearer(key))
            assert answer.status_code == 201, answer.text
            return f"posted-{n}"

        def bring(n: int) -> list[str]:
            ids = [f"brought-{n}-{m}" for m in range(LINES)]
            file = tmp_path / f"{n}.jsonl"
            file.write_text("\n".join(json.dumps({**CLAIM, "id": id}) for id in ids))
            run("import", str(file))
            return ids

        with ThreadPoolExecutor(4) as crowd:
            seeds = [crowd.submit(run, "seed") for _ in range(ROUNDS)]
            imports = [crowd.submit(bring, n) for n in range(ROUNDS)]
            posts = [crowd.submit(post, n) for n in range(POSTS * ROUNDS)]
            ids = {one.result() for one in posts} | {id for one in imports for id in one.result()}
            for one in seeds:
                one.result()
        stored = {
            row["id"]
            for part in ("posted-", "brought-")
            for row in every(client, key, f"/v1/claims?limit=1000&measure={CLAIM['measure']}")
            if row["id"].startswith(part)
        }
    assert stored == ids
    run("verify")
    with sqlite3.connect(tmp_path / "a.db") as file:
        assert file.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert "corrupt" not in said.read_text()


def every(client: httpx.Client, key: str, path: str) -> list[dict[str, str]]:
    page = client.get(path, headers=bearer(key)).json()
    items: list[dict[str, str]] = page["items"]
    return items + (every(client, key, page["next"]) if page["next"] else [])
