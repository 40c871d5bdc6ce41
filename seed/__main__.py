"""``python -m seed`` is ``sayso seed``."""

import sys

from app.cli import commands

commands("seed")(["seed", *sys.argv[1:]])
