"""Bulk import in three steps: stage (no database), check (a snapshot), write (the lock)."""
