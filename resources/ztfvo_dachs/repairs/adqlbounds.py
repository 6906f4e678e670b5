"""Bound the time that reading a query takes.

DaCHS' parser needs milliseconds for each word of a query, during which it holds up what else its
process does.  A query with the numbers of ten thousand light curves, which astronomers do send,
takes half a minute.  Lists of literals are therefore taken out before the query is parsed, and
put into the SQL afterwards; what remains is counted, and refused when it is too much.
"""

from __future__ import annotations

import re
import secrets
from typing import Any, NamedTuple

from gavo import adql, base
from gavo.adql import common
from gavo.protocols import adqlglue

from ztfvo.settings import get_settings

SHORTEST_LIST = 8
"""Literals in a list that is taken out."""

LONGEST_LITERAL = 20_000
"""Characters of a string, or of what is cast to CHAR(n): it comes back in every row."""

_TYPES = ("CHAR", "VARCHAR")

_MEANT = (
    *(adql.ParseException, adql.ParseSyntaxException, common.Error),
    *(base.ValidationError, base.NotFoundError, base.DBError, MemoryError),
)
"""What the translator raises on purpose; all else means that it cannot do a query."""

DEEPEST = {"brackets": 16, "SELECT": 6, "CASE": 10}
"""How often one may stand within another; the parser's time grows with a power of it."""

TOKEN = re.compile(
    r"""
      (?P<space>\s+|--[^\n\r]*)
    | (?P<string>'(?:[^']|'')*')
    | (?P<name>"(?:[^"]|"")*"|[A-Za-z_][A-Za-z0-9_]*)
    | (?P<number>(?:\d++(?:\.\d*+)?|\.\d++)(?:[eE][+-]?\d++)?)
    | (?P<sign>.)
    """,
    re.VERBOSE | re.DOTALL,
)
#: Nothing in these is ever tried twice: what is no list would take ages otherwise.
_NUMBERS = r"[+-]?(?:\d++(?:\.\d*+)?|\.\d++)(?:[eE][+-]?\d++)?"
_STRINGS = r"'(?:[^']|'')*+'"
_LISTS = {
    kind: re.compile(rf"\s*{literal}(?:\s*+,\s*+{literal}){{{SHORTEST_LIST - 1},}}+\s*\)")
    for kind, literal in (("number", _NUMBERS), ("string", _STRINGS))
}


class Folded(NamedTuple):
    """A query without its lists."""

    query: str
    lists: dict[str, str]
    """What stands for each list, and its literals as SQL."""

    def put_back(self, sql: str) -> str:
        """SQL with the lists in their places."""
        for mark, literals in self.lists.items():
            sql = sql.replace(mark, literals, 1)
        return sql


def install() -> None:
    """Apply the repair, once in a process."""
    translate, describe = adqlglue.morphADQL, adqlglue._addTableMeta
    sent: dict[str, tuple[str, Folded]] = {}

    def bounded(query: str, *args: Any, **named: Any) -> tuple[str, Any]:
        folded = fold(query)
        check(folded.query)
        sent[folded.query] = query, folded
        try:
            sql, table = translate(folded.query, *args, **named)
        except _MEANT:
            raise
        except Exception as error:
            base.ui.notifyWarning(f"DaCHS cannot translate a query: {error!r}")
            reason = f" ({error})" if isinstance(error, base.Error) else ""
            raise common.Error(
                f"This site cannot translate the query{reason}: write what it asks for in another "
                "way."
            ) from error
        finally:
            sent.pop(folded.query, None)
        return folded.put_back(sql), table

    def describe_as_sent(sql: str, query: str, *args: Any) -> None:
        if query in sent:
            query, folded = sent[query]
            sql = folded.put_back(sql)
        describe(sql, query, *args)

    adqlglue.morphADQL, adqlglue._addTableMeta = bounded, describe_as_sent


def fold(query: str) -> Folded:
    """Put a literal that nobody can guess in the place of each long list of literals.

    Raises
    ------
    Error
        When the query is longer than the site takes.
    """
    longest = get_settings().longest_query
    if len(query) > longest:
        raise common.Error(
            f"The query has {len(query)} characters, and {longest} are possible: upload a table "
            "(TAP_UPLOAD) and join with it."
        )
    lists: dict[str, str] = {}
    pieces, place = [], 0
    for start in _places_of_in(query):
        found = start >= place and _list_at(query, start)
        if not found:
            continue
        kind, end = found
        mark = f"{secrets.randbelow(10**17) + 10**17}"
        mark = mark if kind == "number" else f"'{mark}'"
        lists[mark] = _as_sql(query[start:end], kind)
        pieces += [query[place:start], mark]
        place = end
    return Folded("".join([*pieces, query[place:]]), lists)


def _places_of_in(query: str) -> list[int]:
    """Where lists after IN begin, outside of strings, names and remarks."""
    places, before = [], ""
    for token in TOKEN.finditer(query):
        if token.lastgroup == "space":
            continue
        if token[0] == "(" and before.upper() == "IN":
            places.append(token.end())
        before = token[0]
    return places


def _list_at(query: str, start: int) -> tuple[str, int] | None:
    """Kind and end of the list of literals that begins at `start`, if one does."""
    for kind, pattern in _LISTS.items():
        if found := pattern.match(query, start):
            return kind, found.end() - 1
    return None


def _as_sql(text: str, kind: str) -> str:
    """The literals of a list, each written again."""
    if kind == "number":
        return ",".join(re.findall(_NUMBERS, text))
    parts = re.findall(_STRINGS, text)
    for part in parts:
        _check_string(part)
    return ",".join("'" + part[1:-1].replace("''", "'").replace("'", "''") + "'" for part in parts)


def check(query: str) -> None:
    """Check how many words a query has, how deep it is, and how long its strings are.

    Raises
    ------
    Error
        When it is too much; the message names the remedy.
    """
    most = get_settings().longest_query_words
    words = cases = 0
    brackets = [0]  # for each open bracket, how many SELECTs it stands in
    before = ("", "")
    for token in TOKEN.finditer(query):
        kind, text = token.lastgroup, token[0]
        if kind == "space":
            continue
        words += 1
        word = text.upper() if kind == "name" else text
        if kind == "string":
            _check_string(text)
        elif word == "(":
            brackets.append(brackets[-1])
            _check_depth("brackets", len(brackets) - 1)
        elif word == ")" and len(brackets) > 1:
            brackets.pop()
        elif word == "SELECT":
            inside = brackets[-2] if len(brackets) > 1 else 0
            brackets[-1] = inside + 1
            _check_depth("SELECT", inside)
        elif word in ("CASE", "END"):
            cases += 1 if word == "CASE" else -1
            _check_depth("CASE", cases)
        elif kind == "number" and before[0] in _TYPES and before[1] == "(":
            _check_width(before[0], text)
        before = before[1], word
    if words > most:
        raise common.Error(
            f"The query has {words} words and signs, and {most} are possible; lists of numbers or "
            "strings after IN do not count. Instead of long conditions, upload a table "
            "(TAP_UPLOAD) and join with it."
        )


def _check_depth(what: str, depth: int) -> None:
    if depth > DEEPEST[what]:
        raise common.Error(
            f"The query has {what} within {what}, more than {DEEPEST[what]} deep: write it with "
            "WITH ... AS, or upload a table (TAP_UPLOAD) and join with it."
        )


def _check_width(name: str, width: str) -> None:
    if width.isdigit() and int(width) > LONGEST_LITERAL:
        raise common.Error(
            f"{name}({width[:40]}) is too long: {LONGEST_LITERAL} characters are possible."
        )


def _check_string(literal: str) -> None:
    if len(literal) > LONGEST_LITERAL:
        raise common.Error(
            f"A string of the query has {len(literal) - 2} characters, and {LONGEST_LITERAL} are "
            "possible: upload it in a table (TAP_UPLOAD)."
        )
