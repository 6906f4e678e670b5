"""The map by distance of Green et al. (2019)."""

from __future__ import annotations

from ztfvo.dust.model import File, Known, Map

ORDER = 30

_SERVER = "https://dataverse.harvard.edu/api"
_DOI = "persistentId=doi:10.7910/DVN/2EJ9TX"

MAP = Map(
    name="bayestar2019",
    title="Bayestar19, Green et al. 2019",
    kind="distances",
    to_ebv=0.884,
    recalibration=1.0,
    scale="the map's unit times 0.884 is E(B-V): 0.901 is its E(g-r) in the bands of Pan-STARRS 1,"
    " 0.981 the ratio of E(B-V) to that by Schlafly & Finkbeiner (2011)",
    footprint="declination above -30 degrees",
    resolution="HEALPix pixels of 3.4 arcmin and more, 120 distances of 63 pc to 60 kpc",
    licence="CC0 1.0",
    citation="https://ui.adsabs.harvard.edu/abs/2019ApJ...887...93G",
    record=f"{_SERVER}/datasets/:persistentId?{_DOI}",
    files=(
        File(
            "bayestar2019.h5",
            f"{_SERVER}/access/datafile/:persistentId?{_DOI}/1CUGA1",
            730,
            "ab815d2fd3068d1b81a1bd61fb18a722",
        ),
    ),
    known=(
        Known(266.4051, -28.936175, 1.9033, 5e-4, "SNAD's service of dust maps", distance=8000.0),
    ),
    distances=True,
)
