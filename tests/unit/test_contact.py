"""The contact: asked for at a terminal, warned about without, and named where it is set."""

from __future__ import annotations

import os
import pty
import subprocess
import sys

import pytest
from pydantic import ValidationError

from ztfvo.remote.client import user_agent
from ztfvo.settings import load_settings
from ztfvo.site import config, contact
from ztfvo.status import facts
from ztfvo.web import pages


@pytest.fixture
def settings(tmp_path, monkeypatch):
    for name in [name for name in os.environ if name.startswith("ZTFVO_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("ZTFVO_VAR", str(tmp_path))
    return load_settings()


def answering(*answers):
    """A prompt that is answered with these, one after the other; what it showed."""
    left, shown = list(answers), []

    def prompt(text, **_):
        shown.append(text)
        return left.pop(0)

    return prompt, shown


@pytest.mark.parametrize("before", [None, "ZTFVO_PORT=9001", "ZTFVO_PORT=9001\n"])
@pytest.mark.parametrize("name", ["ZTF desk", 'O\'Brien "Obi" $HOME \\ #1', "Zoë Müller"])
def test_what_is_answered_is_read_again_and_other_settings_stay(settings, before, name):
    if before:
        contact.file(settings).write_text(before)
    prompt, _ = answering(f" {name} ", "desk@ztf.example")
    assert contact.ask(settings, prompt)
    found = load_settings()
    assert (found.contact_name, found.contact_email) == (name, "desk@ztf.example")
    assert found.contact == f"{name} <desk@ztf.example>"
    assert found.port == (9001 if before else 8080)


def test_an_address_that_is_none_is_asked_for_again(settings):
    prompt, shown = answering("Desk", "desk", "", "a b@c", "<a@b>", "desk@ztf.example")
    assert contact.ask(settings, prompt)
    assert [text.startswith(("'desk'", "''", "'a b@c'", "'<a@b>'")) for text in shown[2:]] == [
        True
    ] * 4
    assert load_settings().contact_email == "desk@ztf.example"


def test_nothing_is_kept_where_nothing_is_answered(settings):
    prompt, shown = answering("")
    assert not contact.ask(settings, prompt)
    assert not contact.file(settings).exists()
    assert len(shown) == 1


@pytest.mark.parametrize("wrong", ["desk", "a b@c.example", "a@b@c", "x@", '"@b', "a@b\nc"])
def test_an_address_that_is_none_is_no_setting(settings, wrong):
    with pytest.raises(ValidationError, match="is not an e-mail address"):
        load_settings(contact_email=wrong)


SET = {"contact_name": "ZTF <desk>", "contact_email": "desk@ztf.example"}


@pytest.mark.parametrize("one", SET)
def test_a_contact_is_a_name_and_an_address(settings, one):
    half = settings.model_copy(update={one: SET[one]})
    assert (half.contact, half.whom_to_ask) == ("", "the operators")


def test_the_status_shows_it_or_how_to_set_it(settings):
    ((state, sentence),) = facts.FACTS["contact"](settings)
    assert state == facts.NOTE
    assert "ZTFVO_CONTACT_NAME and ZTFVO_CONTACT_EMAIL into" in sentence
    assert str(contact.file(settings)) in sentence
    known = settings.model_copy(update=SET)
    assert list(facts.FACTS["contact"](known)) == [(facts.GOOD, "ZTF <desk> <desk@ztf.example>")]


def test_requests_metadata_and_pages_name_it_where_it_is_set(settings, monkeypatch):
    known = settings.model_copy(update=SET)
    assert user_agent(settings).rpartition("/")[0] == "ztfvo"
    assert user_agent(known).endswith(" (desk@ztf.example)")
    values = config.values(known)
    assert (values["CONTACT_NAME"], values["CONTACT_EMAIL"]) == tuple(SET.values())
    assert config.values(settings)["CONTACT_EMAIL"] == "nobody@localhost"
    for one, shown in ((settings, False), (known, True)):
        monkeypatch.setattr(pages, "get_settings", lambda one=one: one)
        page = pages.page("error.html", title="x", message="x", status=400).decode()
        link = '<a href="mailto:desk@ztf.example">ZTF &lt;desk&gt;</a>'
        assert (link in page) == ("mailto:" in page) == shown


ASK = (
    "from ztfvo.site import __main__ as main\n"
    "main.install = lambda settings, say: say('installed for ' + (settings.contact or 'nobody'))\n"
    "main.app(['setup'])"
)
"""Set-up without what takes long."""


def test_set_up_without_a_terminal_asks_nothing_and_warns(settings):
    done = subprocess.run(
        [sys.executable, "-c", ASK],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    first, second = done.stdout.splitlines()
    assert first == "installed for nobody"
    assert second.startswith("Warning: no contact is set")


def test_set_up_at_a_terminal_asks_and_goes_on_with_the_answer(settings):
    ours, theirs = pty.openpty()
    started = subprocess.Popen(
        [sys.executable, "-c", ASK], stdin=theirs, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    os.write(ours, b"ZTF desk\ndesk@ztf.example\n")
    shown, _ = started.communicate(timeout=60)
    os.close(ours), os.close(theirs)
    assert contact.NAME_FIRST in shown.decode()
    assert shown.decode().splitlines()[-1].endswith("installed for ZTF desk <desk@ztf.example>")
