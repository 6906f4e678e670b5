"""Records from files, and into files."""
