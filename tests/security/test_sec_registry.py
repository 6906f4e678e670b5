"""Tokens of the registry: what is none is refused, and nothing is unpacked without an end."""

from __future__ import annotations

import base64
import time
import zlib
from urllib.parse import urlencode

import pytest
import requests
from support import service

VERB = {"verb": "ListRecords"}


def pack(text: str) -> str:
    return base64.b64encode(zlib.compress(text.encode())).decode()


def token(**changes: object) -> str:
    parts = {"verb": "ListRecords", "metadataPrefix": "ivo_vor", "nextOffset": 1}
    return pack(urlencode(parts | {"queryDate": time.time() + 10**6} | changes))


NONE = {
    "text": "abc",
    "not ASCII": "é",
    "bytes": b"\xff\xfe",
    "nothing": "",
    "packed nothing": pack(""),
    "cut": token()[:-12],
    "no zip": base64.b64encode(b"verb=ListRecords").decode(),
    "much": pack("a" * 200_000_000),
    "much that counts": pack("verb=ListRecords&nextOffset=1&queryDate=9e9&a=" + "a" * 20_000),
    "long": "A" * 1_000_000,
    "no date": token(queryDate="nan"),
    "no end": token(queryDate="inf"),
    "before": token(nextOffset=-1),
    "beyond": token(nextOffset=10**40),
    "no number": token(nextOffset="x"),
}


@pytest.mark.parametrize("name", NONE)
def test_what_is_no_token_is_reported_as_the_standard_has_it(site, name):
    began = time.monotonic()
    data = VERB | {"resumptionToken": NONE[name]}
    answer = requests.post(f"{site}/oai.xml", data=data, timeout=60)
    assert answer.status_code == 200
    assert ('code="badResumptionToken"' in answer.text) == (name != "nothing")
    assert ("badArgument" in answer.text) == (name == "nothing")
    assert "Internal" not in answer.text
    assert time.monotonic() - began < 8


def test_a_token_of_the_registry_resumes_its_list(site):
    pieces = {"metadataPrefix": "ivo_vor", "maxRecords": 2}
    first = requests.get(f"{site}/oai.xml", params=VERB | pieces, timeout=60).text
    given = first.partition("resumptionToken>")[2].partition("<")[0]
    assert len(given) > 50
    second = requests.get(f"{site}/oai.xml", params=VERB | {"resumptionToken": given}, timeout=60)
    assert "<oai:record>" in second.text
    assert second.text.partition("identifier>")[2] != first.partition("identifier>")[2]


def test_nothing_of_dachs_unpacks_without_an_end():
    done = service.in_dachs(
        "import gavo.web.root\n"
        "ztfvo_dachs.repairs.install_in_server()\n"
        "from gavo import utils\n"
        "for text in (utils.getCleanBytes('x' * 9_000), utils.getCleanBytes('x' * 20_000)):\n"
        "    try: print(len(utils.getDirtyBytes(text)))\n"
        "    except ValueError as error: print(error)\n"
    )
    assert done.stdout.splitlines() == [
        "9000", "This is no token of this registry: begin the list again without one."
    ], done.stderr  # fmt: skip
