"""Models of supernovae: what there are, how their files come here, and fitting them.

A model is declared in `ztfvo.supernovae.declared`, and its files are read by one of
`ztfvo.supernovae.kinds`.  What computes with them, `ztfvo.supernovae.fitting`, is imported by
processes that are made for it: by `ztfvo.supernovae.work`, when they are asked to.
"""
