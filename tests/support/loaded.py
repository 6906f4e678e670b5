"""The demo in this process's installation, which ``scripts/test`` loads while tests run."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from .waiting import wait_until

WITHOUT = ("tests/outside/", "tests/unit/")
"""Folders of tests that need no installation, which run first."""
WITH = ("tests/unit/test_bench_store.py",)
"""Files in them that need its database."""


def needs_nothing(test: str) -> bool:
    """Whether a test, given by its node's ID, runs before the demo is loaded."""
    return test.startswith(WITHOUT) and not test.startswith(WITH)


def wait_for_demo(seconds: float = 900) -> bool:
    """Wait until the demo is loaded; false where nobody loads it but the tests themselves."""
    if "ZTFVO_TEST_LOADED" not in os.environ:
        return False
    done = Path(os.environ["ZTFVO_TEST_LOADED"])
    wait_until(done.exists, seconds)
    if (status := wait_until(lambda: done.read_text().strip())) != "0":
        log = Path(f"{done}.log").read_text()
        pytest.fail(f"The demo could not be loaded, status {status}:\n{log[-3000:]}", pytrace=False)
    return True
