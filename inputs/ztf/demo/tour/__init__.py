"""What ``scripts/demo`` shows of a running site: queries, an annotation, addresses to open."""
