"""How you ask: the only HTTP."""
