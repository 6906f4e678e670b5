"""People and tokens as JSON."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError as ModelError
from django.core.validators import RegexValidator
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from kdb.accounts.models import Role, Token, User
from kdb.config.options import get_options
from kdb.config.serializing import StrictSerializer

LONGEST_PASSWORD = 200
TOKEN_NAME = RegexValidator(r"\A[A-Za-z0-9._-]{1,64}\Z", "Use 1 to 64 letters, digits, . _ and -.")


class LoginSerializer(StrictSerializer):
    """Login name and password."""

    login = serializers.CharField(max_length=64)
    password = serializers.CharField(
        max_length=LONGEST_PASSWORD, trim_whitespace=False, write_only=True
    )


class CSRFSerializer(serializers.Serializer[Any]):
    """What a page needs before it can log someone in."""

    csrf_token = serializers.CharField(help_text="Send it as the header X-CSRFToken.")


class WhoamiSerializer(serializers.ModelSerializer[User]):
    """Who you are."""

    class Meta:
        model = User
        fields = ("login", "public_name", "email", "role")
        read_only_fields = fields


class SessionSerializer(serializers.Serializer[Any]):
    """What a page offers to who looks at it."""

    public_name = serializers.CharField(
        allow_null=True, help_text="Who is logged in; null when nobody is."
    )
    may_read = serializers.BooleanField(help_text="Whether public records can be read.")
    may_annotate = serializers.BooleanField(help_text="Whether records can be written.")
    csrf_token = serializers.CharField(
        allow_null=True, help_text="Send it as the header X-CSRFToken with what you write."
    )


class PasswordSerializer(StrictSerializer):
    """A change of one's own password."""

    old = serializers.CharField(max_length=LONGEST_PASSWORD, trim_whitespace=False)
    new = serializers.CharField(max_length=LONGEST_PASSWORD, trim_whitespace=False)

    def validate_old(self, password: str) -> str:
        """Refuse a wrong password."""
        if not self.context["user"].check_password(password):
            raise ValidationError("This is not your password.")
        return password

    def validate_new(self, password: str) -> str:
        """Refuse a password that can be guessed."""
        try:
            validate_password(password, self.context["user"])
        except ModelError as error:
            raise ValidationError(error.messages) from error
        return password


class TokenSerializer(serializers.ModelSerializer[Token]):
    """A token, without its secret."""

    prefix = serializers.CharField(source="token_key", help_text="Its first letters.")
    created_at = serializers.DateTimeField(source="created")
    expires_at = serializers.DateTimeField(source="expiry")

    class Meta:
        model = Token
        fields = ("name", "prefix", "created_at", "expires_at")
        read_only_fields = fields


class MadeTokenSerializer(TokenSerializer):
    """A token just made."""

    token = serializers.CharField(help_text="The secret; it is shown this once.")

    class Meta(TokenSerializer.Meta):
        fields = (*TokenSerializer.Meta.fields, "token")
        read_only_fields = fields


class NewTokenSerializer(StrictSerializer):
    """What a token shall be called, and how long it lasts."""

    name = serializers.CharField(validators=[TOKEN_NAME])
    days = serializers.IntegerField(min_value=1, required=False, help_text="Days it lasts.")

    def validate_name(self, name: str) -> str:
        """Refuse a name that is in use."""
        if Token.objects.filter(user=self.context["user"], name=name).exists():
            raise ValidationError("You have a token of this name already.")
        return name

    def validate(self, data: dict[str, Any]) -> dict[str, Any]:
        """Hold to the limits."""
        options = get_options()
        data.setdefault("days", options.token_days)
        if data["days"] > options.token_days:
            raise ValidationError({"days": [f"A token lasts {options.token_days} days at most."]})
        if Token.objects.filter(user=self.context["user"]).count() >= options.tokens_per_user:
            raise ValidationError(f"You have {options.tokens_per_user} tokens: revoke one first.")
        return data


class UserSerializer(serializers.ModelSerializer[User]):
    """A user, for administrators."""

    class Meta:
        model = User
        fields = ("login", "public_name", "email", "role", "is_active", "created_at", "last_login")
        read_only_fields = fields


class MadeUserSerializer(UserSerializer):
    """A user with a new password."""

    password = serializers.CharField(help_text="Generated; it is shown this once.")

    class Meta(UserSerializer.Meta):
        fields = (*UserSerializer.Meta.fields, "password")
        read_only_fields = fields


class EditUserSerializer(StrictSerializer):
    """What an administrator can change of a user."""

    public_name = serializers.CharField(max_length=100)
    email = serializers.EmailField(allow_blank=True, default="")
    role = serializers.ChoiceField(choices=Role.choices, default=Role.READER)
    is_active = serializers.BooleanField(default=True)

    def validate_public_name(self, name: str) -> str:
        """Refuse a name that is malformed or taken."""
        return str(_valid("public_name", name, self.instance))


class NewUserSerializer(EditUserSerializer):
    """A new user."""

    is_active = None
    login = serializers.CharField(max_length=64)

    def validate_login(self, login: str) -> str:
        """Refuse a login name that is malformed or taken, in whatever case."""
        if User.objects.filter(login__iexact=login).exists():
            raise ValidationError("There is a user of this login name already.")
        return str(_valid("login", login, None))


def _valid(field: str, value: str, user: User | None) -> str:
    try:
        User._meta.get_field(field).run_validators(value)
    except ModelError as error:
        raise ValidationError(error.messages) from error
    taken = User.objects.filter(**{field: value})
    if (taken.exclude(pk=user.pk) if user else taken).exists():
        raise ValidationError("Another user has this name already.")
    return value
