"""Sayso: who said what number, when, through whom, and how firmly."""

__version__ = "0.2.0"
"""The version: here alone; the wheel, ``sayso --version`` and ``/openapi.json`` read it."""
