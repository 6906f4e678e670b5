"""SPICY: candidates of young stellar objects (Kuhn et al. 2021), from VizieR."""

from __future__ import annotations

from ztfvo.outside.columns import number, position, text, whole
from ztfvo.outside.model import Yields
from ztfvo.outside.vizier import table

SOURCE = table(
    "J/ApJS/254/33/table1",
    title="SPICY",
    order=40,
    example=(125.664811, -37.551349),
    position=("RA_ICRS", "DE_ICRS"),
    key="SPICY",
    radius=1.0,
    largest_radius=60.0,
    columns=(
        whole("SPICY", "meta.id;meta.main", "Number in the catalogue"),
        *position("RA_ICRS", "DE_ICRS"),
        text("class", "meta.code.class", "Class of the young stellar object"),
        text("Group", "meta.id.parent", "Group of stars that it belongs to"),
        text("var", "meta.code;src.var", "Whether it varies in ZTF"),
        number("ZTFrmag", "mag", "phot.mag;em.opt.R;stat.mean", "Mean magnitude in ZTF r (AB)"),
    ),
    yields=Yields(name="SPICY", type="class"),
    citation="https://ui.adsabs.harvard.edu/abs/2021ApJS..254...33K",
)
