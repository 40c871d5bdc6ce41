"""What Sayso promises, as tests."""

import gc

# Little of what is imported or collected is ever garbage: to look for it takes a second of six.
gc.set_threshold(20_000, 20, 20)
