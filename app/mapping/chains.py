"""Through whom a claim came: the fields that say so, as short as they can be."""

from typing import Any

from app.mapping.schema import BESIDE


def chain_of(found: dict[str, list[tuple[list[Any], bool]]]) -> dict[str, Any]:
    """The fields of a claim that say through whom it came."""
    document = found["document"][0][0][0]
    claimants = [item for items, _ in found.get("claimant", []) for item in items]
    via = [group for items, beside in found.get("via", [])
           for group in ([items] if beside else [[item] for item in items]) if group]  # fmt: skip
    sides = [(role, item) for role in BESIDE for items, _ in found.get(role, []) for item in items]
    alone = claimants[0].id if len(claimants) == 1 else None
    told: dict[str, Any] = {"document": document.id} | ({"claimant": alone} if alone else {})
    every = [document, *claimants, *(item for group in via for item in group)]
    plain = len(claimants) < 2 and not sides and all(len(group) == 1 for group in via)
    if plain and not any(item.as_given for item in every):
        return told | ({"via": [group[0].id for group in via]} if via else {})
    steps = [("document", [document]), *(("relayer", group) for group in via)]
    steps += [("originator", claimants)] if claimants else []
    hops = [
        _hop(item, role) | {"position": place}
        for place, (role, items) in enumerate(steps)
        for item in items
    ]
    return told | {"attributions": hops + [_hop(item, role) for role, item in sides]}


def _hop(item: Any, role: str) -> dict[str, Any]:
    given = {"name_as_given": item.as_given} if item.as_given else {}
    return {"source": item.id, "role": role, **given}
