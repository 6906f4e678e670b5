"""Experts at the knowledge database of the running test site, as scripts talk to it."""

from __future__ import annotations

import itertools
import os
from typing import Any

import httpx

from tour.expert import new_password
from ztfvo.settings import get_settings
from ztfvo.site.knowledge import manage

API = "/kdb/api/v1/"
_numbers = itertools.count(1)


class Person:
    """Someone at the knowledge database, logged in by a session or known by a token."""

    def __init__(self, site: str, token: str | None = None) -> None:
        headers = {"Authorization": f"Token {token}"} if token else {}
        self.http = httpx.Client(base_url=site + API, headers=headers, timeout=60)

    def send(self, path: str, body: Any, method: str = "POST") -> httpx.Response:
        """Send JSON, with a token against forged requests."""
        csrf = self.http.get("login/").json()["csrf_token"]
        return self.http.request(method, path, json=body, headers={"X-CSRFToken": csrf})

    def annotate(self, oid: int, *tags: str, **fields: Any) -> dict[str, Any]:
        """Record something that must be accepted, on what is there."""
        newest = self.http.get(f"objects/{oid}/").json()["newest"]
        body = {"oid": oid, "release": "dr17", "tags": tags, "based_on": newest} | fields
        answer = self.send("annotations/", {k: v for k, v in body.items() if k != "tags" or v})
        assert answer.status_code == 201, answer.text
        return answer.json()

    def token(self, name: str) -> str:
        """Make a token for scripts."""
        return self.send("tokens/", {"name": name}).json()["token"]


def person(site: str, role: str = "expert") -> Person:
    """Make someone new and log them in; `name` and `login` are what whoami reports."""
    number = f"{os.getpid()}-{next(_numbers)}"
    login = f"test-{role}-{number}"
    password = new_password(get_settings(), login, f"Test {role} {number}")
    if role != "expert":
        assert manage(get_settings(), ["set_role", login, role], quiet=True).returncode == 0
    made = Person(site)
    answer = made.send("login/", {"login": login, "password": password})
    assert answer.status_code == 200, answer.text
    return made
