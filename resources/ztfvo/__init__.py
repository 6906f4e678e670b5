"""Virtual Observatory service for the light curves of ZTF data releases."""
