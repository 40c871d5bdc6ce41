"""The one table of filterable fields: SQL, OpenAPI and the tests all read it.

A *word* is compared as it stands (repeated: any of them); *figure*, *date* and *extent* are
intervals and have three answers; *number* and *instant* are compared plainly; a *trait* (a dimension
or an attribute, by its name) is a word or a number, as its values are.
"""

from typing import Any, Literal, NamedTuple, get_args

from app.models import claim, measure, quantity, source
from app.models.field_types import Status

FilterKind = Literal[
    "word", "figure", "date", "extent", "number", "instant", "switch", "known", "search", "trait",
    "absence",
]  # fmt: skip
FilterPlace = Literal[
    "row", "quantity", "via", "origin", "role", "hop", "document", "tree", "origin_tree",
]  # fmt: skip
Refers = Literal["", "sources", "measures", "utterances", "targets"]
"""What has the ids that a field is asked for: a question that finds nothing looks for them there."""


OPS: dict[FilterKind, tuple[str, ...]] = {
    "word": ("eq", "ne"),
    "trait": ("eq", "ne", "gt", "gte", "lt", "lte", "is_null"),
    "absence": ("is_null",),
    "switch": ("eq",),
    "figure": ("eq", "gt", "gte", "lt", "lte"),
    "date": ("eq", "gt", "gte", "lt", "lte", "is_null"),
    "extent": ("overlaps",),
    "number": ("eq", "gt", "gte", "lt", "lte", "is_null"),
    "instant": ("gt", "gte", "lt", "lte"),
    "known": ("eq",),
    "search": ("eq",),
}
INTERVALS: frozenset[FilterKind] = frozenset({"figure", "date", "extent", "known"})


class Filter(NamedTuple):
    """One field that a list can be filtered by: where it is kept, and its sentence in /docs."""

    name: str
    kind: FilterKind
    about: str
    example: str
    column: str = ""
    place: FilterPlace = "row"
    words: tuple[str, ...] = ()
    nullable: bool = False
    refers: Refers = ""
    form: str = ""
    """What a word has to match: any other one can be nothing's."""

    @property
    def ops(self) -> tuple[str, ...]:
        """The operators this field takes, ``eq`` being the bare name."""
        if self.place == "quantity" and self.kind == "date":
            return ("eq", "gt", "gte", "lt", "lte")
        return OPS[self.kind] + (("is_null",) if self.nullable else ())

    @property
    def key(self) -> str:
        """The column it is kept in."""
        return self.column or self.name

    def judges(self, op: str) -> bool:
        """Has a condition of this operator three answers? Any other one is plainly met or not."""
        return op != "is_null" and (self.kind in INTERVALS or self.kind == "extent")

    def of(self, refers: Refers) -> "Filter":
        """The same field, whose words are ids of these."""
        return self._replace(refers=refers)


def _closed(kind: Any) -> tuple[str, ...]:
    return get_args(kind)


STATUS = Filter("status", "word", "active unless asked", "withdrawn", words=_closed(Status))
RECORDED = Filter(
    "recorded_at", "instant", "when this version entered this database", "2024-01-01T00:00:00Z"
)
Q = Filter(
    "q",
    "search",
    "words of two characters or more, in any script, all of which occur",
    "컨테이너",
    "search",
)

SOURCES = (
    Filter("class", "word", "agent, work or occasion", "agent", words=_closed(source.SourceClass)),
    Filter("kind", "word", "what it is", "news_agency", words=_closed(source.SourceKind)),
    Filter("affiliation", "word", "the source it belongs to", "rok-government", nullable=True).of("sources"),
    Filter("root", "word", "the root of its affiliations", "rok-government", "id", "tree").of("sources"),
    Filter("country", "word", "ISO 3166-1 alpha-2", "KR", nullable=True, form=source.COUNTRY),
    Filter("language", "word", "BCP 47", "en", nullable=True),
    Filter("is_root", "switch", "nobody stands above it", "true"),
    Filter("anonymous", "switch", "named nowhere", "true"),
    Filter("date", "date", "when a work appeared or an occasion took place", "2024"),
    Filter("author", "word", "of a work", "unnamed-ukrainian-photographer", nullable=True).of("sources"),
    Filter("publisher", "word", "of a work", "the-daily-digest", nullable=True).of("sources"),
    Filter("url", "absence", "where a work is to be read", ""),
    Q, RECORDED, STATUS,
)  # fmt: skip

MEASURES = (
    Filter("statistic", "word", "the kind of number", "count", words=_closed(measure.Statistic)),
    Filter("accumulation", "word", "how it adds up in time", "cumulative", words=_closed(measure.Accumulation)),
    Filter("unit", "word", "UCUM", "{container}"),
    Q, RECORDED, STATUS,
)  # fmt: skip

ASSESSMENTS = (
    Filter("target", "word", "what is judged", "sources/reuters").of("targets"),
    Filter("assessor", "word", "who judges", "desk-seoul"),
    Filter("reliability", "word", "of a source, A–F", "B", words=_closed(source.Reliability), nullable=True),
    Filter("credibility", "number", "of the information, 1–6", "2"),
    Filter("confidence", "number", "0–100", "80"),
    Q, RECORDED, STATUS,
)  # fmt: skip

CLAIMS = (
    Filter("claimant", "word", "who is said to have said it", "shin-won-sik", nullable=True).of("sources"),
    Filter("claimant_root", "word", "the root of the claimant's affiliations", "rok-government", "claimant", "tree").of("sources"),
    Filter("document", "word", "the work it was found in", "daily-digest-article").of("sources"),
    Filter("via", "word", "a hop strictly between the document and the origin", "reuters", "source", "via", nullable=True).of("sources"),
    Filter("origin", "word", "who stands at the end of the chain", "us-state-dept", "source", "origin", nullable=True).of("sources"),
    Filter("origin_root", "word", "the root of an origin's affiliations", "rok-government", "source", "origin_tree").of("sources"),
    Filter("evidence", "word", "a source that stands beside the chain as evidence", "dia-report-2024", "evidence", "role", nullable=True).of("sources"),
    Filter("publisher", "word", "a hop of that role, or the publisher of the document", "the-daily-digest", "publisher", "role", nullable=True).of("sources"),
    Filter("author", "word", "a hop of that role, or the author of the document", "unnamed-ukrainian-photographer", "author", "role", nullable=True).of("sources"),
    Filter("name_as_given", "word", "a source's name as printed", "Minister Shin", "name_as_given", "hop", nullable=True),
    Filter("language", "word", "of the document, BCP 47", "en", place="document", nullable=True),
    Filter("modality", "word", "how sure the claimant sounded", "possible", words=_closed(claim.Modality)),
    Filter("speech_act", "word", "what was done by saying it", "estimate", words=_closed(claim.SpeechAct), nullable=True),
    Filter("polarity", "word", "negative: the figures are what is denied", "positive", words=_closed(claim.Polarity)),
    Filter("alternative_mode", "word", "how alternatives go together", "mix", words=_closed(claim.AlternativeMode)),
    Filter("utterance", "word", "the speech act it attests", "shin-2024-02-26-briefing", nullable=True).of("utterances"),
    Filter("tag", "word", "one of its tags; a tag that nothing has is no mistake, and finds nothing", "calibre:122mm", "tags", nullable=True),
    Filter("stated", "date", "when the claimant said it", "2024-03"),
    Filter("published", "date", "when a reader could know it", "2024-10"),
    Filter("known_by", "known", "what was known by then: certain if published by that day, impossible if stated after it, possible if neither or both", "2024-03-31"),
    Filter("period_start", "date", "when the time described begins", "2022"),
    Filter("period_end", "date", "when the time described ends", "2024"),
    Filter("period", "extent", "the time described shares days with this", "2023/2024"),
    Filter("measure", "word", "what is counted", "containers.prk-rus", place="quantity").of("measures"),
    Filter("unit", "word", "UCUM", "{container}", place="quantity"),
    Filter("hedge", "word", "how firmly it was put", "more_than", place="quantity", words=_closed(quantity.Hedge)),
    Filter("flag", "word", "incoherence that was kept", "differs_from_lexicon", "flags", "quantity", _closed(quantity.Flag), nullable=True),
    Filter("value", "figure", "the figure, as an interval; in its own `unit`", "10000", place="quantity"),
    Filter("date", "date", "the figure of a date measure", "1975", place="quantity"),
    Filter("nominal", "number", "the stored nominal value, plainly", "10000", place="quantity"),
    Filter("lower", "number", "the stored lower bound, plainly", "7000", place="quantity"),
    Filter("upper", "number", "the stored upper bound, plainly", "13000", place="quantity"),
    Q, RECORDED, STATUS,
)  # fmt: skip

FILTERS = {
    "sources": SOURCES,
    "measures": MEASURES,
    "claims": CLAIMS,
    "quantities": CLAIMS,
    "assessments": ASSESSMENTS,
}
ONE = Filter("id", "word", "one resource", "reuters")
"""The condition that a path makes; no list takes it as a parameter."""
TRAITS = {
    "dim": Filter(
        "dim", "trait", "a dimension of the figure, which narrows its measure", "dim.calibre_mm=152",
        place="quantity",
    ),
    "attr": Filter(
        "attr", "trait", "an attribute of the figure, which describes it", "attr.edition=2",
        place="quantity",
    ),
}  # fmt: skip
"""Fields whose names are the writers': a parameter has the kind before the dot, the name behind."""

SORTS = {
    "sources": ("id", "recorded_at"),
    "measures": ("id", "recorded_at"),
    "assessments": ("id", "recorded_at"),
    "claims": ("id", "stated", "published", "period", "recorded_at"),
    "quantities": (
        "id", "stated", "published", "period", "recorded_at", "value", "nominal", "upper",
    ),
}  # fmt: skip
CHAIN = "of the chain, which the claim has"
WORKED_OUT = "worked out when it is asked for"
DATABASE = "of the version in this database, which no writer sends"
UNCOUNTED = "nearly every claim has its own"

EXCEPTIONS: dict[str, dict[str, str]] = {
    "quantities": {
        **dict.fromkeys(("via", "origin", "evidence", "name_as_given"), CHAIN),
        **dict.fromkeys(("publisher", "author", "language"), "of the document, as `expand` gives it"),
        **dict.fromkeys(("claimant_root", "origin_root", "known_by"), WORKED_OUT),
        **dict.fromkeys(("period_start", "period_end"), "a side of `period`"),
        "tag": "of the claim as a whole, not of a figure",
        "nominal": "`value`, as a double",
        "q": "words of several fields",
        "status": "of what is listed, it is the one asked for",
    },
    "facets": {
        **dict.fromkeys(("claimant_root", "known_by", "q"), WORKED_OUT),
        **dict.fromkeys(("evidence", "publisher", "author", "name_as_given"), CHAIN),
        **dict.fromkeys(("period", "period_start", "period_end"), UNCOUNTED),
        **dict.fromkeys(("value", "date", "nominal", "lower", "upper", "recorded_at"), UNCOUNTED),
        "stated": "counted as `year`", "published": "counted as `published_year`",
    },
    "table": {
        **dict.fromkeys(("origin", "tag"), "`origins`; tags are the claim's"),
        **dict.fromkeys(("evidence", "name_as_given", "publisher", "author"), CHAIN),
        **dict.fromkeys(("claimant_root", "origin_root", "known_by"), WORKED_OUT),
        **dict.fromkeys(("stated", "published", "period", "period_start", "period_end", "date"), "as its first and its last day"),
        "nominal": "`value`, digit for digit",
        "q": "words of several fields",
    },
    "csv": {
        **dict.fromkeys(("origin", "evidence", "name_as_given"), "in `attributions`"),
        **dict.fromkeys(("publisher", "author", "language"), "of the document, a line of its own"),
        **dict.fromkeys(("claimant_root", "origin_root", "known_by"), WORKED_OUT),
        **dict.fromkeys(("period_start", "period_end"), "a side of `period`"),
        **dict.fromkeys(("recorded_at", "status"), DATABASE),
        "nominal": "`value`, as a double",
        "q": "words of several fields",
    },
}  # fmt: skip
"""Fields that claims can be filtered by, and that an answer leaves out: where, and why. All others
are in the rows of /quantities, among the facets and in the CSV (``tests/test_filters.py``)."""

FACETS = (
    *(one.name for one in CLAIMS if one.name not in EXCEPTIONS["facets"]),
    "year",
    "published_year",
)
