<!-- The services outside that the site asks, as a STREAM: this RD builds nothing. -->

<resource schema="ztf" resdir=".">
  <meta name="title">Services that this site asks</meta>

  <NXSTREAM id="table">
    <table id="outside_sources" onDisk="True" adql="True" primary="name">
      <meta name="table-rank">70</meta>
      <meta name="title">Catalogues and services outside that this site asks</meta>
      <meta name="description">What other surveys and databases know of a place: one row per service
        that this site asks for it, with the address here at which it does.  How they answer now is
        at /outside.</meta>
      <column name="name" type="text" required="True" ucd="meta.id;meta.main" tablehead="Name"
        description="Name of the service at this site, as CATALOG in requests has it"/>
      <column name="title" type="unicode" required="True" ucd="meta.title" tablehead="Title"
        description="Title of the catalogue or service"/>
      <column name="gives" type="text" required="True" ucd="meta.note" tablehead="Gives"
        description="What it gives, with commas between: light curve, cross-match, names,
          classification"/>
      <column name="radius" type="double precision" unit="arcsec" required="True"
        ucd="pos.angDistance" tablehead="Radius"
        description="Distance from a place up to which it is asked by default"/>
      <column name="largest_radius" type="double precision" unit="arcsec" required="True"
        ucd="pos.angDistance;stat.max" tablehead="Largest"
        description="Largest distance up to which it is asked"/>
      <column name="epoch" type="double precision" unit="yr" ucd="time.epoch" tablehead="Epoch"
        description="Julian year of its positions; none where its rows have no positions"/>
      <column name="address" type="text" required="True" ucd="meta.ref.url" tablehead="Address"
        description="Address at this site, to which ID or POS is added"/>
      <column name="about" type="text" required="True" ucd="meta.ref.url" tablehead="About"
        description="Address of a page that says what it is"/>
      <column name="citation" type="unicode" required="True" ucd="meta.bib" tablehead="Citation"
        description="What those who use it cite"/>
      <column name="licence" type="unicode" required="True" ucd="meta.note" tablehead="Licence"
        description="Terms of use"/>
      <viewStatement>CREATE VIEW \\qName AS (
        SELECT \\colNames FROM ztf_store.outside_source)</viewStatement>
    </table>
  </NXSTREAM>
</resource>
