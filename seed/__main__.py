"""``python -m seed`` is ``sayso seed``."""

import sys

from app.cli import main

sys.argv.insert(1, "seed")
main()
