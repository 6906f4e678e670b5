"""Ordinary visitors of a running site, and what they see in quiet, under attack and in faults."""
