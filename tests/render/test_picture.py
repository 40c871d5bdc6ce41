"""Who draws: a process of its own that may be slow, break or be idle, and knows no secrets."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import anyio
import pytest

from app.api.pictures import PROGRAM, WAITING, Pictures
from app.errors import Unavailable
from app.render import chart, picture
from tests.patience import NEVER, until
from tests.render.series import CONTAINERS, NAMES, containers

SPEC = chart.spec(CONTAINERS, containers(), NAMES)
SLOW = (sys.executable, "-c", "import time; time.sleep(3600)")
BROKEN = (sys.executable, "-c", "input(); raise SystemExit(3)")
ECHO = (
    "import json, os, sys; from app.render.picture import HEAD; sys.stdin.readline(); "
    "told = json.dumps(dict(os.environ)).encode(); "
    "sys.stdout.buffer.write(HEAD.pack(True, len(told)) + told)"
)


@pytest.fixture
def drawn() -> Iterator[Any]:
    """Makes those who draw; they are ended with the test."""
    made: list[Pictures] = []

    def make(**settings: Any) -> Pictures:
        made.append(Pictures(**{"seconds": 60, **settings}))
        return made[-1]

    yield make
    for one in made:
        one.close()


def process(pictures: Pictures) -> subprocess.Popen[bytes]:
    found = pictures._process
    assert found is not None
    return found


def test_pictures_are_drawn_and_the_same_spec_gives_the_same_bytes(drawn: Any) -> None:
    one, other = drawn(), drawn()
    os.environ["LANG"], before = "ko_KR.UTF-8", os.environ.get("LANG")
    try:
        first = anyio.run(one.svg, SPEC)
    finally:
        os.environ.pop("LANG") if before is None else os.environ.update(LANG=before)
    assert first == anyio.run(one.svg, SPEC) == anyio.run(other.svg, SPEC)
    png = anyio.run(one.png, SPEC, 2)
    assert png.startswith(b"\x89PNG")
    assert png == anyio.run(other.png, SPEC, 2)
    assert process(one).poll() is None


def test_a_picture_that_takes_too_long_is_ended_and_the_next_is_drawn(drawn: Any) -> None:
    pictures = drawn(seconds=0.5, program=SLOW)
    started = time.monotonic()
    with pytest.raises(Unavailable) as caught:
        anyio.run(pictures.svg, SPEC)
    assert caught.value.retry_after > 0
    assert time.monotonic() - started < NEVER
    assert pictures._process is None
    pictures.seconds, pictures.program = 60, PROGRAM
    assert anyio.run(pictures.svg, SPEC).startswith(b"<svg")


def test_a_process_that_breaks_is_a_503_and_the_next_is_drawn(drawn: Any) -> None:
    pictures = drawn(program=BROKEN)
    with pytest.raises(Unavailable):
        anyio.run(pictures.svg, SPEC)
    pictures.program = PROGRAM
    assert anyio.run(pictures.svg, SPEC).startswith(b"<svg")
    process(pictures).kill()
    process(pictures).wait()
    assert anyio.run(pictures.svg, SPEC).startswith(b"<svg")


def test_a_program_that_cannot_be_started_is_a_503(drawn: Any) -> None:
    with pytest.raises(Unavailable):
        anyio.run(drawn(program=("/nowhere/at/all",)).svg, SPEC)


def test_a_spec_that_cannot_be_drawn_harms_nobody_else(drawn: Any) -> None:
    pictures = drawn()
    with pytest.raises(Unavailable):
        anyio.run(pictures.svg, {**SPEC, "layer": "none"})
    before = process(pictures)
    assert anyio.run(pictures.svg, SPEC).startswith(b"<svg")
    assert process(pictures) is before


def test_when_idle_the_process_ends_and_comes_back_when_needed(drawn: Any) -> None:
    pictures = drawn()
    anyio.run(pictures.svg, SPEC)
    before = process(pictures)
    pictures.idle = 0.2
    anyio.run(pictures.svg, SPEC)
    before.wait(NEVER)
    until(lambda: pictures._process is None)
    assert anyio.run(pictures.svg, SPEC).startswith(b"<svg")
    assert process(pictures) is not before


def test_closing_ends_the_process_and_nothing_is_drawn_any_more(drawn: Any) -> None:
    pictures = drawn()
    anyio.run(pictures.svg, SPEC)
    before = process(pictures)
    pictures.close()
    assert before.poll() is not None
    with pytest.raises(Unavailable):
        anyio.run(pictures.svg, SPEC)


def test_the_process_ends_when_whoever_started_it_is_gone(drawn: Any) -> None:
    child = subprocess.Popen(PROGRAM, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert child.stdin is not None
    assert child.stdout is not None
    with child.stdout:
        child.stdin.close()
        assert child.wait(NEVER) == 0


def test_a_crowd_is_drawn_one_by_one_and_what_is_too_much_is_a_503(drawn: Any) -> None:
    async def crowd(pictures: Pictures, size: int) -> list[str]:
        found: list[str] = []

        async def one() -> None:
            try:
                await pictures.svg(SPEC)
                found.append("drawn")
            except Unavailable:
                found.append("503")

        async with anyio.create_task_group() as group:
            for _ in range(size):
                group.start_soon(one)
        return found

    pictures = drawn()
    anyio.run(pictures.svg, SPEC)
    found = anyio.run(crowd, pictures, WAITING + 9)
    assert found.count("drawn") == WAITING
    assert found.count("503") == 9
    late = drawn(seconds=0.3, program=SLOW)
    assert anyio.run(crowd, late, 5) == ["503"] * 5
    assert late.waiting == 0


def test_who_draws_is_told_no_secret(drawn: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAYSO_KEY_PEPPER", "a long random text")
    monkeypatch.setenv("SAYSO_DATABASE_URL", "postgresql://user:password@host/name")
    told = json.loads(anyio.run(drawn(program=(sys.executable, "-c", ECHO)).svg, SPEC))
    assert not [name for name in told if name.startswith("SAYSO")]
    assert told["TZ"] == "UTC"


def test_the_servers_own_process_holds_no_javascript() -> None:
    code = "import app.main, app.cli, sys; sys.exit('vl_convert' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_nothing_is_fetched_for_a_picture() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(0.3)
        address = f"http://127.0.0.1:{listening.getsockname()[1]}/x.json"
        with pytest.raises(ValueError, match="not allowed"):
            picture.svg({**SPEC, "data": {"url": address}, "layer": [{"mark": "point"}]})
        with pytest.raises(TimeoutError):
            listening.accept()


def hangul() -> bool:
    """Whether this machine has a font for Korean."""
    found = shutil.which("fc-list")
    told = found and subprocess.run([found, ":lang=ko"], capture_output=True, check=True).stdout
    return bool(told)


@pytest.mark.skipif(not hangul(), reason="no font here has Hangul; the image has fonts-nanum")
def test_korean_is_drawn_in_its_own_letters() -> None:
    """Letters that are missing all look the same: two words of one length would be one picture."""
    drawings = [
        picture.png(chart.spec(CONTAINERS, containers(), NAMES | {"shin-won-sik": name}), 1)
        for name in ("신원식", "한동훈")
    ]
    assert drawings[0] != drawings[1]
    svg = picture.svg(chart.spec(CONTAINERS, containers(), NAMES | {"shin-won-sik": "신원식"}))
    assert ">신원식</text>" in svg
    assert "NanumGothic" in svg
