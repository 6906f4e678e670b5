"""Faults of an installation, found by listing this folder: each module has a list FAULTS."""
