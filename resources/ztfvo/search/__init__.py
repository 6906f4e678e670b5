"""What people search for: light curves around places, grouped by star, and lists of places."""
