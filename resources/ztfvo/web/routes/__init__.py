"""Routes of the application: one module a subject, each with a ``router``."""
