"""Stars: the light curves of one, in all bands, fields and channels, found together."""
