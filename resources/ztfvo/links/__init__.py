"""What is linked to a light curve and to a detection, as DataLink 1.1 has it.

`ofcurve.links` and `ofdetection.links` list the links; to add one to light curves, write a function
``(curve) -> Iterator[Link]`` and name it in `ofcurve.MAKERS`, or add a row to `elsewhere.PAGES`.
``ztfvo_dachs.datalink`` puts the lists on line.
"""
