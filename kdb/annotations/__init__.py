"""Annotations: what was recorded on which object, by whom and when."""
