"""The models of supernovae, those first that are taken where a request names none; and the bands.

Checksums are those of the files in sncosmo's repository of data.  What is published elsewhere has
none that is known beforehand: such a file is known by its name, and checked by what is in it.
"""

from __future__ import annotations

from ztfvo.remote.published import File
from ztfvo.supernovae.model import Template

DATA = "https://sncosmo.github.io/data"
NUGENT = "https://c3.lbl.gov/nugent/templates"
AMPLITUDE, SALT = ("amplitude",), ("x0", "x1", "c")

STERN = "Stern et al. 2004, ApJ 612, 690"
LEVAN = "Levan et al. 2005, ApJ 624, 880"
GILLILAND = "Gilliland, Nugent & Phillips 1999, ApJ 521, 30"
NUGENT_2002 = "Nugent, Kim & Perlmutter 2002, PASP 114, 803"
VINCENZI = "Vincenzi et al. 2019, MNRAS 489, 5802"


def _salt(name: str, title: str, folder: str, path: str, md5: str, citation: str) -> Template:
    file = File(f"{folder}.tar.gz", f"{DATA}/models/{path}/{folder}.tar.gz", 4, md5)
    return Template(name, title, "salt", "SN Ia", SALT, citation, (file,))


def _nugent(suffix: str, edition: str, kind: str, citation: str, spline: int = 3) -> Template:
    file = f"{suffix}_flux.v{edition}.dat.gz"
    return Template(
        f"nugent-{suffix}",
        f"Nugent's template, version {edition}",
        "timeseries",
        kind,
        AMPLITUDE,
        citation,
        (File(file, f"{NUGENT}/{file}"),),
        spline,
    )


def _vincenzi(supernova: str, kind: str, md5: str = "") -> Template:
    file = f"V19_SN{supernova}_noHostExtCorr.SED"
    return Template(
        f"v19-{supernova.lower()}",
        f"SN {supernova}, without correction for dust of its host",
        "timeseries",
        kind,
        AMPLITUDE,
        VINCENZI,
        (File(file, f"{DATA}/models/vincenzi/{file}", 3 if md5 else None, md5),),
    )


BANDS = Template(
    "ztf-bands",
    "Curves of the bands of ZTF without atmosphere, U. Feindt 2018",
    "bands",
    "",
    (),
    "https://sncosmo.readthedocs.io/en/stable/bandpass-list.html",
    tuple(
        File(f"P48_{letter}.dat", f"{DATA}/bandpasses/ztf/P48_{letter}.dat", 0.1, md5)
        for letter, md5 in (
            ("g", "9db09d733278ac8bca55763e6a1bcc0f"),
            ("R", "ac6b2bb59f2a13acb02f1cf4c5bd86e8"),
            ("I", "c26a003ebbed9d627cd5a61180be32dc"),
        )
    ),
)
"""Files in the order of the bands."""

_MODELS = (
    _salt(
        "salt3",
        "SALT3, calibration of 2022",
        "salt3-f22",
        "salt3",
        "c45f9a1d8351c3a767793f563327577b",
        "Kenworthy et al. 2021, ApJ 923, 265",
    ),
    _salt(
        "salt2",
        "SALT2, version 2.4",
        "salt2-4",
        "salt2",
        "14aa01647327ffbc02cb728df9c4e9ec",
        "Betoule et al. 2014, A&A 568, A22",
    ),
    _salt(
        "salt3-nir",
        "SALT3 with near infrared light",
        "salt3nir-p22",
        "salt3-nir",
        "b08f83a98cc92b6dd1d938df4ae8d9f9",
        "Pierel et al. 2022, ApJ 939, 11",
    ),
    Template(
        "hsiao-subsampled",
        "Hsiao's template, version 3, in coarse steps, which sncosmo carries",
        "carried",
        "SN Ia",
        AMPLITUDE,
        "Hsiao et al. 2007, ApJ 663, 1187",
    ),
    _nugent("sn1a", "1.2", "SN Ia", NUGENT_2002),
    _nugent("sn91t", "1.1", "SN Ia-91T", STERN),
    _nugent("sn91bg", "1.1", "SN Ia-91bg", NUGENT_2002),
    _nugent("sn1bc", "1.1", "SN Ib/c", LEVAN),
    _nugent("hyper", "1.2", "SN Ic-BL", LEVAN, 1),
    _nugent("sn2p", "1.2", "SN IIP", GILLILAND, 1),
    _nugent("sn2l", "1.2", "SN IIL", GILLILAND, 1),
    _nugent("sn2n", "2.1", "SN IIn", GILLILAND, 1),
    Template(
        "snf-2011fe",
        "SN 2011fe by the Nearby Supernova Factory",
        "snfactory",
        "SN Ia",
        AMPLITUDE,
        "Pereira et al. 2013, A&A 554, A27",
        (
            File(
                "SNfactory_Pereira_etal_2013_SN2011fe.tar.gz",
                "https://snfactory.lbl.gov/snf/data/SNfactory_Pereira_etal_2013_SN2011fe.tar.gz",
            ),
        ),
        1,
    ),
    _vincenzi("1993J", "SN IIb"),
    _vincenzi("1998bw", "SN Ic-BL", "77be7be6af3f4950abe37d86869e3242"),
    _vincenzi("1999em", "SN IIP"),
    _vincenzi("2009ip", "SN IIn", "2524b0017c2f30afc66eeb11db9afd0c"),
)

MODELS = {one.name: one for one in _MODELS}
"""By name, in their order."""

ALL = MODELS | {BANDS.name: BANDS}
"""All that may be installed, and what need not be."""
