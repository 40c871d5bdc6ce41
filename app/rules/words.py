"""Text search in any script: what is compared, and what a search asks for."""

import unicodedata

SEPARATOR = "\x1f"


def folded(*texts: str | None) -> str:
    """Texts as they are searched: compatibility forms and case folded (Unicode NFKC_Casefold)."""
    joined = "\n".join(text for text in texts if text)
    once = unicodedata.normalize("NFKC", joined).casefold()
    return unicodedata.normalize("NFKC", once)


def terms(question: str) -> list[str]:
    """The words of a search, each to occur somewhere; raises ``ValueError``."""
    found = folded(question).split()
    if not found or any(len(term) < 2 for term in found):
        raise ValueError("search for words of two characters or more")
    return list(dict.fromkeys(found))


def packed(values: list[str]) -> str:
    """Several values in one column, each findable whole; raises ``ValueError``."""
    if any(SEPARATOR in value for value in values):
        raise ValueError("send it without control characters")
    return SEPARATOR + SEPARATOR.join(values) + SEPARATOR if values else ""
