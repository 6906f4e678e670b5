"""From the raw files of a release to the rows of its store."""
