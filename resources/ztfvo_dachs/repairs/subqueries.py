"""Take subqueries wherever SQL has them, with names of their own tables first.

That is SQL 1992, sections 6.4 and 7.11.  DaCHS calls a name ambiguous that tables of the subquery
and of the query around it both have, knows no query but the next one around, no table without its
schema, and no subquery that is a value.
"""

from __future__ import annotations

from typing import Any

from gavo.adql import annotations, common, fieldinfos, nodes
from gavo.utils import parsetricks

from ztfvo_dachs.repairs import _grammar

OPTIONAL = True


class Scalar(nodes.TransparentMixin, nodes.FieldInfoedNode):
    """A subquery in the place of a value."""

    type = "scalarSubquery"

    def addFieldInfo(self, context: Any) -> None:
        """Describe the value as the subquery's only column.

        Raises
        ------
        Error
            When it has several.
        """
        (query,) = self.iterNodeChildren()
        columns = query.fieldInfos.seq
        if len(columns) != 1:
            raise common.Error(
                f"A subquery in the place of a value has {len(columns)} columns: select one."
            )
        self.fieldInfo = columns[0][1].change(tainted=True)


def install() -> None:
    """Apply the repair, once in a process."""
    match = fieldinfos.tableNamesMatch

    def match_or_bare(table: Any, name: Any) -> bool:
        return match(table, name) or _is_bare(table, name)

    _grammar.extend(_take_values)
    fieldinfos.tableNamesMatch = match_or_bare
    fieldinfos.QueryFieldInfos._collectSubTables = collect
    fieldinfos.QueryFieldInfos.getFieldInfoFromSources = look_up


def _take_values(symbols: dict[str, Any], classes: Any) -> None:
    scalar = parsetricks.Literal("(") + symbols["selectExpression"] + parsetricks.Literal(")")
    if classes:
        scalar.setParseAction(lambda text, place, tokens: Scalar.fromParseResult(tokens))
    symbols["valueExpressionPrimary"].exprs.insert(0, scalar)


def _is_bare(table: Any, name: Any) -> bool:
    """Whether a table without an alias is meant by its name without the schema."""
    known = getattr(table, "tableName", None)
    bare = getattr(name, "name", None) and not name.schema
    return bool(bare and getattr(known, "schema", None)) and known.name.lower() == name.name.lower()


def collect(self: Any, query: Any, context: Any) -> None:
    """Note the tables of a query, then those of the queries around it, from the next outwards."""
    self.tableReference = query.fromClause.tableReference
    self.subTables = list(self.tableReference.getAllTables())
    self.ztfvo_around = []
    path = context.ancestors
    for above, node in zip(path, [*path[1:], None], strict=True):
        if isinstance(above, nodes.SelectQuery) and node is not above.fromClause:
            self.ztfvo_around.insert(0, above)
    for outer in self.ztfvo_around:
        reference = outer.fromClause.tableReference
        if reference.fieldInfos is None:  # it comes after the list of what is selected
            annotations._annotateTraverse(outer.fromClause, context)
        self.subTables += [outer, *reference.getAllTables()]


def look_up(self: Any, name: str, table: Any = None) -> Any:
    """Return what is known of a column that a query's tables have, or those of queries around it.

    Raises
    ------
    AmbiguousColumn
        When several tables of one query have it.
    ColumnNotFound
        When none has.
    """
    name = name.lower()
    if table is not None:
        scopes = [self.locateTable(table).fieldInfos.columns]
    else:
        around = [query.fromClause.tableReference for query in self.ztfvo_around]
        scopes = [one.fieldInfos.columns for one in (self.tableReference, *around)]
    for columns in scopes:
        if name in columns:
            if columns[name] is None:
                raise common.AmbiguousColumn(name)
            return columns[name]
    raise common.ColumnNotFound(name)
