"""``python -m seed`` is ``sayso seed``."""

import sys

from app.cli import app

app(["seed", *sys.argv[1:]])
