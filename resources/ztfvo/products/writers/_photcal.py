"""Photometric calibration in VOTable, as the IVOA note on light curves of 2020 has it."""

from __future__ import annotations

from astropy.io.votable.tree import Group, VOTableFile

from ztfvo import votable
from ztfvo.photometry import ZERO_FLUX


def calibration(
    document: VOTableFile, svo_id: str, wavelength_eff: float, suffix: str | int
) -> Group:
    """Return the group that AB magnitudes and flux densities of a filter refer to.

    Parameters
    ----------
    svo_id
        Of the filter, in the SVO Filter Profile Service.
    wavelength_eff
        m
    suffix
        That makes identifiers unique in the document.
    """
    group = Group(document, ID=f"photcal_{suffix}", name="photcal")
    for name, value, datatype, unit, ucd, utype in (
        (
            *("filterIdentifier", svo_id, "char", None, "meta.id;instr.filter"),
            "photDM:PhotometryFilter.identifier",
        ),
        (
            *("zeroPointFlux", ZERO_FLUX, "double", "Jy", "phot.mag;arith.zp"),
            "photDM:PhotCal.zeroPoint.flux.value",
        ),
        (
            *("magnitudeSystem", "AB", "char", None, "meta.code"),
            "photDM:PhotCal.magnitudeSystem.type",
        ),
        (
            *("effectiveWavelength", wavelength_eff, "double", "m", "em.wl.effective"),
            "photDM:PhotometryFilter.spectralLocation.value",
        ),
    ):
        group.entries.append(
            votable.param(
                document,
                None,
                ID=f"{name}_{suffix}",
                name=name,
                value=value,
                datatype=datatype,
                unit=unit,
                ucd=ucd,
                utype=utype,
            )
        )
    return group
