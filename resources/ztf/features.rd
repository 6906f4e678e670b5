<!-- The features of light curves, as a STREAM: this RD builds nothing.
The columns are those of resources/ztfvo/features/columns.py. -->

<resource schema="ztf" resdir=".">
  <meta name="title">Features of ZTF light curves</meta>

  <STREAM id="examples">
    <doc>What the TAP service shows of similar light curves at /tap/examples.</doc>

    <meta name="_example" title="Light curves like one">
      :taptable:`ztf.feature_space` has places of light curves; those that are alike are near.  Ordered
      by the function gavo_ztf_dissimilarity with one place, here that of LZ Boo, an RR Lyrae star, the
      nearest are found by an index; what else is wanted of them is joined to those twenty.

      .. tapquery::

        SELECT o.oid, o.ra, o.dec, o.mag_median, f.period_0, f.amplitude, n.unlike
        FROM (
          SELECT TOP 20 p.oid, gavo_ztf_dissimilarity(p.place,
            (SELECT q.place FROM ztf.feature_space AS q WHERE q.oid = 759116400002093)) AS unlike
          FROM ztf.feature_space AS p
          WHERE p.filterid = 1 AND p.oid &lt;&gt; 759116400002093
          ORDER BY unlike) AS n
        JOIN ztf.objects AS o ON o.oid = n.oid
        JOIN ztf.features AS f ON f.oid = n.oid
        ORDER BY n.unlike
    </meta>
  </STREAM>

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

  <NXSTREAM id="space">
    <table id="feature_space" onDisk="True" adql="True" primary="oid">
      <meta name="table-rank">16</meta>
      <LOOP source="ztf/tables#nrows"><codeItems>
        from ztfvo_dachs import facts
        yield from facts.place_rows("\store")
      </codeItems></LOOP>
      <meta name="title">\label: places in the space of features</meta>
      <meta name="description">\prefix One row per light curve with features, as far as they are
        placed here: coordinates in which light curves that are alike are near.  The function
        gavo_ztf_dissimilarity gives the distance of two places; ordered by it, the nearest
        neighbours of a light curve are found by an index.</meta>
      <meta name="note" tag="place">
        Six principal components of the features that feature_scales lists, which also has how they
        are made.
      </meta>
      <foreignKey inTable="features" source="oid" dest="oid" metaOnly="True"/>
      <index columns="oid" metaOnly="True"/>
      <column name="oid" type="bigint" required="True"
        ucd="meta.id;meta.main" tablehead="OID" verbLevel="1"
        description="Identifier of the light curve; joins with objects and features"/>
      <column name="filterid" type="integer" required="True" ucd="meta.id;instr.filter"
        tablehead="Filter" verbLevel="10"
        description="Filter number: 1 zg, 2 zr, 3 zi; without a condition on it, neighbours are of
          all filters"/>
      <column name="place" type="real[6]" required="True" ucd="stat.value" tablehead="Place"
        verbLevel="10" note="place" description="Coordinates in the space of features"/>
      <viewStatement>CREATE VIEW \\qName AS (SELECT \\colNames FROM \store.feature_space)</viewStatement>
    </table>

    <table id="feature_scales" onDisk="True" adql="True" primary="number">
      <meta name="table-rank">17</meta>
      <meta name="title">\label: what the space of features is made of</meta>
      <meta name="description">\prefix One row per feature that light curves are compared by: how
        it is standardised, and its part in each coordinate of feature_space.</meta>
      <column name="number" type="smallint" required="True" ucd="meta.number" tablehead="No."
        description="Number of the feature, from 1"/>
      <column name="feature" type="text" required="True" ucd="meta.id;meta.main"
        tablehead="Feature" description="Column of the table features"/>
      <column name="scale" type="text" required="True" ucd="meta.code" tablehead="Scale"
        description="What is taken of its values first: 'plain' (themselves), 'log10' or 'asinh'"/>
      <column name="median" type="double precision" required="True" ucd="stat.value;stat.median"
        tablehead="Median" description="Median of the release, on that scale"/>
      <column name="spread" type="double precision" required="True" ucd="stat.stdev"
        tablehead="Spread" description="1.4826 times the median absolute deviation from it; 1 where
          that is 0"/>
      <column name="weights" type="double precision[6]" required="True" ucd="stat.param"
        tablehead="Weights" description="Coordinates are the sums over features of weight times
          arsinh((value - median) / spread), bounded by 6, and are bounded by 20"/>
      <viewStatement>CREATE VIEW \\qName AS (SELECT \\colNames FROM \store.feature_scales)</viewStatement>
    </table>
  </NXSTREAM>
</resource>
