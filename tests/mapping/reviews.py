"""Ten ClaimReview objects in the shapes in which they are published; all names are invented."""

import json
from typing import Any, NamedTuple

Json = dict[str, Any]


class PublishedReviews(NamedTuple):
    """A file with reviews, and what is to be known once it is in.

    ``wanted`` has for each claim: its claimants, its document's address or name, when it was
    stated, its figure (or None), the verdict's words, and the codes of what is told.
    """

    name: str
    content: bytes
    kind: str
    wanted: list[tuple[list[str], str, str | None, str | None, str | None]]
    told: set[str]


def review(url: str, text: Any, item: Any, rating: Any, **more: Any) -> Json:
    """A review of an invented fact-checker."""
    return {
        "@context": "https://schema.org", "@type": "ClaimReview", "url": url,
        "datePublished": "2024-05-10", "claimReviewed": text, "itemReviewed": item,
        "author": {"@type": "Organization", "name": "Plain Facts", "url": "https://facts.example"},
        "reviewRating": rating, **more,
    }  # fmt: skip


def rated(words: Any = "Mostly false", value: Any = "2", best: Any = "5", worst: Any = "1") -> Json:
    """A rating on a scale from 1 to 5."""
    return {"@type": "Rating", "ratingValue": value, "bestRating": best, "worstRating": worst,
            "alternateName": words}  # fmt: skip


LUND = {"@type": "Person", "name": "Mara Lund", "jobTitle": "Mayor of Sandport"}
ONE = review(
    "https://facts.example/r/1", "The new bridge created 12,000 jobs in a year",
    {"@type": "Claim", "author": LUND, "datePublished": "2024-05-03",
     "appearance": {"@type": "VideoObject", "url": "https://video.example/v?id=7",
                    "name": "Council debate"},
     "firstAppearance": {"@type": "SocialMediaPosting", "url": "https://social.example/p/9"}},
    rated(),
)  # fmt: skip
TWO = review(
    "https://facts.example/r/2", ["<p>About 4,500 houses stand empty</p>"],
    {"@type": ["Claim", "CreativeWork"], "author": [{"@type": "Person", "name": "Otto Fenn"}, LUND],
     "appearance": ["https://news.example/a and https://news.example/b",
                    "https://facts.example/r/2"]},
    {"@type": "Rating", "ratingValue": -1, "bestRating": -1, "worstRating": -1,
     "alternateName": ["Unproven", {"@value": "Unproven"}]},
)  # fmt: skip
THREE = review(
    "https://facts.example/r/3", "The harbour is closed for good",
    {"@type": "Claim", "author": "Social media users", "datePublished": "May of last year"},
    "False", reviewBody="The harbour office says it is open.",
)  # fmt: skip
FOUR = review(
    "https://facts.example/r/4", {"@type": "Claim", "text": "Crime rose from 300 to 900 cases"},
    {"@type": "CreativeWork", "author": {"@type": "Organization", "name": "The Tide"},
     "datePublished": "2024-04-30T18:00:00+02:00", "name": "Leaflet of The Tide",
     "appearance": {"@type": "CreativeWork", "name": "Leaflet"}},
    rated("Missing context", 3, 1, 5),
)  # fmt: skip
FIVE = {
    **review("https://facts.example/r/5", "Fares cost €40 a day", None, rated("True", "5")),
    "@type": "http://schema.org/ClaimReview", "image": "https://facts.example/i.png",
}  # fmt: skip
GRAPH = {
    "@context": "https://schema.org",
    "@graph": [
        {"@type": "Organization", "@id": "#us", "name": "Second Look",
         "url": "https://look.example"},
        {"@type": "WebPage", "@id": "https://look.example/6"},
        {"@type": "ClaimReview", "url": "https://look.example/6", "author": {"@id": "#us"},
         "claimReviewed": "Nearly 700 ferries were late in March", "datePublished": "2024-06",
         "itemReviewed": {"@id": "#claim"}, "reviewRating": rated("Accurate", "5")},
        {"@type": "Claim", "@id": "#claim", "author": {"@type": "Person", "name": "Ida Moss"},
         "appearance": {"@id": "https://radio.example/6"}},
    ],
}  # fmt: skip
SEVEN = review(
    "https://facts.example/r/7", "„Über 3.000 Bäume wurden gefällt“",
    {"@type": "Claim", "author": {"@type": "Person", "name": "Otto Fenn"},
     "appearance": "https://zeitung.example/7"},
    rated("Falsch", "1"), inLanguage="de",
)  # fmt: skip
EIGHT = review(
    "https://facts.example/r/8", "The mayor resigned",
    {"@type": "Claim", "author": {"name": "Ida Moss"}, "url": "https://blog.example/8",
     "text": "Our mayor has resigned!"}, None,
)  # fmt: skip
NINE = review(
    "https://facts.example/r/9", "The ship carries 1,200 crates",
    {"@type": "Claim", "author": LUND, "appearance": "https://news.example/9"},
    rated("Half true", "3"),
)  # fmt: skip
MEDIA = {"@type": "MediaReview", "url": "https://facts.example/m/1"}
FEED = {
    "@context": "https://schema.org", "@type": "DataFeed",
    "dataFeedElement": [
        {"@type": "DataFeedItem", "url": "https://facts.example/r/9", "item": [NINE, MEDIA]},
        {"@type": "DataFeedItem", "item": [NINE]},
    ],
}  # fmt: skip
TEN = review(
    "https://facts.example/r/10", "Some 60 per cent of boats leak",
    {"@type": "Claim", "appearance": "https://news.example/10"}, rated("Satire", "1"),
)  # fmt: skip
PAGE = f"""<!doctype html><html><head><title>Checked</title>
<script type="text/javascript">var a = {{"@type": "ClaimReview"}};</script>
<script type="application/ld+json">{json.dumps({"@type": "Article", "review": TEN})}</script>
</head><body><p>Text</p></body></html>"""
LD = "application/ld+json"


def packed(value: Any) -> bytes:
    """A value as JSON."""
    return json.dumps(value, ensure_ascii=False).encode()


REVIEWS = [
    PublishedReviews("one object", packed(ONE), LD, [
        (["Mara Lund"], "https://video.example/v?id=7", "2024-05-03", "12000", "Mostly false"),
    ], set()),
    PublishedReviews("two authors, two addresses in one text", packed(TWO), LD, [
        (["Otto Fenn", "Mara Lund"], "https://news.example/a", None, "4500", "Unproven"),
    ], {"own_page", "no_scale"}),
    PublishedReviews("a crowd, and a rating of words", packed([THREE]), LD, [
        (["Social media users"], "https://facts.example/r/3", None, None, "False"),
    ], {"no_appearance", "date_not_read", "figure_not_read"}),
    PublishedReviews("a claim as an object, a scale upside down", packed(FOUR), LD, [
        (["The Tide"], "Leaflet", "2024-04-30", None, "Missing context"),
    ], {"scale", "figure_not_read"}),
    PublishedReviews("nothing of the claim", packed(FIVE), "application/json", [
        ([], "https://facts.example/r/5", None, None, "True"),
    ], {"no_appearance", "no_claimant", "figure_not_read", "lost"}),
    PublishedReviews("a graph with references", packed(GRAPH), LD, [
        (["Ida Moss"], "https://radio.example/6", None, "700", "Accurate"),
    ], set()),
    PublishedReviews("German", packed(SEVEN), LD, [
        (["Otto Fenn"], "https://zeitung.example/7", None, "3000", "Falsch"),
    ], set()),
    PublishedReviews("no verdict", packed(EIGHT), LD, [
        (["Ida Moss"], "https://blog.example/8", None, None, None),
    ], {"figure_not_read", "no_rating"}),
    PublishedReviews("a feed", packed(FEED), LD, [
        (["Mara Lund"], "https://news.example/9", None, "1200", "Half true"),
    ], {"not_a_claim", "repeated"}),
    PublishedReviews("a page", PAGE.encode(), "text/html", [
        ([], "https://news.example/10", None, None, "Satire"),
    ], {"no_claimant", "figure_not_read"}),
]  # fmt: skip
