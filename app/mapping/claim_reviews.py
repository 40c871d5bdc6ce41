"""ClaimReview (schema.org) read: who was said to have said what, and what the reviewer made of it.

The review becomes a claim and an assessment of it. The verdict stays in the publisher's words and
on the publisher's scale; a grade of ours it has only where one of ours was written.
"""

import re
from collections.abc import Iterator
from typing import IO, Any

from app.errors import Invalid, Malformed
from app.mapping.cells import refused
from app.mapping.claim_figures import TextFigure, figure_of
from app.mapping.exchange import RecordReader, SourceBook, host_of, is_address
from app.mapping.json_ld import FoundReview, every, found_reviews, plain, types_of
from app.mapping.numerals import read_alike
from app.mapping.slugs import digest, name_key, slug
from app.render.claim_review import REVIEWED
from app.rules import edtf
from app.rules.json_types import JsonObject

PREFIX = "cr"
MOST_APPEARANCES, MOST_AUTHORS = 50, 20
ADDRESS = re.compile(r"https?://[^\s\"'<>]+")
DAY = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})[T ][0-9]{1,2}:?[0-9]{2}.*")
"""A day and a time; what else stands behind a date may be another date."""
MANY = re.compile(r"(various|multiple|several|many|social media|users?\b|viral|internet)", re.I)
"""Those who are named as one, and are no one."""
NOT_READ = "figure-not-read"
WORKS = {
    "VideoObject": "video", "ImageObject": "image", "SocialMediaPosting": "social_post",
    "Dataset": "dataset", "Report": "report", "Article": "article", "NewsArticle": "article",
    "BlogPosting": "article",
}  # fmt: skip
KEPT = {
    "review": {"@context", "@type", "@id", "url", "datePublished", "author", "claimReviewed",
               "itemReviewed", "reviewRating", "inLanguage", "reviewBody", "mainEntityOfPage",
               "sayso:confidence"},
    "itemReviewed": {"@type", "@id", "author", "appearance", "firstAppearance", "datePublished",
                     "dateCreated", "name", "text", "url", "temporal", "creativeWorkStatus"},
    "reviewRating": {"@type", "ratingValue", "bestRating", "worstRating", "alternateName",
                     "ratingExplanation", "reviewAspect", "sayso:grade"},
}  # fmt: skip
"""What is read; the rest is told as lost."""


class ReviewReader(RecordReader):
    """Makes the lines of one review after the other."""

    columns = (
        ("/statement", "claimReviewed"), ("/document", "itemReviewed.appearance"),
        ("/claimant", "itemReviewed.author"), ("/stated", "itemReviewed.datePublished"),
        ("/quote", "itemReviewed.text"), ("/attributions", "itemReviewed"),
        ("/comment", "reviewRating"), ("/review/url", "url"), ("/review/date", "datePublished"),
        ("/review", "reviewRating"),
    )  # fmt: skip

    def __init__(self, book: SourceBook):
        super().__init__(book)
        self.seen: set[str] = set()

    def records(self, file: IO[bytes]) -> Iterator[tuple[int, Iterator[dict[str, Any]]]]:
        """The reviews of a page or a dump."""
        found = None
        for found in found_reviews(file.read()):
            yield found.number, self._lines(found)
        if found is None:
            raise Malformed("There is no ClaimReview in it.")

    def _lines(self, found: FoundReview) -> Iterator[dict[str, Any]]:
        if found.review is None:
            raise found.problem or Invalid()
        yield from self.lines(found.number, found.review)

    def lines(self, number: int, review: JsonObject) -> Iterator[dict[str, Any]]:
        """A review's sources, its claim and its assessment; raises ``Invalid``."""
        self.number = number
        if "ClaimReview" not in types_of(review):
            self.note("not_a_claim", "a MediaReview is of a picture, and has no claim: left out")
            return
        address, text = self._address(review), self._text(review)
        id = f"{PREFIX}.{slug(host_of(address))[:60]}.{digest(address, name_key(text))}"
        if id in self.seen:
            self.note("repeated", "the same review of the same words again: left out")
            return
        self.seen.add(id)
        claim = self._claim(review, id, address, text)
        assessment = self._assessment(review, id, address)
        self._tell_lost(review, assessment["comment"])
        yield from self.book.taken()
        yield claim
        yield assessment

    def _address(self, review: JsonObject) -> str:
        for name in ("url", "mainEntityOfPage", "@id"):
            found = review.get(name)
            found = found.get("@id") if isinstance(found, dict) else found
            if isinstance(found, str) and is_address(found.strip()):
                return found.strip()
        raise refused(
            "the review has no `url`, so nobody could look it up; add the address of its page",
            "/url", "missing",
        )  # fmt: skip

    def _text(self, review: JsonObject) -> str:
        """The words that are reviewed."""
        item = review.get("itemReviewed")
        own = item if isinstance(item, dict) else {}
        text = plain(review.get("claimReviewed")) or plain(own.get("text")) or plain(own)
        if not text:
            raise refused(
                "the review does not say what claim it is of", "/claimReviewed", "missing"
            )
        return text

    # ------------------------------------------------------------------------------- the claim

    def _claim(self, review: JsonObject, id: str, address: str, text: str) -> dict[str, Any]:
        item = self._only(review.get("itemReviewed"), "things reviewed")
        item = item if isinstance(item, dict) else {}
        language = self._language(review)
        works = self._works(item, "appearance", address)
        first = self._works(item, "firstAppearance", address)
        shown = works or first
        tags = [REVIEWED]
        if not shown:
            tags.append("appearance-not-given")
            self.note("no_appearance", "it is not said where the claim was made, so the review's"
                       " own page is its document")  # fmt: skip
        document = self._document(shown, address, language)
        others = [self._work(one) for one in shown[1:]]
        beside = [{"source": one, "role": "evidence"} for one in dict.fromkeys(others)
                  if one != document]  # fmt: skip
        if works:
            beside += [{"source": self._work(one), "role": "occasion"} for one in first]
        speakers = self._speakers(item.get("author"))
        found = self._figure(text, language, id, document)
        if found.figure is None:
            tags.append(NOT_READ)
            self.note("figure_not_read", f"stored without a figure: {found.reason}")
        exact = plain(item.get("text"))
        claim = {
            "type": "claim", "id": id, "document": document, "statement": text,
            "quote": {"exact": exact} if exact and exact != text else None,
            "claimant": speakers[0]["source"] if len(speakers) == 1 else None,
            "stated": self._date(item, "temporal", "datePublished", "dateCreated"),
            "tags": tags, "notes": f"As reported by the review at {address}",
            "attributions": [{"source": document, "role": "document", "position": 0}, *speakers,
                             *beside],
            "quantities": [found.figure] if found.figure else [],
        }  # fmt: skip
        return {name: value for name, value in claim.items() if value is not None}

    def _figure(self, text: str, language: str | None, id: str, document: str) -> TextFigure:
        """The text's figure, if who stores it reads it as the review is written."""
        spoken = self.book.languages.get(document)
        if read_alike(spoken, language):
            return figure_of(text, language, id, self.book)
        told = f"the language {spoken}" if spoken else "no language"
        return TextFigure(None, f"its document is stored with {told}, and the review has another")

    def _language(self, review: JsonObject) -> str | None:
        told = review.get("inLanguage")
        tag = plain(told.get("alternateName")) if isinstance(told, dict) else plain(told)
        return tag if re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", tag) else None

    def _document(self, shown: list[JsonObject], address: str, language: str | None) -> str:
        if not shown:
            return self.book.page(address, kind="article", accessed=None, language=language)
        return self._work(shown[0], language)

    def _works(self, item: JsonObject, name: str, address: str) -> list[JsonObject]:
        """Where the claim appeared, or first of all; never the reviewer's own pages."""
        works, own = _listed(item.get(name)), host_of(address)
        if name == "appearance" and not works and isinstance(item.get("url"), str):
            works = _listed(item["url"])
        fitting = [one for one in works if host_of(str(one.get("url", ""))) != own]
        if len(fitting) < len(works):
            self.note("own_page", "an appearance on the reviewer's own pages is left out")
        if len(fitting) > MOST_APPEARANCES:
            raise refused(
                f"at most {MOST_APPEARANCES} appearances", f"/itemReviewed/{name}", "too_many"
            )
        return fitting

    def _work(self, work: JsonObject, language: str | None = None) -> str:
        """The source that an appearance is."""
        types = types_of(work)
        kind = next((kind for name, kind in WORKS.items() if name in types), "other")
        name = plain(work.get("name")) or plain(work.get("headline")) or None
        title = plain(work.get("headline")) or None
        more = {"kind": kind, "title": title, "language": language,
                "date": self._date(work, "datePublished")}  # fmt: skip
        address = work.get("url")
        if isinstance(address, str):
            return self.book.page(address, name, **more)
        if name is None:
            raise refused(
                "an appearance has neither a `url` nor a `name`", "/itemReviewed/appearance"
            )
        id = f"work.{digest(name_key(name))}"
        return self.book.put("sources", {"id": id, "name": name, "class": "work", **more})

    def _speakers(self, author: Any) -> list[dict[str, Any]]:
        """Everyone who is said to have said it, side by side at the origin."""
        listed = every(author)
        if len(listed) > MOST_AUTHORS:
            raise refused(f"at most {MOST_AUTHORS} authors", "/itemReviewed/author", "too_many")
        found: dict[str, dict[str, Any]] = {}
        for one in listed:
            if not (name := plain(one)):
                continue
            many = bool(MANY.search(name))
            kind = "other" if many else _agent_kind(one, "other")
            crowd = {"collective": True, "anonymous": True} if many else {}
            told = one if isinstance(one, dict) else {}
            title = plain(told.get("jobTitle")) or None
            source = self.book.agent(name, kind, job_title=title, **_links(told), **crowd)
            hop = {"source": source, "role": "speaker", "position": 1}
            found[source] = {**hop, "name_as_given": name}
        if not found:
            self.note("no_claimant", "it is not said who made the claim")
        return list(found.values())

    def _date(self, item: JsonObject, *names: str) -> str | None:
        """The first date of these that is one; a time of day is left out."""
        for name in names:
            if not (text := plain(item.get(name))):
                continue
            day = DAY.fullmatch(text)
            try:
                told = day[1] if day else text
                edtf.span(told)
            except ValueError:
                self.note("date_not_read", f"`{name}` is no date that can be read: left out")
            else:
                return told
        return None

    # -------------------------------------------------------------------------- the assessment

    def _assessment(self, review: JsonObject, id: str, address: str) -> dict[str, Any]:
        author = review.get("author") or review.get("publisher")
        author = self._only(author, "authors of the review")
        name = plain(author) or host_of(address)
        kind = _agent_kind(author, "other_org")
        told = author if isinstance(author, dict) else {}
        assessor = self.book.agent(name, kind, **_links(told))
        grades, rating = self._ratings(review.get("reviewRating"))
        said = self._published(rating)
        words = plain(rating.get("ratingExplanation")) or plain(review.get("reviewBody"))
        if not words and not said:
            self.note("no_rating", "the review gives no verdict")
        comment = words or said.get("rating") or said.get("value") or "The review has no verdict."
        whole = {"url": address, "date": self._date(review, "datePublished"), **said}
        return {
            "type": "assessment", "id": id, "target": f"claims/{id}", "assessor": assessor,
            "comment": comment, "review": {n: v for n, v in whole.items() if v}, **grades,
        }  # fmt: skip

    def _ratings(self, sent: Any) -> tuple[dict[str, Any], JsonObject]:
        """Grades of ours, where these are ratings of ours; and the publisher's own rating."""
        ratings = [one if isinstance(one, dict) else {"alternateName": one}
                   for one in every(sent) if one]  # fmt: skip
        grades: dict[str, Any] = {}
        published = []
        for one in ratings:
            aspect, grade = plain(one.get("reviewAspect")), plain(one.get("sayso:grade"))
            if "Admiralty" not in aspect or not grade:
                published.append(one)
            elif grade in tuple("123456"):
                grades["credibility"] = int(grade)
            elif grade in tuple("ABCDEF"):
                grades["reliability"] = grade
            else:
                self.note("grade", "a `sayso:grade` is 1 to 6 or A to F: left out")
        if len(published) > 1:
            self.note("ratings", "of several ratings the first is kept")
        return grades, next(iter([*published, *ratings]), {})

    def _published(self, rating: JsonObject) -> dict[str, str]:
        """The verdict as it was published: words, and the value on its scale."""
        names = rating.get("alternateName")
        words = "; ".join(dict.fromkeys(filter(None, map(plain, every(names)))))
        scale = {name: plain(rating.get(f"{name}Rating")) for name in ("best", "worst")}
        value = plain(rating.get("ratingValue"))
        if value and value == scale["best"] == scale["worst"]:
            self.note("no_scale", f"a rating of {value} from {value} to {value} says nothing")
            value, scale = "", {}
        ends = [_number(scale.get(name, "")) for name in ("worst", "best")]
        if None not in ends and ends[0] >= ends[1]:  # type: ignore[operator]
            self.note("scale", "the best rating is not above the worst: kept as published")
        return {n: v for n, v in {"rating": words, "value": value, **scale}.items() if v}

    def _only(self, sent: Any, what: str) -> Any:
        """What there is one of; of several the first, which is told."""
        if not isinstance(sent, list):
            return sent
        if len(sent) > 1:
            self.note("several", f"of several {what} the first is kept")
        return next(iter(sent), None)

    def _tell_lost(self, review: JsonObject, comment: str) -> None:
        lost = []
        for name, known in KEPT.items():
            part = review if name == "review" else review.get(name)
            if isinstance(part, dict):
                lost += [f"{name}.{one}" if name != "review" else one for one in part
                         if one not in known]  # fmt: skip
        if plain(review.get("reviewBody")) not in ("", comment):
            lost.append("reviewBody")
        shown = [one for one in lost if one.isprintable() and len(one) <= 60][:20]
        if lost:
            more = f" and {len(lost) - len(shown)} more" if len(lost) > len(shown) else ""
            self.note("lost", f"no field takes {', '.join(shown)}{more}")


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _agent_kind(agent: Any, usual: str) -> str:
    types = types_of(agent)
    if "Person" in types:
        return "person"
    return "other_org" if types & {"Organization", "NewsMediaOrganization"} else usual


def _links(told: JsonObject) -> dict[str, Any]:
    """The address of an agent, and what else it is known as."""
    url, same = (
        [one for one in every(sent) if isinstance(one, str) and is_address(one)]
        for sent in ([told.get("url")], told.get("sameAs"))
    )
    return {"url": next(iter(url), None), "same_as": same[:100] or None}


def _name_of(work: JsonObject) -> str:
    return plain(work) or plain(work.get("headline"))


def _listed(sent: Any) -> list[JsonObject]:
    """Works as objects: of a text each address in it, else what it names."""
    found: list[JsonObject] = []
    for one in every(sent):
        if isinstance(one, dict):
            address = one.get("url") or (None if plain(one) else one.get("@id"))
            texts = ADDRESS.findall(address) if isinstance(address, str) else []
            if texts or _name_of(one):
                found.append({**one, "url": texts[0] if texts else None})
        elif isinstance(one, str) and (texts := ADDRESS.findall(one)):
            found += [{"url": text.rstrip(".,;)")} for text in texts]
        elif isinstance(one, str) and plain(one):
            found.append({"name": plain(one)})
    kept: dict[str, JsonObject] = {}
    for one in found:
        kept.setdefault(str(one.get("url") or _name_of(one)), one)
    return list(kept.values())
