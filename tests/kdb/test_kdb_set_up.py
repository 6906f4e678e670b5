"""Setting a knowledge database up, and getting in after a lost password."""

from __future__ import annotations

import re
from io import StringIO

import pytest
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command
from django.test import RequestFactory
from support import kdb
from support.kdb import PASSWORD

from kdb.accounts.models import Role, Token, User
from kdb.tags.models import Tag
from kdb.tags.vocabulary import seed


def run(*words: str) -> str:
    shown = StringIO()
    call_command(*words, stdout=shown)
    return shown.getvalue()


def enters(login: str, password: str) -> bool:
    request = RequestFactory().post("/")
    return authenticate(request, username=login, password=password) is not None


def password_in(shown: str) -> str:
    (found,) = re.findall(r"shown this once: (\S+)", shown)
    return found


def test_an_empty_service_gets_its_vocabulary_and_one_administrator():
    shown = run("set_up")
    assert f"a vocabulary of {len(seed())} tags" in shown
    (admin,) = User.objects.all()
    assert (admin.login, admin.role, admin.is_active) == ("admin", Role.ADMINISTRATOR, True)
    password = password_in(shown)
    assert enters("admin", password)
    assert len(password) >= 24
    assert password not in admin.password


def test_set_up_again_says_and_changes_nothing():
    run("set_up")
    before = list(User.objects.values()), list(Tag.objects.values())
    assert run("set_up") == ""
    assert (list(User.objects.values()), list(Tag.objects.values())) == before


def test_own_tags_and_administrators_are_left_alone(people, tags):
    before = set(Tag.objects.values_list("name", flat=True))
    assert run("set_up") == ""
    assert set(Tag.objects.values_list("name", flat=True)) == before
    assert not User.objects.filter(login="admin").exists()


def test_an_administrator_is_made_beside_those_who_have_the_name(password_hash):
    for login, role, active in (("admin", Role.READER, True), ("admin2", "administrator", False)):
        User.objects.create(
            login=login, public_name=login, role=role, is_active=active, password=password_hash
        )
    shown = run("set_up")
    assert "administrator admin3 " in shown
    assert enters("admin3", password_in(shown))


def test_a_lost_password_is_reset_and_old_ways_in_are_closed(people):
    Token.objects.create(user=people["expert"], prefix="kdb_", name="script")
    visitor = kdb.Visitor(people["expert"])
    assert visitor.get("whoami/").status_code == 200
    shown = run("reset_password", "expert@example.org")
    assert enters("expert@example.org", password_in(shown))
    assert not enters("expert@example.org", PASSWORD)
    assert visitor.get("whoami/").status_code == 401
    assert not Token.objects.filter(user=people["expert"]).exists()


def test_a_reset_of_nobody_names_the_login():
    with pytest.raises(CommandError, match="There is no user 'nobody'"):
        run("reset_password", "nobody")
