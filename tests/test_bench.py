"""The benchmark's own parts: its data, and its tables. It is not run here: timings are no tests."""

from collections import Counter

from bench import results
from bench.claims import MEASURES, SOURCES, lines
from bench.workloads import TABLE


def test_the_same_seed_makes_the_same_claims_and_another_makes_others() -> None:
    assert list(lines(50)) == list(lines(50))
    assert list(lines(50)) != list(lines(50, seed=2))


def test_the_data_is_what_the_workloads_ask_for() -> None:
    made = list(lines(8000))
    claims = [line for line in made if line["type"] == "claim"]
    assert Counter(line["type"] for line in made) == {
        "source": SOURCES, "measure": MEASURES, "claim": 8000,
    }  # fmt: skip
    figures = [figure for claim in claims for figure in claim.get("quantities", [claim])]
    assert Counter(one["measure"] for one in figures)["series-long"] == 2000
    several = [one for one in claims if "alternative_mode" in one or "reading" in str(one)]
    assert 0.02 < len(several) / len(claims) < 0.06
    assert any("포탄" in claim["statement"] for claim in claims)


def test_a_table_says_what_was_reached_and_what_was_not() -> None:
    told = {"rate": 500.0, "cpu": 100.0, "database_cpu": 0.0, "p95": 1.0, "failed": 0}
    ours = {**told, "ratio": 0.4, "low": 0.3, "high": 0.5, "cost": 2.0}
    http = {
        name: {
            "bytes": {"sayso": 1000, "soul": 500},
            "servers": {
                "raw": told,
                "sayso/sqlite": ours,
                "anew/sqlite": {**ours, "rate": 200.0},
                "soul": {**told, "rate": 100.0},
            },
        }
        for name in ("get", "list")
    }
    get, anew, of_list, _ = results.of_http(http)
    assert get[:7] == ["GET one claim", "sqlite", "500", "500", "**0.40**", "0.30–0.50", "≥ 0.45"]
    assert (get[7], of_list[7]) == ("✗", "✓")
    assert anew[1] == "sqlite: anew"
    beside = list(results.of_peers(http))[1]
    assert beside[1:7] == ["soul", "100", "**5.0**", "1.0", "≥ 4", "✓"]
    assert beside[7] == "2.0"


def test_every_workload_has_a_name_of_its_own() -> None:
    assert len({workload.name for workload in TABLE}) == len(TABLE)
