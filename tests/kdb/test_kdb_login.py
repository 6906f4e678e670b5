"""Login, sessions, tokens and users."""

from __future__ import annotations

import hashlib
import time
from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.utils import timezone
from support.kdb import PASSWORD, Visitor

from kdb.accounts.manage import tidy
from kdb.accounts.models import Token, User


def log_in(visitor, login="expert@example.org", password=PASSWORD, **options):
    headers = {"HTTP_X_CSRFTOKEN": visitor.get("login/").json()["csrf_token"]}
    return visitor.post("login/", {"login": login, "password": password}, **headers, **options)


@pytest.fixture
def browser(people):
    """A visitor whose requests are checked for forgery, as those of all browsers are."""
    return Visitor(enforce_csrf_checks=True)


def test_a_password_makes_a_session_and_logout_ends_it(browser):
    answer = log_in(browser)
    assert answer.status_code == 200
    assert answer.json() == {
        "login": "expert@example.org",
        "public_name": "The expert",
        "email": "expert@example.org",
        "role": "expert",
    }
    cookie = answer.cookies["kdb_session"]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Strict", "/kdb")
    assert browser.get("whoami/").json() == answer.json()
    token = browser.get("login/").json()["csrf_token"]
    assert browser.post("logout/", HTTP_X_CSRFTOKEN=token).status_code == 204
    assert browser.get("whoami/").status_code == 401


@pytest.mark.parametrize(
    ("login", "password"),
    [
        ("expert@example.org", "wrong"),
        ("nobody@example.org", PASSWORD),
        ("EXPERT@example.org", PASSWORD),
        ("expert@example.org", PASSWORD + " "),
        ("' OR 1=1 --", "x"),
    ],
)
def test_a_wrong_login_is_reported_in_one_way_only(browser, login, password):
    answer = log_in(browser, login, password)
    assert answer.status_code == 401
    assert answer.json() == {"detail": "Login name or password is wrong."}
    assert "kdb_session" not in answer.cookies


def test_who_was_shut_out_is_reported_the_same(browser, people):
    people["expert"].is_active = False
    people["expert"].save()
    answer = log_in(browser)
    assert (answer.status_code, answer.json()["detail"]) == (
        401,
        "Login name or password is wrong.",
    )


def test_an_unknown_name_takes_as_long_as_a_wrong_password(
    browser, people, quick_hashing, monkeypatch
):
    monkeypatch.setattr(PBKDF2PasswordHasher, "iterations", quick_hashing)
    for role in ("expert", "editor", "reader"):
        people[role].set_password(PASSWORD)
        people[role].save()

    def seconds(login):
        started = time.process_time()
        assert log_in(browser, login, "wrong-password").status_code == 401
        return time.process_time() - started

    # In turn, and the shortest of each: what else the machine does only adds.
    known, unknown = [], []
    for role in ("expert", "editor", "reader"):
        known.append(seconds(f"{role}@example.org"))
        unknown.append(seconds(f"no-{role}@example.org"))
    assert 0.6 < min(known) / min(unknown) < 1.6
    assert min(unknown) > 0.05


@pytest.mark.parametrize("login", ["expert@example.org", "nobody@example.org"])
def test_a_name_has_to_wait_after_wrong_passwords_whether_it_exists_or_not(browser, login):
    statuses = [log_in(browser, login, "wrong").status_code for _ in range(6)]
    assert statuses == [401, 401, 401, 401, 429, 429]
    answer = log_in(browser, login)
    assert (answer.status_code, answer["Retry-After"]) == (429, "900")
    assert answer.json() == {"detail": "Too many wrong passwords: wait 15 minutes."}


def test_only_the_address_that_guessed_has_to_wait_and_not_for_ever(browser):
    for _ in range(6):
        log_in(browser, password="wrong", HTTP_X_FORWARDED_FOR="198.51.100.7")
    assert log_in(browser, HTTP_X_FORWARDED_FOR="198.51.100.7").status_code == 429
    # What the visitor writes into the header comes before what the proxy adds.
    spoofed = "203.0.113.9, 198.51.100.7"
    assert log_in(browser, HTTP_X_FORWARDED_FOR=spoofed).status_code == 429
    assert log_in(browser, HTTP_X_FORWARDED_FOR="198.51.100.8").status_code == 200
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=16))
    assert log_in(browser, HTTP_X_FORWARDED_FOR="198.51.100.7").status_code == 200


def test_logins_from_one_address_are_limited_whatever_the_names(browser, people):
    statuses = {log_in(browser, f"guess{i}", "x").status_code for i in range(31)}
    assert statuses == {401, 429}


def test_a_session_ends_when_the_password_is_changed_elsewhere(people):
    one, other = Visitor(people["expert"]), Visitor(people["expert"])
    assert other.get("whoami/").status_code == 200
    new = "another-Horse-8-battery"
    assert one.post("password/", {"old": PASSWORD, "new": new}).status_code == 204
    assert one.get("whoami/").status_code == 200
    assert other.get("whoami/").status_code == 401
    assert log_in(Visitor(), password=new).status_code == 200


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ("wrong", "another-Horse-8-battery", "old"),
        (PASSWORD, "short-7", "new"),
        (PASSWORD, "1qaz2wsx3edc", "new"),
        (PASSWORD, "123456789012345", "new"),
        (PASSWORD, "expert@example.org", "new"),
        (PASSWORD, "x" * 201, "new"),
    ],
)
def test_a_password_that_can_be_guessed_is_refused(people, expert, old, new, field):
    answer = expert.post("password/", {"old": old, "new": new})
    assert (answer.status_code, list(answer.json())) == (400, [field])


def test_a_token_is_shown_once_and_kept_as_a_hash(expert):
    made = expert.post("tokens/", {"name": "laptop", "days": 30}).json()
    assert made["token"].startswith("kdb_")
    assert made["prefix"] == made["token"][:15]
    kept = Token.objects.get()
    assert kept.digest == hashlib.sha512(made["token"].encode()).hexdigest()
    lasts = kept.expiry - timezone.now()
    assert timedelta(days=29, hours=23) < lasts <= timedelta(days=30)
    (listed,) = expert.get("tokens/").json()
    assert listed == {name: made[name] for name in ("name", "prefix", "created_at", "expires_at")}
    script = Visitor(token=made["token"])
    assert script.get("whoami/").json()["login"] == "expert@example.org"


def test_a_revoked_token_and_one_that_expired_are_refused(expert, people):
    revoked = expert.post("tokens/", {"name": "a"}).json()["token"]
    assert expert.send("DELETE", "tokens/a/").status_code == 204
    expired = Token.objects.create(
        user=people["expert"], prefix="kdb_", name="b", expiry=timedelta(seconds=-1)
    )[1]
    for secret in (revoked, expired, revoked[:-1] + "0", "kdb_", "kdb_" + "a" * 64):
        answer = Visitor(token=secret).get("objects/")
        assert answer.status_code == 401
        assert answer["WWW-Authenticate"] == "Token"


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"name": "used"}, "name"),
        ({"name": "a b"}, "name"),
        ({"name": "../x"}, "name"),
        ({"name": "n", "days": 366}, "days"),
        ({"name": "n", "days": 0}, "days"),
        ({"name": "n", "days": None}, "days"),
        ({"name": "n", "user": 1}, "user"),
        ({"name": "n", "expiry": None}, "expiry"),
    ],
)
def test_a_token_that_breaks_the_rules_is_refused(expert, given, field):
    expert.post("tokens/", {"name": "used"})
    answer = expert.post("tokens/", given)
    assert (answer.status_code, list(answer.json())) == (400, [field])


def test_nobody_has_tokens_without_end(expert, option):
    option(tokens_per_user=2)
    assert [expert.post("tokens/", {"name": n}).status_code for n in "abc"] == [201, 201, 400]


def test_a_token_makes_no_tokens_and_changes_no_password(expert):
    script = Visitor(token=expert.post("tokens/", {"name": "a"}).json()["token"])
    assert script.post("tokens/", {"name": "b"}).status_code == 403
    new = {"old": PASSWORD, "new": "another-Horse-8-battery"}
    assert script.post("password/", new).status_code == 403
    assert [row["name"] for row in script.get("tokens/").json()] == ["a"]


def test_an_administrator_makes_a_user_whose_password_is_shown_once(visitors):
    admin = visitors["administrator"]
    given = {
        "login": "new",
        "public_name": "Ana Pruzhinskaya",
        "role": "expert",
        "email": "a@b.org",
    }
    made = admin.post("users/", given).json()
    assert len(made["password"]) == 24
    assert "password" not in admin.get("users/new/").json()
    assert log_in(Visitor(), "new", made["password"]).json()["role"] == "expert"
    reset = admin.post("users/new/password/").json()["password"]
    assert reset != made["password"]
    assert log_in(Visitor(), "new", made["password"]).status_code == 401
    assert log_in(Visitor(), "new", reset).status_code == 200


def test_a_reset_password_ends_sessions_and_tokens(visitors, people, expert):
    secret = Token.objects.create(user=people["expert"], prefix="kdb_", name="t")[1]
    assert expert.get("whoami/").status_code == 200
    visitors["administrator"].post("users/expert@example.org/password/")
    assert expert.get("whoami/").status_code == 401
    assert Visitor(token=secret).get("whoami/").status_code == 401


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"login": "EXPERT@example.org"}, "login"),
        ({"login": "a b"}, "login"),
        ({"login": "../x"}, "login"),
        ({"public_name": "The expert"}, "public_name"),
        ({"public_name": "a\nb"}, "public_name"),
        ({"role": "superuser"}, "role"),
        ({"email": "x"}, "email"),
        ({"password": "chosen"}, "password"),
        ({"is_superuser": True}, "is_superuser"),
    ],
)
def test_a_malformed_user_is_refused_by_field(visitors, given, field):
    body = {"login": "new", "public_name": "New"} | given
    answer = visitors["administrator"].post("users/", body)
    assert (answer.status_code, list(answer.json())) == (400, [field])


def test_the_commands_make_users_with_passwords_and_change_roles(capsys):
    call_command("create_administrator", "root@example.org", "The Root")
    said = capsys.readouterr().out
    assert said.startswith("Made root@example.org (administrator). Password, shown this once: ")
    assert log_in(Visitor(), "root@example.org", said.split()[-1]).json()["role"] == "administrator"
    call_command("create_user", "ana", "Ana", "--role", "editor")
    assert User.objects.get(login="ana").role == "editor"
    call_command("set_role", "ana", "expert")
    assert User.objects.get(login="ana").role == "expert"
    for words, sentence in (
        (("create_user", "ana", "Other"), "already exists"),
        (("set_role", "bob", "expert"), "There is no user 'bob'."),
        (("set_role", "root@example.org", "reader"), "is the last administrator"),
    ):
        with pytest.raises(CommandError, match=sentence):
            call_command(*words)


def test_there_is_no_account_before_one_is_made(kdb_database):
    assert User.objects.count() == 0


def test_what_expired_is_tidied_away_and_nothing_else(people, expert):
    expert.get("whoami/")
    now = timezone.now()
    for name, days in (("old", -1), ("new", 1)):
        Token.objects.create(user=people["expert"], name=name, expiry=timedelta(days=days))
        Session.objects.create(session_key=name, expire_date=now + timedelta(days=days))
        AccessAttempt.objects.create(username=name, failures_since_start=1)
    AccessAttempt.objects.filter(username="old").update(attempt_time=now - timedelta(minutes=16))
    assert tidy() == {"sessions": 1, "tokens": 1, "failed logins": 1}
    assert Token.objects.get().name == "new"
    assert AccessAttempt.objects.get().username == "new"
    assert expert.get("whoami/").status_code == 200
