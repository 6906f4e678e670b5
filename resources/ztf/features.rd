<!-- The features of light curves, as a STREAM: this RD builds nothing.
The columns are those of resources/ztfvo/features/columns.py. -->

<resource schema="ztf" resdir=".">
  <meta name="title">Features of ZTF light curves</meta>

  <STREAM id="column">
    <column name="\name" type="real" unit="\unit" ucd="\ucd" tablehead="\name"
      verbLevel="\level" displayHint="sf=4" note="set" description="\description"/>
  </STREAM>

  <NXSTREAM id="features">
    <table id="features" onDisk="True" adql="True" primary="oid">
      <meta name="table-rank">15</meta>
      <LOOP source="ztf/tables#nrows"><codeItems>
        from ztfvo_dachs import facts
        yield from facts.feature_rows("\store")
      </codeItems></LOOP>
      <meta name="title">\label: features</meta>
      <meta name="description">\prefix One row per light curve with at least five good epochs
        (catflags = 0 and magerr > 0), as far as they are computed here: numbers that describe it,
        with the best period.  Join with objects by oid.</meta>
      <meta name="note" tag="set">
        Of the magnitudes of the good epochs, by the package light-curve, set current; null where
        there are too few epochs for it.  The service /features has the same for any epochs, and
        other sets.
      </meta>
      <foreignKey inTable="objects" source="oid" dest="oid" metaOnly="True"/>
      <index columns="oid" metaOnly="True"/>
      <column name="oid" type="bigint" required="True"
        ucd="meta.id;meta.main" tablehead="OID" verbLevel="1"
        description="Identifier of the light curve; joins with objects"/>
      <LOOP source="ztf/features#column"><codeItems>
        from ztfvo_dachs import facts
        yield from facts.features()
      </codeItems></LOOP>
      <viewStatement>CREATE VIEW \\qName AS (SELECT \\colNames FROM \store.features)</viewStatement>
    </table>
  </NXSTREAM>
</resource>
