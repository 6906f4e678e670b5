"""What ADQL allows is understood, and what cannot be done is said in a sentence."""

from __future__ import annotations

import pytest
import requests
from support.waiting import wait_until

OID = 680113300005170


@pytest.mark.parametrize(
    "text",
    [
        f"SELECT oid FROM ztf.objects WHERE oid = {OID};",
        f"SELECT oid FROM ztf.objects WHERE oid = {OID} ; \n",
        f"SELECT objects.oid FROM ztf.objects WHERE objects.oid = {OID} ORDER BY objects.oid",
        f"SELECT o.oid FROM ztf.objects AS o WHERE o.oid = (SELECT {OID} FROM ztf.releases AS r"
        " WHERE r.name = 'demo')",
        f"SELECT oid FROM ztf.objects AS o WHERE EXISTS (SELECT 1 FROM ztf.objects AS p WHERE"
        f" EXISTS (SELECT oid FROM ztf.objects WHERE oid = o.oid AND p.oid = {OID})"
        f" AND o.oid = {OID})",
        f"WITH a AS (SELECT oid FROM ztf.objects WHERE oid = {OID}) SELECT oid FROM a UNION"
        " SELECT oid FROM a",
    ],
)
def test_queries_of_one_object_find_it(query, text):
    answer = query(text, RESPONSEFORMAT="csv")
    assert answer.status_code == 200, answer.text
    assert answer.text.split() == ["oid", str(OID)]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("SELECT fieldid * fieldid * fieldid * fieldid AS n FROM ztf.objects", "out of range"),
        ("SELECT o.oid FROM ztf.objects AS o, ztf.objects AS p WHERE oid = 1", "ambiguous"),
        ("SELECT (SELECT oid, ra FROM ztf.objects) AS x FROM ztf.releases", "has 2 columns"),
        ("SELECT oid, ra FROM ztf.objects UNION SELECT oid FROM ztf.objects", "have 2 and 1"),
        ("SELECT oid FROM ztf.objects; DROP TABLE x", "Could not parse"),
        ("SELECT bit FROM ztf.catflags", 'bit is a word of ADQL: write "bit" in quotes'),
        ("SELECT ra AS size FROM ztf.objects", 'size is a word of ADQL: write "size" in quotes'),
        ("SELECT oid FROM ztf.objects ORDER BY nothing", "nothing"),
        (
            "SELECT o.oid FROM ztf.objects AS o JOIN ztf.objects AS p ON"
            " DISTANCE(o.ra, o.dec, p.ra, p.dec) < p.mag_mean * 100",
            "90 degrees",
        ),
    ],
)
def test_what_cannot_be_done_is_400_with_the_reason(query, text, sentence):
    answer = query(text)
    assert answer.status_code == 400, answer.text
    assert sentence in answer.text


def ended(job: str) -> str | None:
    """The phase of a job that has ended."""
    phase = requests.get(f"{job}/phase", timeout=60).text
    return phase if phase in ("COMPLETED", "ERROR", "ABORTED") else None


def test_a_job_that_is_made_to_run_runs(site):
    made = requests.post(
        f"{site}/tap/async",
        data={"LANG": "ADQL", "QUERY": "SELECT name FROM ztf.releases", "PHASE": "RUN"},
        timeout=60,
    )
    try:
        phase = wait_until(lambda: ended(made.url))
        assert phase == "COMPLETED"
        assert requests.get(f"{made.url}/results/result", timeout=60).status_code == 200
    finally:
        requests.delete(made.url, timeout=60)


def test_a_job_cannot_be_made_in_another_phase(site):
    answer = requests.post(
        f"{site}/tap/async",
        data={"LANG": "ADQL", "QUERY": "SELECT name FROM ztf.releases", "PHASE": "HELD"},
        timeout=60,
    )
    assert answer.status_code == 400
    assert "PHASE=HELD" in answer.text
