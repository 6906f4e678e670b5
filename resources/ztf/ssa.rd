<!-- Time series of the default release by SSAP and in ObsCore, as STREAMs: this RD
builds nothing.  The views are those of ztfvo.store.discovery: no row a product,
and indexes below them. -->

<resource schema="ztf" resdir=".">
  <meta name="title">Discovery of ZTF time series</meta>

  <NXSTREAM id="series">
    <doc>
      What the view `timeseries` is made of.  `prefix` starts the descriptions.
    </doc>
    <table id="series" onDisk="True" adql="hidden" namePath="//ssap#instance">
      <meta name="description">\prefix One row per light curve of the default release, in the
        terms of SSAP.</meta>
      <index columns="ssa_location" method="GIST" metaOnly="True"/>
      <index columns="ra,dec" kind="spoint" method="GIST" metaOnly="True"
        >spoint(radians(ra),radians(dec))</index>
      <index columns="ssa_targname" metaOnly="True"/>
      <index columns="t_min" metaOnly="True"/>
      <index columns="t_max" metaOnly="True"/>

      <LOOP listItems="ssa_dstitle ssa_targname ssa_pubDID ssa_bandpass ssa_specstart ssa_specend
        ssa_dateObs ssa_timeExt ssa_length ssa_location ssa_collection"><events
        passivate="True">
        <column original="\\item"/>
      </events></LOOP>
      <column original="ssa_datasource" type="text"/>
      <column name="oid" type="bigint" required="True" ucd="meta.id;meta.main" tablehead="OID"
        description="Identifier of the light curve; joins with ztf.objects"/>
      <column name="ra" type="double precision" unit="deg" required="True"
        ucd="pos.eq.ra" tablehead="RA" displayHint="sf=5"
        description="Right ascension of the source in the reference image, ICRS"/>
      <column name="dec" type="double precision" unit="deg" required="True"
        ucd="pos.eq.dec" tablehead="Dec" displayHint="sf=5"
        description="Declination of the source in the reference image, ICRS"/>
      <column name="t_min" type="double precision" unit="d" required="True"
        ucd="time.start;obs" tablehead="First epoch" displayHint="sf=5"
        description="Time of the first epoch: heliocentric modified Julian date
          (HJD - 2400000.5, UTC) of mid-exposure"/>
      <column name="t_max" type="double precision" unit="d" required="True"
        ucd="time.end;obs" tablehead="Last epoch" displayHint="sf=5"
        description="Time of the last epoch: heliocentric modified Julian date
          (HJD - 2400000.5, UTC) of mid-exposure"/>
      <viewStatement>CREATE VIEW \\qName AS (
        SELECT \\colNames FROM ztf_store.timeseries)</viewStatement>
    </table>
  </NXSTREAM>

  <NXSTREAM id="timeseries">
    <doc>
      The table of time series that SSAP queries and ObsCore takes up.  `label`
      and `prefix` start title and description.
    </doc>
    <table id="timeseries" onDisk="True">
      <meta name="title">\label: time series, in the terms of SSAP</meta>
      <meta name="description">\prefix One row per light curve of the default release for the Simple
        Spectral Access Protocol, with the address of the light curve as a VOTable.  ztf.objects
        has more on each.</meta>
      <meta name="_associatedDatalinkService">
        <meta name="serviceId">products</meta>
        <meta name="idColumn">ssa_pubDID</meta>
      </meta>
      <stc>Position ICRS "ra" "dec"</stc>
      <FEED source="ztf/tables#heliocentric" column="t_min"/>
      <FEED source="ztf/tables#heliocentric" column="t_max"/>
      <mixin sourcetable="series" copiedcolumns="*"
        accref="'\\getConfig{web}{serverURL}/lc/' || oid::text || '.vot'"
        mime="'application/x-votable+xml'" accsize="5500 + 54*ssa_length"
        owner="NULL" embargo="NULL"
        ssa_dstype="'timeseries'" ssa_creationtype="'archival'" ssa_aperture="1/3600." ssa_creator="'ZTF collaboration'"
        ssa_fluxcalib="'CALIBRATED'" ssa_fluxucd="'phot.mag;em.opt'" ssa_fluxunit="'mag'"
        ssa_spectralucd="'em.wl'" ssa_spectralunit="'m'" ssa_model="'Timeseries'"
        refposition="HELIOCENTER" timescale="UTC">//ssap#view</mixin>
      <mixin calib_level="2" dataproduct_subtype="'lightcurve'" o_ucd="'phot.mag;em.opt'"
        obs_id="ssa_targname" ra="ra" dec="dec" t_min="t_min" t_max="t_max" t_xel="ssa_length"
        t_exptime="NULL" em_xel="1" em_ucd="'em.wl'" em_res_power="NULL" s_resolution="2"
        s_xel1="NULL" s_xel2="NULL" instrument_name="'ZTF'" facility_name="'Palomar 48-inch'"
        preview="'\\getConfig{web}{serverURL}/lc/' || oid::text || '.png'"
        source_table="'ztf.objects'">//obscore#publishSSAPMIXC</mixin>
      <adql>hidden</adql>
    </table>
  </NXSTREAM>

  <STREAM id="conditions">
    <doc>POS, SIZE, BAND, TIME and FORMAT of SSAP, in place of those of DaCHS.</doc>
    <condDesc combining="True" joiner="AND">
      <inputKey name="POS" type="text" unit="deg" std="True" multiplicity="single"
        utype="ssa:Char.SpatialAxis.Coverage.Location.Value"
        description="Right ascension and declination, ICRS, with a comma between them"/>
      <inputKey name="SIZE" unit="deg" std="True" multiplicity="single"
        utype="ssa:Char.SpatialAxis.Coverage.Bounds.Extent"
        description="Diameter of the circle around POS; 10 arcsec where it is not given"/>
      <phraseMaker>
        <setup imports="ztfvo_dachs.ssa"/>
        <code>yield from ssa.position_phrase(inPars, outPars)</code>
      </phraseMaker>
    </condDesc>
    <condDesc>
      <inputKey original="//ssap#instance.ssa_dateObs" name="TIME" unit=""
        type="text" std="True" multiplicity="single"
        description="Time or range of times, ISO 8601: light curves that have begun and not ended"/>
      <phraseMaker>
        <setup imports="ztfvo_dachs.ssa"/>
        <code>yield from ssa.time_phrase(inPars, outPars)</code>
      </phraseMaker>
    </condDesc>
    <condDesc>
      <inputKey name="BAND" type="text" unit="m" std="True" multiplicity="single"
        utype="ssa:DataId.Bandpass"
        description="Wavelength or range of wavelengths, or names: g, r, i, zg, zr, zi"/>
      <phraseMaker>
        <setup imports="ztfvo_dachs.ssa"/>
        <code>yield from ssa.band_phrase(inPars, outPars)</code>
      </phraseMaker>
    </condDesc>
    <condDesc>
      <inputKey original="//ssap#instance.mime" name="FORMAT" type="text" std="True"
        multiplicity="single"/>
      <phraseMaker>
        <setup imports="ztfvo_dachs.ssa"/>
        <code>yield from ssa.format_phrase(inPars, outPars)</code>
      </phraseMaker>
    </condDesc>
  </STREAM>

  <NXSTREAM id="service">
    <doc>
      The service `ssa` on `timeseries`.  `label` and `prefix` start title and
      description.
    </doc>
    <service id="ssa" allowed="form,ssap.xml" defaultRenderer="form">
      <meta name="title">\label: light curves by SSAP</meta>
      <meta name="shortName">ZTF SSAP</meta>
      <meta name="description">\prefix Light curves of the default release as time series, by
        position, time of coverage, band and identifier.</meta>
      <meta name="ssap.dataSource">\datasource</meta>
      <meta name="ssap.creationType">archival</meta>
      <meta name="ssap.complianceLevel">query</meta>
      <meta name="ssap.testQuery">POS=254.45755,35.34236&amp;SIZE=0.001</meta>
      <meta name="productType">timeseries</meta>
      <publish render="ssap.xml" sets="ivo_managed"/>
      <publish render="form" sets="local,ivo_managed"/>
      <ssapCore queriedTable="timeseries">
        <FEED source="//ssap#hcd_condDescs">
          <PRUNE id="coneCond"/>
          <PRUNE id="bandCond"/>
          <PRUNE id="formatCond"/>
          <PRUNE id="timeCond"/>
        </FEED>
        <FEED source="ztf/ssa#conditions"/>
      </ssapCore>
    </service>
  </NXSTREAM>
</resource>
