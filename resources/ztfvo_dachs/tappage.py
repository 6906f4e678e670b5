"""The page at TAP's address for people: our tables, examples that run, and limits.

DaCHS describes itself there, with clients and tables of other sites.
"""

from __future__ import annotations

import re
from textwrap import dedent
from typing import Any
from urllib.parse import urlencode

from gavo import base
from gavo.web import examplesrender, metarender
from lxml import etree
from twisted.internet import threads
from twisted.web import server, template
from twisted.web.template import tags as T

from ztfvo import addresses
from ztfvo.settings import get_settings
from ztfvo.web.pages import HTML, page
from ztfvo_dachs import facts, messages

FORM = "/__system__/adql/query/form"
"""Where a person writes ADQL."""
ROWS, SECONDS = 100, 15
"""Of an example that is run there."""

_SENTENCE = re.compile(r"(?<=[a-z0-9)]\.)\s+(?=[A-Z])")
_TABLES = """
SELECT schema_name, table_name, t.description, t.nrows FROM tap_schema.tables AS t
  JOIN tap_schema.schemas AS s USING (schema_name)
WHERE schema_name <> 'tap_schema' ORDER BY s.schema_index, schema_name, t.table_index, table_name
"""


def run_address(query: str) -> str | None:
    """Return where an example is run, as a path; None where it needs an uploaded table."""
    if "TAP_UPLOAD" in query.upper():
        return None
    asked = {"__nevow_form__": "genForm", "query": query, "_TIMEOUT": SECONDS, "MAXREC": ROWS}
    return f"{FORM}?{urlencode(asked | {'_FORMAT': 'HTML'})}"


def limits() -> dict[str, str]:
    """Return what a query may have here, in words."""
    one = get_settings()
    return {
        "Rows": f"{one.default_rows:,} without TOP or MAXREC, {one.max_rows:,} at most",
        "Time of a synchronous query": f"{one.sync_seconds} s",
        "Time of a job": f"{one.async_seconds} s at most (EXECUTIONDURATION)",
        "Jobs are kept": f"{one.job_days} days at most (DESTRUCTION)",
        "Uploads": f"{one.sync_upload_mb} MB, with a job {one.upload_mb} MB",
        "Results": f"{one.result_mb:,} MB",
        "Queries": f"{one.longest_query:,} characters, of which {one.longest_query_words} words and"
        " signs without lists of literals after IN; by POST beyond"
        f" {addresses.LONGEST_ADDRESS:,} bytes of an address",
    }


def examples(service: Any) -> list[dict[str, str | None]]:
    """Return title, place in the list of examples, query and address of each example."""
    found = []
    for one in service.iterMeta("_example"):
        title = base.getMetaText(one, "title", propagate=False)
        query = dedent(one.content.partition(".. tapquery::")[2]).strip()
        found.append(
            {
                "title": title,
                "id": re.sub(r"\W", "", title),
                "query": query,
                "run": run_address(query),
            }
        )
    return found


def tables() -> dict[str, list[dict[str, Any]]]:
    """Return name, first sentence and number of rows of all tables, by schema."""
    found: dict[str, list[dict[str, Any]]] = {}
    with base.getTableConn() as connection:
        for schema, name, description, rows in connection.query(_TABLES):
            sentences = _SENTENCE.split(description or "")
            text = " ".join(sentences[: 2 if sentences[0] == facts.SIMULATED else 1])
            found.setdefault(schema, []).append(
                {"name": name, "description": " ".join(text.split()), "rows": rows}
            )
    return found


def render(service: Any) -> bytes:
    """Return the page."""
    return page(
        "tap.html",
        title="TAP: queries in ADQL",
        address=addresses.absolute(addresses.TAP),
        form=FORM,
        tables=tables(),
        examples=examples(service),
        limits=limits(),
    )


def install() -> None:
    """Put the page in the place of DaCHS' own."""
    original = metarender.ServiceInfoRenderer.render

    def show(self: Any, request: Any) -> Any:
        if not _is_tap(self.service):
            return original(self, request)
        threads.deferToThread(render, self.service).addCallbacks(
            lambda body: _send(request, body, HTML),
            lambda failure: _fail(request, failure),
        )
        return server.NOT_DONE_YET

    metarender.ServiceInfoRenderer.render = show
    _let_examples_run()


def _let_examples_run() -> None:
    """Put a link that runs it below each example, and the limits of queries before all."""
    translate = examplesrender._Example._getTranslatedHTML

    def with_link(self: Any) -> bytes:
        tree = etree.fromstring(translate(self))
        for one in tree.findall(".//pre[@property='query']"):
            if address := run_address("".join(one.itertext())):
                paragraph = etree.Element("p")
                etree.SubElement(paragraph, "a", href=address).text = "Run"
                one.addnext(paragraph)
        return etree.tostring(tree, encoding="utf-8")

    title = examplesrender.Examples.title

    def with_limits(self: Any, request: Any, tag: Any) -> Any:
        shown = title(self, request, tag)
        if tag.tagName != "h1" or not _is_tap(self.service):
            return shown
        words = "; ".join(f"{what}: {limit}" for what, limit in limits().items())
        return [shown, T.p[f"Limits. {words}. ", T.a(href=addresses.TAP)["More on TAP here."]]]

    examplesrender._Example._getTranslatedHTML = with_link
    examplesrender.Examples.title = template.renderer(with_limits)


def _is_tap(service: Any) -> bool:
    return (service.rd.sourceId, service.id) == ("__system__/tap", "run")


def _send(request: Any, body: bytes, kind: str) -> None:
    if not request._disconnected:
        request.setHeader("content-type", kind)
        request.write(body)
        request.finish()


def _fail(request: Any, failure: Any) -> None:
    status, text = messages.explain(failure.value)
    if status >= 500:
        base.ui.notifyFailure(failure)
    request.setResponseCode(status)
    body = page("error.html", title="Error", message=text, status=status)
    _send(request, body, HTML)
