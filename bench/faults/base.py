"""What a fault is, and the installation it is made on."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import psycopg

from bench.processes import Process, processes
from bench.service import Target
from ztfvo.db import connect_superuser
from ztfvo.settings import Settings
from ztfvo.site.health import app_fault
from ztfvo.site.knowledge import DATABASE


@dataclass
class Site:
    """The installation that is broken.

    Attributes
    ----------
    settings
        Its settings.
    targets
        Objects of its default release.
    notes
        What a fault has to report; shown in the table.
    wrong
        What an operator would not expect.
    """

    settings: Settings
    targets: list[Target]
    notes: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def script(
        self, name: str, *words: str | Path, **environment: str
    ) -> subprocess.CompletedProcess[str]:
        """Run one of the scripts; a traceback is noted as wrong."""
        return self._run([self.settings.root / "scripts" / name, *words], **environment)

    def start(self) -> None:
        """Run ``serve start``, which is noted where it fails."""
        self._note("serve start", self.script("serve", "start"))

    def _note(self, what: str, done: subprocess.CompletedProcess[str]) -> None:
        if done.returncode:
            self.wrong.append(f"{what}: {(done.stdout + done.stderr).strip()[-300:]}")

    def steer(self, *words: str | Path, **environment: str) -> int:
        """Run the command ``ztfvo``, which is noted where it fails; return its exit status."""
        done = self.ztfvo(*words, **environment)
        self._note(" ".join(map(str, words[:2])), done)
        return done.returncode

    def ztfvo(self, *words: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run the command; a traceback is noted as wrong."""
        return self._run([Path(sys.executable).parent / "ztfvo", *words], **environment)

    def _run(
        self, command: list[str | Path], **environment: str
    ) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, env=os.environ | environment,
            timeout=300,
        )  # fmt: skip
        if "Traceback" in done.stdout + done.stderr:
            self.wrong.append(f"{Path(command[0]).name} {command[1]} ends in a traceback")
        return done

    def of(self, part: str) -> list[Process]:
        """Return the processes of a part, its first one first."""
        return [one for one in processes(self.settings) if one.part == part]

    def rows(self, query: str, database: str | None = None) -> list[tuple]:
        """Rows of a query with administrative rights."""
        if database:
            with psycopg.connect(self.settings.superuser_dsn, dbname=database) as connection:
                return connection.execute(query).fetchall()
        with connect_superuser(self.settings) as connection:
            return connection.execute(query).fetchall()

    def kept(self) -> dict[str, int]:
        """Count what must not be lost: light curves, detections, annotations, files of releases."""
        ((curves, detections),) = self.rows("SELECT count(*), sum(nobs)::bigint FROM ztf.objects")
        kept = {"light curves": curves, "detections": detections}
        kept["files"] = self.rows("SELECT sum(files)::bigint FROM ztf_store.releases")[0][0]
        if self.settings.kdb_workers:
            query = "SELECT count(*) FROM annotation"
            kept["annotations"] = self.rows(query, DATABASE)[0][0]
        return kept

    def make_job(self) -> str:
        """Run an asynchronous job to its end; returns its path."""
        query = "SELECT TOP 1000 oid FROM ztf.objects ORDER BY oid"
        data = {"LANG": "ADQL", "QUERY": query, "FORMAT": "csv"}
        with httpx.Client(base_url=self.settings.local_url, timeout=60) as client:
            made = client.post("/tap/async", data=data)
            path = "/tap/async/" + made.headers["Location"].rpartition("/")[2]
            client.post(f"{path}/phase", data={"PHASE": "RUN"})
            for _ in range(240):
                if client.get(f"{path}/phase").text.strip() in ("COMPLETED", "ERROR"):
                    break
                time.sleep(0.5)
        return path

    def job_lines(self, path: str) -> int:
        """Lines of a job's result; 0 where there is none."""
        with httpx.Client(base_url=self.settings.local_url, timeout=60) as client:
            answer = client.get(f"{path}/results/result", follow_redirects=True)
        return len(answer.text.splitlines()) if answer.status_code == 200 else 0

    def works(self) -> bool:
        """Return whether every part answers: each process, and the site as visitors see it."""
        oid, ra, dec = self.targets[0]
        first = self.settings.dachs_port
        query = {"LANG": "ADQL", "QUERY": "SELECT name FROM ztf.releases"}
        paths = ["/health", f"/scs?RA={ra}&DEC={dec}&SR=0.001", f"/lc/{oid}.json"]
        if self.settings.kdb_workers:
            paths.append("/kdb/api/v1/tags/")
        try:
            with httpx.Client(timeout=10) as client:
                asked = [client.get(self.settings.local_url + path) for path in paths]
                for port in range(first, first + self.settings.dachs_processes):
                    address = f"http://127.0.0.1:{port}/tap/sync"
                    asked.append(client.post(address, data=query))
        except httpx.HTTPError:
            return False
        if any(app_fault(self.settings, n) for n in range(self.settings.app_processes)):
            return False
        return all(one.status_code == 200 and b'value="ERROR"' not in one.content for one in asked)

    def wait_until(self, what: Callable[[], bool], seconds: float) -> bool:
        """Wait until something is so; return whether it came."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if what():
                return True
            time.sleep(0.3)
        return False


@dataclass(frozen=True)
class Fault:
    """A fault: its name, a sentence, and what makes it.

    Attributes
    ----------
    make
        Breaks the site and takes the cause away again; the site has to work again by itself then.
    """

    name: str
    what: str
    make: Callable[[Site], None]
