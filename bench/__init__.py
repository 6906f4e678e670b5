"""Benchmarks of the store and of the running service; see ``scripts/bench --help``."""
