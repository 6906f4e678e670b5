"""Take strings and names of ADQL as the standard has them.

In DaCHS a backslash is an escape in strings, which PostgreSQL does not know: after ``'x\\'`` the
rest of a query would be SQL.  Per cent signs come out doubled, names longer than PostgreSQL's
collide, and ``CREATE TABLE`` makes tables of visitors.
"""

from __future__ import annotations

import re
from typing import Any

from gavo import base
from gavo.adql import common, fieldinfo, grammar, nodes
from gavo.protocols import adqlglue
from gavo.utils import parsetricks

from ztfvo_dachs.repairs import _grammar

LONGEST_NAME = 63
"""Bytes of a name in PostgreSQL; what follows would be cut off."""

_END = re.compile(r"\s*;\s*\Z")
"""What ends a statement in SQL, and has no place in ADQL."""


def install() -> None:
    """Apply the repairs, once in a process."""
    # ADQL 2.1, section 2.1: the only escape in a string is the doubled quote.
    grammar.sglQuotedString = parsetricks.Regex("'(?:[^']|'')*'")
    nodes.CharacterStringLiteral.addFieldInfo = describe
    original_name = grammar._makeQuotedName

    def make_name(text: str, place: int, tokens: Any) -> Any:
        found = original_name(text, place, tokens)
        if len(found.name.encode()) > LONGEST_NAME or "\0" in found.name:
            raise common.Error(
                f'The name "{found.name[:20]}..." is too long: use {LONGEST_NAME} bytes at most.'
            )
        return found

    grammar._makeQuotedName = make_name
    _grammar.extend(lambda symbols, classes: symbols["statement"].parseWithTabs())
    _show_per_cent_signs_once()
    nodes.CreateAs.allocateTAPUpload = refuse_table
    adqlglue.DaCHSFieldInfoGetter._getUserUploadedTable = refuse_user_table


def _show_per_cent_signs_once() -> None:
    """Send and show SQL as it is: it is executed without parameters."""
    translate, describe_table = adqlglue.morphADQL, adqlglue._addTableMeta

    def once(query: str, *args: Any, **named: Any) -> tuple[str, Any]:
        if "\0" in query:
            raise common.Error("A query has no character 0: leave it out.")
        sql, table = translate(_END.sub("", query), *args, **named)
        return sql.replace("%%", "%"), table

    def describe_once(sql: str, *args: Any) -> None:
        describe_table(sql.replace("%%", "%"), *args)

    adqlglue.morphADQL, adqlglue._addTableMeta = once, describe_once


def describe(self: Any, context: Any) -> None:
    """Let a string keep its characters: VOTable's char has those of ASCII only."""
    kind = "text" if self.value.isascii() else "unicode"
    self.fieldInfo = fieldinfo.FieldInfo(kind, "", "")


def refuse_table(self: Any, context: Any) -> None:
    """Make no table of a query."""
    raise common.Error("Tables cannot be made here: begin the query with SELECT or WITH.")


def refuse_user_table(self: Any, name: str) -> None:
    """Know no tables of visitors."""
    raise base.NotFoundError(name, "table", "published tables")
