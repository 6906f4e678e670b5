"""Forms: their labels, inputs and values.  What is valid, the API says."""

from __future__ import annotations

import re
from typing import Any

from django import forms

from kdb.accounts.models import Role
from kdb.annotations.models import LONGEST_TEXT
from kdb.config.options import get_options
from kdb.pages.queue import MOST

Pairs = list[tuple[str, str]]
"""Parameters of an address."""

LISTS = ("tag", "all_tags", "not_tag", "oid")
"""Filters that take several values, in one input with blanks or commas between them."""

DAY = re.compile(r"\d{4}-\d\d-\d\d")
DESCRIPTION = forms.Textarea(attrs={"rows": 4, "maxlength": LONGEST_TEXT})


class Form(forms.Form):
    """A form whose fields are all optional here: the API knows better."""

    required: tuple[str, ...] = ()
    status = 400
    """Of the page that shows what is wrong."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.required = False
            field.strip = False
            if name in self.required:
                field.widget.attrs["required"] = True


def _input(label: str, text: str = "", size: int | None = None, **attrs: Any) -> forms.CharField:
    given = attrs | ({"maxlength": size} if size else {})
    return forms.CharField(label=label, help_text=text, widget=forms.TextInput(attrs=given))


def _choice(label: str, choices: list[tuple[str, str]], text: str = "") -> forms.CharField:
    widget = forms.Select(choices=choices)
    return forms.CharField(label=label, widget=widget, help_text=text)


class FilterForm(Form):
    """The filters of the objects, with the names the API has for them."""

    oid = _input("OID", "One or several.", inputmode="numeric")
    tag = _input("Tags: any of", list="tag-names")
    all_tags = _input("Tags: all of", list="tag-names")
    not_tag = _input("Tags: none of", list="tag-names")
    text = _input("Description contains")
    author = _input("Author", "Public name, in full.")
    changed_after = _input("Changed from", "Date, UTC.", type="date")
    changed_before = _input("Changed before", "Date, UTC.", type="date")
    release = _input("Release", "Such as dr19.", size=32)
    public = _choice("Public", [("", "any"), ("true", "yes"), ("false", "no")])
    ordering = _choice(
        "Sort by",
        [
            ("", "latest change first"),
            ("changed_at", "latest change last"),
            ("oid", "OID, ascending"),
            ("-oid", "OID, descending"),
            ("-annotations", "most annotations first"),
            ("annotations", "fewest annotations first"),
        ],
    )
    page_size = _choice("Rows", [("", "25"), ("100", "100"), ("500", "500")])

    def __init__(self, selected: Pairs, member: bool) -> None:
        values: dict[str, str] = {}
        for name, value in selected:
            more = name in LISTS and name in values
            values[name] = f"{values[name]} {value}" if more else value
        super().__init__(values, auto_id="filter-%s")
        for name in ("changed_after", "changed_before"):
            if not DAY.fullmatch(values.get(name, "2000-01-01")):
                # A time, or what is none, would not show in an input of dates.
                self.fields[name].widget = forms.TextInput()
        if not member:
            # What others see is public.
            del self.fields["public"]


class RecordForm(Form):
    """An annotation, but for its tags."""

    required = ("release",)
    description = forms.CharField(
        label="Description",
        widget=DESCRIPTION,
        help_text=f"Free text, up to {LONGEST_TEXT:,} characters: what you see and why you say "
        "so; names in other catalogues.",
    )
    release = _input(
        "Release", "Data release that you looked at, such as dr19.", size=32, list="releases"
    )
    public = forms.BooleanField(
        label="Public",
        help_text="Everyone may read it. Otherwise only those who have a login here.",
    )
    based_on = forms.CharField(widget=forms.HiddenInput)


class QueueForm(Form):
    """A list to go through."""

    required = ("oids", "release")
    oids = forms.CharField(
        label="OIDs",
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}),
        help_text=f"Up to {MOST:,}, with blanks, commas or line ends between.",
    )
    release = RecordForm.base_fields["release"]


class DeleteForm(Form):
    """A deletion."""

    description = forms.CharField(
        label="Reason", widget=DESCRIPTION, help_text="Optional; it stays in the history."
    )
    release = forms.CharField(widget=forms.HiddenInput)
    based_on = forms.CharField(widget=forms.HiddenInput)


class TagForm(Form):
    """A tag."""

    required = ("name",)
    name = _input("Name", "1 to 64 letters, digits, _ and -.", size=64, autocapitalize="off")
    description = forms.CharField(
        label="Description",
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": 4000}),
        help_text="When to give it, in a sentence or two.",
    )
    group = _input("Group", "Tags of one group are shown together.", size=64, list="groups")
    order = forms.CharField(
        label="Order",
        help_text="A whole number: smaller ones come first, and groups by their first tag.",
        widget=forms.NumberInput(),
    )


class LoginForm(Form):
    """Who one is."""

    required = ("login", "password")
    login = _input("Login name", size=64, autocomplete="username", autocapitalize="off")
    password = forms.CharField(
        label="Password", widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )
    next = forms.CharField(widget=forms.HiddenInput)


class PasswordForm(Form):
    """A new password of one's own."""

    required = ("old", "new", "again")
    old = forms.CharField(
        label="Present password",
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    new = forms.CharField(
        label="New password",
        help_text="12 characters or more, and not one that is easily guessed.",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label="New password again",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )


class TokenForm(Form):
    """A new token."""

    required = ("name",)
    name = _input("Name", "What it is for: 1 to 64 letters, digits, . _ and -.", size=64)
    days = forms.CharField(label="Days it lasts", widget=forms.NumberInput(attrs={"min": 1}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="token-%s", **kwargs)
        most = get_options().token_days
        self.fields["days"].widget.attrs["max"] = most
        self.fields["days"].help_text = f"At most {most}, which is also what an empty field means."


class UserForm(Form):
    """What can be changed of a user."""

    required = ("public_name",)
    public_name = _input("Public name", "What others see beside their records.", size=100)
    email = forms.CharField(
        label="E-mail",
        help_text="Optional; only administrators see it.",
        widget=forms.EmailInput(attrs={"maxlength": 254}),
    )
    role = forms.CharField(
        label="Role",
        help_text="Each role may do all that those before it may.",
        widget=forms.Select(choices=[(role.value, f"{role.value}: {role.label}") for role in Role]),
    )
    is_active = forms.BooleanField(
        label="Active", help_text="Otherwise they cannot log in, and their tokens do not work."
    )


class NewUserForm(UserForm):
    """A new user."""

    required = ("login", "public_name")
    is_active = None
    login = _input("Login name", "Letters, digits and @.+_-", size=64, autocapitalize="off")
    field_order = ("login",)
