"""Attacks of one address on the site, each bounded in time by who runs it and in number here.

All act on the installation of the settings alone, at its local address.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import httpx

from bench.service import Target

FIRST_ADDRESS = 200
"""Last part of the first attacker's address, 127.0.0.200: each attack comes from one of its own."""

SLOW = "SELECT COUNT(*) AS n FROM ztf.detections AS a JOIN ztf.detections AS b ON a.mag > b.mag + 1"
_MULTIPART = "multipart/form-data; boundary=x"
_BAD_BODIES = (
    (_MULTIPART, b"garbage"),
    ("multipart/form-data", b"garbage"),
    (_MULTIPART, b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nabc'),
    (_MULTIPART, b"--x\r\n\x00\xff: q\r\n\r\nabc\r\n--x--\r\n"),
    ("application/x-www-form-urlencoded", b"%%%&&=;\xff\xfe=%zz"),
)


@dataclass
class Attacker:
    """One address that attacks.

    Attributes
    ----------
    base
        Address of the site.
    targets
        Objects of the site.
    address
        Where it is.
    over
        Set when the attack has to end.
    statuses
        Statuses it got; 0 where it hung up or was cut off.
    """

    base: str
    targets: Sequence[Target]
    address: str
    over: asyncio.Event = field(default_factory=asyncio.Event)
    statuses: Counter[int] = field(default_factory=Counter)

    def client(self, seconds: float = 60.0) -> httpx.AsyncClient:
        """A client at the attacker's address."""
        transport = httpx.AsyncHTTPTransport(
            local_address=self.address, limits=httpx.Limits(max_connections=None)
        )
        return httpx.AsyncClient(base_url=self.base, transport=transport, timeout=seconds)

    async def send(self, client: httpx.AsyncClient, method: str, path: str, **more: object) -> int:
        """Send a request and note its status."""
        try:
            status = (await client.request(method, path, **more)).status_code
        except httpx.HTTPError:
            status = 0
        self.statuses[status] += 1
        return status

    async def query(self, client: httpx.AsyncClient, adql: str) -> int:
        """Send a synchronous query."""
        data = {"LANG": "ADQL", "QUERY": adql, "FORMAT": "csv"}
        return await self.send(client, "POST", "/tap/sync", data=data)

    async def at_once(self, most: int, workers: int, work: Callable[[int], Awaitable]) -> None:
        """Do something so many times at most, by so many workers, until the attack is over."""
        numbers = iter(range(most))

        async def worker() -> None:
            for number in numbers:
                if self.over.is_set():
                    return
                await work(number)
                await asyncio.sleep(0.02)

        await asyncio.gather(*(worker() for _ in range(workers)))


async def malformed(attacker: Attacker) -> None:
    """Bodies that cannot be read, twenty a second."""
    async with attacker.client() as client:

        async def post(number: int) -> None:
            kind, body = _BAD_BODIES[number % len(_BAD_BODIES)]
            path = ("/tap/sync", "/tap/async", "/scs", "/lc")[number // 5 % 4]
            await attacker.send(client, "POST", path, content=body, headers={"Content-Type": kind})
            await asyncio.sleep(0.2)

        await attacker.at_once(2000, 4, post)


async def hangups(attacker: Attacker) -> None:
    """Long queries whose client hangs up after half a second."""
    async with attacker.client(0.5) as client:
        await attacker.at_once(500, 8, lambda number: attacker.query(client, SLOW))


async def long_queries(attacker: Attacker) -> None:
    """Long lists, long texts, nesting and chains of conditions."""
    chains = " OR ".join(["oid = 1"] * 500)
    texts = (
        f"oid IN ({', '.join(str(attacker.targets[0][0] + i) for i in range(10_000))})",
        f"filter = '{'x' * 1_200_000}'",
        f"{'(' * 200}oid = 1{')' * 200}",
        chains,
    )
    async with attacker.client() as client:

        async def post(number: int) -> None:
            where = texts[number % len(texts)]
            await attacker.query(client, f"SELECT oid FROM ztf.objects WHERE {where}")

        await attacker.at_once(400, 4, post)


async def large_values(attacker: Attacker) -> None:
    """Long strings in every row, of 1 MB and of the longest that is taken."""
    async with attacker.client() as client:

        async def post(number: int) -> None:
            text = "x" * (1_000_000 if number % 3 == 0 else 10_000)
            await attacker.query(client, f"SELECT TOP 20000 '{text}' AS s FROM ztf.objects")

        await attacker.at_once(200, 4, post)


async def jobs(attacker: Attacker) -> None:
    """1,500 asynchronous jobs of long queries; those that were made are deleted at the end."""
    made: list[str] = []
    data = {"LANG": "ADQL", "QUERY": SLOW, "PHASE": "RUN"}
    async with attacker.client() as client:

        async def post(number: int) -> None:
            with suppress(httpx.HTTPError):
                answer = await client.post("/tap/async", data=data)
                attacker.statuses[answer.status_code] += 1
                if answer.status_code == 303:
                    made.append("/tap/async/" + answer.headers["Location"].rpartition("/")[2])
                    run = await client.post(f"{made[-1]}/phase", data={"PHASE": "RUN"})
                    attacker.statuses[run.status_code] += 1

        try:
            await attacker.at_once(1500, 4, post)
            await attacker.over.wait()
        finally:
            for path in made:
                with suppress(httpx.HTTPError):
                    await client.delete(path)


async def slow_headers(attacker: Attacker) -> None:
    """2,200 connections with half a request that comes letter by letter."""
    parts = urlsplit(attacker.base)

    async def one(number: int) -> None:
        with suppress(OSError):
            _, writer = await asyncio.open_connection(
                parts.hostname, parts.port, local_addr=(attacker.address, 0)
            )
            try:
                writer.write(b"GET /scs?RA=1 HTTP/1.1\r\nHost: localhost\r\nX-Slow: ")
                while not attacker.over.is_set():
                    await asyncio.sleep(2)
                    writer.write(b"a")
                    await writer.drain()
            finally:
                attacker.statuses[0] += 1
                writer.close()

    # Of these connections those that the site closes are not opened again.
    await asyncio.gather(*(one(number) for number in range(2200)))
    await attacker.over.wait()


async def connections(attacker: Attacker) -> None:
    """300 requests at a time."""
    async with attacker.client() as client:

        async def get(number: int) -> None:
            oid, ra, dec = attacker.targets[number % len(attacker.targets)]
            path = (f"/scs?RA={ra}&DEC={dec}&SR=0.001", f"/lc/{oid}.json")[number % 2]
            if await attacker.send(client, "GET", path) == 429:
                await asyncio.sleep(0.5)

        await attacker.at_once(20_000, 300, get)


async def kdb_lookups(attacker: Attacker) -> None:
    """Look-ups of 500 OIDs that do not exist, in the knowledge database."""
    async with attacker.client() as client:

        async def get(number: int) -> None:
            first = 900_000_000_000_000 + 500 * number
            oids = [first + i for i in range(500)]
            await attacker.send(client, "POST", "/kdb/api/v1/objects/query/", json={"oids": oids})

        await attacker.at_once(2000, 4, get)


async def figures(attacker: Attacker) -> None:
    """The largest figures whose client hangs up after half a second."""
    oids = ",".join(str(oid) for oid, _, _ in attacker.targets[:90])
    async with attacker.client(0.5) as client:

        async def get(number: int) -> None:
            form = ("png", "pdf")[number % 2]
            await attacker.send(client, "GET", f"/lc?ID={oids}&RESPONSEFORMAT={form}")

        await attacker.at_once(2000, 8, get)


async def large_files(attacker: Attacker) -> None:
    """The largest files of light curves, 32 at a time."""
    oids = ",".join(str(oid) for oid, _, _ in attacker.targets[:90])
    async with attacker.client() as client:

        async def get(number: int) -> None:
            form = ("csv", "json", "votable", "parquet")[number % 4]
            path = f"/lc?ID={oids}&RESPONSEFORMAT={form}&PERIOD=1.7&CYCLES=9"
            if await attacker.send(client, "GET", path) == 429:
                await asyncio.sleep(0.5)

        await attacker.at_once(2000, 32, get)


ATTACKS: dict[str, Callable[[Attacker], Awaitable[None]]] = {
    "malformed": malformed,
    "hangups": hangups,
    "long-queries": long_queries,
    "large-values": large_values,
    "jobs": jobs,
    "slow-headers": slow_headers,
    "connections": connections,
    "kdb-lookups": kdb_lookups,
    "figures": figures,
    "large-files": large_files,
}
ADDRESSES = {name: f"127.0.0.{FIRST_ADDRESS + number}" for number, name in enumerate(ATTACKS)}
