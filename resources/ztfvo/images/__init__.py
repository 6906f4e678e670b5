"""From an epoch to its images in the archive."""
