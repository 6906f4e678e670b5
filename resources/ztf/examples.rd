<!-- The TAP examples, on the default release; etc/userconfig.rd feeds them to
the TAP service.  HZ Her (Her X-1) is in every release that covers it. -->

<resource schema="ztf" resdir=".">
  <meta name="title">TAP examples on ZTF releases</meta>

  <STREAM id="tap">
    <doc>What the TAP service shows at /tap/examples.</doc>

    <meta name="_example" title="One light curve by OID">
      The epochs of one light curve are in :taptable:`ztf.detections`.  Good
      photometry has catflags = 0.

      .. tapquery::

        SELECT hmjd, mag, magerr, catflags
        FROM ztf.detections
        WHERE oid = 680113300005170
        ORDER BY hmjd
    </meta>

    <meta name="_example" title="Objects around a position">
      All light curves within 1 arcsec of HZ Her, in all fields and filters.  A
      cone is a comparison of DISTANCE with a number of degrees; it uses the
      position index of :taptable:`ztf.objects`.

      .. tapquery::

        SELECT oid, fieldid, filter, ngoodobs, mag_median,
          DISTANCE(ra, dec, 254.45755, 35.34236)*3600 AS separation
        FROM ztf.objects
        WHERE DISTANCE(ra, dec, 254.45755, 35.34236) &lt; 1/3600.
        ORDER BY separation
    </meta>

    <meta name="_example" title="Light curves around a position">
      A cone on the objects, joined with :taptable:`ztf.detections`: the good
      epochs of every light curve of HZ Her.

      .. tapquery::

        SELECT o.oid, o.filter, d.hmjd, d.mag, d.magerr
        FROM ztf.objects AS o
        JOIN ztf.detections AS d ON d.oid = o.oid
        WHERE DISTANCE(o.ra, o.dec, 254.45755, 35.34236) &lt; 1/3600.
          AND d.catflags = 0
        ORDER BY o.oid, d.hmjd
    </meta>

    <meta name="_example" title="Match an uploaded list of positions">
      Upload a table with columns ra and dec in degrees under the name stars;
      each row is joined with the objects of :taptable:`ztf.objects` within 1.5
      arcsec of it.

      .. tapquery::

        SELECT stars.*, o.oid, o.filter, o.ngoodobs, o.mag_median, o.chi2_red
        FROM TAP_UPLOAD.stars AS stars
        JOIN ztf.objects AS o
        ON DISTANCE(stars.ra, stars.dec, o.ra, o.dec) &lt; 1.5/3600
    </meta>

    <meta name="_example" title="Match an uploaded list of OIDs">
      Upload a table with a column oid under the name list, and get one row per
      light curve from :taptable:`ztf.lightcurves`, with the epochs as arrays.

      .. tapquery::

        SELECT l.*
        FROM TAP_UPLOAD.list AS u
        JOIN ztf.lightcurves AS l ON l.oid = u.oid
    </meta>

    <meta name="_example" title="A ring of H3 cells">
      Column h3_10 of :taptable:`ztf.objects` numbers the cells of the H3 grid at
      resolution 10 (cells of about 2 arcsec).  This is the cell of HZ Her with
      its six neighbours, as h3.grid_disk(cell, 1) gives them.

      .. tapquery::

        SELECT oid, ra, dec, filter, h3_10
        FROM ztf.objects
        WHERE h3_10 IN (622778651534295039, 622778651534262271,
          622778651534884863, 622778253615792127, 622778253615726591,
          622778651534229503, 622778651534196735)
    </meta>

    <meta name="_example" title="Variable stars by chi-square and amplitude">
      Variables stand out by the reduced chi-square against a constant and by the
      amplitude (half the range), both over good epochs, in
      :taptable:`ztf.objects`.

      .. tapquery::

        SELECT TOP 100 oid, ra, dec, filter, ngoodobs, mag_median,
          mag_amplitude, chi2_red
        FROM ztf.objects
        WHERE ngoodobs &gt;= 50 AND chi2_red &gt; 20 AND mag_amplitude &gt; 0.3
        ORDER BY chi2_red DESC
    </meta>

    <meta name="_example" title="Periodic variables by their features">
      :taptable:`ztf.features` has the best period of each light curve, its signal-to-noise
      ratio in the periodogram, and some 40 other numbers.  Light curves of long series only show
      the window of the observations where the period is near a day: leave it out.

      .. tapquery::

        SELECT TOP 100 o.oid, o.ra, o.dec, o.filter, o.mag_median, f.period_0,
          f.period_s_to_n_0, f.amplitude, f.stetson_k
        FROM ztf.features AS f
        JOIN ztf.objects AS o ON o.oid = f.oid
        WHERE f.period_s_to_n_0 &gt; 20 AND ABS(f.period_0 - 1) &gt; 0.02
          AND f.amplitude &gt; 0.2
        ORDER BY f.period_s_to_n_0 DESC
    </meta>

    <meta name="_example" title="Colours from two bands">
      Median zg - zr of all stars within 0.2 degrees of HZ Her: each object in zg
      with its neighbours in zr of the same field within 1 arcsec, by a self-join
      of :taptable:`ztf.objects`.

      .. tapquery::

        SELECT g.oid AS oid_zg, r.oid AS oid_zr, g.ra, g.dec,
          g.mag_median - r.mag_median AS zg_zr
        FROM ztf.objects AS g
        JOIN ztf.objects AS r
        ON DISTANCE(g.ra, g.dec, r.ra, r.dec) &lt; 1/3600.
        WHERE DISTANCE(g.ra, g.dec, 254.45755, 35.34236) &lt; 0.2
          AND g.filter = 'zg' AND r.filter = 'zr' AND g.fieldid = r.fieldid
    </meta>

    <meta name="_example" title="Fold a light curve">
      The phase is the fraction of periods since some epoch; here the orbit of
      HZ Her, 1.700167 d, over the good epochs in :taptable:`ztf.detections`.

      .. tapquery::

        SELECT (hmjd - 58000)/1.700167 - FLOOR((hmjd - 58000)/1.700167) AS phase,
          mag, magerr
        FROM ztf.detections
        WHERE oid = 680113300005170 AND catflags = 0
        ORDER BY phase
    </meta>

    <meta name="_example" title="Epochs by their quality flags">
      Each bit of catflags says one thing of an epoch; :taptable:`ztf.catflags`
      has what.  Here: the flags that epochs of a light curve have, and how
      many epochs have each.

      .. tapquery::

        SELECT f.number, f.name, f.meaning, COUNT(*) AS epochs
        FROM ztf.detections AS d
        JOIN ztf.catflags AS f ON BITWISE_AND(d.catflags, f.mask) &lt;&gt; 0
        WHERE d.oid = 680213300009232
        GROUP BY f.number, f.name, f.meaning
        ORDER BY f.number
    </meta>

    <meta name="_example" title="Epochs that may be used, bits of catflags chosen">
      All epochs but those that are not to be used (32768) or have dead or
      saturated pixels (512 + 256).

      .. tapquery::

        SELECT hmjd, mag, magerr, catflags
        FROM ztf.detections
        WHERE oid = 680213300009232 AND BITWISE_AND(catflags, 33536) = 0
        ORDER BY hmjd
    </meta>

    <meta name="_example" title="Largest values first, where some are missing">
      NULL comes last in ORDER BY and first in ORDER BY ... DESC, as if it were
      larger than all values: leave it out where the largest are asked for.

      .. tapquery::

        SELECT TOP 10 oid, filter, chi2_red
        FROM ztf.objects
        WHERE chi2_red IS NOT NULL
        ORDER BY chi2_red DESC
    </meta>

    <meta name="_example" title="Light curves per field and filter">
      How many light curves and epochs :taptable:`ztf.objects` has in each field
      and filter.

      .. tapquery::

        SELECT fieldid, filter, COUNT(*) AS lightcurves, SUM(nobs) AS epochs
        FROM ztf.objects
        GROUP BY fieldid, filter
        ORDER BY fieldid, filter
    </meta>

    <meta name="_example" title="Epochs as arrays">
      :taptable:`ztf.lightcurves` has one row per light curve, with arrays: the
      fastest way to fetch many.  Elements count from 1, as in mag[1], and there
      are functions on arrays: arr_min, arr_max, arr_avg, arr_stddev.

      .. tapquery::

        SELECT o.filter, l.oid, l.hmjd, l.mag, l.magerr, l.catflags
        FROM ztf.objects AS o
        JOIN ztf.lightcurves AS l ON l.oid = o.oid
        WHERE DISTANCE(o.ra, o.dec, 254.45755, 35.34236) &lt; 1/3600.
    </meta>

    <meta name="_example" title="Exposures of a field">
      The exposures of one field and quadrant, in time order, from
      :taptable:`ztf.exposures`; their times are those at Palomar, those of the
      light curves are heliocentric.

      .. tapquery::

        SELECT exposure_id, filter, obsmjd, exptime, mjd_mid, ndetections
        FROM ztf.exposures
        WHERE fieldid = 680 AND ccdid = 13 AND qid = 3
        ORDER BY obsmjd
    </meta>

    <meta name="_example" title="A random sample">
      TABLESAMPLE with a percentage takes a fast random sample of
      :taptable:`ztf.objects`, other rows at each call; small tables may give none.
      On lightcurves and detections it samples whole light curves.

      .. tapquery::

        SELECT filter, COUNT(*) AS n, AVG(mag_median) AS mean_of_medians
        FROM ztf.objects TABLESAMPLE(20)
        GROUP BY filter
    </meta>

    <meta name="_example" title="A sample that stays the same">
      Every hundredth light curve of :taptable:`ztf.objects`, the same ones at
      every call, in every table with an OID.

      .. tapquery::

        SELECT oid, filter, mag_median
        FROM ztf.objects
        WHERE MOD(oid, 100) = 7
    </meta>

    <meta name="_example" title="Magnitudes as fluxes">
      gavo_ab_flux and gavo_ab_fluxerr turn AB magnitudes and their errors, as in
      :taptable:`ztf.detections`, to jansky.

      .. tapquery::

        SELECT hmjd, gavo_ab_flux(mag) AS flux,
          gavo_ab_fluxerr(mag, magerr) AS flux_error
        FROM ztf.detections
        WHERE oid = 680213300009232 AND catflags = 0
        ORDER BY hmjd
    </meta>

    <meta name="_example" title="Releases at this site">
      Each release named in :taptable:`ztf.releases` has a schema of its own, e.g.
      ztf_dr19, with the same tables as the default release in schema ztf.

      .. tapquery::

        SELECT name, title, simulated, is_default, nlightcurves, ndetections
        FROM ztf.releases
        ORDER BY name
    </meta>

    <meta name="_example" title="Brighter or fainter than in the reference image">
      :taptable:`ztf.reference_sources` is the survey's reference catalogue, as far as
      this site has loaded it; its OIDs are those of the light curves.  Differences in
      flux show what has changed since.

      .. tapquery::

        SELECT TOP 100 d.hmjd, gavo_ab_flux(d.mag) - gavo_ab_flux(r.mag) AS fluxdiff,
          r.mag AS refmag, r.magerr AS refmagerr
        FROM ztf.reference_sources AS r
        JOIN ztf.detections AS d ON d.oid = r.oid
        WHERE r.oid = 680113300005170 AND d.catflags = 0
        ORDER BY d.hmjd
    </meta>

    <meta name="_example" title="Time series and images in ObsCore">
      :taptable:`ivoa.obscore` has the light curves of the default release
      (dataproduct_type is timeseries) and the science images whose names are known
      here (image).  Constrain position, time, or an identifier; with a condition on
      s_region, which only images have, say dataproduct_type = 'image' as well.

      .. tapquery::

        SELECT dataproduct_type, obs_collection, obs_id, t_min, t_max, access_url
        FROM ivoa.obscore
        WHERE DISTANCE(s_ra, s_dec, 254.45755, 35.34236) &lt; 1/3600.
    </meta>
  </STREAM>
</resource>
