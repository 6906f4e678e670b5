<!-- The reference catalogue of all releases, as a STREAM: this RD builds
nothing.  REFERENCES is a reserved word of ADQL, hence the table's name. -->

<resource schema="ztf" resdir=".">
  <meta name="title">Reference catalogue of ZTF</meta>

  <NXSTREAM id="table">
    <table id="reference_sources" onDisk="True" adql="True" primary="oid">
      <meta name="table-rank">45</meta>
      <LOOP source="ztf/tables#nrows"><codeItems>
        from ztfvo_dachs import facts
        yield from facts.reference_rows()
      </codeItems></LOOP>
      <meta name="title">ZTF: reference catalogue</meta>
      <meta name="description">Sources of the survey's reference images, the sums of the first good
        exposures, by PSF fit.  A light curve is that of one source here, which has its
        OID; a source need not have a light curve.  The catalogues that this site has
        loaded, of all fields or of few.  Constrain oid, or join with objects, which has
        the position index: this table is long.</meta>
      <meta name="note" tag="calibrated">
        mag is the catalogue's instrumental magnitude plus its zero point MAGZP; magerr is
        the square root of the sum of the squares of the fit's error and of MAGZPRMS, the
        scatter of the zero point.
      </meta>
      <meta name="note" tag="quadrant">
        Bits on the whole reference image of the quadrant, from the catalogue's header.
      </meta>
      <foreignKey inTable="objects" source="oid" dest="oid" metaOnly="True"/>
      <index columns="oid" metaOnly="True"/>
      <stc>Position ICRS "ra" "dec"</stc>
      <FEED source="ztf/tables#photometry" column="mag"/>

      <column name="oid" type="bigint" required="True"
        ucd="meta.id;meta.main" tablehead="OID" verbLevel="1"
        description="Identifier of the source and its light curve; joins with objects"/>
      <column name="fieldid" type="smallint" required="True"
        ucd="meta.id;obs.field" tablehead="Field"
        description="ZTF field: number of the pointing in the survey's fixed grid"/>
      <column name="filterid" type="smallint" required="True"
        ucd="meta.code;instr.filter" tablehead="Filter no." verbLevel="25"
        description="Filter number: 1 zg, 2 zr, 3 zi; joins with ztf.filters"/>
      <column name="filter" type="text" required="True"
        ucd="meta.id;instr.filter" tablehead="Filter" verbLevel="10"
        description="Filter name: zg, zr or zi"/>
      <column name="ccdid" type="smallint" required="True"
        ucd="meta.id;instr.det" tablehead="CCD"
        description="CCD of the camera, 1 to 16"/>
      <column name="qid" type="smallint" required="True"
        ucd="meta.id;instr.det" tablehead="Quadrant"
        description="Quadrant of the CCD, 1 to 4"/>
      <column name="sourceid" type="integer" required="True"
        ucd="meta.id;src" tablehead="Source"
        description="Number of the source in the quadrant's catalogue: the last eight digits of
          oid"/>
      <column name="ra" type="double precision" unit="deg" required="True"
        ucd="pos.eq.ra;meta.main" tablehead="RA" verbLevel="1" displayHint="sf=5"
        description="Right ascension, ICRS"/>
      <column name="dec" type="double precision" unit="deg" required="True"
        ucd="pos.eq.dec;meta.main" tablehead="Dec" verbLevel="1" displayHint="sf=5"
        description="Declination, ICRS"/>
      <column name="mag" type="real" unit="mag" note="calibrated"
        ucd="phot.mag;em.opt" tablehead="Magnitude" displayHint="sf=3"
        description="Magnitude (AB) in the reference image's filter, calibrated"/>
      <column name="magerr" type="real" unit="mag" note="calibrated"
        ucd="stat.error;phot.mag;em.opt" tablehead="Error" displayHint="sf=3"
        description="Standard error of mag"/>
      <column name="snr" type="real"
        ucd="stat.snr;phot.flux;em.opt" tablehead="S/N" displayHint="sf=1"
        description="Signal-to-noise ratio of the fitted flux"/>
      <column name="chi" type="real"
        ucd="stat.fit.chi2" tablehead="Chi" displayHint="sf=3"
        description="Scatter of the pixels about the fitted PSF over the one expected from
          noise (DAOPHOT's chi)"/>
      <column name="sharp" type="real"
        ucd="stat.fit.param;src.morph" tablehead="Sharp" displayHint="sf=3"
        description="How much wider (positive) or narrower than the PSF the source is (DAOPHOT's
          sharp); near 0 for stars"/>
      <column name="flags" type="smallint" required="True"
        ucd="meta.code.qual" tablehead="Flags"
        description="Flag of the source in the catalogue; 0 is good"/>
      <column name="infobits" type="integer" note="quadrant"
        ucd="meta.code.qual;obs.image" tablehead="Info bits" verbLevel="25"
        description="Quality of the quadrant's reference image as bits; 0 is good">
        <values nullLiteral="-1"/>
      </column>
      <viewStatement>CREATE VIEW \\qName AS (
        SELECT \\colNames FROM ztf_store.reference_sources)</viewStatement>
    </table>
  </NXSTREAM>
</resource>
