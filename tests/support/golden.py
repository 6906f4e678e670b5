"""Documents as text that is the same at every installation, on every day."""

from __future__ import annotations

import io
import json
import re

import requests
from astropy.io.votable import parse
from lxml import etree

from ztfvo.settings import get_settings

VARIES = {
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?": "DATE",
    r"\b(DaCHS|twistedWeb|ztfvo|votable version)([/ ])\d+(\.\w+)+": r"\1\2VERSION",
    r"(?<=/async/)\w+": "JOB",
    r'(?<=")nd[a-z]{8,}(?=")': "NAME",
}
"""What is not the same twice, and what stands for it; DaCHS makes up names of groups."""

MOST_DIGITS = 12
"""Of numbers that are computed: more depend on the processor."""


def comparable(answer: requests.Response) -> str:
    """Return a document without what varies, laid out in lines.

    Parameters
    ----------
    answer
        VOTable or other XML, JSON, or text.

    Returns
    -------
    str
        Elements and values of XML and JSON in lines of their own, rows that a VOTable has in
        base64 as text, resources in the order of their names, and CR in CSV as ``\\r``; without
        dates, versions, job ids, this site's address, and digits of numbers with a point beyond
        `MOST_DIGITS`.
    """
    kind = answer.headers["Content-Type"]
    if "xml" in kind:
        text = _in_order(_of_xml(answer.content))
    elif "json" in kind:
        text = json.dumps(answer.json(), indent=1, ensure_ascii=False)
    else:
        text = answer.content.decode().replace("\r", "\\r")
    return f"{answer.status_code} {kind}\n" + without_what_varies(text).strip() + "\n"


def _in_order(text: str) -> str:
    """The text with the resources that it comes from sorted: each DaCHS process has an order."""
    lines = text.split("\n")
    places = [number for number, line in enumerate(lines) if '<INFO name="ivoid"' in line]
    for place, line in zip(places, sorted(lines[place] for place in places), strict=True):
        lines[place] = line
    return "\n".join(lines)


def without_what_varies(text: str) -> str:
    """Return a text with words in the place of what is another at another installation or time."""
    text = text.replace(get_settings().url, "http://SITE")
    for pattern, word in VARIES.items():
        text = re.sub(pattern, word, text)
    return re.sub(r"-?\d+\.\d+(e[-+]?\d+)?", _shorter, text)


def _shorter(number: re.Match) -> str:
    digits = number[0].partition("e")[0].strip("-0.").replace(".", "")
    return f"{float(number[0]):.{MOST_DIGITS}g}" if len(digits) > MOST_DIGITS else number[0]


def _of_xml(content: bytes) -> str:
    tree = etree.parse(io.BytesIO(content), etree.XMLParser(remove_blank_text=True))
    streams = tree.findall(".//{*}STREAM")
    if streams:
        tables = [table for table in parse(io.BytesIO(content)).iter_tables() if len(table.array)]
        filled = [stream for stream in streams if stream.text]
        for stream, table in zip(filled, tables, strict=True):
            stream.text = "\n".join(" ".join(map(str, row)) for row in table.array.data)
    resources = tree.findall(".//{*}INFO[@name='ivoid']")  # in the order of their publication
    for one, value in zip(resources, sorted(one.get("value") for one in resources), strict=True):
        one.set("value", value)
    etree.indent(tree, " ")
    return etree.tostring(tree, encoding="unicode")
