"""ADQL cones as pgSphere's symmetrical predicate.

DaCHS writes ``DISTANCE(a, b) < r`` and ``CONTAINS(a, CIRCLE(b, r))`` as
``a <@ scircle(b, r)``, which an index serves only when ``a`` is the indexed position. With
the arguments in the other order, as users write them for uploads and neighbours, each row of
the catalogue is read. ``spoint_dwithin(a, b, r)`` is the same condition, and lets the planner
use an index on either side.

The database makes a MOC without looking whether anybody still waits for it, and takes twice as long
for each order: days for the highest.  In ADQL, orders have a limit.

DaCHS takes ``ivoa.obscore`` for indexed with q3c, which this database is not: all cones are
pgSphere's.
"""

from __future__ import annotations

from typing import Any

from gavo.adql import common, morphpg, nodes
from gavo.stc import tapstc

HIGHEST_ORDER = 12
"""Of a MOC made of a geometry: a fifth of a second for half the sky."""

WIDEST = 90.0
"""Radius of pgSphere's circles, in degrees."""

_distance = morphpg._distanceToPG
_predicate = morphpg._booleanizeGeoPredPGS


def _morph_distance(node: Any, state: Any) -> Any:
    parent = state.nodeStack[-1]
    morphed = _distance(node, state)
    written = getattr(parent, "OVERRIDE_RESULT", None)
    if isinstance(written, str):
        first, second = (nodes.flatten(arg) for arg in node.args)
        negation, found, radius = written.partition(f"({first}) <@ scircle({second}, RADIANS(")
        if found:
            radius = radius.removesuffix("))")
            near = _within(first, second, radius)
            far = f"({first}) <-> ({second}) > RADIANS({radius})"
            parent.OVERRIDE_RESULT = far if negation.strip() else near
    return morphed


def _morph_predicate(node: Any, operator: str) -> Any:
    point, shape = (morphpg.getOriginal(arg) for arg in node.args)
    kinds = getattr(point, "type", None), getattr(shape, "type", None)
    if operator != "<@" or kinds != ("point", "circle"):
        return _predicate(node, operator)
    if tapstc.getPGSphereTrafo(point.cooSys, shape.cooSys) is not None:
        return _predicate(node, operator)
    first = nodes.flatten(node.args[0])
    centre, radius = (morphpg._flatAndMorph(part) for part in (shape.center, shape.radius))
    return _within(first, centre, radius)


def _within(first: str, second: str, radius: str) -> str:
    """Write that two positions are as near as a radius (deg), which may be any number."""
    try:
        number = float(radius.replace(" ", ""))
    except ValueError:  # of a column; to a negative one nothing is as near
        radius = f"CASE WHEN {radius} >= 0 THEN {radius} END"
    else:
        if not 0 <= number <= WIDEST:
            return f"({first}) <-> ({second}) <= RADIANS({radius})"
    return f"spoint_dwithin({first}, {second}, RADIANS({radius}))"


def _morph_moc(node: Any, state: Any) -> str:
    if node.order is None:
        return nodes.flatten(node)
    order = nodes.flatten(node.order).strip()
    if not (order.isascii() and order.isdigit() and int(order) <= HIGHEST_ORDER):
        raise common.Error(
            f"MOC({order[:20]}, ...) is not possible: give the order as a number from 0 to "
            f"{HIGHEST_ORDER}."
        )
    return nodes.flatten(node)


def install() -> None:
    """Teach the ADQL translator to write cones this way, and to make no MOC without an end."""
    morphpg._allMorphers["moc"] = _morph_moc
    morphpg._allMorphers["distanceFunction"] = _morph_distance
    morphpg._booleanizeGeoPredPGS = _morph_predicate
    morphpg._q3cIndexPresent = lambda args: False
