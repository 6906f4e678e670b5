"""Login, tokens and users over HTTP."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth import logout
from django.middleware.csrf import get_token
from django.utils.decorators import method_decorator
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.debug import sensitive_post_parameters
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.generics import GenericAPIView
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import ScopedRateThrottle

from kdb.accounts import actions, manage
from kdb.accounts.models import Token, User
from kdb.accounts.permissions import (
    HasSession,
    IsMember,
    LoginThrottle,
    MayAdminister,
    MayAnnotate,
    MayAsk,
    is_member,
)
from kdb.accounts.serializers import (
    CSRFSerializer,
    EditUserSerializer,
    LoginSerializer,
    MadeTokenSerializer,
    MadeUserSerializer,
    NewTokenSerializer,
    NewUserSerializer,
    PasswordSerializer,
    SessionSerializer,
    TokenSerializer,
    UserSerializer,
    WhoamiSerializer,
)

LOGIN_PARAMETER = OpenApiParameter("login", OpenApiTypes.STR, OpenApiParameter.PATH)


@method_decorator(sensitive_post_parameters(), name="dispatch")
@method_decorator(csrf_protect, name="dispatch")
class Login(GenericAPIView[User]):
    """Login by password; a cookie then identifies you."""

    # Who is logged in by a token or a stale session can still log in.
    authentication_classes = ()
    permission_classes = (AllowAny,)
    throttle_classes = (LoginThrottle,)
    serializer_class = LoginSerializer
    filter_backends = ()

    def get_authenticate_header(self, request: Request) -> str:
        """Name the scheme, so that a wrong password is 401."""
        return "Session"

    @extend_schema(
        operation_id="login_get",
        summary="Prepare a login",
        auth=[],
        responses=CSRFSerializer,
    )
    def get(self, request: Request) -> Response:
        """A token against forged requests: send it with every change, with the cookie set here."""
        return Response({"csrf_token": get_token(request._request)})

    @extend_schema(operation_id="login", summary="Log in", auth=[], responses=WhoamiSerializer)
    def post(self, request: Request) -> Response:
        """Log in; the answer says who you are."""
        return Response(WhoamiSerializer(actions.log_in(request._request, request.data)).data)


class Logout(GenericAPIView[User]):
    """The end of a session."""

    permission_classes = (HasSession,)
    serializer_class = None
    filter_backends = ()

    @extend_schema(operation_id="logout", summary="Log out", request=None, responses={204: None})
    def post(self, request: Request) -> Response:
        """Log out."""
        logout(request._request)
        return Response(status=204)


class Whoami(GenericAPIView[User]):
    """Who you are."""

    permission_classes = (IsMember,)
    serializer_class = WhoamiSerializer
    filter_backends = ()

    @extend_schema(operation_id="whoami", summary="Who you are")
    def get(self, request: Request) -> Response:
        """Your names and your role."""
        return Response(WhoamiSerializer(request.user).data)


class Session(GenericAPIView[User]):
    """Who looks at a page."""

    permission_classes = (AllowAny,)
    serializer_class = SessionSerializer
    filter_backends = ()

    @extend_schema(operation_id="session", summary="Who is logged in, and may what")
    def get(self, request: Request) -> Response:
        """For pages: the same as `whoami`, where nobody need be logged in."""
        member = is_member(request)
        state = {
            "public_name": request.user.public_name if member else None,
            "may_read": MayAsk().has_permission(request, self),
            "may_annotate": MayAnnotate().has_permission(request, self),
            "csrf_token": get_token(request._request) if member else None,
        }
        return Response(SessionSerializer(state).data)


class Password(GenericAPIView[User]):
    """One's own password."""

    permission_classes = (HasSession,)
    throttle_classes = (ScopedRateThrottle,)
    throttle_scope = "login"
    serializer_class = PasswordSerializer
    filter_backends = ()

    @extend_schema(operation_id="password", summary="Change your password", responses={204: None})
    def post(self, request: Request) -> Response:
        """Change your password; your other sessions end."""
        actions.change_password(request._request, request.data)
        return Response(status=204)


class _OwnTokens(GenericAPIView[Token]):
    """What views of one's own tokens share."""

    serializer_class: Any = TokenSerializer
    pagination_class = None
    filter_backends = ()

    def get_permissions(self) -> list[Any]:
        """Listing and revoking is for all members; making one needs a login by password."""
        return [HasSession() if self.request.method == "POST" else IsMember()]

    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False):
            return Token.objects.none()
        return Token.objects.filter(user=self.request.user).order_by("created")


class Tokens(_OwnTokens):
    """One's own tokens."""

    @extend_schema(
        operation_id="tokens_list", summary="Your tokens", responses=TokenSerializer(many=True)
    )
    def get(self, request: Request) -> Response:
        """Your tokens, without their secrets."""
        return Response(TokenSerializer(self.get_queryset(), many=True).data)

    @extend_schema(
        operation_id="tokens_create",
        summary="Make a token",
        request=NewTokenSerializer,
        responses={201: MadeTokenSerializer},
    )
    def post(self, request: Request) -> Response:
        """Make a token for scripts; its secret is shown this once."""
        made = actions.make_token(request.user, request.data)
        return Response(MadeTokenSerializer(made).data, status=201)


class TokenDetail(_OwnTokens):
    """One of one's own tokens."""

    @extend_schema(operation_id="tokens_revoke", summary="Revoke a token", responses={204: None})
    def delete(self, request: Request, name: str) -> Response:
        """Revoke one of your tokens, by its name."""
        actions.revoke_token(request.user, name)
        return Response(status=204)


class _Users(GenericAPIView[User]):
    """What views of users share."""

    permission_classes = (MayAdminister,)
    serializer_class: Any = UserSerializer
    queryset = User.objects.all()
    filter_backends = ()
    orderings: ClassVar = {"login": "login"}
    ordering = "login"


class UserList(_Users):
    """All users."""

    @extend_schema(
        operation_id="users_list", summary="All users", responses=UserSerializer(many=True)
    )
    def get(self, request: Request) -> Response:
        """All users; for administrators."""
        page = self.paginate_queryset(self.get_queryset())
        return self.get_paginated_response(UserSerializer(page, many=True).data)

    @extend_schema(
        operation_id="users_create",
        summary="Add a user",
        request=NewUserSerializer,
        responses={201: MadeUserSerializer},
    )
    def post(self, request: Request) -> Response:
        """Add a user; the generated password is shown this once."""
        return Response(_with_password(*actions.add_user(request.data)), status=201)


@extend_schema(parameters=[LOGIN_PARAMETER])
class UserDetail(_Users):
    """One user."""

    @extend_schema(operation_id="users_retrieve", summary="One user")
    def get(self, request: Request, login: str) -> Response:
        """One user; for administrators."""
        return Response(UserSerializer(actions.find_user(login)).data)

    @extend_schema(
        operation_id="users_change",
        summary="Change a user",
        request=EditUserSerializer(partial=True),
        responses=UserSerializer,
    )
    def patch(self, request: Request, login: str) -> Response:
        """Change role, names or activity; users are not deleted, their records stay theirs."""
        return Response(UserSerializer(actions.change_user(login, request.data)).data)


@extend_schema(parameters=[LOGIN_PARAMETER])
class UserPassword(_Users):
    """The password of another."""

    @extend_schema(
        operation_id="users_password",
        summary="Reset a user's password",
        request=None,
        responses=MadeUserSerializer,
    )
    def post(self, request: Request, login: str) -> Response:
        """Generate a new password, shown this once; the user's sessions and tokens end."""
        user = actions.find_user(login)
        return Response(_with_password(user, manage.reset_password(user)))


def _with_password(user: User, password: str) -> dict[str, Any]:
    user.password = password
    return dict(MadeUserSerializer(user).data)
