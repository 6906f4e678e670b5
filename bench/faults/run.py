"""``bench faults``: break an installation while visitors are at work, and measure what they see."""

from __future__ import annotations

import pkgutil
import time
from collections import Counter
from importlib import import_module
from pathlib import Path
from typing import Any

from bench import faults as folder
from bench.faults.base import Fault, Site
from bench.faults.disks import NotMounted
from bench.report import number, say, show
from bench.service import sample
from bench.visitors.quiet import store
from bench.visitors.traffic import Visitors, longest_outage
from ztfvo.settings import Settings
from ztfvo.site.errors import SiteError

CLIENTS, PAUSE = 4, 0.25
BEFORE, AFTER = 3.0, 5.0
"""Seconds of visits before a fault, and after all works again."""
PATIENCE = 120.0
"""Seconds that the site gets to work again by itself."""


def known() -> dict[str, Fault]:
    """Return all faults by name."""
    modules = [
        import_module(f"{folder.__name__}.{m.name}") for m in pkgutil.iter_modules(folder.__path__)
    ]
    return {fault.name: fault for module in modules for fault in getattr(module, "FAULTS", ())}


def faults(settings: Settings, names: list[str], yes: bool, path: Path | None) -> bool:
    """Make faults one after the other, print a table and write JSON.

    Parameters
    ----------
    names
        Of the faults; all where there is none.
    yes
        Also on another installation than that of the tests.

    Returns
    -------
    bool
        Whether each passed as it should.

    Raises
    ------
    SiteError
        When the installation may not be broken, or there is no such fault.
    """
    if settings.dsn:
        raise SiteError("this site has an existing database", "break a private installation")
    if not (yes or settings.var == settings.root / "var" / "test"):
        raise SiteError(
            f"this would break the installation in {settings.var}",
            "set ZTFVO_VAR to one made for it, or say --yes",
        )
    every = known()
    if unknown := [name for name in names if name not in every]:
        raise SiteError(f"there is no fault {unknown[0]!r}", f"name one of {', '.join(every)}")
    site = Site(settings, sample(settings.local_url, "ztf", 100))
    results = {}
    for name in names or every:
        results[name] = _measure(site, every[name])
        say(f"{name}: {results[name]}")
    _show(results)
    store(settings, "faults", results, path, clients=CLIENTS, pause=PAUSE)
    return not any(one["wrong"] for one in results.values())


def _measure(site: Site, fault: Fault) -> dict[str, Any]:
    """Make one fault under the eyes of visitors."""
    site.notes, site.wrong = [], []
    kept, job = site.kept(), site.make_job()
    lines = site.job_lines(job)
    with Visitors(site.settings.local_url, site.targets, CLIENTS, PAUSE) as people:
        time.sleep(BEFORE)
        began = time.monotonic()
        try:
            fault.make(site)
        except NotMounted as error:
            return {"skipped": str(error), "wrong": []}
        made = time.monotonic()
        if not site.wait_until(site.works, PATIENCE):
            site.wrong.append(f"does not work by itself within {PATIENCE:.0f} s")
            site.start()
            if not site.wait_until(site.works, PATIENCE):
                site.wrong.append("does not work after serve start")
        works = time.monotonic()
        time.sleep(AFTER)
    seen = [one for one in people.seen if one.began + one.seconds >= began]
    statuses = Counter(one.outcome for one in seen)
    site.wrong += [f"visitors: {text}" for text in statuses if "traceback" in text]
    return {
        "what": fault.what,
        "requests": len(seen),
        "statuses": dict(statuses),
        "outage_s": round(longest_outage(seen), 1),
        "made_s": round(made - began, 1),
        "works_s": round(works - made, 1),
        "lost": _lost(site, kept, job, lines),
        "notes": site.notes,
        "wrong": site.wrong,
    }


def _lost(site: Site, kept: dict[str, int], job: str, lines: int) -> list[str]:
    """Compare what is there with what was there, and with the result of a job."""
    now = site.kept()
    lost = [f"{before - now[name]} {name}" for name, before in kept.items() if now[name] < before]
    if site.job_lines(job) != lines:
        lost.append("the result of a job")
    site.wrong += [f"lost: {one}" for one in lost]
    return lost


def _show(results: dict[str, dict[str, Any]]) -> None:
    rows = []
    for name, one in results.items():
        if "skipped" in one:
            rows.append((name, "skipped", one["skipped"], "", "", ""))
            continue
        bad = {text: count for text, count in one["statuses"].items() if text not in ("ok", "429")}
        failures = ", ".join(f"{count} x {text}" for text, count in bad.items()) or "-"
        good = one["statuses"].get("ok", 0)
        cells = (number(one["outage_s"]), number(one["works_s"]))
        rows.append((name, f"{good}", failures, *cells, ", ".join(one["wrong"]) or "as expected"))
    columns = ("fault", "success", "failures", "outage s", "works after s", "verdict")
    show(f"Faults, as {CLIENTS} visitors saw them", columns, rows)
