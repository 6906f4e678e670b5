"""Tokens of scripts."""

from __future__ import annotations

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from knox.auth import TokenAuthentication as KnoxAuthentication
from rest_framework.exceptions import AuthenticationFailed


class TokenAuthentication(KnoxAuthentication):
    """``Authorization: Token kdb_...``"""

    def authenticate_credentials(self, token: bytes) -> Any:
        """Return the user and the token's row.

        Raises
        ------
        AuthenticationFailed
            When the token is unknown, expired, or no token at all.
        """
        if not token.replace(b"_", b"").isalnum():
            raise AuthenticationFailed("Invalid token.")
        return super().authenticate_credentials(token)


class TokenScheme(OpenApiAuthenticationExtension):
    """What the API's description says of tokens."""

    target_class = TokenAuthentication
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        """Describe the header."""
        return {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": "A personal token: `Token kdb_...`, made at tokens/.",
        }
