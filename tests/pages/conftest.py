"""The pages in a browser."""

from support.chromium import chromium, visit  # noqa: F401
