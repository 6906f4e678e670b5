"""When the records last changed, for answers that need not be sent again.

Every answer has an ETag of its content.  Last-Modified is sent besides for answers that hang on
nothing but the tables below, and only once the time is past: a second change within the same
second, or one by a transaction under way, would otherwise pass unnoticed.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

from django.db import OperationalError, connection
from django.utils import timezone
from django.utils.http import http_date
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.response import Response

from kdb.config.options import get_options

log = logging.getLogger("kdb")

LAST_CHANGE = """
SELECT greatest((SELECT max(recorded_at) FROM annotation), (SELECT max(at) FROM tag_event),
    (SELECT max(changed_at) FROM kdb_user))
"""


class LastModified:
    """A view whose answers depend on annotations, tags and public names alone."""

    def finalize_response(
        self, request: Request, response: Response, *args: Any, **kwargs: Any
    ) -> Response:
        """Add Last-Modified, and what the answer varies with."""
        response = super().finalize_response(request, response, *args, **kwargs)  # type: ignore[misc]
        if request.method in SAFE_METHODS and response.status_code == 200:
            try:
                changed = _settled_change()
            except OperationalError as error:  # the answer is there without it
                log.warning("The time of the last change is not known: %s", error)
                return response
            if changed is not None:
                response["Last-Modified"] = changed
        return response


def _settled_change() -> str | None:
    with connection.cursor() as cursor:
        cursor.execute(LAST_CHANGE)
        changed = cursor.fetchone()[0]
    # No transaction lasts longer than its statements may.
    margin = timedelta(seconds=2 * get_options().sql_seconds)
    if changed is None or changed > timezone.now() - margin:
        return None
    return http_date(changed.timestamp())
