"""Figures of light curves: what is drawn where, read back from the artists and the files."""

from __future__ import annotations

import io
import re
import subprocess
import sys
import zlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
from matplotlib import colors
from matplotlib.dates import num2date
from PIL import Image

from ztfvo.oid import FILTER_NAMES, split
from ztfvo.photometry import ab_to_jansky
from ztfvo.products import figure
from ztfvo.products.derive import derive
from ztfvo.products.model import Curve, Line, OwnPhotometry, Product, Request

ZG, ZR, ZI, ZG_NEAR = 680113300005170, 680213300009232, 680313300001234, 1722107400005560
MAG = [13.5, 13.75, 13.0, 14.0]


def curve(oid, mag=MAG, hmjd=None, magerr=None, catflags=None, separation=0.0, reference=np.nan):
    parts = split(oid)
    count = len(mag)
    return Curve(
        release="dr19",
        oid=oid,
        ra=254.45755,
        dec=35.34236,
        fieldid=parts.fieldid,
        rcid=parts.rcid,
        filterid=parts.filterid,
        filter=FILTER_NAMES[parts.filterid],
        separation=separation,
        refmag=reference,
        refmagerr=0.02,
        columns={
            "hmjd": np.array(hmjd if hmjd is not None else 58300.0 + 100 * np.arange(count)),
            "mag": np.array(mag, np.float32),
            "magerr": np.array(magerr if magerr is not None else [0.125] * count, np.float32),
            "clrcoeff": np.zeros(count, np.float32),
            "catflags": np.array(catflags if catflags is not None else [0] * count, np.int32),
        },
    )


def product(*curves, simulated=False, **asked):
    oids = asked.pop("oids", None) or (curves[0].oid,)
    request = Request(release="dr19", oids=oids, format="png", **asked)
    return derive(
        Product(
            request=request,
            release="dr19",
            title="ZTF Data Release 19",
            simulated=simulated,
            times="five-decimals",
            curves=curves,
        )
    )


def drawn(*curves, **asked):
    made = figure.draw(product(*curves, **asked))
    return made, made.axes[0]


def markers(axes):
    """The points of each light curve, in the order of the legend."""
    return [container.lines[0] for container in axes.containers]


def errors(axes, number=0):
    """Lower and upper ends of the error bars of a light curve."""
    (bars,) = axes.containers[number].lines[2]
    return np.array([segment[:, 1] for segment in bars.get_segments()]).T


def legend(made):
    return [text.get_text() for text in made.legends[0].get_texts()]


def texts(made):
    return [text.get_text() for text in made.texts]


def test_magnitudes_are_drawn_at_their_times_with_errors_and_the_bright_side_up():
    made, axes = drawn(curve(ZG))
    (line,) = markers(axes)
    assert line.get_xdata().tolist() == [58300.0, 58400.0, 58500.0, 58600.0]
    assert line.get_ydata().tolist() == MAG
    low, high = errors(axes)
    assert low.tolist() == [13.375, 13.625, 12.875, 13.875]
    assert high.tolist() == [13.625, 13.875, 13.125, 14.125]
    faint, bright = axes.get_ylim()
    assert faint > 14.125 > 12.875 > bright
    assert axes.get_ylabel() == "AB magnitude"
    assert axes.get_xlabel() == "Heliocentric MJD (UTC)"
    assert legend(made) == [f"{ZG} zg, 4 points"]


def test_bands_have_their_colours_and_markers_of_their_own():
    _, axes = drawn(*(curve(oid) for oid in (ZG, ZR, ZI, ZG_NEAR)), oids=(ZG, ZR, ZI, ZG_NEAR))
    lines = markers(axes)
    assert [line.get_color() for line in lines] == ["#62D03E", "#CC3344", "#1c1309", "#62D03E"]
    assert [line.get_marker() for line in lines] == ["o", "s", "D", "^"]


def test_neighbours_are_small_hollow_and_below():
    made, axes = drawn(curve(ZG), curve(ZR, separation=0.114), radius=1.0)
    asked, neighbour = markers(axes)
    assert neighbour.get_markerfacecolor() == "none"
    assert asked.get_markerfacecolor() == "#62D03E"
    assert neighbour.get_markersize() < 0.7 * asked.get_markersize()
    assert neighbour.get_zorder() < asked.get_zorder()
    assert legend(made)[1] == f"{ZR} zr, 4 points, 0.11″ away"


def test_flagged_epochs_are_faint_crosses_without_errors_and_do_not_widen_the_range():
    made, axes = drawn(
        curve(ZG, mag=[13.5, 9.0, 19.0, 14.0], catflags=[0, 32768, 0, 0], magerr=[0.1, 0.1, 0, 0.1])
    )
    (line,) = markers(axes)
    assert line.get_ydata().tolist() == [13.5, 14.0]
    (crosses,) = (line for line in axes.lines if line.get_marker() == "x")
    assert crosses.get_alpha() < 0.5
    assert crosses.get_ydata().tolist() == [9.0, 19.0]
    faint, bright = axes.get_ylim()
    assert 12 < bright < faint < 15
    assert legend(made) == [f"{ZG} zg, 2 points", "2 flagged (catflags not 0, or no error)"]


def test_points_with_errors_of_a_magnitude_and_more_are_shown_but_do_not_widen_the_range():
    _, axes = drawn(curve(ZG, mag=[13.5, 14.0, 22.0, 5.0], magerr=[0.1, 0.1, 1.0, 2.0]))
    assert markers(axes)[0].get_ydata().tolist() == [13.5, 14.0, 22.0, 5.0]
    faint, bright = axes.get_ylim()
    assert 13 < bright < faint < 15


def test_a_light_curve_of_bad_epochs_alone_is_shown_all_the_same():
    _, axes = drawn(curve(ZG, magerr=[2.0] * 4))
    faint, bright = axes.get_ylim()
    assert bright < 13.0 < 14.0 < faint


@pytest.mark.parametrize(
    ("shift", "unit", "factor"),
    [(0, "mJy", 1e3), (9, "µJy", 1e6), (-12, "Jy", 1), (15, "nJy", 1e9)],
)
def test_fluxes_are_drawn_in_a_handy_unit(shift, unit, factor):
    _, axes = drawn(curve(ZG, mag=np.array(MAG) + shift), quantity="flux")
    flux, error = ab_to_jansky(np.float32(np.array(MAG) + shift), np.float32(0.125))
    assert axes.get_ylabel() == f"Flux density ({unit})"
    assert np.allclose(markers(axes)[0].get_ydata(), flux * factor, rtol=1e-12)
    assert np.allclose(errors(axes), [(flux - error) * factor, (flux + error) * factor])
    bottom, top = axes.get_ylim()
    assert bottom < top


def test_difference_magnitudes_have_larger_errors_to_the_faint_side_and_only_what_is_significant():
    made, axes = drawn(curve(ZG, reference=13.6), quantity="diffmag")
    diffmag = product(curve(ZG, reference=13.6), quantity="diffmag").curves[0].columns
    shown = np.isfinite(diffmag["diffmag"])
    assert shown.tolist() == [False, False, True, False]
    faint, bright = axes.get_ylim()
    assert faint > bright
    value = diffmag["diffmag"][shown]
    assert markers(axes)[0].get_ydata().tolist() == value.tolist()
    low, high = errors(axes)
    assert low == pytest.approx(value - diffmag["diffmag_err_bright"][shown])
    assert high == pytest.approx(value + diffmag["diffmag_err_faint"][shown])
    assert high - value > value - low
    assert legend(made) == [f"{ZG} zg, 1 of 4 points, reference 13.600 ± 0.020"]


def test_difference_fluxes_are_drawn_around_zero():
    _, axes = drawn(curve(ZG, reference=13.6), quantity="diffflux")
    assert axes.get_ylabel() == "Difference of flux density (mJy)"
    y = markers(axes)[0].get_ydata()
    assert y == pytest.approx((ab_to_jansky(MAG, 0)[0] - ab_to_jansky(13.6, 0)[0]) * 1e3)
    assert y.min() < 0 < y.max()
    assert any(set(line.get_ydata()) == {0} for line in axes.lines)


def test_the_upper_scale_has_the_dates_of_the_lower_one():
    made, axes = drawn(curve(ZG))
    upper = made.axes[1]
    assert [num2date(edge).strftime("%Y-%m-%d") for edge in upper.get_xlim()] == [
        "2018-06-19",
        "2019-05-09",
    ]
    assert np.array(upper.get_xlim()) + 40587 == pytest.approx(axes.get_xlim())
    made.draw_without_rendering()
    labels = [text.get_text() for text in upper.get_xticklabels()]
    assert "2019-01-01" in labels
    at = upper.get_xticks()[labels.index("2019-01-01")]
    assert at + 40587 == 58484


def test_a_folded_light_curve_has_two_cycles_folded_days_above_and_the_period_in_its_title():
    hmjd = np.array([58000.0, 58000.425, 58001.7])
    made, axes = drawn(
        curve(ZG, mag=[13.5, 13.0, 14.0], hmjd=hmjd), period=1.7001674, epoch=58000.0, cycles=2
    )
    phase = np.mod((hmjd - 58000) / 1.7001674, 1)
    x = markers(axes)[0].get_xdata()
    assert np.sort(x) == pytest.approx(np.sort(np.concatenate([phase, phase + 1])))
    low, high = axes.get_xlim()
    assert -0.1 < low < 0 and 2 < high < 2.1
    assert made.axes[1].get_xlim() == pytest.approx((low * 1.7001674, high * 1.7001674))
    assert made.axes[1].get_xlabel() == "Folded time (d)"
    assert texts(made)[0] == f"{ZG}, P = 1.7001674 d"
    assert legend(made) == [f"{ZG} zg, 3 points"], "not six"


def test_periods_have_six_significant_digits_or_all_that_were_given():
    titles = [
        texts(drawn(curve(ZG), period=period, title="T")[0])[0]
        for period in (1.7, 0.0123456789, 365250.0, 0.00001, 1 / 3)
    ]
    periods = ("1.70000", "0.0123456789", "365250", "1.00000e-05", "0.333333333333")
    assert titles == [f"T, P = {period} d" for period in periods]


OWN = OwnPhotometry(
    "Mine", "V", np.array([58350.0, 58450.0]), np.array([13.2, 13.4]), np.array([0.01, 0.02])
)


def test_own_photometry_has_its_own_marker_colour_and_label():
    made, axes = drawn(curve(ZG), own=(OWN,))
    line = markers(axes)[1]
    assert (line.get_xdata().tolist(), line.get_ydata().tolist()) == (
        [58350.0, 58450.0],
        [13.2, 13.4],
    )
    assert line.get_marker() not in "o^>svPD<X"
    assert line.get_color() not in ("#62D03E", "#CC3344", "#1c1309")
    assert legend(made) == [f"{ZG} zg, 4 points", "Mine V, 2 points"]


def test_own_photometry_is_folded_and_converted_like_the_rest():
    _, axes = drawn(curve(ZG), own=(OWN,), period=80.0, epoch=58300.0, cycles=2, quantity="flux")
    line = markers(axes)[1]
    assert line.get_xdata() == pytest.approx([0.625, 0.875, 1.625, 1.875])
    assert line.get_ydata() == pytest.approx(np.tile(ab_to_jansky(OWN.mag, 0)[0] * 1e3, 2))


def test_own_photometry_has_no_reference_and_says_so():
    made, _ = drawn(curve(ZG, reference=14.5), own=(OWN,), quantity="diffmag")
    assert legend(made)[1] == "Mine V, 2 points, as sent"


@pytest.mark.parametrize(
    ("curves", "asked", "sentence"),
    [
        ([curve(ZG, mag=[])], {}, figure.NOTHING),
        ([], {"oids": (ZG,)}, figure.NOTHING),
        ([curve(ZG)], {"quantity": "diffmag"}, figure.NO_REFERENCE),
        ([curve(ZG)], {"quantity": "diffflux"}, figure.NO_REFERENCE),
        ([curve(ZG, reference=12.0)], {"quantity": "diffmag"}, figure.NO_DIFFERENCE),
    ],
    ids=["no epochs", "no curves", "no reference", "no reference flux", "too faint"],
)
def test_a_figure_with_nothing_to_show_says_why(curves, asked, sentence):
    axes = drawn(*curves, **asked)[1]
    assert [text.get_text() for text in axes.texts] == [sentence]
    assert axes.get_xticks().tolist() == axes.get_yticks().tolist() == []
    assert figure.render(product(*curves, **asked), "png").startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("quantity", "values", "shown"),
    [
        ("mag", [13.6, 13.2, np.inf], [13.6, 13.2, np.nan]),
        ("flux", [0.02, 0.03, np.nan], [20, 30, np.nan]),
    ],
)
def test_a_model_is_a_line_in_the_colour_and_unit_of_its_light_curve(quantity, values, shown):
    made = product(curve(ZR, reference=14.0), quantity=quantity)
    plain = figure.draw(made).axes[0]
    times = np.array([58250.0, 58350.0, 58700.0])
    line = Line(made.curves[0], times, {quantity: np.array(values)})
    axes = figure.draw(replace(made, lines=(line,))).axes[0]
    (found,) = (one for one in axes.lines if len(one.get_xdata()) == 3)
    assert found.get_xdata().tolist() == times.tolist()
    np.testing.assert_allclose(found.get_ydata(), shown)
    assert colors.to_hex(found.get_color()) == "#cc3344"
    assert (axes.get_xlim(), axes.get_ylim()) == (plain.get_xlim(), plain.get_ylim())


def test_a_single_epoch_stands_in_the_middle_of_a_day():
    made, axes = drawn(curve(ZG, mag=[13.5], magerr=[0.1]))
    assert axes.get_xlim() == (58299.5, 58300.5)
    assert sum(axes.get_ylim()) / 2 == pytest.approx(13.5)
    made.draw_without_rendering()
    assert "2018-07-01 00:00" in [text.get_text() for text in made.axes[1].get_xticklabels()]


def test_the_caption_shows_release_and_origin_or_that_all_is_simulated():
    real, _ = drawn(curve(ZG))
    assert texts(real)[1] == (
        "ZTF Data Release 19. Data: Zwicky Transient Facility, NASA/IPAC Infrared Science Archive."
    )
    simulated, _ = drawn(curve(ZG), simulated=True)
    assert texts(simulated)[1] == (
        "ZTF Data Release 19. Simulated data: nothing here was observed."
    )
    none, _ = drawn(curve(ZG), caption=False)
    assert texts(none) == [str(ZG)]


def test_titles_name_the_light_curves_asked_for_but_not_too_many():
    oids = tuple(ZG + number for number in range(5))
    made, _ = drawn(*(curve(oid) for oid in oids), oids=oids)
    assert texts(made)[0] == f"{ZG}, {ZG + 1}, {ZG + 2} and 2 more"


def test_long_legends_are_cut_and_say_so():
    oids = tuple(ZG + number for number in range(30))
    made, axes = drawn(*(curve(oid) for oid in oids), oids=oids)
    assert len(markers(axes)) == 30
    assert len(legend(made)) == 21
    assert legend(made)[-1] == "and 10 more"


HOSTILE = "$\\frac{1}{0}$ $x^ _<b>&amp; {title}\n%s \x00 光 " + "w" * 120


@pytest.mark.filterwarnings("ignore:Glyph")
def test_text_of_people_is_drawn_as_it_is_but_on_few_lines():
    own = OwnPhotometry("_$\\sqrt{2$", "$V", *(np.array([58300.0, 13.0, 0.1]).reshape(3, 1)))
    made, _ = drawn(curve(ZG), title=HOSTILE, own=(own,))
    title = texts(made)[0]
    assert title.startswith("$\\frac{1}{0}$ $x^ _<b>&amp; {title} %s")
    assert len(title.split("\n")) <= 3
    assert legend(made)[1] == "_$\\sqrt{2$ $V, 1 point"
    written = product(curve(ZG), title=HOSTILE, own=(own,))
    assert figure.render(written, "png").startswith(b"\x89PNG")
    assert figure.render(written, "pdf").startswith(b"%PDF")


def test_the_png_has_the_size_that_the_layout_says_and_shows_what_it_is():
    made = product(curve(ZG), simulated=True)
    image = Image.open(io.BytesIO(figure.render(made, "png")))
    expected = figure.draw(made).get_size_inches() * 150
    assert image.size[0] == 1200
    assert np.abs(np.array(image.size) - expected).max() <= 1
    assert image.text["Title"] == str(ZG)
    assert "Simulated" in image.text["Description"]


def test_the_marker_of_a_point_is_where_its_axes_put_it():
    made = product(curve(ZR), caption=False)
    drawing = figure.draw(made)
    drawing.set_dpi(150)
    x, y = drawing.axes[0].transData.transform((58500.0, 13.0))
    pixels = np.asarray(Image.open(io.BytesIO(figure.render(made, "png"))).convert("RGB"))
    found = pixels[round(pixels.shape[0] - y), round(x)]
    assert np.abs(found - np.array(colors.to_rgb("#CC3344")) * 255).max() <= 2


def test_the_pdf_has_text_as_text_and_fonts_within():
    pdf = figure.render(product(curve(ZG)), "pdf")
    assert pdf.startswith(b"%PDF-1.4") and pdf.rstrip().endswith(b"%%EOF")
    assert pdf.count(b"/Type /Page\n") + pdf.count(b"/Type /Page ") == 1
    assert b"/Subtype /Type0" in pdf or b"/Subtype /CIDFontType2" in pdf
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.S)
    pages = [zlib.decompress(stream) for stream in streams if stream[:1] == b"x"]
    assert any(b"Tj" in page or b"TJ" in page for page in pages)


@pytest.mark.parametrize("kind", ["png", "pdf"])
def test_the_same_product_gives_the_same_file_from_any_thread(kind):
    made = product(curve(ZG), curve(ZR))
    with ThreadPoolExecutor(4) as threads:
        files = set(threads.map(lambda _: figure.render(made, kind), range(8)))
    assert len(files) == 1


def test_pyplot_is_not_involved():
    check = "import sys, ztfvo.products.figure; sys.exit('matplotlib.pyplot' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", check], check=False).returncode == 0


@pytest.mark.parametrize(
    "hours", [0.001, 0.4, 1.2, 5, 11, 30, 47, 48.5, 52, 71, 100, 180, 300, 9000]
)
def test_dates_above_a_span_of_any_length_are_few_and_come_without_a_warning(hours, recwarn):
    made, _ = drawn(curve(ZG, mag=[13.0, 14.0], hmjd=[58300.1, 58300.1 + hours / 24]))
    assert 1 <= len(made.axes[1].get_xticks()) <= 7
    assert not recwarn.list
