"""The app of import and export."""

from django.apps import AppConfig


class TransferConfig(AppConfig):
    """Has commands only."""

    name = "kdb.transfer"
    label = "transfer"
