"""The versions of SQLite that have the WAL-reset bug, as https://sqlite.org/wal.html tells them."""

import pytest

from app.rules.sqlite_versions import affected, warning

AFFECTED = [
    "3.7.0",
    "3.8.10.2",
    "3.40.1",
    "3.44.5",
    "3.45.0",
    "3.46.1",
    "3.50.6",
    "3.51.0",
    "3.51.2",
]
SOUND = ["3.6.23", "3.44.6", "3.44.7", "3.50.7", "3.51.3", "3.52.0", "3.53.0", "3.100.0", "4.0.0"]


@pytest.mark.parametrize("version", AFFECTED)
def test_a_version_without_the_mend_is_affected_and_warned_of(version: str) -> None:
    assert affected(version)
    told = warning(version)
    assert told is not None
    assert version in told
    assert "\n" not in told


def test_the_warning_says_what_may_happen_and_what_to_do() -> None:
    assert warning("3.45.0") == (
        "SQLite 3.45.0 has the WAL-reset bug (fixed in 3.51.3, 3.50.7 and 3.44.6): two processes "
        "that write to one file at the same instant can, very rarely, corrupt it; and this file "
        "system has no locks by which they keep each other out. Do not start a second process "
        "that writes (serve, import, seed) while this one runs."
    )


@pytest.mark.parametrize("version", SOUND)
def test_a_version_with_the_mend_or_without_a_wal_is_sound(version: str) -> None:
    assert not affected(version)
    assert warning(version) is None
