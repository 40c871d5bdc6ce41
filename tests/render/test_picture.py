"""Who draws: a process of its own that may be slow, break or be idle, and knows no secrets."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from typing import Any

import anyio
import pytest
from anyio.abc import Process

from app.api.renderer import PROGRAM, QUEUE, Renderer
from app.errors import Unavailable
from app.render import chart, picture
from tests.patience import NEVER
from tests.render.series import CONTAINERS, NAMES, containers

SPEC = chart.spec(CONTAINERS, containers(), NAMES)
SLOW = (sys.executable, "-c", "import time; time.sleep(3600)")
BROKEN = (sys.executable, "-c", "input(); raise SystemExit(3)")
ECHO = (
    "import json, os, sys; from app.render.picture import HEAD; sys.stdin.readline(); "
    "told = json.dumps(dict(os.environ)).encode(); "
    "sys.stdout.buffer.write(HEAD.pack(True, len(told)) + told)"
)


Drawing = Callable[[Renderer], Awaitable[None]]


def with_renderer(drawing: Drawing, **settings: Any) -> None:
    """Runs with a renderer of its own, which is ended with the test."""

    async def run() -> None:
        renderer = Renderer(**{"timeout_s": 60, **settings})
        try:
            await drawing(renderer)
        finally:
            await renderer.aclose()

    anyio.run(run)


def process(renderer: Renderer) -> Process:
    found = renderer.process
    assert found is not None
    return found


def test_pictures_are_drawn_and_the_same_spec_gives_the_same_bytes() -> None:
    drawn: list[bytes] = []

    async def draw(renderer: Renderer) -> None:
        first = await renderer.svg(SPEC)
        assert first == await renderer.svg(SPEC)
        drawn.extend([first, await renderer.png(SPEC, 2)])
        assert process(renderer).returncode is None

    os.environ["LANG"], before = "ko_KR.UTF-8", os.environ.get("LANG")
    try:
        with_renderer(draw)
    finally:
        os.environ.pop("LANG") if before is None else os.environ.update(LANG=before)
    with_renderer(draw)
    assert drawn[:2] == drawn[2:]
    assert drawn[1].startswith(b"\x89PNG")


def test_a_picture_that_takes_too_long_is_ended_and_the_next_is_drawn() -> None:
    async def draw(renderer: Renderer) -> None:
        started = time.monotonic()
        with pytest.raises(Unavailable) as caught:
            await renderer.svg(SPEC)
        assert caught.value.retry_after > 0
        assert time.monotonic() - started < NEVER
        assert renderer.process is None
        renderer.timeout_s, renderer.program = 60, PROGRAM
        assert (await renderer.svg(SPEC)).startswith(b"<svg")

    with_renderer(draw, timeout_s=0.5, program=SLOW)


def test_a_process_that_breaks_is_a_503_and_the_next_is_drawn() -> None:
    async def draw(renderer: Renderer) -> None:
        with pytest.raises(Unavailable):
            await renderer.svg(SPEC)
        renderer.program = PROGRAM
        assert (await renderer.svg(SPEC)).startswith(b"<svg")
        killed = process(renderer)
        killed.kill()
        await killed.wait()
        assert (await renderer.svg(SPEC)).startswith(b"<svg")

    with_renderer(draw, program=BROKEN)


def test_a_program_that_cannot_be_started_is_a_503() -> None:
    async def draw(renderer: Renderer) -> None:
        with pytest.raises(Unavailable):
            await renderer.svg(SPEC)

    with_renderer(draw, program=("/nowhere/at/all",))


def test_a_spec_that_cannot_be_drawn_harms_nobody_else() -> None:
    async def draw(renderer: Renderer) -> None:
        with pytest.raises(Unavailable):
            await renderer.svg({**SPEC, "layer": "none"})
        before = process(renderer)
        assert (await renderer.svg(SPEC)).startswith(b"<svg")
        assert process(renderer) is before

    with_renderer(draw)


def test_when_idle_the_process_ends_and_comes_back_when_needed() -> None:
    async def draw(renderer: Renderer) -> None:
        await renderer.svg(SPEC)
        before = process(renderer)
        with anyio.fail_after(NEVER):
            await before.wait()
        assert (await renderer.svg(SPEC)).startswith(b"<svg")
        assert process(renderer) is not before

    with_renderer(draw, idle_s=0.2)


def test_closing_ends_the_process_and_nothing_is_drawn_any_more() -> None:
    async def draw(renderer: Renderer) -> None:
        await renderer.svg(SPEC)
        before = process(renderer)
        await renderer.aclose()
        assert before.returncode is not None
        with pytest.raises(Unavailable):
            await renderer.svg(SPEC)

    with_renderer(draw)


def test_the_process_ends_when_whoever_started_it_is_gone() -> None:
    child = subprocess.Popen(PROGRAM, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert child.stdin is not None
    assert child.stdout is not None
    with child.stdout:
        child.stdin.close()
        assert child.wait(NEVER) == 0


async def crowd(renderer: Renderer, size: int) -> list[str]:
    found: list[str] = []

    async def one() -> None:
        try:
            await renderer.svg(SPEC)
            found.append("drawn")
        except Unavailable:
            found.append("503")

    async with anyio.create_task_group() as group:
        for _ in range(size):
            group.start_soon(one)
    return found


def test_a_crowd_is_drawn_one_by_one_and_what_is_too_much_is_a_503() -> None:
    async def draw(renderer: Renderer) -> None:
        await renderer.svg(SPEC)
        found = await crowd(renderer, QUEUE + 9)
        assert found.count("drawn") == QUEUE
        assert found.count("503") == 9

    with_renderer(draw)


def test_a_crowd_that_waits_too_long_is_a_503_each() -> None:
    async def draw(renderer: Renderer) -> None:
        assert await crowd(renderer, 5) == ["503"] * 5
        assert renderer.waiting == 0

    with_renderer(draw, timeout_s=0.3, program=SLOW)


def test_who_gives_up_leaves_nothing_to_the_next() -> None:
    async def draw(renderer: Renderer) -> None:
        whole = await renderer.svg(SPEC)
        async with anyio.create_task_group() as group:
            group.start_soon(renderer.png, SPEC)
            await anyio.sleep(0)
            group.cancel_scope.cancel()
        assert await renderer.svg(SPEC) == whole

    with_renderer(draw)


def test_who_draws_is_told_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAYSO_KEY_PEPPER", "a long random text")
    monkeypatch.setenv("SAYSO_DATABASE_URL", "postgresql://user:password@host/name")

    async def draw(renderer: Renderer) -> None:
        told = json.loads(await renderer.svg(SPEC))
        assert not [name for name in told if name.startswith("SAYSO")]
        assert told["TZ"] == "UTC"

    with_renderer(draw, program=(sys.executable, "-c", ECHO))


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


def test_the_program_answers_each_line_and_ends_with_the_last() -> None:
    told = {**SPEC, "title": {"text": ["One <line>", "and another"]}, "description": "A & B"}
    orders = [
        {"spec": told, "scale": 0},
        {"spec": {"mark": 3}, "scale": 0},
        {"spec": SPEC, "scale": 1},
    ]
    lines = b"".join(json.dumps(order).encode() + b"\n" for order in orders)
    drawn = subprocess.run(PROGRAM, input=lines, stdout=subprocess.PIPE, check=True).stdout
    found: list[tuple[bool, bytes]] = []
    while drawn:
        made, size = picture.HEAD.unpack(drawn[: picture.HEAD.size])
        content, drawn = drawn[picture.HEAD.size :][:size], drawn[picture.HEAD.size + size :]
        found.append((made, content))
    assert [made for made, _ in found] == [True, False, True]
    assert b"<title>One &lt;line&gt; and another</title><desc>A &amp; B</desc>" in found[0][1]
    assert (found[1][1], found[2][1][:4]) == (b"", b"\x89PNG")


@pytest.mark.parametrize(
    ("word", "font"), [("수치", "NanumGothic"), ("число", "x"), ("ա", "'Deja")]
)
def test_a_text_names_the_font_that_has_its_letters(word: str, font: str) -> None:
    drawn = f'<text x="1" font-family="x" y="2">{word}</text>'
    assert f'font-family="{font}' in picture._TEXT.sub(picture._fitted, drawn)
