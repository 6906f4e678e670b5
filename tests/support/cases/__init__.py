"""Answers of services outside: one module for each source, with a ``CASE``."""
