"""The app of annotations."""

from django.apps import AppConfig


class AnnotationsConfig(AppConfig):
    """Annotations and what follows from them."""

    name = "kdb.annotations"
