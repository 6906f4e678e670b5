"""Combine queries as ADQL has it (ADQL 2.1, section 2.2; SQL 1992, 7.10).

DaCHS refuses operands whose columns have different names and all intersections, knows no order of
the whole behind an operand in brackets, and takes the largest TOP of an operand for the whole's.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from gavo.adql import common, fieldinfos, morphpg, nodes
from gavo.utils import parsetricks

from ztfvo_dachs.repairs import _grammar

OPTIONAL = True

SETS = nodes.SetTerm | nodes.SetExpression
"""What combines queries in DaCHS' tree."""

OPERATORS = ("UNION", "INTERSECT", "EXCEPT")


def install() -> None:
    """Apply the repair, once in a process."""
    _grammar.extend(_take_order)
    for kind in (nodes.SetTerm, nodes.SetExpression):
        kind.fromClause = property(lambda self: next(_nodes(self)).fromClause)
        kind.getContributingNames = nodes.SetExpression.getContributingNames
    fieldinfos.FieldInfos.assertIsCompatible = check_lengths
    original, limit = nodes.SelectExpression._polish, morphpg._fixSetLimit

    def polish(self: Any) -> None:
        given = self.setLimit
        original(self)
        if _is_set(self):
            self.setLimit = given

    def fix(node: Any, state: Any) -> Any:
        return fix_set(node) if _is_set(node) else limit(node, state)

    nodes.SelectExpression._polish = polish
    morphpg._allMorphers["selectExpression"] = fix


def _take_order(symbols: dict[str, Any], classes: Any) -> None:
    symbols["selectExpression"] << (
        symbols["querySetExpression"]
        + parsetricks.Optional(symbols["orderByClause"])
        + parsetricks.Optional(symbols["offsetSpec"])
    )


def _is_set(expression: Any) -> bool:
    return isinstance(expression.children[0], SETS)


def check_lengths(self: Any, other: Any) -> None:
    """Require operands to have as many columns as each other; names are those of the first.

    Raises
    ------
    IncompatibleTables
        When they have not.
    """
    if len(self.seq) != len(other.seq):
        raise common.IncompatibleTables(
            f"The operands have {len(self.seq)} and {len(other.seq)} columns: select as many in"
            " each.",
            "query",
        )


def fix_set(node: Any) -> Any:
    """Have operands keep their limits and orders, and the whole its own."""
    body, *rest = node.children
    order = " ".join(nodes.flatten(part) for part in rest)
    *_, last = _operands(body)
    if isinstance(last, nodes.SelectQuery) and last.orderBy:  # without brackets it is the whole's
        order, last.orderBy = nodes.flatten(last.orderBy), None
    written = _written(body)
    if not any(word in OPERATORS for word in body.children):
        written = f"SELECT * FROM {written} AS operand"
    return morphpg._PGQS(
        original=f"{written} {order}".strip(),
        setLimit=node.setLimit and str(node.setLimit),
        offset=node.offset,
    )


def _nodes(parent: Any) -> Iterator[Any]:
    return (child for child in parent.children if not isinstance(child, str))


def _operands(node: Any) -> Iterator[Any]:
    for child in _nodes(node):
        if isinstance(child, SETS):
            yield from _operands(child)
        else:
            yield child


def _written(node: Any) -> str:
    if isinstance(node, SETS):
        return " ".join(map(_written, node.children))
    text = nodes.flatten(node)
    bare = isinstance(node, nodes.SelectQuery)
    return f"({text})" if bare and (node.setLimit or node.orderBy) else text
