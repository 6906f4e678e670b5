"""Documents are word for word what is kept of them, but for what varies.

Where a document is meant to be another, ``--write-golden`` keeps what the service sends now.
"""

from __future__ import annotations

import difflib

import pytest
from support import service
from support.files import ROOT
from support.golden import comparable
from support.service import HZ_HER_OIDS

from ztfvo.db import reading
from ztfvo.images.epoch import Moment, epoch_of

GOLDEN = ROOT / "tests" / "golden"
G, R = HZ_HER_OIDS[:2]
HMJD = 58199.49176
NO_RECORD = 202110100000096
"""A light curve on whose star no test records."""
SOME = {"ID": G, "TIME": "58194 58230"}
FOLDED = {"PERIOD": 1.7001674, "EPOCH": 58000}
DIFFERENCE = {"QUANTITY": "diffmag", "REFMAG": f"{G}:13.5:0.01"}
ADQL = {"LANG": "ADQL", "RESPONSEFORMAT": "votable/td", "MAXREC": 5}
OBSCORE = f"SELECT * FROM ivoa.obscore WHERE obs_id = '{G}'"

DOCUMENTS = {
    "lc.vot": ("/lc", SOME),
    "lc.json": ("/lc", SOME | {"RESPONSEFORMAT": "json"}),
    "lc.csv": ("/lc", SOME | {"RESPONSEFORMAT": "csv"}),
    "lc.tbl": ("/lc", SOME | {"RESPONSEFORMAT": "ipac"}),
    "irsa.vot": ("/cgi-bin/ZTF/nph_light_curves", {"ID": G, "TIME": "1 2"}),
    "lc-two-folded.vot": ("/lc", SOME | {"ID": f"{G},{R}"} | FOLDED),
    "lc-flux.vot": ("/lc", SOME | {"QUANTITY": "flux"}),
    "lc-difference.vot": ("/lc", SOME | DIFFERENCE),
    "lc-binned.vot": ("/lc", SOME | {"BIN": 10}),
    "links-object.vot": ("/links", {"ID": NO_RECORD}),
    "links-detection.vot": ("/images", {"ID": f"{G}-{HMJD}"}),
    "links-fault.vot": ("/links", {"ID": "HZ Her"}),
    "error-lc.vot": ("/lc", {"ID": "HZ Her"}),
    "error-links.vot": ("/links", {"ID": G, "MAXREC": "abc"}),
    "links-none.vot": ("/links", {}),
    "error-scs.vot": ("/scs", {"RA": "abc", "DEC": 35.34236, "SR": 0.001}),
    "error-ssa.vot": ("/ssa", {"REQUEST": "queryData", "POS": "abc"}),
    "error-tap.vot": ("/tap/sync", ADQL | {"QUERY": "SELECT oid FROM ztf.nothing"}),
    "obscore.vot": ("/tap/sync", ADQL | {"QUERY": OBSCORE}),
    "tap-capabilities.xml": ("/tap/capabilities", {}),
}
"""Path and parameters of each document, by its name in tests/golden."""


@pytest.fixture(scope="module")
def image(site):
    """The image of the detection is known."""
    with reading() as connection:
        epoch = epoch_of(connection, "demo", G, Moment(HMJD))
    name = 20180322491474
    service.execute(
        "INSERT INTO ztf_store.image (fieldid, rcid, filterid, filefracday, obsmjd, exptime,"
        " simulated, source) VALUES (%s, %s, %s, %s, %s, %s, true, 'metadata')",
        *(epoch.fieldid, epoch.rcid, epoch.filterid, name, epoch.obsmjd, epoch.exptime),
    )
    yield
    service.execute("DELETE FROM ztf_store.image WHERE simulated AND filefracday = %s", name)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_is_what_it_was(name, ask, image, request):
    path, parameters = DOCUMENTS[name]
    found = comparable(ask(path, **parameters))
    kept = GOLDEN / name
    if request.config.getoption("write_golden"):
        kept.write_text(found)
    lines = (text.splitlines() for text in (kept.read_text(), found))
    difference = list(difflib.unified_diff(*lines, f"tests/golden/{name}", path, n=2, lineterm=""))
    if difference:
        pytest.fail("\n".join(difference), pytrace=False)


def test_every_document_kept_is_compared():
    assert {path.name for path in GOLDEN.iterdir()} == set(DOCUMENTS)
