"""Rules that read what people write: one module each, found by listing this folder."""
