"""Find light curves by what is known of them: from parameters of a request to a query in ADQL."""
