"""Series to draw, made by hand in the shape that /v1/measures/{id}/series answers with."""

from typing import Any

ASSUMED = {"policy": "convention", "readings": "preferred", "known_by": None, "as_of": None}
CONTAINERS = {
    "id": "containers.prk-rus",
    "name": "Shipping containers, North Korea to Russia",
    "unit": "{container}",
    "unit_label": "shipping containers",
}
NAMES = {
    "shin-won-sik": "Shin Won-sik",
    "us-state-dept": "U.S. State Department",
    "defense-intelligence-agency": "Defense Intelligence Agency",
}
FEBRUARY, MARCH = ("2024-02-01", "2024-02-29"), ("2024-03-01", "2024-03-31")
SPRING, JUNE, AUGUST = (
    ("2024-02-01", "2024-03-31"),
    ("2024-06-01", "2024-06-30"),
    ("2024-08-01", "2024-08-31"),
)
UNDATED = (None, None)


def point(
    claim: str,
    raw_text: str,
    bounds: tuple[float | str | None, float | str | None],
    value: float | None = None,
    time: tuple[str | None, str | None] = MARCH,
    **more: Any,
) -> dict[str, Any]:
    """One figure of a series."""
    low, high = bounds
    number = {
        name: str(one)
        for name, one in (("value", value), ("lower", low), ("upper", high))
        if one is not None
    }
    place = {
        "from": time[0], "to": time[1], "value": value, "lower": low, "upper": high,
        "open_below": low is None and high is not None,
        "open_above": high is None and low is not None,
    }  # fmt: skip
    return {
        "claim": claim, "version": 1, "slot": 1, "alternative": 1, "reading": "A",
        "raw_text": raw_text, "hedge": "none", "claimant": "shin-won-sik",
        "document": "daily-digest-article", "step": None, **number,
        "time": {"from": time[0], "to": time[1]}, "plot": place, **more,
    }  # fmt: skip


def series(*points: dict[str, Any], against: Any = (), **assumed: Any) -> dict[str, Any]:
    """Points as a series, grouped by claimant in the order in which they come."""
    return {
        "measure": "containers.prk-rus",
        "group_by": "claimant",
        "groups": grouped(points),
        "against": grouped(against),
        "assumptions": ASSUMED | assumed,
    }


def grouped(points: Any) -> list[dict[str, Any]]:
    """Points by claimant."""
    groups: dict[Any, list[dict[str, Any]]] = {}
    for one in points:
        groups.setdefault(one.get("claimant"), []).append(one)
    return [{"group": id, "points": some} for id, some in groups.items()]


def exactly(claim: str, value: float, **more: Any) -> dict[str, Any]:
    """A figure without a hedge."""
    return point(claim, more.pop("raw_text", f"{value:,}"), (value, value), value, **more)


def containers() -> dict[str, Any]:
    """The five figures of the seed."""
    open_ = {"lower_inclusive": False, "hedge": "more_than", "step": "update"}
    return series(
        point("february", "roughly 6,700", (6500, 6900), 6700, FEBRUARY, hedge="approximate"),
        point("march", "upwards of 7,000", (7000, None), 7000, MARCH, **open_),
        exactly("june", 10000, time=JUNE, step="update"),
        exactly("state", 10000, time=SPRING, claimant="us-state-dept"),
        exactly("dia", 13000, time=AUGUST, claimant="defense-intelligence-agency"),
    )
