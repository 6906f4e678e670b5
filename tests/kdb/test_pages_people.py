"""Pages: login, account and users."""

from __future__ import annotations

import pytest
from django.contrib.sessions.models import Session
from support.kdb import PASSWORD, Visitor
from support.pages import Browser

from kdb.accounts.models import Token, User

LOGIN = {"login": "expert@example.org", "password": PASSWORD}


def who(page):
    """Whom the head of the page names."""
    return page.texts("//nav//a[contains(@href, '/account')]")


def secret_of(page):
    """What is shown this once."""
    (secret,) = page.texts("//code[@class='copy']")
    return secret


def test_login_and_logout(people):
    browser = Browser()
    page = browser.submit(browser.get("/login"), "Log in", **LOGIN)
    assert (page.path, who(page)) == ("/kdb/", ["The expert"])
    page = browser.submit(page, "Log out")
    assert (page.path, who(page)) == ("/kdb/", [])
    assert not Session.objects.exists()
    assert browser.visitor.get("whoami/").status_code == 401


def test_the_form_of_before_the_login_is_of_no_use_after_it(people):
    browser = Browser()
    page = browser.get("/login")
    browser.submit(page, "Log in", **LOGIN)
    assert browser.submit(page, "Log in", **LOGIN).status == 403


def test_the_session_changes_at_login(people):
    browser = Browser(people["reader"])
    browser.get("/")
    before = browser.visitor.client.cookies["kdb_session"].value
    browser.post("/login", **LOGIN)
    assert browser.visitor.client.cookies["kdb_session"].value != before


@pytest.mark.parametrize("login", ["expert@example.org", "nobody", "<b>"])
def test_a_wrong_password_is_reported_the_same_for_everyone(people, login):
    browser = Browser()
    page = browser.submit(browser.get("/login"), "Log in", login=login, password="wrong")
    assert (page.status, page.faults().strip()) == (
        401,
        "Login name or password is wrong. Login name or password is wrong.",
    )
    assert page.values("Log in")["login"] == login
    assert page.values("Log in")["password"] == ""


def test_logins_are_counted_by_address_whoever_is_logged_in(people, monkeypatch):
    monkeypatch.setattr("kdb.accounts.permissions.LoginThrottle.rate", "2/min", raising=False)
    wrong = LOGIN | {"password": "wrong"}
    tries = [Browser(people[role]) for role in ("reader", "reader", "editor")] + [Browser()]
    assert [one.post("/login", **wrong).status for one in tries] == [401, 401, 429, 429]
    assert Browser().get("/login").status == 200


def test_many_wrong_passwords_have_to_wait(people, option):
    browser = Browser()
    page = browser.get("/login")
    found = [
        browser.submit(page, "Log in", login="expert@example.org", password=f"wrong {number}")
        for number in range(6)
    ]
    assert {page.status for page in found[:4]} == {401}
    assert found[-1].status == 429
    assert found[-1].response["Retry-After"] == "900"
    assert "Too many wrong passwords: wait 15 minutes." in found[-1].faults()
    assert browser.submit(page, "Log in", **LOGIN).status == 429


def test_the_login_leads_back(people, tags):
    browser = Browser()
    page = browser.get("/tags/SN/merge", into="VAR")
    assert page.heading == "Log in"
    login = LOGIN | {"login": "editor@example.org"}
    assert browser.submit(page, "Log in", **login).heading == "Merge SN into VAR?"


@pytest.mark.parametrize(
    "back",
    ["//evil.example/", "https://evil.example/", "/\\evil.example", "\\\\evil.example", "@evil",
     "javascript:alert(1)", "\r\nLocation: https://evil.example", "../../x", "%2f%2fevil", ".evil"],
)  # fmt: skip
def test_the_login_leads_nowhere_else(people, back):
    browser = Browser()
    page = browser.get("/login", next=back)
    answer = browser.submit(page, "Log in", follow=False, **LOGIN)
    assert answer.status == 302
    assert answer.response["Location"].startswith("/kdb/")
    assert not answer.response["Location"].startswith("/kdb//")
    assert "\n" not in answer.response["Location"]


def test_a_token_is_shown_once_and_works(browsers):
    browser = browsers["expert"]
    page = browser.submit(browser.get("/account"), "Make the token", name="laptop", days="7")
    assert page.status == 201
    assert "no-store" in page.response["Cache-Control"]
    secret = secret_of(page)
    assert Visitor(token=secret).get("whoami/").json()["public_name"] == "The expert"
    page = browser.get("/account")
    assert secret not in page.source
    (row,) = page.rows()
    assert (row["Name"], row["Begins with"]) == ("laptop", secret[:15] + "…")
    token = Token.objects.get()
    assert (token.expiry - token.created).days in (6, 7)
    page = browser.submit(page, "Revoke")
    assert page.texts("//ul[@class='messages']/li") == ["The token laptop is revoked."]
    assert Visitor(token=secret).get("whoami/").status_code == 401


@pytest.mark.parametrize(
    ("values", "name", "shown"),
    [
        ({"name": "a b"}, "name", "Use 1 to 64 letters"),
        ({"name": "mine"}, "name", "You have a token of this name already."),
        ({"name": "x", "days": "0"}, "days", "greater than or equal to 1"),
        ({"name": "x", "days": "366"}, "days", "A token lasts 365 days at most."),
        ({"name": "x", "days": "soon"}, "days", "A valid integer is required."),
    ],
)
def test_what_is_wrong_with_a_token_is_reported_at_its_input(browsers, people, values, name, shown):
    Token.objects.create(user=people["expert"], prefix="kdb_", name="mine")
    browser = browsers["expert"]
    page = browser.submit(browser.get("/account"), "Make the token", **values)
    assert page.status == 400
    assert shown in page.fault_at(name)
    assert Token.objects.count() == 1


def test_other_peoples_tokens_are_neither_seen_nor_revoked(browsers, people):
    Token.objects.create(user=people["expert"], prefix="kdb_", name="theirs")
    for role in ("reader", "administrator"):
        assert "theirs" not in browsers[role].get("/account").source
        assert browsers[role].post("/account/tokens/theirs/revoke").status == 404
    assert Token.objects.count() == 1


def test_a_token_opens_no_page(people):
    secret = Token.objects.create(user=people["administrator"], prefix="kdb_", name="t")[1]
    visitor = Visitor(token=secret)
    assert visitor.get("users/").status_code == 200
    assert visitor.client.get("/users").status_code == 302
    assert visitor.client.post("/tags", {"name": "X"}).status_code == 401


def test_a_new_password(browsers, people):
    browser, elsewhere = browsers["expert"], Browser(people["expert"])
    assert elsewhere.get("/account").status == 200
    new = "another-Long-1-phrase"
    page = browser.get("/account")
    page = browser.submit(page, "Change the password", old=PASSWORD, new=new, again=new)
    assert page.texts("//ul[@class='messages']/li") == [
        "Your password is changed; your other logins ended."
    ]
    assert User.objects.get(pk=people["expert"].pk).check_password(new)
    assert elsewhere.get("/account").heading == "Log in"


@pytest.mark.parametrize(
    ("old", "new", "again", "name", "shown"),
    [
        ("wrong", "another-Long-1-phrase", None, "old", "This is not your password."),
        (PASSWORD, "short", None, "new", "at least 12 characters"),
        (PASSWORD, "expert@example.org", None, "new", "too similar"),
        (PASSWORD, "another-Long-1-phrase", "other", "again", "not the same"),
    ],
)
def test_what_is_wrong_with_a_password_is_reported(browsers, people, old, new, again, name, shown):
    page = browsers["expert"].get("/account")
    values = {"old": old, "new": new, "again": again or new}
    page = browsers["expert"].submit(page, "Change the password", **values)
    assert page.status == 400
    assert shown in page.fault_at(name)
    values = page.values("Change the password")
    assert (values["old"], values["new"], values["again"]) == ("", "", "")
    assert User.objects.get(pk=people["expert"].pk).check_password(PASSWORD)


def test_an_administrator_adds_a_user(browsers, people):
    browser = browsers["administrator"]
    values = {"login": "new", "public_name": "N. Ew", "email": "n@example.org", "role": "expert"}
    page = browser.submit(browser.get("/users"), "Add the user", **values)
    assert page.status == 201
    assert "no-store" in page.response["Cache-Control"]
    secret = secret_of(page)
    row = next(row for row in page.rows() if row["Login name"] == "new")
    assert (row["Public name"], row["E-mail"], row["Role"]) == ("N. Ew", "n@example.org", "expert")
    assert (row["Active"], row["Last login (UTC)"]) == ("yes", "never")
    assert secret not in browser.get("/users").source
    newcomer = Browser()
    page = newcomer.submit(newcomer.get("/login"), "Log in", login="new", password=secret)
    assert who(page) == ["N. Ew"]


@pytest.mark.parametrize(
    ("values", "name", "shown"),
    [
        ({"login": "a b"}, "login", "Use letters, digits, @.+_-"),
        ({"login": "EXPERT@example.org"}, "login", "There is a user of this login name already."),
        ({"public_name": "The expert"}, "public_name", "Another user has this name already."),
        ({"email": "x"}, "email", "Enter a valid email address."),
        ({"role": "king"}, "role", '"king" is not a valid choice.'),
    ],
)
def test_what_is_wrong_with_a_user_is_reported_at_its_input(browsers, values, name, shown):
    browser = browsers["administrator"]
    given = {"login": "new", "public_name": "New", "role": "reader"} | values
    page = browser.submit(browser.get("/users"), "Add the user", **given)
    assert page.status == 400
    assert shown in page.fault_at(name)
    assert User.objects.count() == 5


def test_an_administrator_changes_a_user(browsers, people):
    browser = browsers["administrator"]
    page = browser.get(browser.get("/users").link("expert@example.org"))
    assert page.values("Change")["role"] == "expert"
    page = browser.submit(page, "Change", role="editor", public_name="Dr. X")
    assert page.texts("//ul[@class='messages']/li") == ["expert@example.org is changed."]
    assert browsers["expert"].get("/tags/").status == 404
    user = User.objects.get(login="expert@example.org")
    assert (user.role, user.public_name, user.is_active) == ("editor", "Dr. X", True)
    form = browser.get("/users/expert@example.org").values("Change")
    del form["is_active"]
    browser.post("/users/expert@example.org", **form)
    assert browsers["expert"].get("/account").heading == "Log in"


def test_the_last_administrator_stays(browsers, people):
    browser = browsers["administrator"]
    page = browser.get("/users/administrator@example.org")
    page = browser.submit(page, "Change", role="reader")
    assert page.status == 409
    assert "is the last administrator" in page.faults()


def test_a_new_password_for_another(browsers, people):
    browser = browsers["administrator"]
    Token.objects.create(user=people["expert"], prefix="kdb_", name="t")
    page = browser.submit(browser.get("/users/expert@example.org"), "Give a new password")
    secret = secret_of(page)
    assert browsers["expert"].get("/account").heading == "Log in"
    assert not Token.objects.exists()
    again = Browser()
    page = again.submit(again.get("/login"), "Log in", login=LOGIN["login"], password=secret)
    assert who(page) == ["The expert"]


def test_users_come_in_pages(browsers, password_hash):
    User.objects.bulk_create(
        User(login=f"u{number:03}", public_name=f"U {number}", password=password_hash)
        for number in range(120)
    )
    browser = browsers["administrator"]
    first = browser.get("/users")
    second = browser.get(first.link("Next ›"))
    names = [row["Login name"] for page in (first, second) for row in page.rows()]
    assert names == sorted(User.objects.values_list("login", flat=True))
    assert browser.get(second.link("‹ Previous")).rows() == first.rows()


def test_names_are_shown_to_administrators_only(browsers, expert, tags):
    oid = expert.annotate(633207400004730, "SN")["oid"]
    for role in ("anonymous", "reader", "expert", "editor"):
        for path in ("/", f"/objects/{oid}", "/tags", "/tags/SN"):
            assert "@example.org" not in browsers[role].get(path).source
