"""Search for periods in light curves: periodograms, their peaks, and how far to believe them."""
