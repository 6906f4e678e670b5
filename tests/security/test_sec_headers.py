"""Headers that are no text, or ask for more than there is, change nothing."""

from __future__ import annotations

import pytest
import requests
from support.rawhttp import raw
from support.service import HZ_HER_OIDS

from ztfvo.settings import get_settings

OID = str(HZ_HER_OIDS[0]).encode()
CSS = "/static/css/gavo_dc.css"
PATHS = (
    *(b"/", b"/tap", b"/tap/async", b"/tap/capabilities", b"/tap/examples"),
    *(b"/tap/sync?LANG=ADQL&QUERY=SELECT+name+FROM+ztf.releases", b"/oai.xml?verb=Identify"),
    *(b"/robots.txt", b"/favicon.png"),
    *(CSS.encode(), b"/static/help.shtml", b"/tableinfo/ztf.objects", b"/browse/ztf/ztf"),
    *(b"/ztf/ztf/cone/form", b"/ztf/ztf/cone/info", b"/scs?RA=254.45755&DEC=35.34236&SR=0.001"),
    *(b"/links?ID=" + OID, b"/images?ID=" + OID, b"/ssa?REQUEST=queryData&MAXREC=1"),
    *(b"/kdb/kdb/cone/form", b"/lc/" + OID + b".json"),
)
NAMES = (
    *(b"Origin", b"Accept", b"Range", b"If-Range", b"If-Modified-Since", b"If-None-Match"),
    *(b"Cookie", b"User-Agent", b"Referer", b"Accept-Language", b"Content-Type"),
    *(b"X-Forwarded-Host", b"Upgrade-Insecure-Requests", b"X-Anything"),
)


@pytest.mark.parametrize("path", PATHS)
def test_headers_that_are_no_text_count_as_not_sent(site, path):
    own = f"http://127.0.0.1:{get_settings().dachs_port}"
    expected = raw(site, path, patience=30)[0]
    assert expected == 200
    headers = [name + b": \xff\xc3(" for name in NAMES]
    assert raw(site, path, *headers, b"Authorization: Basic \xff", patience=30)[0] in (200, 401)
    if path.partition(b"?")[0] in (b"/tap/capabilities", b"/tap/sync"):
        for header in headers:
            assert raw(own, path, header, patience=30)[0] == 200, header


@pytest.mark.parametrize(
    "ranges",
    ["0-," * 4000, "".join(f"{n}-{n}," for n in range(0, 1600, 2))],
    ids=["all again", "many"],
)
@pytest.mark.parametrize("path", [CSS, "/robots.txt", "/static/site/site.css", "/tap/capabilities"])
def test_many_ranges_are_answered_with_the_file_once(site, path, ranges):
    whole = requests.get(site + path, timeout=30)
    answer = requests.get(site + path, headers={"Range": f"bytes={ranges}0-"}, timeout=30)
    assert answer.status_code == whole.status_code
    assert len(answer.content) == len(whole.content)


def test_one_range_is_answered(site):
    whole = requests.get(site + CSS, timeout=30).content
    answer = requests.get(
        site + CSS, headers={"Range": "bytes=10-19", "Accept-Encoding": "identity"}, timeout=30
    )
    assert (answer.status_code, answer.content) == (206, whole[10:20])
    assert answer.headers["Content-Range"] == f"bytes 10-19/{len(whole)}"
