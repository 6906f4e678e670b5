"""What is linked to a light curve and to a detection, as DataLink 1.1 has it.

`ofcurve.links` and `ofdetection.links` list the links; to add one to light curves, add a module to
the folder ``ofcurve``, or a row to `ofcurve.elsewhere.PAGES`.
``ztfvo_dachs.datalink`` publishes the lists.
"""
