"""The links of DaCHS' pages: each leads somewhere."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

import lxml.html
import requests
from support.releases import script

START = ("/", "/tap", "/browse", "/__system__/services/overview/form")
OF_OTHERS = ("/kdb/", "/view/", "/lc/", "/epoch/", "/archive/", "/api/", "/static/")
"""Addresses that are asked for, but whose own links other tests follow."""
BROWSER = {"Accept": "text/html", "User-Agent": "Mozilla/5.0"}


def links(site: str, page: requests.Response) -> Iterator[str]:
    """Paths at the site that a page leads to."""
    if "html" not in page.headers.get("Content-Type", ""):
        return
    for element in lxml.html.fromstring(page.content).xpath("//a[@href] | //img[@src]"):
        parts = urlsplit(urljoin(page.url, element.get("href") or element.get("src")))
        if f"{parts.scheme}://{parts.netloc}" == site:
            yield parts.path or "/"


def test_no_link_of_a_page_is_dead_after_a_reload_either(site):
    script("serve", "reload")
    found: dict[str, str] = dict.fromkeys(START, "")
    dead, todo = [], list(START)
    with requests.Session() as session:
        while todo:
            path = todo.pop()
            answer = session.get(site + path, headers=BROWSER, timeout=60)
            if answer.status_code in (404, 500):
                dead.append((path, found[path]))
            if path.startswith(OF_OTHERS) and not path.startswith("/kdb/kdb/"):
                continue
            for link in set(links(site, answer)) - set(found):
                found[link] = path
                todo.append(link)
    assert not dead, dead
    assert {"/ztf/ztf/cone/coverage", "/tap/examples", "/tableinfo/ztf.objects"} <= set(found)
