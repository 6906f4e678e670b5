"""Features of light curves by the package light-curve: what there are, in which sets, and how the
light curves of a release get theirs."""
