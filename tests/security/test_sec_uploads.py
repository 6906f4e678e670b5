"""Uploads are tables and nothing else: they are not executed, not fetched, and not mixed up."""

from __future__ import annotations

import os
import pickle
import socket
import threading
from pathlib import Path

import pytest
import requests
from support import service
from support.hostile import LEAKS, sentence, upload, votable

from ztfvo.db import connect_superuser

INT = '<FIELD name="x" datatype="int"/>'


class Touch:
    """Makes a file when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self):
        return os.mkdir, (str(self.path),)


@pytest.mark.parametrize(
    "name",
    [
        *("__RESULTS__", "results.json", "_x", "1x", "a-b", "a b", "../x", "a/b", "a'b", 'a"b'),
        *("", "x" * 61, "ü", "select", "a%00b", "."),
    ],
)
def test_names_that_no_table_can_have_are_refused(site, name):
    answer = upload(site, votable(INT), name=name)
    assert answer.status_code == 400
    assert "UPLOAD" in answer.text
    assert not LEAKS.search(answer.text)


def job_with_upload(site, name, document):
    """Make an asynchronous job with an upload; return its address."""
    answer = requests.post(
        f"{site}/tap/async",
        data={
            "LANG": "ADQL",
            "QUERY": f"SELECT * FROM TAP_UPLOAD.{name}",
            "UPLOAD": f"{name},param:file",
        },
        files={"file": ("f", document)},
        timeout=30,
        allow_redirects=False,
    )
    assert answer.status_code == 303, answer.text
    return f"{site}/tap/async/{answer.headers['Location'].rpartition('/')[2]}"


def test_nothing_uploaded_is_unpickled(site):
    target = Path("/tmp") / f"unpickled-{os.getpid()}"
    job = job_with_upload(site, "results", pickle.dumps(Touch(target)))
    try:
        assert requests.get(job, timeout=30).status_code == 200
        assert requests.get(f"{job}/results", timeout=30).status_code == 200
        requests.post(f"{job}/phase", data={"PHASE": "RUN"}, timeout=30)
        requests.get(job, params={"WAIT": 20}, timeout=60)
        assert requests.get(f"{job}/phase", timeout=30).text == "ERROR"
        assert not target.exists()
    finally:
        requests.delete(job, timeout=30)


def test_an_upload_is_kept_apart_from_results_and_given_back_as_it_was(site):
    document = votable(INT)
    job = job_with_upload(site, "result", document)
    try:
        sent = requests.get(f"{job}/uploads/result", timeout=30)
        assert sent.content == document
        assert requests.get(f"{job}/results/result", timeout=30).status_code == 404
        described = requests.get(f"{job}/parameters", timeout=30).text
        assert "/uploads/result" in described
        for path in ("results/results.json", "results/uploads", "uploads", "uploads/x",
                     "results/..%2fuploads/result", "uploads/..%2fresults.json"):  # fmt: skip
            assert requests.get(f"{job}/{path}", timeout=30).status_code in (400, 404), path
        requests.post(f"{job}/phase", data={"PHASE": "RUN"}, timeout=30)
        requests.get(job, params={"WAIT": 30}, timeout=60)
        assert requests.get(f"{job}/phase", timeout=30).text == "COMPLETED"
        assert requests.get(f"{job}/results/result", timeout=30).status_code == 200
    finally:
        requests.delete(job, timeout=30)


def test_rows_of_jobs_hold_no_pickles(site):
    job = job_with_upload(site, "list", votable(INT))
    number = job.rpartition("/")[2]
    with connect_superuser() as connection:
        (kept,) = connection.execute(
            "SELECT parameters FROM tap_schema.tapjobs WHERE jobid = %s", [number]
        ).fetchone()
        assert kept.startswith("{")
        connection.execute(
            "UPDATE tap_schema.tapjobs SET parameters = %s, error = %s WHERE jobid = %s",
            ["gASVBQAAAAAAAAB9lC4=", "gASVBQAAAAAAAAB9lC4=", number],
        )
    assert requests.get(job, timeout=30).status_code == 200
    assert requests.delete(job, timeout=30).status_code == 200
    assert requests.get(job, timeout=30).status_code == 404


@pytest.mark.parametrize(
    "field",
    [
        '<FIELD name="x" datatype="int" arraysize="1); DROP TABLE x; --"/>',
        '<FIELD name="x" datatype="int" arraysize="99999999999999"/>',
        '<FIELD name="x" datatype="int); DROP TABLE x; --"/>',
        '<FIELD name="x" datatype="bit" arraysize="8"/>',
        '<FIELD name="x"/>',
        '<FIELD datatype="int"/>',
        '<FIELD name="" datatype="int"/>',
        INT + INT,
        INT * 1001,
        '<FIELD name="a\nb" datatype="int"/>'.replace("\n", "&#10;"),
    ],
)
def test_columns_that_no_table_can_have_are_refused(site, field):
    answer = upload(site, votable(field))
    assert answer.status_code == 400, sentence(answer)
    assert "UPLOAD" in answer.text
    assert not LEAKS.search(answer.text)


STREAM = "<DATA><BINARY><STREAM encoding='base64'>{}</STREAM></BINARY></DATA>"
EMPTY = "<DATA><TABLEDATA></TABLEDATA></DATA>"
CIRCLE = '<FIELD name="x" datatype="double" arraysize="3" xtype="circle"/>'


@pytest.mark.parametrize(
    ("head", "data", "said"),
    [
        ("", EMPTY, "The table has no columns: describe each with a FIELD."),
        (
            '<FIELD name="x" datatype="int" arraysize="2x3"/>',
            EMPTY,
            "has the arraysize 2x3: give a",
        ),
        (INT, STREAM.format("!!!!AAAAAQ=="), "its stream is not base64"),
        (CIRCLE, "<DATA><TABLEDATA><TR><TD>1 2 -3</TD></TR></TABLEDATA></DATA>", "a geometry that"),
    ],
)
def test_tables_that_are_none_are_refused_with_a_sentence(site, head, data, said):
    document = f"<VOTABLE><RESOURCE><TABLE>{head}{data}</TABLE></RESOURCE></VOTABLE>"
    answer = upload(site, document.encode())
    assert (answer.status_code, said in sentence(answer)) == (400, True), sentence(answer)
    assert "INSERT" not in answer.text
    assert not LEAKS.search(answer.text)


def test_a_null_value_is_no_code(site):
    field = (
        '<FIELD name="x" datatype="int"><VALUES null="1&quot; or __import__(&quot;os&quot;)'
        '.mkdir(&quot;/tmp/by-null&quot;) or &quot;"/></FIELD>'
    )
    answer = upload(site, votable(field), RESPONSEFORMAT="json")
    assert answer.json()["data"] == [[1]]
    assert not Path("/tmp/by-null").exists()


def test_null_values_that_are_values_are_null(site):
    field = '<FIELD name="x" datatype="int"><VALUES null="-1"/></FIELD>'
    rows = "<TR><TD>-1</TD></TR><TR><TD>5</TD></TR>"
    answer = upload(site, votable(field, rows), RESPONSEFORMAT="json")
    assert answer.json()["data"] == [[None], [5]]


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"no XML",
        b"<VOTABLE>",
        votable(INT, "<TR><TD>abc</TD></TR>"),
        votable(INT, "<TR><TD>99999999999</TD></TR>"),
        votable(INT, "<TR><TD>1</TD><TD>2</TD></TR><TR></TR>"),
        b"\x00\xff" * 1000,
        pickle.dumps({"a": 1}),
        b"<VOTABLE>" + b" " * 2_000_000,
    ],
    ids=["empty", "text", "cut", "letters", "large", "ragged", "bytes", "pickle", "in a file"],
)  # fmt: skip
def test_what_is_no_table_is_refused_with_a_sentence_and_no_path(site, document):
    answer = upload(site, document)
    assert answer.status_code == 400, sentence(answer)
    assert 'value="ERROR"' in answer.text
    assert "root:" not in answer.text
    assert not LEAKS.search(answer.text)


def test_entities_bring_no_file(site):
    head = '<!DOCTYPE v [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    field = '<FIELD name="x" datatype="char" arraysize="*"/>'
    answer = upload(site, votable(field, "<TR><TD>&x;</TD></TR>", head), RESPONSEFORMAT="json")
    assert answer.status_code == 400 or answer.json()["data"] in ([[None]], [[""]])


def test_no_address_is_fetched(site):
    reached = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(3)

        def wait():
            try:
                server.accept()
                reached.set()
            except TimeoutError:
                pass

        waiting = threading.Thread(target=wait)
        waiting.start()
        port = server.getsockname()[1]
        shown = [
            sentence(upload(site, b"", place=place)).replace(place, "PLACE")
            for place in (
                f"http://127.0.0.1:{port}/x",
                "http://127.0.0.1:1/x",
                "http://localhost/x",
                "http://[::1]/x",
                "http://169.254.169.254/latest/meta-data/",
                "file:///etc/passwd",
                "ftp://127.0.0.1/x",
            )
        ]
        waiting.join()
    assert not reached.is_set()
    assert len({text.partition("Field UPLOAD")[2] for text in shown}) == 1
    assert "param:key" in shown[0]


@pytest.mark.parametrize("path", ["/ssa", "/sia2", "/scs", "/links", "/ztf/ztf/ssa/ssap.xml"])
def test_other_protocols_fetch_no_address_either(site, path):
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(1.5)
        requests.get(
            site + path,
            params={
                "UPLOAD": f"x,http://127.0.0.1:{server.getsockname()[1]}/x",
                "REQUEST": "queryData", "ID": "1", "RA": "1", "DEC": "1", "SR": "0.1", "POS": "1,1",
            },
            timeout=30,
        )  # fmt: skip
        with pytest.raises(TimeoutError):
            server.accept()


def test_the_capabilities_name_no_upload_that_is_refused(site):
    shown = requests.get(f"{site}/tap/capabilities", timeout=30).text
    assert "upload-inline" in shown
    for method in ("upload-http", "upload-https", "upload-ftp"):
        assert method not in shown


def test_there_are_no_tables_of_visitors(site):
    answer = requests.put(f"{site}/tap/user_tables/mine", data=votable(INT), timeout=30)
    assert answer.status_code in (404, 405)
    assert requests.get(f"{site}/tap/user_tables", timeout=30).status_code == 404
    assert service.superuser("SELECT to_regnamespace('tap_user')") == [(None,)]
