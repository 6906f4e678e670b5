"""How fast the page of light curves is in Chromium without a window, on this machine.

Of one light curve with its neighbours: the first paint, the drawing of the plot, what has come
over the network until then, and frames a second while the period slider is moved, with the light
curve's own points and with points added.  The peer is the page's figure, which the server draws.
"""

from __future__ import annotations

import shutil
import statistics
import time
from typing import Any

import httpx

from bench.report import number, save, say, show
from ztfvo.settings import Settings

RUNS = 5
MOVED = 60
"""Frames of the slider."""
DRAWN = "performance.getEntriesByName('drawn').length > 0"
TIMES = """() => {
  const paint = performance.getEntriesByName('first-contentful-paint')[0].startTime;
  const [drawn] = performance.getEntriesByName('drawn');
  const [page] = performance.getEntriesByType('navigation');
  const before = performance.getEntriesByType('resource')
    .filter((one) => one.responseEnd <= drawn.startTime && !one.name.endsWith('.png'));
  const bytes = before.reduce((sum, one) => sum + one.encodedBodySize, page.encodedBodySize);
  return { paint, drawn: drawn.startTime, bytes };
}"""
FRAMES = """async (count) => {
  const slider = document.querySelector('#period-slider');
  const frame = () => new Promise((done) => requestAnimationFrame(done));
  await frame();
  const start = performance.now();
  for (let step = 0; step < count; step += 1) {
    slider.value = 10 * (step % 90);
    slider.dispatchEvent(new Event('input'));
    await frame();
  }
  return count / ((performance.now() - start) / 1000);
}"""


def page(settings: Settings, oid: int, radius: float, period: float, points: int) -> dict[str, Any]:
    """Measure, print the table and write the JSON file.

    Parameters
    ----------
    oid
        Light curve of the default release.
    radius
        arcsec, of its neighbours.
    period
        d, that the slider changes.
    points
        To add for the second measurement of the slider.
    """
    from playwright.sync_api import sync_playwright

    address = f"{settings.url}/view/{oid}?RADIUS={radius:g}"
    answer = httpx.get(
        f"{settings.url}/lc", params={"ID": oid, "RADIUS": radius, "RESPONSEFORMAT": "json"}
    )
    answer.raise_for_status()
    shown = sum(one["nrows"] for one in answer.json()["lightcurves"])
    say(f"{address}: {shown} points, {RUNS} runs")
    with sync_playwright() as steering:
        browser = steering.chromium.launch(
            executable_path=shutil.which("chromium-headless-shell"), args=["--no-sandbox"]
        )
        runs = [_load(browser, address) for _ in range(RUNS)]
        own, more = _slide(browser, f"{address}&PERIOD={period:g}", points)
        browser.close()
    figure = []
    for _ in range(RUNS):
        start = time.perf_counter()
        httpx.get(f"{settings.url}/lc/{oid}.png", params={"RADIUS": radius}, timeout=60)
        figure.append((time.perf_counter() - start) * 1e3)
    measured = {
        "points": shown,
        "first_paint_ms": _median(runs, "paint"),
        "drawn_ms": _median(runs, "drawn"),
        "until_drawn_kb": _median(runs, "bytes") / 1e3,
        f"slider_fps_{shown}": own,
        f"slider_fps_{shown + points}": more,
        "figure_of_the_server_ms": statistics.median(figure),
    }
    rows = [(name, number(value)) for name, value in measured.items()]
    show("Page of light curves, medians", ("What", "Measured"), rows)
    save(settings.var / "bench" / "results", "page", measured)
    return measured


def _median(runs: list[dict[str, float]], name: str) -> float:
    return statistics.median(one[name] for one in runs)


def _wait(visited: Any) -> None:
    """Wait until the plot is drawn; the page's rules forbid Playwright's own way."""
    while not visited.evaluate(DRAWN):
        time.sleep(0.01)


def _load(browser: Any, address: str) -> dict[str, float]:
    """Open the page as a new visitor."""
    with browser.new_context(viewport={"width": 1440, "height": 900}) as context:
        visited = context.new_page()
        visited.goto(address)
        _wait(visited)
        return visited.evaluate(TIMES)


def _slide(browser: Any, address: str, points: int) -> tuple[float, float]:
    """Frames a second while the period changes, without and with points added."""
    lines = [f"{58000 + 0.37 * row:.5f},{13 + row % 17 / 10:.1f},0.02" for row in range(points)]
    file = "\n".join(["mjd,mag,magerr", *lines]).encode()
    with browser.new_context(viewport={"width": 1440, "height": 900}) as context:
        visited = context.new_page()
        visited.goto(address)
        _wait(visited)
        own = visited.evaluate(FRAMES, MOVED)
        visited.locator("#own-points").set_input_files(
            {"name": "own.csv", "mimeType": "text/csv", "buffer": file}
        )
        visited.locator("#legend", has_text="own.csv").wait_for()
        return own, visited.evaluate(FRAMES, MOVED)
