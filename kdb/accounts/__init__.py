"""People: roles, log-in, personal tokens."""
