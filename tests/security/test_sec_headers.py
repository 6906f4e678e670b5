"""Headers that are no text change nothing."""

from __future__ import annotations

import pytest
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
    if path.partition(b"?")[0] in (b"/tap/capabilities", b"/tap/sync", b"/robots.txt"):
        for header in headers:
            assert raw(own, path, header, patience=30)[0] == 200, header
