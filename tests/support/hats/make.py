"""Make the small catalogs in HATS of this folder: ``python make.py``, with hats-import 0.11.1.

They are invented, in the layout of Zubercal and of the two-minute light curves of TESS: two objects
close to each other at HZ Her, one beyond, some that must not be used, and others over the sky.  Two
files of each catalog are kept.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import numpy as np
import pyarrow as pa
from dask.distributed import Client
from hats_import.catalog.arguments import ImportArguments
from hats_import.pipeline import pipeline_with_client
from pyarrow import parquet

FOLDER = Path(__file__).parent
RA, DEC = 254.4575, 35.34236
KEPT = {
    "zubercal": ("Norder=1/Dir=0/Npix=9", "Norder=0/Dir=0/Npix=1"),
    "tess_lightcurve": ("Norder=0/Dir=0/Npix=2", "Norder=0/Dir=0/Npix=1"),
}


def sky(random: np.random.Generator, size: int) -> list[tuple[float, float]]:
    """Positions anywhere."""
    return [
        (float(random.uniform(0, 360)), float(np.degrees(np.arcsin(random.uniform(-0.4, 1)))))
        for _ in range(size)
    ]


def zubercal() -> pa.Table:
    """A row for each detection."""
    near = [(RA, DEC), (RA, DEC + 0.6 / 3600), (RA, DEC + 8 / 3600)]
    rows = []
    for place, (ra, dec) in enumerate(near + sky(np.random.default_rng(1), 60)):
        for number in range(6 if place < len(near) else 8):
            rows.append(
                {
                    "objectid": 150412544575000001 + place,
                    "objra": ra,
                    "objdec": dec,
                    "mjd": 58200.25 + 10 * number + 0.5 * place,
                    "mag": 15 + place % 5 + 0.125 * number,
                    "magerr": 100 + number,
                    "band": "gri"[number % 3],
                    "flag": 0,
                    "info": 1,
                    "rcidin": 7,
                    "fieldid": 680,
                }
            )
    rows += [rows[0] | bad for bad in ({"magerr": 0}, {"mag": -99.0}, {"mjd": 0.0})]
    kinds = {
        "objectid": pa.int64(),
        **dict.fromkeys(("objra", "objdec", "mjd"), pa.float64()),
        "mag": pa.float32(),
        "magerr": pa.uint16(),
        "band": pa.string(),
        **dict.fromkeys(("flag", "info", "rcidin", "fieldid"), pa.uint16()),
    }
    return pa.Table.from_pylist(rows, pa.schema(list(kinds.items())))


def tess() -> pa.Table:
    """A row for each sector of an object."""
    near = [(RA, DEC), (RA, DEC + 5 / 3600)]
    rows = []
    for place, (ra, dec) in enumerate(near + sky(np.random.default_rng(2), 24)):
        for sector in (25, 26) if place == 0 else (25,):
            steps = np.arange(5)
            flux, quality = 15000.0 + 10 * steps, np.zeros(5, int)
            if sector == 26:
                quality[1], flux[2] = 128, -3
            curve = {
                "time": 1983.5 + 27 * (sector - 25) + steps * 2 / 1440 + 1e-5 * place,
                "sap_flux": flux,
                "sap_flux_err": np.full(5, 15.0),
                "pdcsap_flux": flux,
                "quality": quality,
            }
            rows.append(
                {
                    "ticid": 341738544 + place,
                    "sector": sector,
                    "ra_obj": ra,
                    "dec_obj": dec,
                    "lightcurve": {name: values.tolist() for name, values in curve.items()},
                }
            )
    single = ("sap_flux", "sap_flux_err", "pdcsap_flux")
    inside = {
        "time": pa.list_(pa.float64()),
        **dict.fromkeys(single, pa.list_(pa.float32())),
        "quality": pa.list_(pa.int32()),
    }
    kinds = {
        "ticid": pa.int64(),
        "sector": pa.int32(),
        "ra_obj": pa.float64(),
        "dec_obj": pa.float64(),
        "lightcurve": pa.struct(list(inside.items())),
    }
    return pa.Table.from_pylist(rows, pa.schema(list(kinds.items())))


def make(client: Client, name: str, table: pa.Table, **options: object) -> None:
    """Import a table, and keep some of its files."""
    with tempfile.TemporaryDirectory() as folder:
        parquet.write_table(table, f"{folder}/rows.parquet")
        arguments = ImportArguments(
            input_file_list=[f"{folder}/rows.parquet"],
            file_reader="parquet",
            output_artifact_name=name,
            output_path=f"{folder}/out",
            tmp_dir=folder,
            catalog_type="source",
            should_write_skymap=False,
            progress_bar=False,
            **options,
        )
        pipeline_with_client(arguments, client)
        made, target = Path(folder) / "out" / name, FOLDER / name
        shutil.rmtree(target, ignore_errors=True)
        for path in ("hats.properties", "partition_info.csv"):
            target.mkdir(exist_ok=True)
            shutil.copy(made / path, target / path)
        for path in KEPT[name]:
            kept = target / "dataset" / f"{path}.parquet"
            kept.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(made / "dataset" / f"{path}.parquet", kept)


if __name__ == "__main__":
    with Client(n_workers=1, threads_per_worker=1, dashboard_address=None) as running:
        make(
            running,
            "zubercal",
            zubercal(),
            ra_column="objra",
            dec_column="objdec",
            row_group_kwargs={"num_rows": 24},
            pixel_threshold=100,
            highest_healpix_order=4,
        )
        make(
            running,
            "tess_lightcurve",
            tess(),
            ra_column="ra_obj",
            dec_column="dec_obj",
            row_group_kwargs={"num_rows": 3},
            pixel_threshold=8,
            highest_healpix_order=3,
        )
