<!-- The default release under names that stay, and what describes all releases.
The views of ztf_store say which release is the default: after switching it only
the metadata need a refresh (dachs imp -m ztf/ztf). -->

<resource schema="ztf" resdir=".">
  <meta name="creationDate">2026-11-22T12:00:00Z</meta>
  <meta name="schema-rank">10</meta>
  <FEED source="ztf/release#origin"/>

  <NXSTREAM id="default">
    <doc>What is titled and described as simulated where the default release is.</doc>
    <meta name="title">\label light curves, default release</meta>
    <meta name="description">\prefix Light curves of the Zwicky Transient Facility: the default
      data release of this site.  Which one it is, and which others there are under names of
      their own, is stated in ztf.releases.</meta>
    <FEED source="ztf/release#tables" store="ztf_store" label="\label" prefix="\prefix"
      times="\times" radius="\radius" days="\days"/>
    <FEED source="ztf/cone#service" label="\label" shortName="ZTF" prefix="\prefix"/>
    <FEED source="ztf/sources#service" label="\label" shortName="ZTF" prefix="\prefix"/>
    <FEED source="ztf/datalink#services" store="ztf_store" label="\label" shortName="ZTF"
      prefix="\prefix"/>
    <FEED source="ztf/ssa#series" prefix="\prefix"/>
    <FEED source="ztf/ssa#timeseries" label="\label" prefix="\prefix"/>
    <FEED source="ztf/ssa#service" label="\label" prefix="\prefix" datasource="\datasource"/>
    <FEED source="ztf/images#service" label="\label" prefix="\prefix"/>
  </NXSTREAM>

  <LOOP source="ztf/ztf#default"><codeItems>
    from ztfvo_dachs import facts
    yield facts.wording("ztf_store")
  </codeItems></LOOP>

  <FEED source="ztf/references#table"/>
  <FEED source="ztf/images#science-images"/>
  <FEED source="ztf/images#reference-images"/>
  <FEED source="ztf/outside#table"/>

  <table id="releases" onDisk="True" adql="True" primary="name">
    <meta name="table-rank">50</meta>
    <meta name="title">ZTF releases at this site</meta>
    <meta name="description">One row per data release that this site holds, with its schema's name
      without the leading ztf_, its size and its origin.</meta>
    <FEED source="ztf/tables#heliocentric" column="hmjd_first"/>
    <FEED source="ztf/tables#heliocentric" column="hmjd_last"/>
    <column name="name" type="text" required="True" ucd="meta.id;meta.main" tablehead="Release"
      description="Name of the release; its tables are in schema ztf_(name)"/>
    <column name="title" type="unicode" required="True" ucd="meta.title" tablehead="Title"
      description="Title of the release"/>
    <column name="description" type="unicode" ucd="meta.note" tablehead="Description"
      description="What the release is and where its files come from"/>
    <column name="simulated" type="boolean" required="True" ucd="meta.code" tablehead="Simulated"
      description="True where the data are simulated, not observed"/>
    <column name="layout" type="text" required="True" ucd="meta.code" tablehead="Layout"
      description="Layout of the files that the release was loaded from"/>
    <column name="is_default" type="boolean" required="True" ucd="meta.code" tablehead="Default"
      description="True for the one release that schema ztf shows"/>
    <column name="nlightcurves" type="bigint" required="True" ucd="meta.number"
      tablehead="Light curves" description="Number of light curves: rows of objects"/>
    <column name="ndetections" type="bigint" required="True" ucd="meta.number"
      tablehead="Detections" description="Number of epochs of all light curves: rows of detections"/>
    <column name="nexposures" type="bigint" required="True" ucd="meta.number"
      tablehead="Exposures" description="Number of rows of exposures"/>
    <column name="hmjd_first" type="double precision" unit="d" ucd="time.start;obs"
      tablehead="First epoch" displayHint="sf=5"
      description="Time of the earliest epoch: heliocentric modified Julian date
        (HJD - 2400000.5, UTC) of mid-exposure"/>
    <column name="hmjd_last" type="double precision" unit="d" ucd="time.end;obs"
      tablehead="Last epoch" displayHint="sf=5"
      description="Time of the latest epoch: heliocentric modified Julian date
        (HJD - 2400000.5, UTC) of mid-exposure"/>
    <column name="loaded_at" type="timestamp" ucd="time.processing" tablehead="Loaded"
      description="When the release was loaded here (UTC)"/>
    <column name="files" type="integer" required="True" ucd="meta.number" tablehead="Files"
      description="Number of files loaded"/>
    <column name="times" type="text" required="True" ucd="meta.code;time" tablehead="Times"
      description="How exact the heliocentric times of the release's files are: 'five-decimals'
        (0.86 s), 'double' (2^-31 d, 0.04 ms) or 'float32' (1/256 d, 5.6 minutes)"/>
    <viewStatement>CREATE VIEW \qName AS (SELECT \colNames FROM ztf_store.releases)</viewStatement>
  </table>

  <table id="filters" onDisk="True" adql="True" primary="filterid">
    <meta name="table-rank">60</meta>
    <meta name="title">ZTF filters</meta>
    <meta name="description">The three filters of the camera and their photometric system.</meta>
    <column name="filterid" type="smallint" required="True" ucd="meta.id;meta.main"
      tablehead="No." description="Filter number: 1 zg, 2 zr, 3 zi"/>
    <column name="filter" type="text" required="True" ucd="meta.id;instr.filter" tablehead="Filter"
      description="Filter name as in the other tables"/>
    <column name="name" type="text" required="True" ucd="meta.title;instr.filter" tablehead="Name"
      description="Filter name as written in papers"/>
    <column name="svo_id" type="text" required="True" ucd="meta.ref;instr.filter"
      tablehead="SVO id" description="Identifier in the SVO filter profile service"/>
    <column name="wavelength_eff" type="double precision" unit="m" required="True"
      ucd="em.wl.effective" tablehead="Wavelength" displayHint="displayUnit=nm,sf=1"
      description="Effective wavelength"/>
    <column name="zeropoint_jy" type="double precision" unit="Jy" required="True"
      ucd="phot.flux.density;arith.zp" tablehead="Zero point"
      description="Flux density of magnitude 0"/>
    <column name="magsys" type="text" required="True" ucd="meta.code;phot.mag"
      tablehead="System" description="Magnitude system"/>
    <viewStatement>CREATE VIEW \qName AS (SELECT \colNames FROM ztf_store.filters)</viewStatement>
  </table>

  <table id="catflags" onDisk="True" adql="True" primary="number">
    <meta name="table-rank">65</meta>
    <meta name="title">Quality flags of ZTF epochs</meta>
    <meta name="description">What each bit of catflags says of an epoch.  With ADQL, an epoch has
      a bit where BITWISE_AND(catflags, mask) is not 0.</meta>
    <column name="number" type="smallint" required="True" ucd="meta.id;meta.main" tablehead="Bit"
      description="Number of the bit, from 0"/>
    <column name="mask" type="integer" required="True" ucd="meta.code.qual" tablehead="Mask"
      description="What the bit adds to catflags: 2 to the power of number"/>
    <column name="name" type="text" required="True" ucd="meta.title" tablehead="Name"
      description="Short name of the flag"/>
    <column name="meaning" type="text" required="True" ucd="meta.note" tablehead="Meaning"
      description="What there is in the 5 by 5 pixels around the source"/>
    <column name="source" type="text" required="True" ucd="meta.ref" tablehead="Defined in"
      description="Where the flag is defined"/>
    <viewStatement>CREATE VIEW \qName AS (SELECT \colNames FROM ztf_store.catflags)</viewStatement>
  </table>

  <FEED source="ztf/datalink#products"/>

  <data id="publish" auto="True">
    <make table="objects">
      <FEED source="ztf/release#sampler"
        schema_of_store="(SELECT name || '_store' FROM ztf_store.releases WHERE is_default)"/>
    </make>
    <make table="sources"/>
    <make table="features"/>
    <make table="feature_space"/>
    <make table="feature_scales"/>
    <make table="detections"/>
    <make table="lightcurves"/>
    <make table="exposures"/>
    <make table="reference_sources"/>
    <make table="series"/>
    <make table="timeseries"/>
    <make table="science_images">
      <FEED source="ztf/images#product-types"/>
    </make>
    <make table="reference_images"/>
    <make table="releases"/>
    <make table="filters"/>
    <make table="catflags"/>
    <make table="outside_sources"/>
    <publish sets="ivo_managed,local"/>
  </data>
</resource>
