"""How long writes waited for their turn, counted in buckets."""

from prometheus_client import Histogram

BOUNDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
"""Seconds: the upper ends of the buckets; one more takes what is beyond."""


def write_waits() -> Histogram:
    """Those of one database; it is told at /metrics."""
    about = "How long writes waited for their turn."
    return Histogram("sayso_write_wait_seconds", about, registry=None, buckets=BOUNDS)
