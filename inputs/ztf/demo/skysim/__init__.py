"""Simulation of ZTF observations: geometry, schedule, stars, noise, light curves, files."""
