"""Chromium, steered as a person uses it, and watched: what no page may do fails the test."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Page,
    Request,
    expect,
    sync_playwright,
)

from support.waiting import wait_until
from ztfvo.settings import get_settings

WIDE, NARROW = (1440, 900), (390, 844)
PATIENCE = 30_000
"""ms that a page may take for what a test waits for."""

PROGRAM = "chromium-headless-shell"
"""Debian's Chromium without what draws windows, which takes three times as long."""

expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, without a window; while it is steered, no other event loop runs here."""
    program = shutil.which(PROGRAM)
    if program is None:
        pytest.fail("Chromium is not installed: run scripts/setup --dev.")
    with sync_playwright() as steering:
        browser = steering.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        browser.close()


class Watched:
    """What a page did that none may do."""

    def __init__(self, site: str) -> None:
        self.host = urlsplit(site).netloc
        self.surveys = [f"{one}/" for one in get_settings().sky_surveys]
        """Pictures of the sky, whose hosts may be asked; none answers, unless a test has it do."""
        self.faults: list[str] = []
        self.expected: list[str] = []
        """Parts of messages that are no fault: what the test provokes."""

    def watch(self, context: BrowserContext) -> None:
        """Note from now on what the pages of a context do."""
        for survey in self.surveys:
            context.route(f"{survey}**", lambda route: route.abort())
        context.on("console", lambda one: self._say(one) if one.type == "error" else None)
        context.on("weberror", lambda one: self.faults.append(f"error in a script: {one.error}"))
        context.on("request", self._request)

    def unexpected(self) -> list[str]:
        """Return the faults that the test did not provoke."""
        return [one for one in self.faults if not any(part in one for part in self.expected)]

    def _say(self, message: Any) -> None:
        address = message.location.get("url", "")
        if not self._is_of_survey(address):
            self.faults.append(f"console: {message.text} ({address})")

    def _request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        is_web = parts.scheme in ("http", "https", "ws", "wss")
        if is_web and parts.netloc != self.host and not self._is_of_survey(request.url):
            self.faults.append(f"request to another host: {request.url}")

    def _is_of_survey(self, address: str) -> bool:
        return address.startswith(tuple(self.surveys))


@contextmanager
def window(browser: Browser, site: str, **options: Any) -> Iterator[tuple[Page, Watched]]:
    """Open a window of a new visitor; on leaving, what pages may not do is an error.

    Parameters
    ----------
    options
        As of Playwright's ``new_context``: size, colour scheme, JavaScript.
    """
    width, height = options.pop("size", WIDE)
    context = browser.new_context(
        base_url=site,
        viewport={"width": width, "height": height},
        reduced_motion="reduce",
        **options,
    )
    context.set_default_timeout(PATIENCE)
    watched = Watched(site)
    watched.watch(context)
    try:
        page = context.new_page()
        yield page, watched
        _picture(page)
        if watched.unexpected():
            pytest.fail("\n".join(["The page did what none may do:", *watched.unexpected()]))
    finally:
        context.close()


def _picture(page: Page) -> None:
    """Write what the test leaves on the screen into ZTFVO_TEST_PICTURES, for people to look at."""
    folder = os.environ.get("ZTFVO_TEST_PICTURES")
    if folder:
        test, _, _ = os.environ["PYTEST_CURRENT_TEST"].rpartition(" (")
        name = re.sub(r"[^\w.=-]+", "-", test.rpartition("::")[2]).strip("-")[:120]
        number = len(list(Path(folder).glob(f"{name}*.png")))
        path = Path(folder) / (f"{name}-{number}.png" if number else f"{name}.png")
        page.screenshot(path=path, full_page=True)


def until(page: Page, condition: str) -> None:
    """Wait for what a script says; the site's rules forbid Playwright's own way."""
    wait_until(lambda: page.evaluate(condition), PATIENCE / 1000, pause=0.05)


@pytest.fixture
def visit(chromium: Browser, site: str) -> Iterator[Callable[..., Page]]:
    """A function that opens a path in a window of its own, with options of `window`."""
    opened = []

    def go(path: str, *, expected: tuple[str, ...] = (), **options: Any) -> Page:
        manager = window(chromium, site, **options)
        page, watched = manager.__enter__()
        opened.append(manager)
        watched.expected += expected
        page.goto(path)
        return page

    yield go
    for manager in reversed(opened):
        manager.__exit__(None, None, None)
