<!-- What all hosted catalogs share, as STREAMs: this RD builds nothing.
A catalog's RD has one <FEED source="catalogs/catalog#catalog" .../>; all that
differs is in inputs/catalogs/NAME/catalog.toml. -->

<resource schema="catalogs" resdir=".">
  <meta name="title">Parts of hosted catalogs</meta>

  <STREAM id="schema">
    <doc>What describes the schema, which all catalogs' RDs have in common.</doc>
    <meta name="schema-rank">15</meta>
    <meta name="description">Catalogs of other surveys and archives, as they publish them: variable
      stars, transients, quasars, young stars.  They join with the light curves by position.</meta>
  </STREAM>

  <STREAM id="subject"><meta name="subject">\value</meta></STREAM>
  <STREAM id="spatial"><spatial>\value</spatial></STREAM>

  <STREAM id="column">
    <column name="\name" type="\type" unit="\unit" ucd="\ucd" tablehead="\head"
      verbLevel="\level" required="\required" displayHint="\hint"
      description="\description"/>
  </STREAM>

  <STREAM id="whole-number">
    <doc>A column of whole numbers in which some rows have none.</doc>
    <column name="\name" type="\type" unit="\unit" ucd="\ucd" tablehead="\head"
      verbLevel="\level" displayHint="\hint" description="\description">
      <values nullLiteral="\null"/>
    </column>
  </STREAM>

  <NXSTREAM id="position">
    <doc>Position, its index, and the columns of a table.</doc>
    <index columns="ra,dec" kind="spoint" method="GIST" metaOnly="True"
      >spoint(radians(ra),radians(dec))</index>
    <stc>Position ICRS "ra" "dec"</stc>
    <LOOP><codeItems>
        from ztfvo_dachs import catalogs
        yield from catalogs.columns("\table")
      </codeItems>
      <events passivate="True">
        <FEED source="catalogs/catalog#\\kind" name="\\name" type="\\type" unit="\\unit"
          ucd="\\ucd" head="\\head" level="\\level" required="\\required" hint="\\hint"
          description="\\description" null="\\null"/>
      </events>
    </LOOP>
    <viewStatement>CREATE VIEW \\qName AS (SELECT \\colNames FROM catalogs_store.\table)</viewStatement>
  </NXSTREAM>

  <NXSTREAM id="cone">
    <doc>The service `cone` on a table: protocol and form.</doc>
    <scsCore queriedTable="\table">
      <FEED source="ztf/cone#human"/>
      <FEED source="ztf/cone#protocol"/>
    </scsCore>
    <outputTable>
      <outputField original="_r"/>
      <LOOP><codeItems>
          from ztfvo_dachs import catalogs
          yield from catalogs.shown("\table")
        </codeItems>
        <events passivate="True"><outputField original="\\item"/></events>
      </LOOP>
    </outputTable>
  </NXSTREAM>

  <NXSTREAM id="catalog">
    <doc>A catalog: metadata, table, coverage and cone search.  `name` is that of its folder in
      inputs/catalogs/, whose catalog.toml is read.</doc>
    <LOOP source="catalogs/catalog#declared"><codeItems>
      from ztfvo_dachs import catalogs
      yield catalogs.declaration("\name")
    </codeItems></LOOP>
  </NXSTREAM>

  <NXSTREAM id="about">
    <doc>Who made a catalog, and how to cite it.</doc>
    <meta name="creationDate">\created</meta>
    <meta name="creator">\authors</meta>
    <LOOP source="catalogs/catalog#subject"><codeItems>
      from ztfvo_dachs import catalogs
      yield from catalogs.subjects("\name")
    </codeItems></LOOP>
    <meta name="coverage.waveband">\waveband</meta>
    <meta name="contentLevel">Research</meta>
    <meta name="type">Catalog</meta>
    <meta name="source">\bibcode</meta>
    <meta name="referenceURL">\reference</meta>
    <meta name="rights">\licence</meta>
    <meta name="note" tag="origin">\origin</meta>
  </NXSTREAM>

  <NXSTREAM id="declared">
    <doc>What is made of a catalog.toml.</doc>
    <meta name="title">\title</meta>
    <FEED source="catalogs/catalog#schema"/>
    <FEED source="catalogs/catalog#about" name="\name" created="\created" authors="\authors"
      waveband="\waveband" bibcode="\bibcode" reference="\reference" licence="\licence"
      origin="\origin"/>

    <table id="\name" onDisk="True" adql="True">
      <meta name="table-rank">\rank</meta>
      <LOOP source="ztf/tables#nrows"><codeItems>
        from ztfvo_dachs import catalogs
        yield from catalogs.rows("\name")
      </codeItems></LOOP>
      <meta name="title">\title</meta>
      <meta name="description">\prefix \description \state</meta>
      <FEED source="catalogs/catalog#position" table="\name"/>
      <publish sets="ivo_managed,local"/>
    </table>

    <coverage>
      <LOOP source="catalogs/catalog#spatial"><codeItems>
        from ztfvo_dachs import catalogs
        yield from catalogs.spatial("\name")
      </codeItems></LOOP>
    </coverage>

    <data id="publish" auto="True">
      <make table="\name"/>
    </data>

    <service id="cone" allowed="form,scs.xml" defaultRenderer="form">
      <meta name="title">\title: cone search</meta>
      <meta name="shortName">\label SCS</meta>
      <meta name="description">\prefix \description \state</meta>
      <meta name="testQuery.ra">\ra</meta>
      <meta name="testQuery.dec">\dec</meta>
      <meta name="testQuery.sr">0.001</meta>
      <publish render="scs.xml" sets="ivo_managed"/>
      <publish render="form" sets="local,ivo_managed"/>
      <FEED source="catalogs/catalog#cone" table="\name"/>
    </service>
  </NXSTREAM>
</resource>
