<!-- The tables of a release but exposures, as STREAMs: this RD builds nothing.
Each STREAM takes `store`, the schema whose view of the same name is shown, and
`times`, what has to be known of its heliocentric times. -->

<resource schema="ztf" resdir=".">
  <meta name="title">Tables of ZTF releases</meta>

  <STREAM id="detector-columns">
    <doc>Where on the sky plan and on the camera something was measured.</doc>
    <column name="fieldid" type="smallint" required="True"
      ucd="meta.id;obs.field" tablehead="Field"
      description="ZTF field: number of the pointing in the survey's fixed grid"/>
    <column name="rcid" type="smallint" required="True"
      ucd="meta.id;instr.det" tablehead="Channel"
      description="Readout channel of the camera, 0 to 63: 4 (ccdid - 1) + qid - 1"/>
    <column name="ccdid" type="smallint" required="True"
      ucd="meta.id;instr.det" tablehead="CCD" verbLevel="25"
      description="CCD of the camera, 1 to 16"/>
    <column name="qid" type="smallint" required="True"
      ucd="meta.id;instr.det" tablehead="Quadrant" verbLevel="25"
      description="Quadrant of the CCD, 1 to 4"/>
    <column name="filterid" type="smallint" required="True"
      ucd="meta.code;instr.filter" tablehead="Filter no." verbLevel="25"
      description="Filter number: 1 zg, 2 zr, 3 zi; joins with ztf.filters"/>
    <column name="filter" type="text" required="True"
      ucd="meta.id;instr.filter" tablehead="Filter" verbLevel="10"
      description="Filter name: zg, zr or zi"/>
  </STREAM>

  <STREAM id="magnitude">
    <doc>One column of magnitude statistics, over good epochs; see the note.</doc>
    <column name="\name" type="real" unit="mag" ucd="\ucd" tablehead="\head"
      verbLevel="\level" note="good" displayHint="sf=3" description="\description"/>
  </STREAM>

  <STREAM id="array">
    <doc>A column of the detections as an array, one element per epoch.</doc>
    <column original="detections.\name" type="\type[]"/>
  </STREAM>

  <STREAM id="heliocentric">
    <doc>Declares a column of heliocentric times to clients (TIMESYS).</doc>
    <dm>
      (votable:Coords) {
        time: (votable:TimeCoordinate) {
          frame: (votable:TimeFrame) {
            timescale: UTC refPosition: HELIOCENTER time0: 2400000.5 }
          location: @\column } }
    </dm>
  </STREAM>

  <STREAM id="topocentric">
    <doc>Declares a column of times at Palomar to clients (TIMESYS).</doc>
    <dm>
      (votable:Coords) {
        time: (votable:TimeCoordinate) {
          frame: (votable:TimeFrame) {
            timescale: UTC refPosition: TOPOCENTER time0: 2400000.5 }
          location: @\column } }
    </dm>
  </STREAM>

  <STREAM id="photometry">
    <doc>Declares a column of AB magnitudes to clients.</doc>
    <dm>(phot:PhotCal) { magnitudeSystem: AB zeroPointFlux: 3630.7805477 value: @\column }</dm>
  </STREAM>

  <STREAM id="nrows"><nrows>\value</nrows></STREAM>

  <NXSTREAM id="objects">
    <table id="objects" onDisk="True" adql="True" primary="oid">
      <meta name="table-rank">10</meta>
      <LOOP source="ztf/tables#nrows"><codeItems>
        from ztfvo_dachs import facts
        yield from facts.rows("\store", "objects")
      </codeItems></LOOP>
      <meta name="title">\label: objects</meta>
      <meta name="description">\prefix One row per light curve, that is per source of one
        field, readout channel and filter: position, epochs, and statistics over
        good epochs.  A star seen in several fields or filters has several rows.</meta>
      <meta name="note" tag="good">
        Over good epochs, those with catflags = 0 and magerr > 0; null where
        there are too few of them.
      </meta>
      <meta name="_associatedDatalinkService">
        <meta name="serviceId">links</meta>
        <meta name="idColumn">oid</meta>
      </meta>
      <index columns="oid" metaOnly="True"/>
      <index columns="ra,dec" kind="spoint" method="GIST" metaOnly="True"
        >spoint(radians(ra),radians(dec))</index>
      <index columns="h3_10" metaOnly="True"/>
      <index columns="healpix_29" metaOnly="True"/>
      <index columns="fieldid" metaOnly="True"/>
      <index columns="source_id" metaOnly="True"/>
      <foreignKey inTable="sources" source="source_id" dest="source_id" metaOnly="True"/>
      <stc>Position ICRS "ra" "dec"</stc>
      <FEED source="ztf/tables#heliocentric" column="hmjd_first"/>
      <FEED source="ztf/tables#heliocentric" column="hmjd_last"/>
      <FEED source="ztf/tables#photometry" column="mag_mean"/>

      <column name="oid" type="bigint" required="True"
        ucd="meta.id;meta.main" tablehead="OID" verbLevel="1"
        description="Identifier of the light curve: field, filter, CCD, quadrant and source
          number in 15 or 16 digits"/>
      <column name="ra" type="double precision" unit="deg" required="True"
        ucd="pos.eq.ra;meta.main" tablehead="RA" verbLevel="1" displayHint="sf=5"
        description="Right ascension of the source in the reference image, ICRS"/>
      <column name="dec" type="double precision" unit="deg" required="True"
        ucd="pos.eq.dec;meta.main" tablehead="Dec" verbLevel="1" displayHint="sf=5"
        description="Declination of the source in the reference image, ICRS"/>
      <FEED source="ztf/tables#detector-columns"/>
      <column name="nobs" type="integer" required="True"
        ucd="meta.number;obs" tablehead="Epochs"
        description="Number of epochs of the light curve, good or not"/>
      <column name="ngoodobs" type="integer" required="True"
        ucd="meta.number;obs" tablehead="Good epochs" verbLevel="10"
        description="Number of good epochs: catflags = 0 and magerr > 0"/>
      <column name="hmjd_first" type="double precision" unit="d"
        ucd="time.start;obs" tablehead="First epoch" displayHint="sf=5"
        description="Time of the first epoch: heliocentric modified Julian date
          (HJD - 2400000.5, UTC) of mid-exposure\times"/>
      <column name="hmjd_last" type="double precision" unit="d"
        ucd="time.end;obs" tablehead="Last epoch" displayHint="sf=5"
        description="Time of the last epoch: heliocentric modified Julian date
          (HJD - 2400000.5, UTC) of mid-exposure\times"/>
      <column name="duration" type="double precision" unit="d"
        ucd="time.duration;obs" tablehead="Duration" verbLevel="25" displayHint="sf=3"
        description="Time from the first to the last epoch"/>
      <LOOP source="ztf/tables#magnitude"><csvItems>
        name, ucd, head, level, description
        mag_mean, phot.mag;em.opt;stat.mean, Mean, 15, Mean magnitude (AB)
        mag_wmean, phot.mag;em.opt;stat.mean, Weighted mean, 25, Mean magnitude (AB) weighted by 1/magerr^2
        mag_median, phot.mag;em.opt;stat.median, Median, 10, Median magnitude (AB)
        mag_min, phot.mag;em.opt;stat.min, Brightest, 25, Smallest magnitude (AB): the brightest epoch
        mag_max, phot.mag;em.opt;stat.max, Faintest, 25, Largest magnitude (AB): the faintest epoch
        mag_std, stat.stdev;phot.mag;em.opt, Std. dev., 15, Standard deviation of the magnitudes
        mag_amplitude, src.var.amplitude;phot.mag;em.opt, Amplitude, 15, Half of the range of magnitudes: (mag_max - mag_min)/2
        magerr_median, stat.error;phot.mag;em.opt, Median error, 25, Median of the magnitude errors
      </csvItems></LOOP>
      <column name="chi2_red" type="real" ucd="stat.fit.chi2;src.var"
        tablehead="Red. chi2" note="good" displayHint="sf=2"
        description="Reduced chi-square of the magnitudes against a constant
          (their weighted mean)"/>
      <column name="h3_10" type="bigint" required="True"
        ucd="meta.id;pos" tablehead="H3" verbLevel="25"
        description="Cell of the H3 grid at resolution 10 that holds the position, with
          declination as latitude and right ascension as longitude">
        <property name="json">text</property>
      </column>
      <column name="healpix_29" type="bigint" required="True"
        ucd="pos.healpix" tablehead="HEALPix" verbLevel="25"
        description="HEALPix cell of order 29, nested scheme, that holds the position; shift
          right by 2 (29 - k) bits for the cell of order k">
        <property name="json">text</property>
      </column>
      <column name="refmag" type="real" unit="mag"
        ucd="phot.mag;em.opt" tablehead="Reference" verbLevel="25" displayHint="sf=3"
        description="Magnitude (AB) of the source in the reference image, by PSF fit; null where
          the reference catalogue is not loaded here; see ztf.reference_sources"/>
      <column name="refmagerr" type="real" unit="mag"
        ucd="stat.error;phot.mag;em.opt" tablehead="Reference error" verbLevel="25"
        displayHint="sf=3"
        description="Standard error of refmag: of the fit and of the zero point, in quadrature"/>
      <column name="source_id" type="bigint"
        ucd="meta.id.assoc;src" tablehead="Source" verbLevel="15"
        description="Identifier of the star that the light curve is of; joins with sources; null
          where the stars of the release were not found yet">
        <property name="json">text</property>
        <values nullLiteral="-1"/>
      </column>
      <viewStatement>CREATE VIEW \\qName AS (SELECT \\colNames FROM \store.objects)</viewStatement>
    </table>
  </NXSTREAM>

  <NXSTREAM id="detections">
    <table id="detections" onDisk="True" adql="True">
      <meta name="table-rank">30</meta>
      <LOOP source="ztf/tables#nrows"><codeItems>
        from ztfvo_dachs import facts
        yield from facts.rows("\store", "detections")
      </codeItems></LOOP>
      <meta name="title">\label: detections</meta>
      <meta name="description">\prefix One row per epoch of a light curve, good or not; select
        catflags = 0 for good photometry.  Constrain oid, or join with objects:
        this table is long.</meta>
      <meta name="_associatedDatalinkService">
        <meta name="serviceId">links</meta>
        <meta name="idColumn">oid</meta>
      </meta>
      <meta name="_associatedDatalinkService">
        <meta name="serviceId">images</meta>
        <meta name="idColumn">detection_id</meta>
      </meta>
      <foreignKey inTable="objects" source="oid" dest="oid" metaOnly="True"/>
      <foreignKey inTable="sources" source="source_id" dest="source_id" metaOnly="True"/>
      <foreignKey inTable="exposures" source="exposure_id" dest="exposure_id" metaOnly="True"/>
      <index columns="oid" metaOnly="True"/>
      <index columns="source_id" metaOnly="True"/>
      <FEED source="ztf/tables#heliocentric" column="hmjd"/>
      <FEED source="ztf/tables#photometry" column="mag"/>

      <column name="oid" type="bigint" required="True"
        ucd="meta.id;src" tablehead="OID"
        description="Identifier of the light curve; joins with objects"/>
      <column name="hmjd" type="double precision" unit="d" required="True"
        ucd="time.epoch" tablehead="HMJD" displayHint="sf=5"
        description="Heliocentric modified Julian date (HJD - 2400000.5, UTC) of mid-exposure\times"/>
      <column name="mag" type="real" unit="mag"
        ucd="phot.mag;em.opt" tablehead="Magnitude" displayHint="sf=3"
        description="Magnitude (AB) in the light curve's filter, by PSF fit"/>
      <column name="magerr" type="real" unit="mag"
        ucd="stat.error;phot.mag;em.opt" tablehead="Error" displayHint="sf=3"
        description="Standard error of the magnitude"/>
      <column name="clrcoeff" type="real"
        ucd="stat.fit.param;phot.color" tablehead="Colour coeff." verbLevel="25"
        description="Coefficient of the linear colour term in the photometric calibration of
          the exposure: Pan-STARRS1 = mag + clrcoeff (g - r in zg and zr, r - i in zi)"/>
      <column name="catflags" type="integer" required="True"
        ucd="meta.code.qual" tablehead="Flags"
        description="Quality flags as bits; 0 is good, 32768 and above is not to be used"/>
      <column name="detection_id" type="text" required="True"
        ucd="meta.id;meta.main" tablehead="Detection" verbLevel="25"
        description="Identifier of the detection: OID and HMJD with a hyphen between them, and where
          the light curve has the same HMJD more than once, from the second on, a hyphen and a number;
          its images are found by it"/>
      <column name="exposure_id" type="bigint"
        ucd="meta.id;obs.exposure" tablehead="Exposure" verbLevel="25"
        description="Number of the exposure within this release; joins with exposures">
        <property name="json">text</property>
        <values nullLiteral="-1"/>
      </column>
      <column original="objects.source_id"/>
      <viewStatement>CREATE VIEW \\qName AS (SELECT \\colNames FROM \store.detections)</viewStatement>
    </table>
  </NXSTREAM>

  <NXSTREAM id="lightcurves">
    <table id="lightcurves" onDisk="True" adql="True" primary="oid">
      <meta name="table-rank">20</meta>
      <LOOP source="ztf/tables#nrows"><codeItems>
        from ztfvo_dachs import facts
        yield from facts.rows("\store", "lightcurves")
      </codeItems></LOOP>
      <meta name="title">\label: light curves</meta>
      <meta name="description">\prefix One row per light curve with its epochs as arrays, all of
        one length and ordered by time.  The fastest way to fetch many light curves.</meta>
      <meta name="_associatedDatalinkService">
        <meta name="serviceId">links</meta>
        <meta name="idColumn">oid</meta>
      </meta>
      <foreignKey inTable="objects" source="oid" dest="oid" metaOnly="True"/>
      <foreignKey inTable="sources" source="source_id" dest="source_id" metaOnly="True"/>
      <index columns="oid" metaOnly="True"/>
      <index columns="source_id" metaOnly="True"/>
      <FEED source="ztf/tables#heliocentric" column="hmjd"/>
      <FEED source="ztf/tables#photometry" column="mag"/>

      <column original="objects.oid"/>
      <LOOP source="ztf/tables#array"><csvItems>
        name, type
        hmjd, double precision
        mag, real
        magerr, real
        clrcoeff, real
        catflags, integer
      </csvItems></LOOP>
      <column original="objects.source_id"/>
      <viewStatement>CREATE VIEW \\qName AS (SELECT \\colNames FROM \store.lightcurves)</viewStatement>
    </table>
  </NXSTREAM>
</resource>
