"""Values as TOML, each on one line, as a suggested mapping has them."""

import json
import re


def toml(value: object) -> str:
    """A value as TOML writes it, on one line."""
    if isinstance(value, dict):
        pairs = (f"{_key(key)} = {toml(one)}" for key, one in value.items())
        return f"{{{', '.join(pairs)}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(toml, value))}]"
    text = json.dumps(str(value) if isinstance(value, str) else value, ensure_ascii=False)
    return text.replace("\x7f", "\\u007F")


def _key(key: str) -> str:
    return key if re.fullmatch("[A-Za-z0-9_-]+", key) else toml(key)
