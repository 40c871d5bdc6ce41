"""Synthetic lines of an import, from a seed: 5,000 sources, 200 measures, claims of 1 to 3 figures.

Who says what is drawn from a Zipf-like distribution, as in the news: few sources say most. So are
the words. Two measures have a known number of figures, for series.
"""

import json
import random
from collections.abc import Iterator
from itertools import accumulate
from typing import IO, Any

SOURCES, MEASURES = 5000, 200
SERIES = ("series-long", "series-short")
ORDINARY = MEASURES - len(SERIES)
WORDINGS = (
    "roughly {}", "about {}", "more than {}", "at least {}", "up to {}", "{}", "{}", "nearly {}",
    "between {} and {}", "{} to {}", "upwards of {}", "some {} items", "fewer than {}",
)  # fmt: skip
NEWS = """
    officials told reporters on Tuesday that the ministry had counted containers shells rockets at
    the port of Rajin where satellite images show a vessel 포탄 컨테이너 러시아 국방부
"""
LATIN = ("ba", "chi", "dor", "en", "fal", "gu", "ham", "is", "jo", "kra", "lin", "mor")
KOREAN = "가나다라마바사아자차카타파하고노도로모보소오조초"


def vocabulary(chance: random.Random) -> list[str]:
    """2,000 words, the frequent ones first: of the news, Latin and Korean, of two letters too."""
    made: dict[str, None] = dict.fromkeys(NEWS.split())
    while len(made) < 2000:
        letters, most = (KOREAN, 4) if chance.random() < 0.4 else (LATIN, 3)
        made["".join(chance.choices(letters, k=chance.randint(2, most)))] = None
    return list(made)


def zipf(size: int) -> list[float]:
    """Weights of ranks, added up."""
    return list(accumulate(1 / (rank + 10) for rank in range(size)))


def lettered(n: int) -> str:
    """A number in letters: one that stands in a unit is never read as a figure."""
    return "".join("abcdefghij"[int(digit)] for digit in str(n))


class Claims:
    """So many claims, always the same ones."""

    def __init__(self, claims: int, seed: int = 1):
        self.claims, self.chance = claims, random.Random(seed)
        self.words = vocabulary(random.Random(seed))
        self.weights = {size: zipf(size) for size in (4000, ORDINARY, len(self.words))}
        self.points = max(1, min(10_000, claims // 4))

    def lines(self) -> Iterator[dict[str, Any]]:
        """Every line, what is referred to first."""
        for n in range(SOURCES):
            kind = "article" if n % 5 == 0 else "person" if n % 2 else "news_agency"
            yield {"type": "source", "id": f"source-{n}", "name": f"Source {n}", "kind": kind}
        for n in range(ORDINARY):
            share = (
                {"statistic": "share", "unit": "1"}
                if n % 40 == 39
                else {"unit": f"{{item-{lettered(n)}}}"}
            )
            grows = {"accumulation": "cumulative"} if n % 4 == 0 and len(share) == 1 else {}
            yield {"type": "measure", "id": f"measure-{n}", "unit_label": "items"} | share | grows
        for name in SERIES:
            yield {"type": "measure", "id": name, "unit": "{item}", "accumulation": "cumulative"}
        for n in range(self.claims):
            yield self.claim(n)

    def claim(self, n: int) -> dict[str, Any]:
        """One claim; a few have alternatives, or another reading."""
        chance = self.chance
        who, relayer = chance.choices(range(4000), cum_weights=self.weights[4000], k=2)
        document = chance.choices(range(0, SOURCES, 5), k=1)[0]
        day = f"20{chance.randint(10, 25)}-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}"
        words = chance.choices(self.words, cum_weights=self.weights[len(self.words)], k=12)
        claim: dict[str, Any] = {
            "type": "claim", "id": f"claim-{n}", "document": f"source-{document}",
            "claimant": f"source-{who // 5 * 5 + 1}", "stated": day[: chance.choice((7, 10))],
            "published": day, "statement": " ".join(words),
        }  # fmt: skip
        if chance.random() < 0.5:
            claim["via"] = [f"source-{relayer // 5 * 5 + 2}"]
        figures = [self.figure() for _ in range(chance.choice((1, 1, 2, 3)))]
        if series := self._series(n):
            figures = [self._worded(series) | {"measure": series}]
        elif chance.random() < 0.05:
            figures = self._ambiguous(claim, figures[0])
        return claim | (figures[0] if len(figures) == 1 else {"quantities": figures})

    def _series(self, n: int) -> str | None:
        """The measure that this claim makes a point of: 10,000 of the one, 1,000 of the other."""
        step = self.claims // self.points
        if n % step == 0 and n // step < self.points:
            return "series-long"
        return "series-short" if n % step == 1 and n // step < self.points // 10 else None

    def _ambiguous(self, claim: dict[str, Any], figure: dict[str, Any]) -> list[dict[str, Any]]:
        """The source says A or B; or the wording can be read as A or as B."""
        other = {**figure, **self._worded(figure["measure"])}
        if self.chance.random() < 0.5:
            claim["alternative_mode"] = "or"
            return [figure | {"slot": 1}, other | {"slot": 1, "alternative": 2}]
        readings = ("A", self.chance.random() < 0.5), ("B", False)
        return [
            one | {"slot": 1, "reading": letter} | ({"preferred": True} if preferred else {})
            for one, (letter, preferred) in zip((figure, other), readings, strict=True)
        ]

    def figure(self) -> dict[str, Any]:
        """One figure, as worded."""
        rank = self.chance.choices(range(ORDINARY), cum_weights=self.weights[ORDINARY])[0]
        figure: dict[str, Any] = {"measure": f"measure-{rank}", **self._worded(f"measure-{rank}")}
        if self.chance.random() < 0.05:
            figure["dimensions"] = {"calibre_mm": self.chance.choice((122, 152))}
        return figure

    def _worded(self, measure: str) -> dict[str, str]:
        chance = self.chance
        if measure.startswith("measure-") and int(measure.removeprefix("measure-")) % 40 == 39:
            return {"raw_text": f"about {chance.randint(1, 99)}%"}
        exact = int(10 ** chance.uniform(1, 7))
        number = int(float(f"{exact:.1e}")) if chance.random() < 0.6 else exact  # most are round
        return {"raw_text": chance.choice(WORDINGS).format(f"{number:,}", f"{number * 3:,}")}


def lines(claims: int, seed: int = 1) -> Iterator[dict[str, Any]]:
    """Every line of so many claims."""
    return Claims(claims, seed).lines()


def write(file: IO[bytes], claims: int, seed: int = 1) -> None:
    """All of it as JSONL."""
    for line in lines(claims, seed):
        file.write(json.dumps(line, ensure_ascii=False).encode() + b"\n")
