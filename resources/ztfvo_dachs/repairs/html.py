"""Show results as text in HTML, whatever is in them.

DaCHS writes headings of tables, which a query names, into pages as they are, and keeps hints to
show a column as a link or as HTML when an expression has changed what is in it.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from gavo.web import htmltable
from twisted.web import template
from twisted.web.template import tags as T


def install() -> None:
    """Apply the repairs, once in a process."""
    htmltable.HeadCellsMixin.headCell = heading
    registry = htmltable._htmlMFRegistry
    link = htmltable._urlMapperFactory
    replaced = {
        link: lambda description: _web_only(link(description)),
        htmltable._keepHTMLMapperFactory: lambda description: None,
        htmltable._imageURLMapperFactory: lambda description: None,
    }
    registry.factories[:] = [replaced.get(one, one) for one in registry.factories]


@template.renderer
def heading(self: Any, request: Any, tag: Any) -> Any:
    """Heading of a column: label, unit and mark of a note."""
    column = tag.slotData
    if hasattr(column, "key"):
        column = self.serManager.getColumnByName(column.key)
    label = column.original.getLabel()
    tag = tag(title=column["description"] or label)[label]
    if column["unit"]:
        tag[T.br, f"[{column['unit']}]"]
    if note := column["note"]:
        tag[T.sup[T.a(href=f"#note-{note.tag}")[note.tag]]]
    return tag


def _web_only(make: Any) -> Any:
    """Make links of addresses in the web only, and text of all others."""
    if make is None:
        return None

    def show(value: Any) -> Any:
        if value and urlsplit(str(value)).scheme not in ("http", "https", ""):
            return str(value)
        return make(value)

    return show
