"""Pages of DaCHS that it has in its code, as templates like those that it lets a site replace."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from gavo import base, registry, svcs
from gavo.web import metarender, vodal, weberrors
from lxml import etree
from twisted.web import template

from ztfvo import addresses


def install() -> None:
    """Put the site's templates in place of what is in the code, once in a process."""
    weberrors.ErrorPage.loader = svcs.loadSystemTemplate("error.html")
    weberrors.ErrorPage.data_heading = heading
    metarender.TableNoteRenderer.loader = svcs.loadSystemTemplate("tablenote.html")
    metarender.TableInfoRenderer._retrieveTableDef = find_table
    metarender.TableInfoRenderer.title = template.renderer(table_title)
    metarender.RDInfoPage.makePageTitle = classmethod(title_of)
    vodal._doDatalinkXSLT = links_page


def heading(self: Any, request: Any, tag: Any) -> str:
    """Return what an error is called."""
    return self.titleMessage.capitalize()


def find_table(self: Any, name: str) -> None:
    """Find the table that a page is on.

    Raises
    ------
    svcs.UnknownURI
        When there is none of this name, in a sentence.
    """
    try:
        self.table = registry.getTableDef(name)
    except base.NotFoundError as error:
        raise svcs.UnknownURI(
            f"There is no table {name} here: see {addresses.TAP} for the tables there are."
        ) from error
    self.tableName, self.describingRD = name, self.table.rd


def table_title(self: Any, request: Any, tag: Any) -> Any:
    """Return what the page on a table is called."""
    return tag[f"Table {self.tableName}"]


def title_of(cls: type, rd: Any) -> str:
    """Return what the page on a descriptor is called."""
    return base.getMetaText(rd, "title", default=rd.sourceId)


def links_page(document: bytes) -> bytes:
    """Return links, a VOTable, as a page."""
    return bytes(_links_style()(etree.XML(document)))


@lru_cache(maxsize=1)
def _links_style() -> etree.XSLT:
    path = base.getConfig("webDir") / "nv_static" / "xsl" / "datalink-to-html.xsl"
    return etree.XSLT(etree.parse(str(path)))
