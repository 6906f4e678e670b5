"""Settings, addresses and what all parts of the service share."""
