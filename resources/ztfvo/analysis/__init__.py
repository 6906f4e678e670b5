"""What is computed of light curves when it is asked for: features, and periods."""
