"""How it looks: the bytes and texts that answers are made of. Pure."""
