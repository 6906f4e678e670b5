"""Roles: who may do what."""

from __future__ import annotations

import pytest
from support.kdb import ROLES, Visitor, new_oid

from kdb.accounts.models import Token

# Status for: anonymous, reader, expert, editor, administrator; and for anonymous when closed.
TABLE = {
    "list objects": (200, 200, 200, 200, 200, 401),
    "look at an object": (200, 200, 200, 200, 200, 401),
    "look at its history": (200, 200, 200, 200, 200, 401),
    "look at its log": (200, 200, 200, 200, 200, 401),
    "ask for many objects": (200, 200, 200, 200, 200, 401),
    "list annotations": (200, 200, 200, 200, 200, 401),
    "look at a private annotation": (404, 200, 200, 200, 200, 401),
    "list tags": (200, 200, 200, 200, 200, 401),
    "look at a tag": (200, 200, 200, 200, 200, 401),
    "look at a tag's log": (200, 200, 200, 200, 200, 401),
    "read the schema": (200, 200, 200, 200, 200, 200),
    "prepare a login": (200, 200, 200, 200, 200, 200),
    "annotate": (401, 403, 201, 201, 201, 401),
    "add a tag": (401, 403, 403, 201, 201, 401),
    "change a tag": (401, 403, 403, 200, 200, 401),
    "merge a tag": (401, 403, 403, 200, 200, 401),
    "delete a tag": (401, 403, 403, 405, 405, 401),
    "change an annotation": (405, 405, 405, 405, 405, 401),
    "list users": (401, 403, 403, 403, 200, 401),
    "add a user": (401, 403, 403, 403, 201, 401),
    "look at a user": (401, 403, 403, 403, 200, 401),
    "look at a user who does not exist": (401, 403, 403, 403, 404, 401),
    "change a role": (401, 403, 403, 403, 200, 401),
    "reset a password": (401, 403, 403, 403, 200, 401),
    "ask who one is": (401, 200, 200, 200, 200, 401),
    "list tokens": (401, 200, 200, 200, 200, 401),
    "make a token": (401, 201, 201, 201, 201, 401),
    "log out": (401, 204, 204, 204, 204, 401),
}


@pytest.fixture
def do(expert, tags):
    """A function that has a visitor do something; returns the status."""
    oid = new_oid()
    private = expert.annotate(oid, "SN", public=False)["id"]
    annotation = {"oid": new_oid(), "release": "dr5", "description": "x"}
    user = {"login": "new", "public_name": "New"}
    requests = {
        "list objects": ("GET", "objects/"),
        "look at an object": ("GET", f"objects/{oid}/"),
        "look at its history": ("GET", f"objects/{oid}/history/"),
        "look at its log": ("GET", f"objects/{oid}/log/"),
        "ask for many objects": ("POST", "objects/query/", {"oids": [oid]}),
        "list annotations": ("GET", "annotations/"),
        "look at a private annotation": ("GET", f"annotations/{private}/"),
        "list tags": ("GET", "tags/"),
        "look at a tag": ("GET", "tags/SN/"),
        "look at a tag's log": ("GET", "tags/SN/log/"),
        "read the schema": ("GET", "schema/"),
        "prepare a login": ("GET", "login/"),
        "annotate": ("POST", "annotations/", annotation),
        "add a tag": ("POST", "tags/", {"name": "new"}),
        "change a tag": ("PATCH", "tags/SN/", {"order": 1}),
        "merge a tag": ("POST", "tags/SN/merge/", {"into": "VAR"}),
        "delete a tag": ("DELETE", "tags/SN/"),
        "change an annotation": ("PATCH", f"annotations/{private}/", {"public": True}),
        "list users": ("GET", "users/"),
        "add a user": ("POST", "users/", user),
        "look at a user": ("GET", "users/expert@example.org/"),
        "look at a user who does not exist": ("GET", "users/nobody/"),
        "change a role": ("PATCH", "users/reader@example.org/", {"role": "expert"}),
        "reset a password": ("POST", "users/other_expert@example.org/password/"),
        "ask who one is": ("GET", "whoami/"),
        "list tokens": ("GET", "tokens/"),
        "make a token": ("POST", "tokens/", {"name": "mine"}),
        "log out": ("POST", "logout/"),
    }

    def ask(visitor, action):
        method, path, *data = requests[action]
        return visitor.send(method, path, *data).status_code

    return ask


@pytest.mark.parametrize("action", TABLE)
def test_each_role_may_do_what_the_table_says(visitors, do, action):
    for role, status in zip(ROLES, TABLE[action], strict=False):
        # Only what is refused leaves no trace: what succeeds is done by one role each.
        if status >= 400 or action.startswith(("list", "look", "ask", "read", "prepare")):
            assert do(visitors[role], action) == status, role


@pytest.mark.parametrize("role", ROLES[1:])
@pytest.mark.parametrize(
    "action", [name for name, row in TABLE.items() if {201, 204} & set(row) or row[4:5] == (200,)]
)
def test_who_may_change_something_can(visitors, do, action, role):
    assert do(visitors[role], action) == TABLE[action][ROLES.index(role)]


@pytest.mark.parametrize("action", TABLE)
def test_where_reading_is_closed_only_members_read(visitors, do, option, action):
    option(open_reading=False)
    expected = 405 if TABLE[action][0] == 405 else TABLE[action][5]
    assert do(visitors["anonymous"], action) == expected
    if action.startswith(("list o", "look at i", "list t", "ask for")):
        assert do(visitors["reader"], action) == 200


@pytest.mark.parametrize("action", [name for name, row in TABLE.items() if row[1] != row[4]])
@pytest.mark.parametrize("role", ROLES[1:])
def test_a_token_gives_its_owners_role_and_no_more(people, do, action, role):
    secret = Token.objects.create(user=people[role], prefix="kdb_", name="script")[1]
    assert do(Visitor(token=secret), action) == TABLE[action][ROLES.index(role)]


def test_a_role_that_was_taken_away_is_gone_at_once(visitors, people, do):
    assert do(visitors["expert"], "annotate") == 201
    answer = visitors["administrator"].patch("users/expert@example.org/", {"role": "reader"})
    assert answer.json()["role"] == "reader"
    assert do(visitors["expert"], "annotate") == 403


def test_who_was_shut_out_is_out_at_once(visitors, people, do):
    secret = Token.objects.create(user=people["expert"], prefix="kdb_", name="script")[1]
    assert do(visitors["expert"], "ask who one is") == 200
    visitors["administrator"].patch("users/expert@example.org/", {"is_active": False})
    assert do(visitors["expert"], "ask who one is") == 401
    assert do(Visitor(token=secret), "ask who one is") == 401


@pytest.mark.parametrize("change", [{"role": "editor"}, {"is_active": False}])
def test_the_last_administrator_stays(visitors, people, change):
    answer = visitors["administrator"].patch("users/administrator@example.org/", change)
    assert answer.status_code == 409
    people["expert"].role = "administrator"
    people["expert"].save()
    answer = visitors["administrator"].patch("users/administrator@example.org/", change)
    assert answer.status_code == 200
