"""Login, one's own account, and users for administrators."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from rest_framework.permissions import AllowAny
from rest_framework.throttling import ScopedRateThrottle

from kdb.accounts import actions, manage
from kdb.accounts.models import Role, Token, User
from kdb.accounts.permissions import IsMember, LoginThrottle, MayAdminister, is_member
from kdb.accounts.serializers import UserSerializer
from kdb.accounts.views import UserList
from kdb.config.options import get_options
from kdb.config.paging import KeysetPagination
from kdb.pages.forms import LoginForm, NewUserForm, PasswordForm, TokenForm, UserForm
from kdb.pages.page import Page, errors_at

private = method_decorator(
    [never_cache, sensitive_post_parameters("password", "old", "new", "again")], name="dispatch"
)
"""Of pages with passwords and secrets: no cache keeps them, no report shows them."""


@private
class Login(Page):
    """The login; it leads back to where one came from."""

    here = "login"
    reading = writing = AllowAny
    throttles = (LoginThrottle,)

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
            # Below this service whatever it says.
            back = form.cleaned_data.pop("next").lstrip("/\\")
            with errors_at(form):
                actions.log_in(request, form.cleaned_data)
                return HttpResponseRedirect(reverse("pages:objects") + back)
        return self.render("login", form.status, form=form)


class Logout(Page):
    """The logout."""

    writing = IsMember

    def post(self, request: HttpRequest) -> HttpResponse:
        """Log out."""
        logout(request)
        return redirect("pages:objects")


@private
class Account(Page):
    """One's own name, role and tokens."""

    here = "account"
    reading = writing = IsMember

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show them."""
        return self.show()

    def post(self, request: HttpRequest) -> HttpResponse:
        """Make a token.

        The answer shows its secret: a redirect would have to keep it somewhere meanwhile.
        """
        form = TokenForm(request.POST)
        if form.is_valid():
            given = {"name": form.cleaned_data["name"]}
            if form.cleaned_data["days"]:
                given["days"] = form.cleaned_data["days"]
            with errors_at(form):
                return self.show(201, made=actions.make_token(request.user, given))
        return self.show(400, token_form=form)

    def show(self, status: int = 200, **context: Any) -> HttpResponse:
        """Return the page."""
        user = self.request.user
        return self.render(
            "account",
            status,
            **{
                "role_label": Role(user.role).label,
                "tokens": Token.objects.filter(user=user).order_by("created"),
                "token_form": TokenForm(),
                "password_form": PasswordForm(),
                "most_tokens": get_options().tokens_per_user,
            }
            | context,
        )


@private
class Password(Account):
    """One's own password."""

    throttles = (ScopedRateThrottle,)
    throttle_scope = "login"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Lead to the form."""
        return redirect("pages:account")

    def post(self, request: HttpRequest) -> HttpResponse:
        """Change it."""
        form = PasswordForm(request.POST)
        if form.is_valid() and form.cleaned_data["new"] != form.cleaned_data["again"]:
            form.add_error("again", "This is not the same as the new password.")
        if form.is_valid():
            given = {name: form.cleaned_data[name] for name in ("old", "new")}
            with errors_at(form):
                actions.change_password(request, given)
                return self.done("Your password is changed; your other logins ended.", "account")
        return self.show(400, password_form=form)


class Revoke(Page):
    """The end of a token."""

    writing = IsMember

    def post(self, request: HttpRequest, name: str) -> HttpResponse:
        """Revoke one of one's own tokens."""
        actions.revoke_token(request.user, name)
        return self.done(f"The token {name} is revoked.", "account")


@private
class Users(Page):
    """All users."""

    here = "users"
    reading = writing = MayAdminister

    def get(self, request: HttpRequest) -> HttpResponse:
        """List them."""
        return self._show()

    def post(self, request: HttpRequest) -> HttpResponse:
        """Add one; the answer shows the password, as that of tokens their secret."""
        form = NewUserForm(request.POST)
        if form.is_valid():
            with errors_at(form):
                made, password = actions.add_user(form.cleaned_data)
                return self._show(None, 201, made=made, password=password)
        return self._show(form, form.status)

    def _show(
        self, form: NewUserForm | None = None, status: int = 200, **context: Any
    ) -> HttpResponse:
        paging = KeysetPagination()
        here = self.request.get_full_path()
        users = paging.page(User.objects.all(), self.request.GET, here, UserList)
        context |= {"users": users, "next": paging.next_link, "previous": paging.previous_link}
        context["form"] = form or NewUserForm(initial={"role": Role.READER.value})
        return self.render("users", status, **context)


class OneUser(Page):
    """One user."""

    here = "users"
    reading = writing = MayAdminister

    def get(self, request: HttpRequest, login: str) -> HttpResponse:
        """Show a user."""
        return self._show(login)

    def post(self, request: HttpRequest, login: str) -> HttpResponse:
        """Change names, role or activity."""
        form = UserForm(request.POST)
        if form.is_valid():
            with errors_at(form):
                actions.change_user(login, form.cleaned_data)
                return self.done(f"{login} is changed.", "users")
        return self._show(login, form, form.status)

    def _show(self, login: str, form: UserForm | None = None, status: int = 200) -> HttpResponse:
        user = actions.find_user(login)
        form = form or UserForm(initial=UserSerializer(user).data)
        return self.render("user", status, user=user, form=form)


@private
class NewPassword(Page):
    """The password of another."""

    http_method_names = ("post",)
    writing = MayAdminister

    def post(self, request: HttpRequest, login: str) -> HttpResponse:
        """Generate one; the answer shows it."""
        user = actions.find_user(login)
        password = manage.reset_password(user)
        form = UserForm(initial=UserSerializer(user).data)
        return self.render("user", user=user, form=form, password=password)
