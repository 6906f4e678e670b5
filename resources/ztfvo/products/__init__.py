"""Light-curve products: select, photometry, fold, bin, write; see `ztfvo.products.service`."""
