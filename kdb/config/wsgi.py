"""The entry point of gunicorn: ``gunicorn kdb.config.wsgi``."""

from __future__ import annotations

import gc
import logging
import os
import sys
from collections.abc import Callable, Iterable
from typing import Any

from django.core.wsgi import get_wsgi_application
from django.db import OperationalError, connection
from django.urls import get_resolver
from gunicorn.arbiter import Arbiter

from kdb.config.options import UnsafeSetting, get_options

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kdb.config.settings")


def below_prefix(inner: Callable[..., Iterable[bytes]], prefix: str) -> Callable[..., Any]:
    """Make an application answer below a path, whether or not the server took it off already."""

    def handle(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if environ.get("SCRIPT_NAME", "") != prefix:
            if path != prefix and not path.startswith(prefix + "/"):
                start_response("404 Not Found", [("Content-Type", "text/plain")])
                return [f"The knowledge database is at {prefix}/.\n".encode()]
            environ["SCRIPT_NAME"], environ["PATH_INFO"] = prefix, path[len(prefix) :]
        return inner(environ, start_response)

    return handle


def check_role() -> None:
    """Refuse a superuser's role at once; a database that is down only costs a warning."""
    try:
        connection.ensure_connection()
    except OperationalError as error:
        logging.getLogger("kdb").warning("The database does not answer yet: %s", error)
    finally:
        connection.close()


try:
    application = below_prefix(get_wsgi_application(), get_options().prefix)
    check_role()
except UnsafeSetting as refusal:
    print(f"Error: {refusal}", file=sys.stderr, flush=True)
    # The status with which a worker asks the server not to try again.
    sys.exit(Arbiter.WORKER_BOOT_ERROR)
# What was made to start lives as long as the process. Looking through it for garbage takes a tenth
# of a second, which some request waits for.
_ = get_resolver().url_patterns
gc.collect()
gc.freeze()
