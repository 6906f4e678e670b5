"""Extinction at the places of light curves, or any others, on request: ``/extinction``."""
