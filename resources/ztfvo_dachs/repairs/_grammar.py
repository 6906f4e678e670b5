"""Change DaCHS' grammar of ADQL, which it builds again for each purpose."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gavo.adql import grammar, nodes
from gavo.utils import parsetricks


def extend(change: Callable[[dict[str, Any], Any], None]) -> None:
    """Have a change made to each grammar that is built from now on.

    Parameters
    ----------
    change
        Called with the grammar's symbols by name, and the classes of the tree that it builds, which
        are none where it builds no tree.
    """
    build = grammar.getADQLGrammarCopy

    def build_and_change(classes: Any) -> Any:
        symbols, statement = build(classes)
        with parsetricks.pyparsingWhitechars("\n\t\r "):
            change(symbols, classes)
        return symbols, statement

    grammar.getADQLGrammarCopy = build_and_change
    grammar.getADQLGrammar.cache_clear()
    nodes.getTreeBuildingGrammar.cache_clear()
