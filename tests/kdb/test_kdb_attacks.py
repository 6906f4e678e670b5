"""Attacks: each is refused, and leaves nothing behind."""

from __future__ import annotations

import cProfile
import json

import pytest
from django.db import connection
from support.kdb import PASSWORD, Visitor, new_oid

from kdb.accounts.models import Token, User
from kdb.annotations.models import Annotation

SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(2)>"


def test_script_in_a_text_is_data_and_never_a_page(expert, anyone):
    oid = new_oid()
    expert.annotate(oid, description=SCRIPT)
    for path in (f"objects/{oid}/", "objects/", "annotations/", f"objects/{oid}/log/"):
        answer = anyone.get(path, headers={"Accept": "text/html,*/*"})
        assert answer["Content-Type"] == "application/json"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert "default-src 'self'" in answer["Content-Security-Policy"]
        assert "script-src" not in answer["Content-Security-Policy"]
        assert SCRIPT in json.dumps(answer.json())


@pytest.mark.parametrize("accept", ["text/html", "application/xhtml+xml", "image/svg+xml"])
def test_no_records_are_sent_as_something_a_browser_runs(anyone, accept):
    assert anyone.get("objects/", headers={"Accept": accept}).status_code == 406


def test_script_in_names_is_refused(visitors, people):
    assert visitors["editor"].post("tags/", {"name": SCRIPT[:64]}).status_code == 400
    assert visitors["expert"].post("tokens/", {"name": SCRIPT[:64]}).status_code == 400
    user = {"login": "<b>", "public_name": "x"}
    assert visitors["administrator"].post("users/", user).status_code == 400


def test_what_is_sent_back_from_an_address_is_no_page(anyone):
    for path in (f"tags/{SCRIPT}/", f"objects/?tag={SCRIPT}", f"objects/{SCRIPT}/"):
        answer = anyone.get(path)
        assert answer.status_code in (400, 404)
        assert answer["Content-Type"] == "application/json"


def test_a_forged_request_of_someone_logged_in_is_refused(people):
    browser = Visitor(people["administrator"], enforce_csrf_checks=True)
    token = browser.get("login/").json()["csrf_token"]
    requests = (
        ("POST", "annotations/", {"oid": new_oid(), "release": "dr5"}),
        ("POST", "tags/", {"name": "forged"}),
        ("POST", "tokens/", {"name": "forged"}),
        ("POST", "logout/", None),
        ("POST", "users/", {"login": "forged", "public_name": "Forged"}),
        ("PATCH", "users/expert@example.org/", {"role": "administrator"}),
    )
    for headers in (
        {},
        {"HTTP_X_CSRFTOKEN": "x" * 64},
        {"HTTP_X_CSRFTOKEN": token, "HTTP_ORIGIN": "https://evil.example"},
    ):
        for method, path, body in requests:
            answer = browser.send(method, path, body, **headers)
            assert (answer.status_code, path) == (403, path)
    assert browser.get("whoami/").status_code == 200
    assert not User.objects.filter(login="forged").exists()
    headers = {"HTTP_X_CSRFTOKEN": token, "HTTP_ORIGIN": "http://localhost:8080"}
    assert browser.post("tags/", {"name": "honest"}, **headers).status_code == 201


def test_nobody_is_logged_in_by_a_forged_form(people):
    browser = Visitor(enforce_csrf_checks=True)
    given = {"login": "expert@example.org", "password": PASSWORD}
    assert browser.post("login/", given).status_code == 403
    form = browser.client.post("/api/v1/login/", given)
    assert form.status_code == 403


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"]
)
def test_bodies_a_foreign_page_could_send_are_not_read(expert, kind):
    body = {"oid": new_oid(), "release": "dr5"}
    assert expert.post("annotations/", body, content_type=kind).status_code == 415


def test_tokens_of_others_are_neither_seen_nor_revoked(visitors, people):
    secret = Token.objects.create(user=people["expert"], prefix="kdb_", name="mine")[1]
    for role in ("other_expert", "editor", "administrator"):
        assert visitors[role].get("tokens/").json() == []
        assert visitors[role].send("DELETE", "tokens/mine/").status_code == 404
        assert visitors[role].post("tokens/", {"name": "mine"}).status_code == 201
        assert visitors[role].send("DELETE", "tokens/mine/").status_code == 204
    assert Visitor(token=secret).get("whoami/").status_code == 200


@pytest.mark.parametrize(
    "header", ["Token", "Token a b", "Token \xff", "Token a\x00b", "Token '--"]
)
def test_what_is_no_token_is_refused(header):
    answer = Visitor(HTTP_AUTHORIZATION=header).get("objects/")
    assert answer.status_code == 401


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("author", "The administrator"),
        ("author_id", 1),
        ("author_name", "Edwin Hubble"),
        ("created_at", "1999-01-01T00:00:00Z"),
        ("changed_at", "1999-01-01T00:00:00Z"),
        ("recorded_at", "1999-01-01T00:00:00Z"),
        ("id", 1),
        ("number", 99),
        ("public_number", 99),
        ("previous", None),
        ("tag_count", 0),
        ("__class__", "x"),
    ],
)
def test_author_time_and_number_cannot_be_set(expert, field, value):
    oid = new_oid()
    answer = expert.post("annotations/", {"oid": oid, "release": "dr5", field: value})
    assert (answer.status_code, list(answer.json())) == (400, [field])
    assert not Annotation.objects.filter(oid=oid).exists()


@pytest.mark.parametrize(
    ("path", "method", "body"),
    [
        ("tags/SN/", "PATCH", {"merged_into": "VAR"}),
        ("tags/", "POST", {"name": "x", "id": 1}),
        ("users/expert@example.org/", "PATCH", {"password": "x"}),
        ("users/expert@example.org/", "PATCH", {"login": "other"}),
        ("users/expert@example.org/", "PATCH", {"last_login": None}),
        ("whoami/", "PATCH", {"role": "administrator"}),
        ("users/", "POST", {"login": "x", "public_name": "x", "is_active": False}),
    ],
)
def test_fields_that_are_not_offered_are_not_set(visitors, tags, path, method, body):
    answer = visitors["administrator"].send(method, path, body)
    assert answer.status_code in (400, 405)


@pytest.mark.parametrize("length", [256 * 1024 + 1, 10**7])
def test_an_oversized_body_is_refused_before_it_is_read(expert, length):
    answer = expert.post("annotations/", b"x" * length)
    assert answer.status_code == 413
    assert answer.json()["detail"].startswith(f"The body has {length} bytes; at most 262144")


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 200_000,
        b'{"oid":' * 20_000,
        b"{",
        b"",
        b"null",
        b"[]",
        b'"x"',
        b"1" * 5000,
        b'{"oid": NaN}',
        b'{"oid": 1e400}',
        b"\xff\xfe",
        b'{"oid": 633207400004730, "oid": 1, "release": {}}',
    ],
)
@pytest.mark.parametrize("path", ["annotations/", "objects/query/", "login/"])
def test_a_body_that_is_no_question_is_the_senders_mistake(expert, path, body):
    assert expert.post(path, body).status_code == 400


@pytest.mark.parametrize(
    ("path", "name", "item"),
    [("objects/query/", "oids", 0), ("objects/query/", "oids", "x"), ("annotations/", "tags", 0)],
)
def test_a_list_that_is_too_long_is_refused_before_its_items(expert, path, name, item):
    body = {"oid": new_oid(), "release": "dr5"} if name == "tags" else {}
    body[name] = [item] * 40_001
    with cProfile.Profile() as profile:
        answer = expert.post(path, body)
    assert answer.status_code == 400
    assert list(answer.json()) == [name]
    assert "more than" in answer.json()[name][0]
    assert sum(entry.callcount for entry in profile.getstats()) < 40_000


def test_the_first_few_faults_of_a_list_are_reported(anyone):
    answer = anyone.post("objects/query/", {"oids": [new_oid(), *["x"] * 400]})
    assert answer.status_code == 400
    assert sorted(answer.json()["oids"]) == ["1", "2", "3", "4", "5"]


def test_the_first_few_unknown_fields_are_reported(anyone):
    strange = {f"field{number}": 1 for number in range(10_000)}
    answer = anyone.post("objects/query/", strange | {"oids": [new_oid()]})
    assert answer.status_code == 400
    assert len(answer.json()) == 5
    answer = anyone.get("objects/", **dict.fromkeys(list(strange)[:150], 1))
    assert answer.status_code == 400
    assert len(answer.json()) == 5


@pytest.mark.parametrize(
    "text",
    [
        "'; DROP TABLE annotation; --",
        "' OR '1'='1",
        "%' OR 1=1 --",
        "\\'; SELECT pg_sleep(10); --",
        "1) UNION SELECT password FROM kdb_user --",
        "$$; SELECT 1; $$",
    ],
)
def test_sql_in_filters_is_a_text_like_any_other(anyone, expert, tags, text):
    oid = expert.annotate(new_oid(), "SN", description="plain")["oid"]
    for name in ("text", "author"):
        assert anyone.oids(**{name: text}) == []
    answer = anyone.get("objects/", release=text)
    assert answer.status_code == 400
    assert answer.json() == {"release": ["Use a release's name, such as dr19."]}
    for name in ("tag", "all_tags", "not_tag", "oid", "changed_after", "changed_before", "public",
                 "ordering", "page_size", "cursor"):  # fmt: skip
        assert anyone.get("objects/", **{name: text}).status_code in (400, 200)
    for path in (f"objects/{text}/", f"tags/{text}/"):
        assert anyone.get(path).status_code in (400, 404)
    assert anyone.oids() == [oid]
    expert.annotate(new_oid(), description=text)
    assert len(anyone.oids(text=text)) == 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM annotation")
        assert cursor.fetchone() == (2,)


@pytest.mark.parametrize("role", ["anonymous", "reader", "expert", "editor"])
def test_users_are_not_enumerated(visitors, people, role):
    visitor = visitors[role]
    answers = {
        (answer.status_code, answer.content)
        for name in ("expert@example.org", "nobody@example.org", "1", "0")
        for answer in (visitor.get(f"users/{name}/"), visitor.patch(f"users/{name}/", {}))
    }
    assert len(answers) == 1


def test_names_and_addresses_of_users_stay_inside(visitors, people, tags):
    oid = visitors["expert"].annotate(new_oid(), "SN")["oid"]
    visitors["editor"].patch("tags/SN/", {"order": 5})
    for path in ("objects/", "annotations/", f"objects/{oid}/", f"objects/{oid}/history/",
                 f"objects/{oid}/log/", "tags/", "tags/SN/", "tags/SN/log/", "schema/",
                 "objects/?format=csv"):  # fmt: skip
        for role in ("anonymous", "reader"):
            content = visitors[role].get(path).content.decode()
            assert "example.org" not in content
            for user in people.values():
                assert user.password not in content
    assert (
        visitors["anonymous"].get("objects/", author="expert@example.org").json()["results"] == []
    )


@pytest.mark.parametrize(
    "path",
    [
        "objects/../users/",
        "objects/%2e%2e/users/",
        "objects//",
        "objects/../../../../etc/passwd",
        "tags/..%2f..%2fusers/",
        "tags/SN%00/",
        "users/%2e%2e/",
        "annotations/-1/",
        "annotations/99999999999999999999999/",
        "annotations/1.5/",
        "objects/633207400004730/../../users/",
        "static/../settings.py",
        ".env",
        "objects",
    ],
)
def test_tricks_with_paths_lead_nowhere(anyone, path):
    answer = anyone.get(path)
    assert answer.status_code in (400, 401, 404)
    assert answer["Content-Type"] == "application/json"
    assert "traceback" not in answer.content.decode().lower()


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "localhost@evil", ""])
def test_links_are_never_made_of_a_foreign_host(anyone, host):
    assert anyone.client.get("/api/v1/objects/", HTTP_HOST=host or "evil:80").status_code == 400


def test_an_error_shows_nothing_of_the_inside(anyone, monkeypatch):
    from kdb.tags import actions

    def fail(*_):
        raise RuntimeError("the secret of /etc/kdb")

    monkeypatch.setattr(actions, "count_objects", fail)
    anyone.client.raise_request_exception = False
    answer = anyone.get("tags/", counts="true")
    assert answer.status_code == 500
    assert answer.json() == {"detail": "The service failed; the operator's log says why."}


def test_methods_are_not_smuggled_in_headers(expert, anyone):
    oid = expert.annotate(new_oid())["oid"]
    headers = {"HTTP_X_HTTP_METHOD_OVERRIDE": "DELETE"}
    assert anyone.client.get("/api/v1/objects/", **headers).status_code == 200
    assert expert.get(f"objects/{oid}/").json()["state"] == "annotated"


@pytest.mark.parametrize("body", [b'{"\\ud800": 1}', b'{"oids": ["\\udfff"]}', b'["\\ud800"]'])
def test_halves_of_characters_are_refused(anyone, body):
    answer = anyone.send("POST", "objects/query/", body)
    assert answer.status_code == 400
    assert "surrogates" in answer.json()["detail"]
