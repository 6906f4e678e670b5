"""Say which word of a query is one of ADQL, where a query cannot be read.

DaCHS says of ``SELECT bit FROM t`` that a select list was expected and b was found.
"""

from __future__ import annotations

from typing import Any

from gavo import adql, base
from gavo.adql import grammar
from gavo.protocols import adqlglue

from ztfvo_dachs.repairs.adqlbounds import TOKEN

OPTIONAL = True

OF_QUERIES = frozenset((
    "ALL", "AND", "AS", "ASC", "BETWEEN", "BY", "CASE", "CAST", "CROSS", "DESC", "DISTINCT", "ELSE",
    "END", "EXCEPT", "EXISTS", "FALSE", "FROM", "FULL", "GROUP", "HAVING", "IN", "INNER",
    "INTERSECT", "IS", "JOIN", "LEFT", "LIKE", "NATURAL", "NOT", "NULL", "OFFSET", "ON", "OR",
    "ORDER", "OUTER", "RIGHT", "SELECT", "TABLESAMPLE", "THEN", "TOP", "TRUE", "UNION", "USING",
    "WHEN", "WHERE", "WITH",
))  # fmt: skip
"""Words that queries are made of."""
TYPES = frozenset((
    "CHAR", "DOUBLE", "INTEGER", "PRECISION", "REAL", "SMALLINT", "TIMESTAMP", "VARCHAR",
))  # fmt: skip


def install() -> None:
    """Apply the repair, once in a process."""
    original = adqlglue.mapADQLErrors

    def map_with_words(kind: Any, error: Any, trace: Any) -> None:
        try:
            original(kind, error, trace)
        except base.ValidationError as refused:
            if isinstance(error, adql.ParseException | adql.ParseSyntaxException):
                refused.msg += "".join(f". {sentence(word)}" for word in names(error.pstr)[:1])
            raise

    adqlglue.mapADQLErrors = map_with_words


def names(query: str) -> list[str]:
    """Return the reserved words of a query that may be meant as names."""
    tokens = [
        (found.lastgroup, found[0]) for found in TOKEN.finditer(query) if found.lastgroup != "space"
    ]
    following = [text for _, text in tokens[1:]] + [""]
    unusual = grammar.ALL_RESERVED_WORDS - OF_QUERIES - TYPES
    return [
        text
        for (kind, text), after in zip(tokens, following, strict=True)
        if kind == "name" and text.upper() in unusual and after != "("
    ]


def sentence(word: str) -> str:
    """Say what to do about a word."""
    return f'{word} is a word of ADQL: write "{word}" in quotes where it is a name'
