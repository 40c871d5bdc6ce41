"""Reviews part by part: what is read, what is told as lost, and what figure a text has."""

from typing import Any

import pytest

from app.errors import Invalid, Malformed
from app.mapping.claim_figures import figure_of
from app.mapping.claim_reviews import ReviewReader
from app.mapping.exchange import SourceBook, is_address
from app.mapping.json_ld import MAX_WHOLE, found_reviews, plain
from tests.mapping.lookups import NothingStored
from tests.mapping.reviews import Json, rated, review

COUNT = {"unit": "{x}", "statistic": "count"}
STORED: dict[str, dict[str, Json]] = {
    "measures": {
        "jobs": {"name": "jobs", **COUNT, "unit": "{job}", "domain_max": "100000"},
        "cases-1": {"name": "cases", **COUNT}, "cases-2": {"name": "Cases", **COUNT},
        "fares": {"name": "fares", "unit": "", "statistic": "date"},
        "noun.boats": {"name": "boats", "unit": "", "statistic": "date"},
    },
    "sources": {"ana-ruiz": {"name": "Ana Ruiz-Vidal", "class": "agent"}},
}  # fmt: skip


class Stored(NothingStored):
    """Measures and one source, found by their names and ids."""

    def named(self, resource: Any, key: str) -> dict[str, str]:
        """Those of this name."""
        return {id: one["name"] for id, one in STORED[resource].items()
                if one["name"].casefold() == key}  # fmt: skip

    def stored(self, resource: Any, id: str) -> Json | None:
        """The one of this id."""
        return STORED[resource].get(id)


def read(item: Any = None, rating: Any = None, **more: Any) -> tuple[dict[str, list[Json]], Any]:
    """The lines of a review by their types, and who read it."""
    reader = ReviewReader(SourceBook(Stored()))
    sent = review("https://facts.example/r/1", "It rains", item, rating or rated(), **more)
    found: dict[str, list[Json]] = {"source": []}
    for line in reader.lines(1, sent):
        found.setdefault(line["type"], []).append(line)
    return found, reader


def codes(reader: Any) -> set[str]:
    usual = {"no_appearance", "no_claimant", "figure_not_read", "no_rating"}
    return {one.code for one in reader.notices} - usual


GRADES = [{"reviewAspect": "credibility (Admiralty code)", "sayso:grade": "2"},
          {"reviewAspect": "reliability (Admiralty code)", "sayso:grade": "B"}]  # fmt: skip


@pytest.mark.parametrize(
    ("rating", "grades", "verdict", "told"),
    [
        ([*GRADES, {"alternateName": "False"}], {"credibility": 2, "reliability": "B"}, "False",
         set()),
        ([{**GRADES[0], "sayso:grade": "12"}, {"alternateName": "False"}], {}, "False", {"grade"}),
        (["False", "True"], {}, "False", {"ratings"}), (4, {}, "4", set()),
        ([{"alternateName": "Odd", "ratingValue": "good", "bestRating": "5"}], {}, "Odd", set()),
    ],
)  # fmt: skip
def test_grades_are_ours_and_the_verdict_is_the_publishers(
    rating: Any, grades: Json, verdict: str, told: set[str]
) -> None:
    found, reader = read(rating=rating)
    [made] = found["assessment"]
    assert {name: made[name] for name in ("credibility", "reliability") if name in made} == grades
    assert made["review"]["rating"] == verdict
    assert codes(reader) == told


@pytest.mark.parametrize(
    ("rating", "body", "comment", "lost"),
    [
        (rated() | {"ratingExplanation": "Because"}, "At length", "Because", True),
        (rated() | {"ratingExplanation": "Because"}, "<p>Because</p>", "Because", False),
        ("False", "At length", "At length", False),
    ],
)  # fmt: skip
def test_the_words_of_a_review_are_its_comment_or_told_as_lost(
    rating: Any, body: str, comment: str, lost: bool
) -> None:
    found, reader = read(rating=rating, reviewBody=body)
    assert found["assessment"][0]["comment"] == comment
    assert ("no field takes reviewBody" in [one.detail for one in reader.notices]) == lost


def test_works_are_told_apart_by_address_or_name() -> None:
    shown = ["a leaflet", "", 7, {"@type": "Article"}, {"headline": "H"}, {"headline": "J"},
             {"@type": ["Report", "Article"], "@id": "https://a.example/r"},
             "https://a.example/1), https://a.example/2;", "https://a.example/1"]  # fmt: skip
    found, _ = read({"appearance": shown})
    works = [(one.get("url", one["name"]), one["kind"]) for one in found["source"][:-1]]
    assert works == [
        ("a leaflet", "other"), ("H", "other"), ("J", "other"), ("https://a.example/r", "report"),
        ("https://a.example/1", "other"), ("https://a.example/2", "other"),
    ]  # fmt: skip
    roles = [one["role"] for one in found["claim"][0]["attributions"]]
    assert roles == ["document", *["evidence"] * 5]


@pytest.mark.parametrize(
    ("item", "pointer"),
    [
        ({"appearance": [f"https://a.example/{n}" for n in range(51)]}, "/itemReviewed/appearance"),
        ({"firstAppearance": [f"https://a.example/{n}" for n in range(51)]},
         "/itemReviewed/firstAppearance"),
        ({"appearance": {"text": "words alone"}}, "/itemReviewed/appearance"),
        ({"author": ["Ana"] * 21}, "/itemReviewed/author"),
    ],
)  # fmt: skip
def test_what_is_too_much_or_nameless_is_refused_where_it_stands(item: Json, pointer: str) -> None:
    with pytest.raises(Invalid) as problem:
        read(item)
    assert problem.value.faults[0].pointer == pointer


def test_of_several_things_the_first_is_kept_and_each_agent_is_one() -> None:
    speakers = [
        "Ana Ruiz",
        {"@type": "Person", "name": "ana  ruiz"},
        {"name": ""},
        None,
        "Plain Facts",
    ]
    found, reader = read(
        [{"author": speakers}, {"author": "Nobody"}],
        [rated()],
        author=["Plain Facts", "Second Look"],
    )
    made = [one["id"] for one in found["source"] if one.get("class") != "work"]
    assert len(made) == len(set(made)) == 2
    assert made[0].startswith("ana-ruiz-")  # that id is another's
    assert found["assessment"][0]["assessor"] == made[1] == "plain-facts"
    assert [one["source"] for one in found["claim"][0]["attributions"][1:]] == made
    assert codes(reader) == {"several"}


@pytest.mark.parametrize(
    ("sent", "stated"),
    [
        ("2024-05-10T23:00:00-05:00", "2024-05-10"), ("2024-05-10 9:30", "2024-05-10"),
        ("2024-05", "2024-05"), ("2024-05/2024-06", "2024-05/2024-06"), ("2024", "2024"),
        ("2024-05 to 2024-06", None), ("2019 or 2020", None), ("2019 2021", None),
        ("2024-05-10 (or later)", None),
    ],
)  # fmt: skip
def test_of_a_date_only_the_time_of_day_is_left_out(sent: str, stated: str | None) -> None:
    found, reader = read([{"author": "Ana", "datePublished": sent}], [rated()])
    assert found["claim"][0].get("stated") == stated
    assert ("date_not_read" in codes(reader)) == (stated is None)


def test_a_list_of_one_is_that_one() -> None:
    found, reader = read([{"author": ["Ana"]}], [rated()], author=[{"name": "Plain Facts"}])
    assert codes(reader) == set()
    assert found["assessment"][0]["assessor"] == "plain-facts"


def test_a_language_may_be_an_object_and_a_broken_address_is_none() -> None:
    found, _ = read(inLanguage={"@type": "Language", "name": "German", "alternateName": "de"})
    assert found["source"][0]["language"] == "de"
    wanted = {
        "https://a.example/x": True,
        "http://[": False,
        "http://a b": False,
        "https://": False,
    }
    assert {one: is_address(one) for one in wanted} == wanted


@pytest.mark.parametrize(
    ("text", "language", "wanted"),
    [
        ("99 jobs were lost", None, ("jobs", "99")),
        ("12 000 jobs", "fr", ("jobs", "12 000")),
        ("Two dozen dogs", None, ("noun.dogs", "Two dozen")),
        ("12,000 jobs", "ja", "texts in this language are not looked through"),
        ("x" * 2001, None, "too long to be looked through"),
        ("5 a. " * 201, None, "too many words of figures"),
        ("It rains", None, "no figure that the lexicon knows"),
        ("12 jobs and 9 dogs", None, "has several figures: “12”, “9”"),
        ("It rose from 300 jobs", None, "“300” may be a range, or a change"),
        ("They did not create 99 jobs", None, "“not” may deny “99”"),
        ("It didn’t cut 99 jobs", None, "“didn’t” may deny “99”"),
        ("99 jobs were never lost", None, "“never” may deny “99”"),
        ("None of the 99 jobs was lost", None, "“None” may deny “99”"),
        ("Die Firma hat keine 99 jobs", "de", "“keine” may deny “99”"),
        ("Il n’a pas perdu 99 jobs", "fr", "“n’a” may deny “99”"),
        ("No more than 99 jobs", None, ("jobs", "No more than 99")),
        ("It is not over. 99 jobs were lost", None, ("jobs", "99")),
        ("The mayor denied that 99 jobs were lost", None, "“denied” may deny “99”"),
        ("99 migrants were denied entry", None, ("noun.migrants", "99")),
        ("False: 99 jobs were lost", None, "“False” may deny “99”"),
        ("That 99 jobs were lost is a lie", None, "“is a lie” may deny “99”"),
        ("Falsch: Es gingen 99 jobs verloren", "de", "“Falsch” may deny “99”"),
        ("He denied it. 99 jobs were lost", None, ("jobs", "99")),
        ("99 false jobs were counted", None, ("noun.false-jobs", "99")),
        ("99 jobs a day were lost", None, "“a day” may make a rate of “99 jobs”"),
        ("Every week, 99 jobs were lost", None, "“Every week” may make a rate of “99”"),
        ("Täglich fallen 99 jobs weg", "de", "“Täglich” may make a rate of “99”"),
        ("Daily, 99 jobs are lost", None, "“Daily” may make a rate of “99”"),
        ("99 annual jobs", None, "“annual” may make a rate of “99”"),
        ("The Daily Mail counted 99 jobs", None, ("jobs", "99")),
        ("The annual report counts 99 jobs", None, ("jobs", "99")),
        ("99 jobs were lost a year ago", None, ("jobs", "99")),
        ("99 jobs were lost in a day", None, ("jobs", "99")),
        ("99 jobs were lost in less than a year", None, ("jobs", "99")),
        ("A third of the 99 jobs were lost", None, "“third of the 99” may be a part or a multiple"),
        ("Twice 99 jobs were lost", None, "“Twice 99” may be a part or a multiple"),
        ("A loss per 99 jobs", None, "“per 99” may be a part or a multiple"),
        ("A total of 99 jobs", None, ("jobs", "99")),
        ("On 3/4/2024", None, "“3/4/2024”: "),
        ("300 cases", None, "several measures are called “cases”: cases-1, cases-2"),
        ("It cost 5", None, "not clear what “5” counts"),
        ("A dozen fares", None, "“A dozen”: This is no year"),
        ("12 boats", None, "“12”: This is no year"),
    ],
)  # fmt: skip
def test_a_text_has_one_figure_or_it_is_told_why_none(
    text: str, language: str | None, wanted: Any
) -> None:
    book = SourceBook(Stored())
    found = figure_of(text, language, "cr.x", book)
    if isinstance(wanted, str):
        assert found.figure is None
        assert wanted in found.reason
        assert book.fresh == []
    else:
        assert found.figure
        assert (found.figure["measure"], found.figure["raw_text"]) == wanted
        assert [one["id"] for one in book.fresh] == [wanted[0]] * wanted[0].startswith("noun.")


ONE, FEED = {"@type": "ClaimReview"}, "dataFeedElement"


@pytest.mark.parametrize(
    ("raw", "found"),
    [
        (b'{"dataFeedElement":5,"@type":"ClaimReview"}', [{"dataFeedElement": "5", **ONE}]),
        (b'{"@type":"DataFeed","dataFeedElement":[{"@type":"ClaimReview"}]}', [ONE]),
        (b'{"@type":"ClaimReview","x":"\\"dataFeedElement\\""}', [{**ONE, "x": f'"{FEED}"'}]),
        (b'<script type="application/ld+json"><!-- {"@type":"ClaimReview"} --></script>', [ONE]),
    ],
)  # fmt: skip
def test_reviews_are_found_wherever_they_stand(raw: bytes, found: list[Json]) -> None:
    assert [
        {name: str(value) for name, value in (one.review or {}).items()}
        for one in found_reviews(raw)
    ] == found


@pytest.mark.parametrize(
    ("raw", "told"),
    [("<html>ö".encode("latin-1"), "not UTF-8: save it as such"),
     (b"<html>" + b" " * MAX_WHOLE + b"</html>", "A page has at most"),
     (b'{"a":"' + b"x" * MAX_WHOLE + b'"}', "send an array of several")],
    ids=["latin", "page", "object"],
)  # fmt: skip
def test_a_page_that_cannot_be_read_says_what_to_send(raw: bytes, told: str) -> None:
    with pytest.raises(Malformed, match=told):
        list(found_reviews(raw))


@pytest.mark.parametrize(
    ("value", "text"),
    [([None, "a"], "a"), ({"@value": "v"}, "v"), ({"name": {"text": "z"}}, "z"), (True, ""),
     ("a &amp; b<br>c", "a & b c"), (5, "5"), ({"x": 1}, ""), ([[["q"]]], "q")],
)  # fmt: skip
def test_a_text_is_plain_whichever_way_it_is_put(value: Any, text: str) -> None:
    assert plain(value) == text
