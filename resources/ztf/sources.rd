<!-- The stars of a release, with cone search and form, as STREAMs: this RD builds
nothing.  ztfvo.sources finds and measures them. -->

<resource schema="ztf" resdir=".">
  <meta name="title">Stars of ZTF releases</meta>

  <STREAM id="examples">
    <doc>What the TAP service shows of stars at /tap/examples.</doc>

    <meta name="_example" title="Stars and their light curves">
      :taptable:`ztf.sources` has one row per star, with magnitudes and colours of
      all its light curves, in all bands, fields and channels.  This is HZ Her, by
      the name made of its position; oids are its light curves.

      .. tapquery::

        SELECT source_id, name, ra, dec, nlightcurves, oids, mag_median_g,
          mag_median_r, g_r, g_r_err, g_r_npairs
        FROM ztf.sources
        WHERE name = 'ZTF J165749.81+352032.4'
    </meta>

    <meta name="_example" title="All epochs of a star">
      The light curves of a star are the objects with its source_id: here those of
      which OID 680113300005170 is one, with their good epochs from
      :taptable:`ztf.detections`.

      .. tapquery::

        SELECT o.oid, o.filter, d.hmjd, d.mag, d.magerr
        FROM ztf.objects AS one
        JOIN ztf.objects AS o ON o.source_id = one.source_id
        JOIN ztf.detections AS d ON d.oid = o.oid
        WHERE one.oid = 680113300005170 AND d.catflags = 0
        ORDER BY o.filter, d.hmjd
    </meta>

    <meta name="_example" title="Red stars that vary in two bands">
      Stars within 0.2 degrees of HZ Her that are red, from at least five pairs of
      epochs in zg and zr at most half a day apart, and vary in both bands, from
      :taptable:`ztf.sources`.

      .. tapquery::

        SELECT TOP 20 name, ra, dec, mag_median_r, g_r, g_r_err, chi2_red_g, chi2_red_r
        FROM ztf.sources
        WHERE DISTANCE(ra, dec, 254.45755, 35.34236) &lt; 0.2
          AND g_r_npairs &gt;= 5 AND g_r &gt; 0.5 AND chi2_red_g &gt; 1.5 AND chi2_red_r &gt; 1.5
        ORDER BY chi2_red_r DESC
    </meta>
  </STREAM>

  <STREAM id="band">
    <doc>What good epochs of one band say.</doc>
    <column name="ngoodobs_\letter" type="integer" required="True"
      ucd="meta.number;obs" tablehead="Good epochs in \filter" verbLevel="10"
      description="Number of good epochs in \filter: catflags = 0 and magerr > 0"/>
    <column name="mag_mean_\letter" type="real" unit="mag" ucd="phot.mag;\em;stat.mean"
      tablehead="Mean in \filter" verbLevel="15" note="good" displayHint="sf=3"
      description="Mean magnitude (AB) in \filter"/>
    <column name="mag_median_\letter" type="real" unit="mag" ucd="phot.mag;\em;stat.median"
      tablehead="Median in \filter" verbLevel="10" note="good" displayHint="sf=3"
      description="Median magnitude (AB) in \filter"/>
    <column name="mag_amplitude_\letter" type="real" unit="mag" ucd="src.var.amplitude;phot.mag;\em"
      tablehead="Amplitude in \filter" verbLevel="15" note="good" displayHint="sf=3"
      description="Half of the range of magnitudes in \filter"/>
    <column name="chi2_red_\letter" type="real" ucd="stat.fit.chi2;src.var;\em"
      tablehead="Red. chi2 in \filter" verbLevel="15" note="good" displayHint="sf=2"
      description="Reduced chi-square of the magnitudes in \filter, those of each light curve
        against a constant of its own (their weighted mean)"/>
  </STREAM>

  <STREAM id="color">
    <doc>A colour, from pairs of good epochs and from medians.</doc>
    <column name="\name" type="real" unit="mag" ucd="phot.color;\em"
      tablehead="\bands" verbLevel="10" note="pairs" displayHint="sf=3"
      description="Colour \bands (AB): weighted mean of the differences between good epochs near in
        time"/>
    <column name="\name\+_err" type="real" unit="mag" ucd="stat.error;phot.color;\em"
      tablehead="Error of \bands" verbLevel="15" note="pairs" displayHint="sf=3"
      description="Standard error of \name: that of the weighted mean, times the square root of the
        reduced chi-square of the differences where this is above 1"/>
    <column name="\name\+_npairs" type="integer" required="True" ucd="meta.number;obs"
      tablehead="Pairs for \bands" verbLevel="15" note="pairs"
      description="Number of pairs of good epochs that \name is of"/>
    <column name="\name\+_median" type="real" unit="mag" ucd="phot.color;\em;stat.median"
      tablehead="\bands of medians" verbLevel="15" note="good" displayHint="sf=3"
      description="Difference of the median magnitudes (AB) of the two bands"/>
  </STREAM>

  <NXSTREAM id="sources">
    <doc>
      The table of stars.  `label` starts its title, `prefix` its description; `times` ends those
      of heliocentric times; `radius` and `days` are those of ztfvo.sources.
    </doc>
    <table id="sources" onDisk="True" adql="True" primary="source_id">
      <meta name="table-rank">15</meta>
      <LOOP source="ztf/tables#nrows"><codeItems>
        from ztfvo_dachs import facts
        yield from facts.source_rows("\store")
      </codeItems></LOOP>
      <meta name="title">\label: sources</meta>
      <meta name="description">\prefix One row per star: the light curves of all bands, fields and
        readout channels that are of it, its position, magnitudes and colours.  A light curve is
        within \radius arcsec of the position of its star, which has one of a field, channel
        and filter at most, but for sources that the survey's pipeline has twice; the
        nearest are joined first.  Empty where the stars of the release were not found yet.</meta>
      <meta name="note" tag="good">
        Over good epochs, those with catflags = 0 and magerr > 0, of all light curves of the star
        in the band; null where there are too few of them.
      </meta>
      <meta name="note" tag="pairs">
        Of pairs of good epochs at most \days d apart, of which each is the nearest in
        time to the other; null where there is none.
      </meta>
      <index columns="source_id" metaOnly="True"/>
      <index columns="name" metaOnly="True"/>
      <index columns="ra,dec" kind="spoint" method="GIST" metaOnly="True"
        >spoint(radians(ra),radians(dec))</index>
      <stc>Position ICRS "ra" "dec"</stc>
      <FEED source="ztf/tables#heliocentric" column="hmjd_first"/>
      <FEED source="ztf/tables#heliocentric" column="hmjd_last"/>
      <FEED source="ztf/tables#photometry" column="mag_median_g"/>

      <column name="source_id" type="bigint" required="True"
        ucd="meta.id;meta.main" tablehead="Source" verbLevel="1"
        description="Identifier of the star: HEALPix cell of order 29, nested scheme, of its light
          curve with the smallest OID, so that it stays where others are added; joins with objects,
          lightcurves and detections">
        <property name="json">text</property>
      </column>
      <column name="name" type="text" required="True"
        ucd="meta.id;src" tablehead="Name" verbLevel="1"
        description="Name made of the position: ZTF Jhhmmss.ss+ddmmss.s, digits cut off"/>
      <column name="ra" type="double precision" unit="deg" required="True"
        ucd="pos.eq.ra;meta.main" tablehead="RA" verbLevel="1" displayHint="sf=6"
        description="Right ascension, ICRS: mean of those of the light curves, weighted by their
          numbers of epochs"/>
      <column name="dec" type="double precision" unit="deg" required="True"
        ucd="pos.eq.dec;meta.main" tablehead="Dec" verbLevel="1" displayHint="sf=6"
        description="Declination, ICRS: mean of those of the light curves, weighted by their
          numbers of epochs"/>
      <column name="nlightcurves" type="integer" required="True"
        ucd="meta.number" tablehead="Light curves" verbLevel="5"
        description="Number of light curves"/>
      <column name="oids" type="bigint[]" required="True"
        ucd="meta.id;meta.dataset" tablehead="OIDs" verbLevel="20"
        description="Identifiers of the light curves, in ascending order"/>
      <column name="hmjd_first" type="double precision" unit="d" required="True"
        ucd="time.start;obs" tablehead="First epoch" displayHint="sf=5"
        description="Time of the first epoch of any light curve, good or not: heliocentric modified
          Julian date (HJD - 2400000.5, UTC) of mid-exposure\times"/>
      <column name="hmjd_last" type="double precision" unit="d" required="True"
        ucd="time.end;obs" tablehead="Last epoch" displayHint="sf=5"
        description="Time of the last epoch of any light curve, good or not: heliocentric modified
          Julian date (HJD - 2400000.5, UTC) of mid-exposure\times"/>
      <LOOP source="ztf/sources#band"><csvItems>
        letter, filter, em
        g, zg, em.opt.B
        r, zr, em.opt.R
        i, zi, em.opt.I
      </csvItems></LOOP>
      <LOOP source="ztf/sources#color"><csvItems>
        name, bands, em
        g_r, zg - zr, em.opt.B;em.opt.R
        r_i, zr - zi, em.opt.R;em.opt.I
      </csvItems></LOOP>
      <column name="ebv" type="real" unit="mag" ucd="phot.color.excess"
        tablehead="E(B-V)" verbLevel="15" displayHint="sf=3"
        description="E(B-V) of all dust along the line of sight in the map ebv_map, on its own scale;
          null where no map was there"/>
      <column name="ebv_map" type="text" ucd="meta.id;meta.dataset"
        tablehead="Map of E(B-V)" verbLevel="20"
        description="Map that ebv is from: csfd (Chiang 2023) or sfd (Schlegel et al. 1998), of which
          E(B-V) times 0.86 is that of Schlafly and Finkbeiner (2011); simulated is made up"/>
      <viewStatement>CREATE VIEW \\qName AS (SELECT \\colNames FROM \store.sources)</viewStatement>
    </table>
  </NXSTREAM>

  <NXSTREAM id="service">
    <doc>
      The service `starcone` on table `sources`: protocol and form.  `label` names the release,
      `shortName` does so in the registry, `prefix` starts the description.
    </doc>
    <service id="starcone" allowed="form,scs.xml" defaultRenderer="form">
      <meta name="title">\label: cone search on stars</meta>
      <meta name="shortName">\shortName stars</meta>
      <meta name="description">\prefix Stars of \label around a position: magnitudes, colours and
        light curves of each.  The radius is limited; larger areas are open to TAP.</meta>
      <meta name="testQuery.ra">254.45755</meta>
      <meta name="testQuery.dec">35.34236</meta>
      <meta name="testQuery.sr">0.001</meta>
      <publish render="scs.xml" sets="ivo_managed"/>
      <publish render="form" sets="local,ivo_managed"/>

      <scsCore queriedTable="sources">
        <FEED source="ztf/cone#human"/>
        <FEED source="ztf/cone#protocol"/>
        <condDesc buildFrom="nlightcurves"/>
        <condDesc buildFrom="mag_median_g"/>
        <condDesc buildFrom="mag_median_r"/>
        <condDesc buildFrom="g_r"/>
        <condDesc buildFrom="chi2_red_r"/>
      </scsCore>

      <outputTable>
        <outputField original="_r"/>
        <outputField original="source_id"/>
        <outputField original="name">
          <formatter>
            from ztfvo_dachs import links
            return T.a(href=links.star(rd.schema, data),
              title="Page about the light curves of this star")[data]
          </formatter>
        </outputField>
        <LOOP listItems="ra dec nlightcurves ngoodobs_g ngoodobs_r ngoodobs_i mag_median_g
          mag_median_r mag_median_i g_r g_r_err chi2_red_g chi2_red_r"><events passivate="True">
          <outputField original="\\item"/>
        </events></LOOP>
      </outputTable>
    </service>
  </NXSTREAM>
</resource>
