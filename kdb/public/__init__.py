"""SQL views of what everyone may read, for publication elsewhere; migrations only."""
