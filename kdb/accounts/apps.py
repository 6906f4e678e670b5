"""The app of people."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """People: roles, log-in, personal tokens."""

    name = "kdb.accounts"
