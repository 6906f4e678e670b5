"""CSV (RFC 4180): a line for each body near an epoch, and for each epoch without."""

from __future__ import annotations

import csv
import io

from ztfvo.match.passing import NOT_CHECKED, Passing

NAMES = ("csv", "text/csv", "text/csv;header=present")
CONTENT_TYPE = "text/csv; header=present; charset=utf-8"
TITLE = "A line for each body near an epoch, and for each epoch without"
ORDER = 20

EPOCH = ("hmjd", "mag", "magerr", "catflags", "excess", "sigmas", "state")
BODY = ("name", "number", "class", "mag_v", "separation", "uncertainty")


def write(answer: Passing) -> bytes:
    """The document."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow([*EPOCH, *BODY])
    for one in answer.asked.suspects:
        came = answer.answers.get(one.moment)
        state = came.state if came else NOT_CHECKED
        facts = [one.moment, one.mag, one.magerr, one.catflags, one.excess, one.sigmas, state]
        for row in (came.rows if came else ()) or ({},):
            values = [row.get(name) for name in BODY]
            writer.writerow([*facts, *("" if value is None else value for value in values)])
    return buffer.getvalue().encode()
