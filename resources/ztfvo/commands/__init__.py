"""Commands of ``ztfvo``, one module each (see `ztfvo.cli`)."""
