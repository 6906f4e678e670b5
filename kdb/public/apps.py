"""The app of public views."""

from django.apps import AppConfig


class PublicConfig(AppConfig):
    """SQL views of public records."""

    name = "kdb.public"
    label = "public_views"
