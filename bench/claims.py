"""Synthetic lines of an import, from a seed: 5,000 sources, 200 measures, claims of 1 to 3 figures.

Who says what is drawn from a Zipf-like distribution, as in the news: few sources say most.
"""

import json
import random
from collections.abc import Iterator
from itertools import accumulate
from typing import IO, Any

SOURCES, MEASURES = 5000, 200
WORDINGS = (
    "roughly {}", "about {}", "more than {}", "at least {}", "up to {}", "{}", "{}", "nearly {}",
    "between {} and {}", "{} to {}", "upwards of {}", "some {} items", "fewer than {}",
)  # fmt: skip
WORDS = (
    "officials told reporters on Tuesday that the ministry had counted containers shells rockets "
    "at the port of Rajin where satellite images show a vessel 포탄 컨테이너 러시아 국방부"
)


def lines(claims: int, seed: int = 1) -> Iterator[dict[str, Any]]:
    """Every line, what is referred to first."""
    chance = random.Random(seed)
    for n in range(SOURCES):
        kind = "article" if n % 5 == 0 else "person" if n % 2 else "news_agency"
        yield {"type": "source", "id": f"source-{n}", "name": f"Source {n}", "kind": kind}
    for n in range(MEASURES):
        share = {"statistic": "share", "unit": "1"} if n % 40 == 39 else {"unit": f"{{item-{n}}}"}
        grows = {"accumulation": "cumulative"} if n % 4 == 0 and len(share) == 1 else {}
        yield {"type": "measure", "id": f"measure-{n}", "unit_label": "items"} | share | grows
    zipf = [list(accumulate(1 / (rank + 10) for rank in range(size))) for size in (4000, 200)]
    for n in range(claims):
        yield _claim(n, chance, *zipf)


def _claim(n: int, chance: random.Random, sources: list[float], measures: list[float]) -> Any:
    who, relayer = chance.choices(range(4000), cum_weights=sources, k=2)
    document = chance.choices(range(0, SOURCES, 5), k=1)[0]
    day = f"20{chance.randint(10, 25)}-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}"
    claim = {
        "type": "claim", "id": f"claim-{n}", "document": f"source-{document}",
        "claimant": f"source-{who // 5 * 5 + 1}", "stated": day[: chance.choice((7, 10))],
        "published": day, "statement": " ".join(chance.choices(WORDS.split(), k=12)),
    }  # fmt: skip
    if chance.random() < 0.5:
        claim["via"] = [f"source-{relayer // 5 * 5 + 2}"]
    figures = [_figure(chance, measures) for _ in range(chance.choice((1, 1, 2, 3)))]
    return claim | (figures[0] if len(figures) == 1 else {"quantities": figures})


def _figure(chance: random.Random, measures: list[float]) -> dict[str, Any]:
    measure = chance.choices(range(MEASURES), cum_weights=measures)[0]
    if measure % 40 == 39:
        text = f"about {chance.randint(1, 99)}%"
    else:
        exact = int(10 ** chance.uniform(1, 7))
        number = int(float(f"{exact:.1e}")) if chance.random() < 0.6 else exact  # most are round
        text = chance.choice(WORDINGS).format(f"{number:,}", f"{number * 3:,}")
    figure: dict[str, Any] = {"measure": f"measure-{measure}", "raw_text": text}
    if chance.random() < 0.05:
        figure["dimensions"] = {"calibre_mm": chance.choice((122, 152))}
    return figure


def write(file: IO[bytes], claims: int, seed: int = 1) -> None:
    """All of it as JSONL."""
    for line in lines(claims, seed):
        file.write(json.dumps(line, ensure_ascii=False).encode() + b"\n")
