"""Random hostile requests over all addresses: no failure of the service, no word of its inside.

``ZTFVO_HOSTILE_REQUESTS=5000`` sends more of them, ``ZTFVO_HOSTILE_SEED`` others.
"""

from __future__ import annotations

import os
import random
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote

import requests
from support import service
from support.hostile import LEAKS, NAMES, strings

OID = str(service.HZ_HER_OIDS[0])
NUMBER = int(os.environ.get("ZTFVO_HOSTILE_REQUESTS", "500"))
SEED = int(os.environ.get("ZTFVO_HOSTILE_SEED", "1"))

PATHS = (
    *("/", "/tap/sync", "/tap/async", "/tap/tables", "/tap/capabilities", "/tap/examples", "/scs"),
    *("/ssa", "/sia2", "/links", "/images", "/demo/scs", "/demo/links", "/lc", f"/lc/{OID}.json"),
    *(f"/lc/{OID}.vot", f"/lc/{OID}.png", "/demo/lc", f"/view/{OID}", f"/epoch/{OID}/58300.1"),
    *(f"/epoch/{OID}/58300.1/cutout.png", "/ztf/ztf/cone/form", "/ztf/ztf/ssa/info", "/oai.xml"),
    *("/__system__/adql/query/form", "/tableinfo/ztf.objects", "/kdb/", "/kdb/api/v1/objects/"),
    *("/kdb/api/v1/objects/query/", "/kdb/api/v1/annotations/", "/kdb/api/v1/login/", "/kdb/scs"),
    *("/cgi-bin/ZTF/nph_light_curves", "/api/v3/data/latest/oid/full/json", f"/latest/csv/{OID}"),
    *("/api/v3/data/latest/oid/coord/json", "/api/v3/data/latest/circle/full/json"),
    *(f"/latest/figure/{OID}", f"/latest/figure/{OID}/folded/1.7"),
    *("/static/css/gavo_dc.css", "/archive/sci/2018/0701/", "/health", "/browse/ztf/ztf"),
)
PARAMETERS = (
    *("QUERY", "LANG", "REQUEST", "FORMAT", "RESPONSEFORMAT", "MAXREC", "UPLOAD", "PHASE", "WAIT"),
    *(
        "RA",
        "DEC",
        "SR",
        "VERB",
        "POS",
        "SIZE",
        "TIME",
        "BAND",
        "ID",
        "RADIUS",
        "QUALITY",
        "PERIOD",
    ),
    *("EPOCH", "CYCLES", "BIN", "REFMAG", "QUANTITY", "TITLE", "CAPTION", "verb", "metadataPrefix"),
    *("identifier", "from", "until", "resumptionToken", "hscs_pos", "hscs_sr", "__nevow_form__"),
    *(
        "_FORMAT",
        "_TIMEOUT",
        "_DBOPTIONS_ORDER",
        "_DBOPTIONS_LIMIT",
        "_VERB",
        "oid",
        "tags",
        "page",
    ),
    *("CIRCLE", "BANDNAME", "NOBS_MIN", "MAG", "COLLECTION", "LAYOUT", "BAD_CATFLAGS_MASK", "ra"),
    *("dec", "radius_arcsec", "all", "other_oid", "min_mjd", "max_mjd", "brightness", "ref_mag"),
    *("page_size", "ordering", "search", "format", "next", "center", "size", "ACTION", "RUNID"),
)
VALUES = (
    *NAMES,
    *("", "0", "-1", "1e999", "nan", "inf", "9" * 30, "1e-300", "true", "null", "[]", "{}", OID),
    *("../../etc/passwd", "/etc/passwd", "file:///etc/passwd", "http://127.0.0.1:1/", "..%2f"),
    *("SELECT * FROM ztf.objects", "SELECT TOP 1 * FROM ztf.detections", "ADQL", "ADQL-9", "json"),
    *("votable", "fits", "html", "image/png", "application/x-votable+xml;serialization=x"),
    *("254.45755,35.34236", "254.45755", "35.34236", "-91", "361", "queryData", "genForm", "RUN"),
    *(
        "x,param:x",
        "x,http://127.0.0.1:1/",
        "ListRecords",
        "ivo_vor",
        "oai_dc",
        "2020-13-45",
        "x" * 3000,
    ),
    *(
        "%s%n%x",
        "{{7*7}}",
        "${7*7}",
        "' OR 1=1 --",
        "1;DROP TABLE x",
        "\x00",
        "\ufffe",
        "😀",
        "g/r",
    ),
)
BODIES = (
    b"",
    b"\x00\xff",
    b"{",
    b"[" * 500,
    b'{"oid": 1e999}',
    b"<VOTABLE>",
    b"a=%zz&&=",
    b"--x\r\n",
)
TYPES = (
    *("application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/json"),
    *("text/xml", "application/x-votable+xml", "x", "multipart/form-data", ""),
)
HEADERS = (
    {}, {"Accept": "*/*;q=x"}, {"Range": "bytes=9-1,x"}, {"If-None-Match": 'W/"'},
    {"Authorization": "Basic x"}, {"Authorization": "Token x"}, {"Cookie": "sessionid=x; a='"},
    {"If-Modified-Since": "never"}, {"Accept-Encoding": "x"}, {"Origin": "null"},
    {"Content-Length": "0"}, {"Expect": "x"}, {"User-Agent": "Mozilla/5.0 '\"<script>"},
)  # fmt: skip


def made(dice: random.Random) -> dict[str, object]:
    """One request."""
    path = dice.choice(PATHS)
    if dice.random() < 0.25:
        path = path.rstrip("/") + "/" + quote(dice.choice(VALUES)[:80], safe="")
    pairs = [
        (dice.choice(PARAMETERS), dice.choice((*VALUES, *strings(20, dice.randrange(9**9)))))
        for _ in range(dice.randint(0, 4))
    ]
    request = {
        "method": "GET",
        "path": path,
        "params": pairs,
        "headers": dict(dice.choice(HEADERS)),
    }
    kind = dice.random()
    if kind < 0.2:
        request |= {"method": "POST", "data": pairs, "params": []}
    elif kind < 0.35:
        request |= {"method": "POST", "data": dice.choice(BODIES)}
        request["headers"]["Content-Type"] = dice.choice(TYPES)
    elif kind < 0.45:
        document = dice.choice((*BODIES, *(text.encode("utf-8", "replace") for text in VALUES)))
        files = {
            dice.choice(("x", "file", "'", "../x")): (dice.choice(VALUES)[:50] or "x", document)
        }
        request |= {"method": "POST", "data": pairs, "params": [], "files": files}
    elif kind < 0.5:
        request["method"] = dice.choice(("HEAD", "OPTIONS", "PUT", "DELETE", "PATCH"))
    return request


def fault(site: str, request: dict[str, object]) -> str | None:
    """What is wrong with the answer to a request; None when nothing is."""
    given = dict(request)
    try:
        answer = requests.request(
            url=site + str(given.pop("path")), timeout=90, allow_redirects=False, **given
        )
    except (requests.exceptions.InvalidHeader, UnicodeError, requests.exceptions.InvalidURL):
        return None  # the client refuses to send it
    except requests.RequestException as error:
        return repr(error)
    # The archive's stand-ins do not run, so that what they should send is unavailable.
    unavailable = answer.status_code in (502, 503, 504)
    asks_archive = str(request["path"]).startswith(("/archive/", "/epoch/"))
    if answer.status_code >= 500 and not (unavailable and (answer.text or asks_archive)):
        return f"status {answer.status_code}: {answer.text[:300]}"
    if found := LEAKS.search(answer.text.replace(str(request), "")):
        sent = repr(request)
        if found[0] not in sent and found[0].strip("/") not in sent:
            return f"shows {answer.text[max(0, found.start() - 100) : found.end() + 100]!r}"
    return None


def jobs() -> list[tuple[str]]:
    return service.superuser("SELECT jobid FROM tap_schema.tapjobs")


def test_hostile_requests_bring_no_failure_and_learn_nothing(site):
    before = set(jobs())
    dice = random.Random(SEED)
    sent = [made(dice) for _ in range(NUMBER)]
    with ThreadPoolExecutor(4) as senders:
        found = [
            (shown, request)
            for shown, request in zip(
                senders.map(lambda one: fault(site, one), sent), sent, strict=True
            )
            if shown
        ]
    for (name,) in set(jobs()) - before:
        requests.delete(f"{site}/tap/async/{name}", timeout=30)
    assert not found, "\n".join(f"{shown}\n   {request!r:.600}" for shown, request in found[:20])
    assert requests.get(f"{site}/health", timeout=30).status_code == 200
