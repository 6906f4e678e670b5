"""Settings: what is unsafe is refused, with a sentence that names it."""

from __future__ import annotations

import secrets

import pytest
from support import kdb

from kdb.config.options import Options, UnsafeSetting, load_options, read_key

GOOD = "host=/run/postgresql dbname=kdb user=kdb"


@pytest.fixture
def key(tmp_path):
    return kdb.write_key(tmp_path)


def test_every_setting_is_described():
    assert not [name for name, field in Options.model_fields.items() if not field.description]


def test_good_settings_are_taken(key):
    options = load_options(dsn=GOOD, secret_key_file=key, public_url="https://ztf.example.org/")
    assert (options.https, options.local, options.host) == (True, False, "ztf.example.org")
    assert options.public_url == "https://ztf.example.org"
    assert options.secret_key == key.read_text()


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"debug": True, "public_url": "https://ztf.example.org"}, "KDB_DEBUG shows settings"),
        ({"public_url": "http://ztf.example.org"}, "sends passwords in the clear"),
        ({"public_url": "http://10.0.0.7:8080"}, "sends passwords in the clear"),
        ({"public_url": "https://a:b@ztf.example.org"}, "KDB_PUBLIC_URL must be scheme"),
        ({"public_url": "ftp://ztf.example.org"}, "KDB_PUBLIC_URL must be an address"),
        ({"hosts": ("*",)}, "KDB_HOSTS '*' stands for many hosts"),
        ({"hosts": (".example.org",)}, "KDB_HOSTS '.example.org' stands for many hosts"),
        ({"dsn": "host=/run dbname=kdb user=postgres"}, "KDB_DSN is that of the superuser"),
        ({"dsn": "postgresql://postgres@/kdb?host=/run"}, "KDB_DSN is that of the superuser"),
        ({"dsn": "host=/run dbname=kdb"}, "KDB_DSN names no user"),
        ({"dsn": "host=/run user=kdb"}, "KDB_DSN names no database"),
        ({"dsn": "host=db.example.org dbname=kdb user=kdb"}, "without a password"),
        ({"dsn": "nonsense"}, "KDB_DSN is not a connection string"),
        ({"prefix": "kdb/"}, "KDB_PREFIX must be a path like /kdb"),
        ({"prefix": "/../kdb"}, "KDB_PREFIX must be a path like /kdb"),
        ({"tap_url": "file:///etc/passwd"}, "KDB_TAP_URL must be an address"),
        ({"tap_table": "t; DROP TABLE x"}, "KDB_TAP_TABLE"),
        ({"object_page": "/view/"}, "must have {oid} once"),
        ({"object_page": "/view/{oid}/{oid}"}, "must have {oid} once"),
        ({"object_page": "//elsewhere.example.org/{oid}"}, "must begin with / or https://"),
        ({"login_attempts": 1000}, "KDB_LOGIN_ATTEMPTS"),
        ({"body_bytes": 10**9}, "KDB_BODY_BYTES"),
    ],
)
def test_an_unsafe_setting_is_refused_by_name(key, settings, sentence):
    with pytest.raises(UnsafeSetting) as refusal:
        load_options(**({"dsn": GOOD, "secret_key_file": key} | settings))
    assert sentence in str(refusal.value)


def test_a_refusal_does_not_tell_the_password(key):
    with pytest.raises(UnsafeSetting) as refusal:
        load_options(dsn="host=x user=postgres dbname=k password=tell-nobody", secret_key_file=key)
    assert "tell-nobody" not in str(refusal.value)


def test_http_for_others_must_be_wanted(key):
    given = {"dsn": GOOD, "secret_key_file": key, "public_url": "http://ztf.lan"}
    assert not load_options(**given, insecure_http=True).https


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("", "is too short (0 characters)"),
        (secrets.token_urlsafe(20), "is too short (27 characters)"),
        ("a" * 80, "can be guessed"),
        ("django-insecure-" + secrets.token_urlsafe(60), "can be guessed"),
        ("changeme" + secrets.token_urlsafe(60), "can be guessed"),
    ],
    ids=["empty", "short", "one letter", "Django's", "an example's"],
)
def test_a_key_that_is_no_secret_is_refused(tmp_path, content, sentence):
    path = tmp_path / "key"
    path.touch(mode=0o600)
    path.write_text(content)
    with pytest.raises(UnsafeSetting, match="KDB_SECRET_KEY_FILE") as refusal:
        read_key(path)
    assert sentence in str(refusal.value)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644])
def test_a_key_that_others_can_read_is_refused(key, mode):
    key.chmod(mode)
    with pytest.raises(UnsafeSetting, match="chmod 600"):
        read_key(key)


def test_without_a_key_nothing_starts(tmp_path):
    known = kdb.environment("kdb", tmp_path / "missing")
    outcome = kdb.manage(known, "check")
    assert outcome.returncode == 1
    assert outcome.stderr.startswith("Error: KDB_SECRET_KEY_FILE cannot be read")


def test_a_superuser_by_another_name_is_refused_when_it_connects(kdb_database, key):
    with kdb.psycopg.connect(kdb.dsn("postgres", "postgres"), autocommit=True) as superuser:
        superuser.execute("CREATE ROLE kdb_test_mighty SUPERUSER LOGIN")
        try:
            known = kdb.environment(kdb_database, key)
            known["KDB_DSN"] = kdb.dsn(kdb_database, "kdb_test_mighty")
            outcome = kdb.manage(known, "migrate", "--check")
        finally:
            superuser.execute("DROP ROLE kdb_test_mighty")
    assert outcome.returncode == 1
    assert "KDB_DSN connects with a superuser's role" in outcome.stderr


def test_debugging_is_off_and_cookies_are_safe_unless_told_otherwise():
    from django.conf import settings

    assert settings.DEBUG is False
    assert settings.ALLOWED_HOSTS == ["localhost"]
    assert (settings.SESSION_COOKIE_HTTPONLY, settings.SESSION_COOKIE_SAMESITE) == (True, "Strict")
    assert (settings.CSRF_COOKIE_HTTPONLY, settings.CSRF_COOKIE_SAMESITE) == (True, "Strict")


def test_cookies_of_an_https_site_travel_by_https_only(key):
    known = kdb.environment("kdb", key, public_url="https://ztf.example.org")
    code = (
        "from django.conf import settings;"
        "print(settings.SESSION_COOKIE_SECURE, settings.CSRF_COOKIE_SECURE)"
    )
    assert kdb.manage(known, "shell", "-v0", "-c", code).stdout.split() == ["True", "True"]
