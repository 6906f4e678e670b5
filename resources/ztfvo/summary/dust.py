"""Extinction at the place of an object, by the maps of dust that are installed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ztfvo.distance import Distance, Method, best
from ztfvo.dust.maps import maps
from ztfvo.extinction import answering
from ztfvo.outside.model import State
from ztfvo.settings import Settings
from ztfvo.summary.model import Fact, Group, Missing, Own


@dataclass(frozen=True)
class Dust:
    """What maps have at a place."""

    facts: Sequence[Fact]
    missing: Sequence[Missing]
    by_band: dict[str, float] | None
    """Extinction (mag) that magnitudes are corrected for: of the first map that has it."""


def at(own: Own, distances: Sequence[Distance], settings: Settings) -> Dust:
    """Return what the maps have, those that know distances up to that which decides.

    Made-up maps are for made-up light curves, and true ones for observed ones.
    """
    chosen = best(distances)
    near = chosen.pc if chosen and chosen.method is Method.PARALLAX else None
    wanted = [one for one in maps().values() if one.simulated == own.simulated]
    request = answering.Request([own.target], wanted, near)
    facts, missing, by_band = [], [], None
    for one in answering.answer(request, settings).of_maps:
        (value,) = one.values
        if value.state == State.FOUND:
            by_band = by_band or value.extinction
            facts += _facts(one, value)
        else:
            reason = one.reason or "it does not cover the place"
            missing.append(Missing(one.map.name, one.map.title, str(value.state), reason))
    return Dust(facts, missing, by_band)


def _facts(one: answering.OfMap, value: answering.Value) -> list[Fact]:
    title = one.map.title
    note = "" if value.reliable in (True, None) else "not reliable at this distance"
    found = [("E(B-V)", value.ebv), *((f"A {band}", a) for band, a in value.extinction.items())]
    return [
        Fact(
            Group.EXTINCTION,
            name,
            round(number, 3),
            "mag",
            one.map.name,
            title,
            link=one.map.citation,
            note=note,
        )
        for name, number in found
    ]
