"""Login, one's own account, and users for administrators."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from kdb.accounts import views as api
from kdb.accounts.models import Role
from kdb.accounts.permissions import is_member
from kdb.config.options import get_options
from kdb.pages.forms import LoginForm, NewUserForm, PasswordForm, TokenForm, UserForm
from kdb.pages.page import Page, put_errors
from kdb.pages.views.objects import moment

private = method_decorator(
    [never_cache, sensitive_post_parameters("password", "old", "new", "again")], name="dispatch"
)
"""Of pages with passwords and secrets: no cache keeps them, no report shows them."""


@private
class Login(Page):
    """The login; it leads back to where one came from."""

    here = "login"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Ask for name and password."""
        back = request.GET.get("next", "")
        if is_member(request):
            return redirect("pages:account")
        return self.render("login", form=LoginForm(initial={"next": back}), back=back)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Log in."""
        form = LoginForm(request.POST)
        if form.is_valid():
            body = {name: form.cleaned_data[name] for name in ("login", "password")}
            answer = self.ask(api.Login, "POST", body=body, expect=(400, 401))
            if answer.status_code == 200:
                # Below this service whatever it says.
                back = form.cleaned_data["next"].lstrip("/\\")
                return HttpResponseRedirect(reverse("pages:objects") + back)
            put_errors(form, answer.data)
            return self.render("login", answer.status_code, form=form)
        return self.render("login", 400, form=form)


class Logout(Page):
    """The logout."""

    def post(self, request: HttpRequest) -> HttpResponse:
        """Log out."""
        self.ask(api.Logout, "POST")
        return redirect("pages:objects")


@private
class Account(Page):
    """One's own name, role and tokens."""

    here = "account"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show them."""
        return self.show()

    def post(self, request: HttpRequest) -> HttpResponse:
        """Make a token.

        The answer shows its secret: a redirect would have to keep it somewhere meanwhile.
        """
        form = TokenForm(request.POST)
        if not form.is_valid():
            return self.show(400, token_form=form)
        body = {"name": form.cleaned_data["name"]}
        if form.cleaned_data["days"]:
            body["days"] = form.cleaned_data["days"]
        answer = self.ask(api.Tokens, "POST", body=body, expect=(400,))
        if answer.status_code == 201:
            return self.show(201, made=_token(answer.data))
        put_errors(form, answer.data)
        return self.show(400, token_form=form)

    def show(self, status: int = 200, **context: Any) -> HttpResponse:
        """Return the page."""
        who = self.ask(api.Whoami).data
        return self.render(
            "account",
            status,
            **{
                "who": who,
                "role_label": Role(who["role"]).label,
                "tokens": [_token(token) for token in self.ask(api.Tokens).data],
                "token_form": TokenForm(),
                "password_form": PasswordForm(),
                "most_tokens": get_options().tokens_per_user,
            }
            | context,
        )


@private
class Password(Account):
    """One's own password."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Lead to the form."""
        return redirect("pages:account")

    def post(self, request: HttpRequest) -> HttpResponse:
        """Change it."""
        form = PasswordForm(request.POST)
        if form.is_valid() and form.cleaned_data["new"] != form.cleaned_data["again"]:
            form.add_error("again", "This is not the same as the new password.")
        if form.is_valid():
            body = {name: form.cleaned_data[name] for name in ("old", "new")}
            answer = self.ask(api.Password, "POST", body=body, expect=(400,))
            if answer.status_code == 204:
                return self.done("Your password is changed; your other logins ended.", "account")
            put_errors(form, answer.data)
        return self.show(400, password_form=form)


class Revoke(Page):
    """The end of a token."""

    def post(self, request: HttpRequest, name: str) -> HttpResponse:
        """Revoke one of one's own tokens."""
        self.ask(api.TokenDetail, "DELETE", name=name)
        return self.done(f"The token {name} is revoked.", "account")


@private
class Users(Page):
    """All users."""

    here = "users"

    def get(self, request: HttpRequest) -> HttpResponse:
        """List them."""
        return self._show()

    def post(self, request: HttpRequest) -> HttpResponse:
        """Add one; the answer shows the password, as that of tokens their secret."""
        form = NewUserForm(request.POST)
        if not form.is_valid():
            return self._show(form, 400)
        body = {name: form.cleaned_data[name] for name in ("login", "public_name", "email", "role")}
        answer = self.ask(api.UserList, "POST", body=body, expect=(400, 409))
        if answer.status_code == 201:
            return self._show(None, 201, made=answer.data)
        put_errors(form, answer.data)
        return self._show(form, answer.status_code)

    def _show(
        self, form: NewUserForm | None = None, status: int = 200, **context: Any
    ) -> HttpResponse:
        cursor = self.request.GET.get("cursor")
        found = self.ask(api.UserList, query=[("cursor", cursor)] if cursor else []).data
        rows = [row | {"seen": moment(row["last_login"] or "")} for row in found["results"]]
        links = {name: _page(found[name]) for name in ("next", "previous")}
        form = form or NewUserForm(initial={"role": Role.READER.value})
        return self.render("users", status, users=rows, form=form, **links, **context)


class OneUser(Page):
    """One user."""

    here = "users"

    def get(self, request: HttpRequest, login: str) -> HttpResponse:
        """Show a user."""
        return self._show(login)

    def post(self, request: HttpRequest, login: str) -> HttpResponse:
        """Change names, role or activity."""
        form = UserForm(request.POST)
        if not form.is_valid():
            return self._show(login, form, 400)
        names = ("public_name", "email", "role", "is_active")
        body = {name: form.cleaned_data[name] for name in names}
        answer = self.ask(api.UserDetail, "PATCH", body=body, expect=(400, 409), login=login)
        if answer.status_code == 200:
            return self.done(f"{login} is changed.", "users")
        put_errors(form, answer.data)
        return self._show(login, form, answer.status_code)

    def _show(self, login: str, form: UserForm | None = None, status: int = 200) -> HttpResponse:
        user = self.ask(api.UserDetail, login=login).data
        return self.render("user", status, user=user, form=form or UserForm(initial=dict(user)))


@private
class NewPassword(Page):
    """The password of another."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest, login: str) -> HttpResponse:
        """Generate one; the answer shows it."""
        made = self.ask(api.UserPassword, "POST", login=login).data
        return self.render("user", 200, user=made, form=UserForm(initial=dict(made)), made=made)


def _token(token: dict[str, Any]) -> dict[str, Any]:
    return dict(token) | {
        "created": moment(token["created_at"]),
        "expires": moment(token["expires_at"] or ""),
    }


def _page(address: str | None) -> str | None:
    return f"?{urlsplit(address).query}" if address else None
