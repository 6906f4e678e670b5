"""Whatever is asked of /match and /outside, no host is reached that a source does not name."""

from __future__ import annotations

import asyncio
import random
from urllib.parse import quote, urlsplit

import httpcore
import httpx
from support.outside_cases import cases

from ztfvo.outside.ask import Desk
from ztfvo.outside.client import Pool
from ztfvo.outside.sources import sources
from ztfvo.settings import load_settings
from ztfvo.web.app import make_app

REQUESTS = 300
PARTS = (
    *("http://169.254.169.254/latest/", "//evil.example.org/", "evil.example.org", "@evil.org"),
    *("127.0.0.1:22", "file:///etc/passwd", "gopher://x", "\r\nHost: evil.example.org\r\n"),
    *("'", '"', ";--", "' OR 1=1 --", "') UNION SELECT 1 --", "${jndi:ldap://evil}", "{main_id}"),
    *("%00", "\x00", "../../", "\u202e", "\ufffe", "\ud7ff", "𝟙", "１", "nan", "inf", "1e400"),
    *("-0", "360", "90", ",", ":", "gaia:", ":1", "simbad", "all", "ztf", ""),
)
NAMES = (
    "POS",
    "ID",
    "CATALOG",
    "RADIUS",
    "MOTION",
    "EPOCH",
    "WAIT",
    "RESPONSEFORMAT",
    "URL",
    "pos",
)


GOOD = {
    "POS": ("10,20", "187.2779154,2.0523883", "0,90", "359.999999,-90"),
    "CATALOG": ("twomass", "simbad", "all", "otter", "gaia"),
    "RADIUS": ("2", "0.1"),
    "MOTION": ("yes", "no"),
    "EPOCH": ("2019.5",),
    "RESPONSEFORMAT": ("json", "votable", "jsonl", "sse"),
}


def hostile(generator: random.Random) -> str:
    return "".join(generator.choices(PARTS, k=generator.randint(1, 4)))


def value(generator: random.Random, name: str) -> str:
    if name in GOOD and generator.random() < 0.8:
        return generator.choice(GOOD[name])
    return hostile(generator)


def request(generator: random.Random) -> tuple[str, str, dict]:
    path = generator.choice(("/match", "/match", "/outside", f"/match/{hostile(generator)}"))
    names = {"POS", *generator.choices(NAMES, k=generator.randint(0, 3))}
    values = [(name, value(generator, name)) for name in sorted(names)] + [("WAIT", "0.1")]
    headers = {"X-Forwarded-Host": "evil.example.org", "Referer": "http://evil.example.org/"}
    if generator.random() < 0.2:
        cells = f"{hostile(generator)},{hostile(generator)}"
        body = f"ra,dec\n{cells}\n".encode("utf-8", "replace")
        kind = generator.choice(("text/csv", "text/xml", "application/json"))
        return "POST", path, {"params": values, "content": body, "headers": {"content-type": kind}}
    return "GET", path, {"params": values, "headers": headers}


def test_random_hostile_requests_reach_no_unlisted_host(
    outside, cache, nothing_hosted, monkeypatch
):
    for case in cases().values():
        case.answer(outside)
    connected = set()
    connect = httpcore.AnyIOBackend.connect_tcp

    async def noting(self, host, port, *more, **named):
        connected.add((host, port))
        return await connect(self, host, port, *more, **named)

    monkeypatch.setattr(httpcore.AnyIOBackend, "connect_tcp", noting)
    generator = random.Random(11)
    app = make_app()

    async def run() -> list[int]:
        settings = load_settings(outside_gateway=outside.url)
        app.state.desk = Desk(Pool(settings), cache)
        transport = httpx.ASGITransport(app, raise_app_exceptions=True)
        statuses = []
        try:
            async with httpx.AsyncClient(transport=transport, base_url="http://site") as client:
                for _ in range(REQUESTS):
                    method, path, named = request(generator)
                    answer = await client.request(method, quote(path, safe="/"), **named)
                    statuses.append(answer.status_code)
        finally:
            await app.state.desk.close()
        return statuses

    statuses = asyncio.run(run())
    # 503 is the database, which need not run here: light curves and lists are looked up in it.
    assert set(statuses) <= {200, 400, 404, 405, 413, 415, 503}
    assert statuses.count(200) > 10
    named = {urlsplit(host).netloc for source in sources().values() for host in source.hosts}
    assert {asked.host for asked in outside.asked} <= named
    assert outside.asked
    assert connected == {("127.0.0.1", outside.port)}
