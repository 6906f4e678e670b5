"""Fixtures of several modules of tests of the running service."""

from support.sia import here, images, search  # noqa: F401
