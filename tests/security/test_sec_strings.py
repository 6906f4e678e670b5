"""Strings of ADQL are values: none of them ends where its author did not end it."""

from __future__ import annotations

import pytest
from support.hostile import LEAKS, identifier, literal, sentence, strings

FORMATS = ("json", "votable/td")
BUNDLE = 50


@pytest.mark.parametrize("seed", range(20))
def test_random_strings_come_back_as_they_were_sent(query, seed):
    sent = strings(BUNDLE, seed)
    columns = ", ".join(f"{literal(text)} AS s{i}" for i, text in enumerate(sent))
    answer = query(f"SELECT TOP 1 {columns} FROM ztf.releases", RESPONSEFORMAT="json")
    assert answer.status_code == 200, sentence(answer)
    assert answer.json()["data"] == [sent]


def test_strings_are_compared_as_they_were_sent(query):
    sent = strings(20, 99)
    columns = ", ".join(
        f"CASE WHEN {literal(text)} || 'x' = {literal(text + 'x')} THEN 1 ELSE 0 END AS s{i}"
        for i, text in enumerate(sent)
    )
    answer = query(f"SELECT TOP 1 {columns} FROM ztf.releases", RESPONSEFORMAT="json")
    assert answer.status_code == 200, sentence(answer)
    assert answer.json()["data"] == [[1] * 20]


@pytest.mark.parametrize("form", ["csv", "tsv", "votable/td", "votable", "votable/b2", "json"])
def test_per_cent_and_backslash_are_characters_in_every_format(query, form):
    answer = query(
        "SELECT TOP 1 '100%' AS p, 'a\\b' AS b FROM ztf.releases WHERE '50%' = '50%'",
        RESPONSEFORMAT=form,
    )
    assert answer.status_code == 200
    if not form.startswith("votable") or form.endswith("td"):
        assert "100%" in answer.text
        assert "100%%" not in answer.text
    if form in ("csv", "votable/td"):
        assert "a\\b" in answer.text
        assert "a\\\\b" not in answer.text


@pytest.mark.parametrize(
    "adql",
    [
        r"SELECT TOP 1 'x\'' FROM ztf.releases",
        r"SELECT TOP 1 'x\' || (SELECT 1) || '' FROM ztf.releases",
        "SELECT TOP 1 E'x' FROM ztf.releases",
        "SELECT TOP 1 $$x$$ FROM ztf.releases",
        "SELECT TOP 1 U&'x' FROM ztf.releases",
        "SELECT 1 FROM ztf.releases; DROP TABLE ztf_store.release",
        "SELECT pg_sleep(1) FROM ztf.releases",
        "SELECT current_setting('data_directory') FROM ztf.releases",
        "SELECT name /* x */ FROM ztf.releases",
        "SELECT name FROM pg_catalog.pg_roles",
        "SELECT name FROM ztf_store.release",
        "CREATE TABLE tap_user.x AS SELECT name FROM ztf.releases",
        "SELECT name FROM tap_user.x",
        "SELECT IN_UNIT(mag_mean, '10**99999999mag') FROM ztf.objects",
        "SELECT CAST(name AS text; DROP TABLE x) FROM ztf.releases",
    ],
)
def test_what_is_no_adql_is_refused(query, adql):
    answer = query(adql)
    assert answer.status_code == 400, sentence(answer)
    assert 'value="ERROR"' in answer.text
    assert not LEAKS.search(answer.text)


def test_a_string_that_looks_ended_is_not(query):
    answer = query(
        r"SELECT name FROM ztf.releases WHERE name = 'x\'' OR 1=1 --'", RESPONSEFORMAT="json"
    )
    assert answer.json()["data"] == []


def test_a_name_that_postgresql_would_cut_is_refused(query):
    answer = query(f"SELECT TOP 1 name AS {identifier('é' * 40)} FROM ztf.releases")
    assert answer.status_code == 400
    assert "63 bytes" in answer.text
