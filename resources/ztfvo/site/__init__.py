"""Set-up and steering of an installation: what ``scripts/setup`` and ``scripts/serve`` do."""
