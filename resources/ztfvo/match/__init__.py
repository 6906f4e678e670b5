"""Cross-match: what catalogues have at the places of light curves, or at any others.

A request names places (`ztfvo.match.places`) and catalogues (`ztfvo.match.catalogs`): services
outside, and what this site hosts itself.  Each place and catalogue is one question of
`ztfvo.outside.ask`, with one of its four answers (`ztfvo.match.gather`); ``match/writers/`` has the
forms of all together.  Lists of thousands of places (`ztfvo.match.lists`) are compared with what
this site hosts, in one statement for each catalogue.
"""
