"""Maps of interstellar dust: what there is, how they come here, and reading them.

A map is declared in a module of `ztfvo.dust.maps`, and its files are read by one of
`ztfvo.dust.kinds`.  Files are kept as plain arrays in the data folder, which all processes map
into memory; dustmaps computes with them.
"""
