<!-- The TAP examples on hosted catalogs; etc/userconfig.rd feeds them to the
TAP service. -->

<resource schema="catalogs" resdir=".">
  <meta name="title">TAP examples on hosted catalogs</meta>

  <STREAM id="tap">
    <doc>What the TAP service shows at /tap/examples.</doc>

    <meta name="_example" title="Every variable star known around a position">
      :taptable:`catalogs.variables` has name, type and period of the variable stars of all hosted
      catalogs; the table that catalog_name names has all that the catalog says.

      .. tapquery::

        SELECT catalog_name, name, type, period,
          DISTANCE(ra, dec, 254.45755, 35.34236)*3600 AS separation
        FROM catalogs.variables
        WHERE DISTANCE(ra, dec, 254.45755, 35.34236) &lt; 10/3600.
        ORDER BY separation
    </meta>

    <meta name="_example" title="Light curves of known RR Lyrae stars">
      Known stars of a type in :taptable:`catalogs.variables`, joined with the objects of
      :taptable:`ztf.objects` within 1.5 arcsec.  Types are in the words of each catalog.

      .. tapquery::

        SELECT TOP 100 v.catalog_name, v.name, v.type, v.period, o.oid, o.filter, o.ngoodobs,
          o.mag_median
        FROM catalogs.variables AS v
        JOIN ztf.objects AS o ON DISTANCE(v.ra, v.dec, o.ra, o.dec) &lt; 1.5/3600
        WHERE v.type LIKE 'RR%'
    </meta>

    <meta name="_example" title="What is known of uploaded stars">
      Upload a table with columns ra and dec in degrees under the name stars: variable stars of
      :taptable:`catalogs.variables` within 10 arcsec of each row, beside the light curves of
      :taptable:`ztf.objects` within 1.5 arcsec.

      .. tapquery::

        SELECT stars.*, o.oid, o.filter, v.catalog_name, v.name, v.type, v.period
        FROM TAP_UPLOAD.stars AS stars
        JOIN ztf.objects AS o ON DISTANCE(stars.ra, stars.dec, o.ra, o.dec) &lt; 1.5/3600
        JOIN catalogs.variables AS v ON DISTANCE(stars.ra, stars.dec, v.ra, v.dec) &lt; 10/3600.
    </meta>

    <meta name="_example" title="Transients with their light curves">
      Objects of the Transient Name Server in :taptable:`catalogs.tns`, with the light curves of
      :taptable:`ztf.objects` at their positions.  internal_names has the names of ZTF alerts.

      .. tapquery::

        SELECT TOP 100 t.name_prefix, t.name, t.type, t.redshift, t.discoverydate,
          t.internal_names, o.oid, o.filter, o.mag_min, o.hmjd_first, o.hmjd_last
        FROM catalogs.tns AS t
        JOIN ztf.objects AS o ON DISTANCE(t.ra, t.dec, o.ra, o.dec) &lt; 1.5/3600
    </meta>

    <meta name="_example" title="Quasars by their variability">
      Spectroscopic quasars of :taptable:`catalogs.sdss_dr16q` with the statistics of their light
      curves in :taptable:`ztf.objects`.

      .. tapquery::

        SELECT TOP 100 q.sdss_name, q.redshift, o.oid, o.filter, o.ngoodobs, o.mag_std,
          o.chi2_red
        FROM catalogs.sdss_dr16q AS q
        JOIN ztf.objects AS o ON DISTANCE(q.ra, q.dec, o.ra, o.dec) &lt; 1.5/3600
        WHERE q.is_qso = 1
    </meta>

    <meta name="_example" title="The light curve of a transient by its name">
      Transients of :taptable:`catalogs.snad` were discovered in ZTF data releases: their OIDs are
      those of light curves.

      .. tapquery::

        SELECT s.name, s.tns, d.hmjd, d.mag, d.magerr
        FROM catalogs.snad AS s
        JOIN ztf.detections AS d ON d.oid = s.oid
        WHERE s.name = 'SNAD101' AND d.catflags = 0
        ORDER BY d.hmjd
    </meta>
  </STREAM>
</resource>
