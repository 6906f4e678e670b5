"""The survey's reference catalogues: the PSF photometry of each quadrant's reference image."""
