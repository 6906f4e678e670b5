"""The vocabulary: tags, and the log of what became of them."""
