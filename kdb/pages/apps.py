"""The app of pages."""

from django.apps import AppConfig


class PagesConfig(AppConfig):
    """Pages for people."""

    name = "kdb.pages"
