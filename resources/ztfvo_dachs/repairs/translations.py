"""Translate queries that differ in the numbers of their conditions once.

DaCHS' parser needs more time for ``WHERE oid = 680113300005170`` than all else that happens until
the answer is there, and people ask the same of one object after the other.  When a query has come
a second time, with whatever numbers, it is translated with other numbers as well; if putting its
own ones into that gives what DaCHS made of it, the next one is made this way.
"""

from __future__ import annotations

import re
import secrets
import threading
from collections import OrderedDict
from typing import Any, NamedTuple

from gavo import base, rsc
from gavo.protocols import adqlglue

from ztfvo_dachs.geometry import WIDEST
from ztfvo_dachs.repairs import adqlbounds

OPTIONAL = True

LONGEST = 5000
"""Characters of a query that is kept."""

MOST_NUMBERS = 64

MOST_KEPT = 200
"""Queries that are kept, the last that were asked."""

_BEGIN, _END = ("WHERE", "ON"), ("SELECT", "FROM", "GROUP", "ORDER", "OFFSET", "HAVING", "CASE")
_PLAIN = re.compile(r"\d{1,18}(\.\d+)?")
SHORT, LONG, FLOAT = "short", "long", "float"
"""Kinds of numbers: integers that have up to nine digits, longer ones, and those with a point."""

_BEFORE_RADIUS = ")), RADIANS("
"""What stands in SQL before the radius of a circle, behind its centre."""


class Shape(NamedTuple):
    """A query without the numbers of its conditions."""

    pieces: tuple[str, ...]
    """Its text, and between each two pieces of it the kind of number that stands there."""

    numbers: tuple[str, ...]

    def with_numbers(self, numbers: tuple[str, ...]) -> str:
        """The query with other numbers, which are as many."""
        texts = self.pieces[::2]
        return "".join(text + number for text, number in zip(texts, (*numbers, ""), strict=True))

    def others(self) -> tuple[str, ...]:
        """Numbers of the same kinds that nobody guesses, each another one."""
        found: list[str] = []
        for kind in self.pieces[1::2]:
            digits = {LONG: 18, FLOAT: 1}.get(kind, 9)
            mark = f"{secrets.randbelow(9 * 10 ** (digits - 1)) + 10 ** (digits - 1)}"
            rest = f".{secrets.randbelow(9 * 10**16) + 10**16}1"
            found.append(mark + rest if kind == FLOAT else mark)
        return tuple(found)


class Translation(NamedTuple):
    """What DaCHS made of a query, for all numbers."""

    pieces: tuple[str | int, ...]
    """SQL, and places in the query of the numbers that stand between."""

    table: Any
    """The definition of the result."""

    tree: Any
    sources: dict[str, Any]
    """Definitions of the tables that are asked, by name."""

    def sql(self, numbers: tuple[str, ...]) -> str:
        """The SQL for these numbers."""
        return "".join(one if isinstance(one, str) else numbers[one] for one in self.pieces)

    def suits(self, numbers: tuple[str, ...]) -> bool:
        """Whether it is right for these numbers: larger circles are written in another way; and
        whether the tables are still defined as they were."""
        for before, place in zip(self.pieces, self.pieces[1:], strict=False):
            is_radius = isinstance(place, int) and before.endswith(_BEFORE_RADIUS)
            if is_radius and float(numbers[place]) > WIDEST:
                return False
        try:
            return _definitions(self.sources) == self.sources
        except base.NotFoundError:
            return False


_kept: OrderedDict[tuple[Any, ...], Translation | str] = OrderedDict()
"""What is known of a shape: its translation, or one of the words below."""

ONCE, NEVER = "asked once", "its numbers have a meaning"

_lock = threading.Lock()


def install() -> None:
    """Apply the repair, once in a process; after those that guard what is translated."""
    translate, describe = adqlglue.morphADQL, adqlglue._addTableMeta

    def describe_and_note(sql: str, query: str, tree: Any, table: Any) -> None:
        describe(sql, query, tree, table)
        table.ztfvo_tree = tree

    def morph(
        query: str,
        metaProfile: Any = None,
        tdsForUploads: Any = (),
        maxrec: int | None = None,
        hardLimit: int | None = None,
        forUser: str = "anonymous",
    ) -> tuple[str, Any]:
        def ordinary(text: str) -> tuple[str, Any]:
            return translate(text, metaProfile, tdsForUploads, maxrec, hardLimit, forUser)

        shape = None if metaProfile or tdsForUploads else shape_of(query)
        if shape is None:
            return ordinary(query)
        key = (shape.pieces, maxrec, hardLimit, forUser)
        known = _look_up(key)
        if isinstance(known, Translation) and known.suits(shape.numbers):
            base.ui.notifyInfo(f"Incoming ADQL query: {query}")
            sql, table = known.sql(shape.numbers), rsc.TableForDef(known.table)
            adqlglue._addTableMeta(sql.replace("%", "%%"), query, known.tree, table)
            return sql, table
        sql, table = ordinary(query)
        if known == ONCE:
            _keep(key, learn(shape, sql, table, ordinary) or NEVER)
        elif known != NEVER:
            _keep(key, ONCE)
        return sql, table

    adqlglue.morphADQL, adqlglue._addTableMeta = morph, describe_and_note


def shape_of(query: str) -> Shape | None:
    """Take the numbers of conditions out of a query; None where that is not worth it."""
    if len(query) > LONGEST or "\0" in query:
        return None
    pieces: list[str] = []
    numbers: list[str] = []
    place, within = 0, [False]
    for token in adqlbounds.TOKEN.finditer(query):
        kind, text = token.lastgroup, token[0]
        word = text.upper() if kind == "name" else text
        if word in _BEGIN or word in _END:
            within[-1] = word in _BEGIN
        elif word == "(":
            within.append(within[-1])
        elif word == ")" and len(within) > 1:
            within.pop()
        elif text in ("0", "1"):
            continue  # the truth of CONTAINS and its like
        elif kind == "number" and within[-1] and (found := _PLAIN.fullmatch(text)):
            kind = FLOAT if found[1] else SHORT if len(text) < 10 else LONG
            pieces += [query[place : token.start()], kind]
            numbers.append(text)
            place = token.end()
    if not 0 < len(numbers) <= MOST_NUMBERS:
        return None
    return Shape((*pieces, query[place:]), tuple(numbers))


def learn(shape: Shape, sql: str, table: Any, ordinary: Any) -> Translation | None:
    """Translate a query with other numbers, and see whether its own may stand in their place."""
    others = shape.others()
    try:
        with_others, other_table = ordinary(shape.with_numbers(others))
        names = table.ztfvo_tree.getContributingNames()
        sources = _definitions(names)
    except base.Error:
        return None
    pattern = "|".join(re.escape(mark) for mark in others)
    pieces = tuple(
        others.index(piece) if number % 2 else piece
        for number, piece in enumerate(re.split(f"({pattern})", with_others))
    )
    made = Translation(pieces, table.tableDef, table.ztfvo_tree, sources)
    is_whole = set(range(len(others))) <= set(pieces) and made.sql(shape.numbers) == sql
    warned = any(one.getMeta("_warning") for one in (table, other_table))
    same = _described(table) == _described(other_table)
    return made if is_whole and same and not warned else None


def _described(table: Any) -> list[tuple[Any, ...]]:
    definition = table.tableDef
    columns = [
        (one.name, one.type, one.unit, one.ucd, one.description, one.xtype)
        for one in definition.columns
    ]
    return [(definition.id, definition.overflowLimit), *columns]


def _definitions(names: Any) -> dict[str, Any]:
    known = base.caches.getMTH(None)
    # What has no schema is a name that the query gives to a part of itself.
    return {name: known.getTableDefForTable(name) for name in names if "." in name}


def _look_up(key: tuple[Any, ...]) -> Translation | str | None:
    with _lock:
        if key in _kept:
            _kept.move_to_end(key)
        return _kept.get(key)


def _keep(key: tuple[Any, ...], known: Translation | str) -> None:
    with _lock:
        _kept[key] = known
        _kept.move_to_end(key)
        while len(_kept) > MOST_KEPT:
            _kept.popitem(last=False)
