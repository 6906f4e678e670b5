"""The attacks run against the service that the other tests use."""

from services.conftest import archive, ask, query, real, site, tap  # noqa: F401
