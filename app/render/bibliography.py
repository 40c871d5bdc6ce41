"""Citations for reference managers: CSL-JSON and BibTeX.

Few styles print a note, so the title itself carries the hedge, the chain and the doubt.
"""

from typing import Any

from app.render import citation, date_words
from app.render.citation_context import CitationContext

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
ESCAPED = str.maketrans(
    {
        # Braces by name: BibTeX counts even those with a backslash before them.
        "{": r"\textbraceleft{}",
        "}": r"\textbraceright{}",
        "\\": r"\textbackslash{}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        **{char: f"\\{char}" for char in "%&#_$"},
    }
)


def key(record: CitationContext) -> str:
    """The same for ever: the id and the version."""
    return f"{record.id}.v{record.version}"


def title(record: CitationContext) -> str:
    """What was said and how it came, with whatever makes it less than certain."""
    came = [citation.came(record, full=False), *citation.put(record.claim), *citation.ended(record)]
    when_said = [citation.said(record)] if _doubtful(record) else []
    return f"{citation.what(record)} ({'; '.join([*when_said, *came])})"


def _doubtful(record: CitationContext) -> bool:
    """Whether a date in numbers would say more than is known."""
    stated = record.claim.get("stated")
    if not stated or date_words.parts(stated) is None or date_words.doubtful(stated):
        return True
    return "stated" in record.claim.get("inferred", [])


def note(record: CitationContext) -> str:
    """What is uncertain, and where exactly it is printed."""
    said = f"{citation.who(record)}, {citation.said(record)}"
    sentences = [said, citation.capital(citation.came(record)), *citation.doubts(record)]
    return citation.sentences(sentences)


def csl(record: CitationContext) -> list[dict[str, Any]]:
    """CSL-JSON: a list of one item, an entry in the database that Sayso is."""
    day = citation.recorded(record)
    item: dict[str, Any] = {
        "id": key(record),
        "type": "entry",
        "title": title(record),
        # Names as they are: which part is the family name is not for us to guess.
        "author": [{"literal": name} for name in citation.names(record)],
        "issued": _issued(record),
        "accessed": {"date-parts": [[day.year, day.month, day.day]]},
        "container-title": "Sayso",
        "version": str(record.version),
        "URL": record.permalink,
        "note": note(record),
        "status": None if record.status == "active" else record.status,
        "custom": citation.custom(record),
    }
    return [{name: value for name, value in item.items() if value}]


def _issued(record: CitationContext) -> dict[str, Any] | None:
    """When it was said; `circa` where the day is doubtful or was inferred."""
    stated = record.claim.get("stated")
    if not stated:
        return None
    parts = date_words.parts(stated)
    if parts is None:
        return {"literal": citation.said(record)}
    return {"date-parts": parts} | ({"circa": True} if _doubtful(record) else {})


def bibtex(record: CitationContext) -> str:
    """One `@misc` entry in UTF-8, in fields that BibTeX and biblatex share."""
    names = " and ".join(f"{{{escaped(name)}}}" for name in citation.names(record))
    kept = f"Sayso, claim {record.id}, version {record.version}"
    fields = {
        "author": names and f"{{{names}}}",
        "title": f"{{{{{escaped(title(record))}}}}}",
        **_dated(record),
        "howpublished": f"{{{escaped(kept)}}}",
        "note": f"{{{escaped(note(record))}}}",
        "url": f"{{{record.permalink}}}",
        "urldate": f"{{{citation.recorded(record).isoformat()}}}",
    }
    lines = "".join(f"  {name} = {value},\n" for name, value in fields.items() if value)
    return f"@misc{{{key(record)},\n{lines}}}\n"


def _dated(record: CitationContext) -> dict[str, str]:
    """The date for biblatex; for BibTeX the year where there is only one, the month where plain."""
    stated = record.claim.get("stated")
    if not stated:
        return {}
    date, year, parts = (
        date_words.bibliographic(stated),
        date_words.year(stated),
        date_words.parts(stated),
    )
    plain = year is not None and parts is not None and len(parts) == 1 and len(parts[0]) > 1
    return {
        **({"date": f"{{{date}}}"} if date else {}),
        **({"year": f"{{{year}}}"} if year else {}),
        **({"month": MONTHS[parts[0][1] - 1]} if plain and parts else {}),
    }


def escaped(text: str) -> str:
    """Text that LaTeX prints as it stands, and whose braces always match."""
    return text.translate(ESCAPED)
