"""Bytes to text: by its mark, by declaration, or UTF-8; else it is refused with what might fit."""

import codecs
import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from tempfile import TemporaryFile
from typing import IO

from charset_normalizer import from_bytes

from app.mapping.cells import MAX_CELL, unreadable_file

MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
GZIP = b"\x1f\x8b"
USUAL = ("cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1256", "shift_jis", "cp949",
         "gb18030")  # fmt: skip
"""Encodings that say nothing of themselves, as they are met."""
FREE_RATIO = 50_000_000
MAX_RATIO = 300
"""What unpacks to more than FREE_RATIO bytes is at most so many times as large as it was."""
MAX_UNPACKED = 2_000_000_000
SAMPLE = 1_000_000


@contextmanager
def unpacked(file: IO[bytes], most: int = MAX_UNPACKED) -> Iterator[IO[bytes]]:
    """The file itself, or what a .gz of it holds, on disk; raises ``Malformed`` for a bomb."""
    file.seek(0)
    packed = file.read(2) == GZIP
    file.seek(0)
    if not packed:
        yield file
        return
    with TemporaryFile() as out:
        _unpack(file, out, most)
        out.seek(0)
        yield out


def _unpack(file: IO[bytes], out: IO[bytes], most: int) -> None:
    size = 0
    try:
        with gzip.GzipFile(fileobj=file, mode="rb") as whole:
            while part := whole.read(1_000_000):
                size += len(part)
                if size > most or (size > FREE_RATIO and size > MAX_RATIO * file.tell()):
                    raise unreadable_file("the .gz unpacks to far more than a table has")
                out.write(part)
    except (OSError, EOFError, zlib.error):
        raise unreadable_file("the .gz is damaged, or cut off; pack it again") from None


def known_encoding(name: str) -> str:
    """A declared encoding's usual name; raises ``Malformed`` for one that there is not."""
    try:
        found = codecs.lookup(name)
    except (LookupError, ValueError):
        found = None
    if found is None or not getattr(found, "_is_text_encoding", True):
        raise unreadable_file(
            "there is no such encoding as file.encoding says; try utf-8 or windows-1252"
        )
    return found.name


def encoding_of(file: IO[bytes], declared: str | None) -> str:
    """The encoding of a text: its mark's, the declared one, or UTF-8 where all of it is that."""
    file.seek(0)
    head = file.read(4000)
    file.seek(0)
    for mark, name in MARKS.items():
        if head.startswith(mark):
            return name
    if declared:
        return known_encoding(declared)
    return _without_mark(head) or "utf-8"


def _without_mark(head: bytes) -> str | None:
    """UTF-16 without a mark: every other byte of such a table is zero, and in no other text."""
    half = len(head) // 2
    if half < 2 or b"\x00" not in head:
        return None
    for start, name in ((1, "utf-16-le"), (0, "utf-16-be")):
        if head[start::2].count(0) > 0.7 * half and not head[1 - start :: 2].count(0):
            return name
    return None


def lines_of(file: IO[bytes], encoding: str) -> Iterator[str]:
    """The lines of a text, each of bounded length, their ends as they stand."""
    file.seek(0)
    text = io.TextIOWrapper(file, encoding, newline="")
    number = 0
    try:
        while line := text.readline(MAX_CELL):
            number += 1
            if len(line) == MAX_CELL and not line.endswith(("\n", "\r")):
                raise unreadable_file(f"a line is longer than {MAX_CELL} characters", number)
            if "\x00" in line:
                raise unreadable_file("this is no text: it has zero bytes", number, "encoding")
            yield line
    except UnicodeDecodeError:
        raise _undecodable(text.detach(), encoding) from None
    except UnicodeError:
        detail = f"the text cannot be read as {encoding}; say its encoding: file.encoding"
        raise unreadable_file(detail, None, "encoding") from None
    finally:
        with suppress(ValueError):  # detached already: the file is not closed with its reader
            text.detach()


def _undecodable(file: IO[bytes], encoding: str) -> Exception:
    number, line = _first_undecodable(file, encoding)
    detail = f"the file is not in {encoding.removesuffix('-sig').upper()}"
    if fits := [f"{name} (“{word}”)" for name, word in readings(line)]:
        detail += f"; it may be {' or '.join(fits[:3])}"
    detail += (
        '. Save it as UTF-8, or say its encoding in the mapping: file.encoding = "windows-1252"'
    )
    return unreadable_file(detail, number, "encoding")


def _first_undecodable(file: IO[bytes], encoding: str) -> tuple[int | None, bytes]:
    """The first line that is none, and its bytes; no line where that cannot be told."""
    file.seek(0)
    lines = iter(lambda: file.readline(MAX_CELL), b"") if encoding.startswith("utf-8") else ()
    for number, line in enumerate(lines, 1):
        try:
            line.decode()
        except UnicodeDecodeError:
            return number, line
    return None, b""


def readings(line: bytes) -> list[tuple[str, str]]:
    """What a line that is no UTF-8 would be in each usual encoding: the word with the odd bytes."""
    found: dict[str, str] = {}
    for name in USUAL:
        try:
            text = line.decode(name)
        except UnicodeDecodeError:
            continue
        odd = [word for word in text.split() if not word.isascii()]
        word = "".join(one for one in (odd or [""])[0] if one.isprintable())[:20]
        if word and word not in found.values():
            found[name.replace("cp12", "windows-12")] = word
    return list(found.items())


def likely_encoding(file: IO[bytes]) -> str | None:
    """What a maintained detector takes a text for: a guess, to be looked at."""
    file.seek(0)
    best = from_bytes(file.read(SAMPLE)).best()
    file.seek(0)
    return None if best is None else str(best.encoding)
