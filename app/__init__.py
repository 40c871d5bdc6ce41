"""Sayso: who said what number, when, through whom, and how firmly."""
