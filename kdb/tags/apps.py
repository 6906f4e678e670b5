"""The app of tags."""

from django.apps import AppConfig


class TagsConfig(AppConfig):
    """The vocabulary."""

    name = "kdb.tags"
