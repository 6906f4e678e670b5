"""What attackers send: odd names, odd strings, uploads that are more than tables."""

from __future__ import annotations

import random
import re

import requests

from .files import ROOT

NAMES = (
    *("a'b", "a''b", 'a"b', "a\\", "a\\'", "a\\\\'b", "%s", "%(x)s", "100%", "a\tb", "a\nb"),
    *("a\r\nb", "'+__import__('os').system('id')+'", "{0}", "{x!r}", "ünï", "星", "\u2028"),
    *("<script>alert(1)</script>", "&amp;", "]]>", "a;b", "--", "/*", "$$", "ctid", "xmin", "oid"),
    *("user", "select", "x" * 63),
)
"""Names of columns that break out of quotes, markup or formats, where they can."""

_PIECES = (
    *("'", "''", "\\", "\\'", '"', "%", "%%", "%s", "--", "/*", "*/", ";", "$$", "$a$", "\n"),
    *("\t", " ", "E'", "U&'", "\\x41", "\\047", "\\n", "SELECT", "||", "é", "日", "𝒵", "a", "0"),
)

LEAKS = re.compile(
    r"Traceback|File \"/|/usr/lib|/var/|/tmp/|\.py\b|psycopg|ztfvo_dachs|site-packages"
    r"|\bgavo\.(?:base|web|svcs|rsc|protocols|utils|adql)|<generated code"
    rf"|{re.escape(str(ROOT))}"
)
"""What an answer must not show of the server."""


def strings(number: int, seed: int) -> list[str]:
    """Random strings with all that has a meaning in SQL, Python and XML."""
    dice = random.Random(seed)
    return ["".join(dice.choices(_PIECES, k=dice.randint(1, 12))) for _ in range(number)]


def literal(text: str) -> str:
    """A string as ADQL writes it."""
    return "'" + text.replace("'", "''") + "'"


def identifier(name: str) -> str:
    """A name as ADQL writes it between quotes."""
    return '"' + name.replace('"', '""') + '"'


def votable(fields: str, rows: str = "<TR><TD>1</TD></TR>", head: str = "") -> bytes:
    """A VOTable with one table."""
    return (
        f'<?xml version="1.0"?>{head}<VOTABLE version="1.3"><RESOURCE><TABLE>{fields}<DATA>'
        f"<TABLEDATA>{rows}</TABLEDATA></DATA></TABLE></RESOURCE></VOTABLE>"
    ).encode()


def upload(
    site: str,
    document: bytes,
    query: str = "SELECT * FROM TAP_UPLOAD.list",
    name: str = "list",
    place: str = "param:file",
    **parameters: str,
) -> requests.Response:
    """Send a query with an upload to TAP sync."""
    data = {"LANG": "ADQL", "QUERY": query, "UPLOAD": f"{name},{place}", **parameters}
    files = {"file": ("list.vot", document)}
    return requests.post(f"{site}/tap/sync", data=data, files=files, timeout=60)


def sentence(answer: requests.Response) -> str:
    """The text of an error document."""
    return " ".join(re.sub(r"<[^>]*>", " ", answer.text).split())
