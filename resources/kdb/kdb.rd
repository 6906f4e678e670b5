<!-- What experts recorded on objects: the public views of the knowledge
database, which has its own database and service.  They come as foreign tables
(schema kdb_remote, made by set-up), so that an answer has what was recorded up
to its moment.  The table positions, and keys to light curves, need a default
release: this is imported again when one is published. -->

<resource schema="kdb" resdir=".">
  <meta name="title">Knowledge database of ZTF objects</meta>
  <meta name="creationDate">2026-11-22T12:00:00Z</meta>
  <meta name="schema-rank">20</meta>
  <meta name="description">What experts recorded on objects of the ZTF data releases of this site:
    tags, remarks, and the history of both.  Current state, history and vocabulary are tables; what
    is written in the knowledge database is in the next answer here.  All times are UTC.</meta>
  <meta name="creator.name">Experts of this site</meta>
  <meta name="subject">light-curves</meta>
  <meta name="subject">variable-stars</meta>
  <meta name="subject">time-domain-astronomy</meta>
  <meta name="subject">surveys</meta>
  <meta name="coverage.waveband">Optical</meta>
  <meta name="contentLevel">Research</meta>
  <meta name="type">Catalog</meta>
  <meta name="rights">Please name the authors, given in column author, and this site.</meta>

  <STREAM id="record">
    <doc>What current state and history have in common.</doc>
    <column name="release" type="text" required="True" ucd="meta.dataset" tablehead="Release"
      description="Data release that the expert looked at"/>
    <column name="tags" type="text" required="True" ucd="meta.code.class" note="tags"
      tablehead="Tags" description="\tags"/>
    <column name="description" type="unicode" required="True" ucd="meta.note"
      tablehead="Description" description="Free text of the expert; empty where there is none"/>
    <column name="author" type="unicode" required="True" ucd="meta.bib.author" tablehead="Author"
      description="Public name of the expert"/>
    <column name="changed_at" type="timestamp" required="True" ucd="time.creation"
      tablehead="Recorded" description="When this was recorded (UTC)"/>
    <meta name="note" tag="tags">
      Tags are separated by #; the vocabulary is in kdb.tags.  ivo_hashlist_has(tags, 'SN') = 1
      finds a tag; it ignores case.  Empty where there is no tag.
    </meta>
  </STREAM>

  <STREAM id="light-curve">
    <doc>An OID is that of a light curve, where there is a default release.</doc>
    <foreignKey inTable="\table" source="oid" dest="oid" metaOnly="True"/>
  </STREAM>

  <STREAM id="links">
    <doc>Results lead to the links of the light curve, where there is a default release.</doc>
    <meta name="_associatedDatalinkService">
      <meta name="serviceId">ztf/ztf#links</meta>
      <meta name="idColumn">oid</meta>
    </meta>
  </STREAM>

  <table id="objects" onDisk="True" adql="True" primary="oid">
    <meta name="table-rank">10</meta>
    <meta name="title">Knowledge database: annotated objects</meta>
    <meta name="description">What is recorded now, one row per OID.  Objects whose records were
      deleted are not here, but in history.  A star has several OIDs, and records on any of them.
    </meta>
    <LOOP source="kdb/kdb#light-curve"><codeItems>
      from ztfvo_dachs import facts
      yield from facts.default_objects()
    </codeItems></LOOP>
    <LOOP source="kdb/kdb#links"><codeItems>
      from ztfvo_dachs import facts
      yield from facts.default_objects()
    </codeItems></LOOP>
    <index columns="oid" metaOnly="True"/>
    <column name="oid" type="bigint" required="True" ucd="meta.id;meta.main" tablehead="OID"
      verbLevel="1" description="Identifier of the light curve; joins with ztf.objects"/>
    <FEED source="record" tags="Tags given to the object, by the names they have now"/>
    <column name="annotations" type="integer" required="True" ucd="meta.number"
      tablehead="Records" description="Number of public records of this OID: rows of history"/>
    <viewStatement>CREATE VIEW \qName AS (SELECT \colNames FROM kdb_remote.objects)</viewStatement>
  </table>

  <table id="history" onDisk="True" adql="True" primary="annotation_id">
    <meta name="table-rank">20</meta>
    <meta name="title">Knowledge database: history</meta>
    <meta name="description">All that was ever recorded, one row per record.  Records are never
      changed: the newest of an OID is its state, and a deletion is a record, too.</meta>
    <LOOP source="kdb/kdb#light-curve"><codeItems>
      from ztfvo_dachs import facts
      yield from facts.default_objects()
    </codeItems></LOOP>
    <index columns="annotation_id" metaOnly="True"/>
    <index columns="oid" metaOnly="True"/>
    <column name="annotation_id" type="bigint" required="True" ucd="meta.id;meta.main"
      tablehead="Id" description="Number of the record in the knowledge database">
    </column>
    <column name="oid" type="bigint" required="True" ucd="meta.id" tablehead="OID" verbLevel="1"
      description="Identifier of the light curve; joins with ztf.objects and kdb.objects"/>
    <column name="number" type="integer" required="True" ucd="meta.number" tablehead="No."
      description="Place in the sequence of the OID's records, from 1"/>
    <FEED source="record" tags="Tags given in this record, by the names they had then"/>
    <column name="deleted" type="boolean" required="True" ucd="meta.code" tablehead="Deleted"
      description="True for a record that deletes what was recorded before"/>
    <viewStatement>CREATE VIEW \qName AS (SELECT \colNames FROM kdb_remote.history)</viewStatement>
  </table>

  <table id="tags" onDisk="True" adql="True" primary="name">
    <meta name="table-rank">30</meta>
    <meta name="title">Knowledge database: vocabulary of tags</meta>
    <meta name="description">The tags, with the number of objects that have each.</meta>
    <column name="name" type="text" required="True" ucd="meta.id;meta.main" tablehead="Tag"
      description="Name of the tag: letters, digits, _ and -"/>
    <column name="description" type="unicode" required="True" ucd="meta.note"
      tablehead="Description" description="When the tag is given"/>
    <column name="tag_order" type="integer" required="True" ucd="meta.number" tablehead="Order"
      description="Place of the tag in lists; smaller is earlier"/>
    <column name="tag_group" type="unicode" required="True" ucd="meta.code.class" tablehead="Group"
      description="Group of similar tags"/>
    <column name="retired" type="boolean" required="True" ucd="meta.code.status"
      tablehead="Retired" description="True where the tag is not given any more"/>
    <column name="merged_into" type="text" ucd="meta.id.cross" tablehead="Merged into"
      description="The tag that has taken this one's place, if any"/>
    <column name="objects" type="bigint" required="True" ucd="meta.number" tablehead="Objects"
      description="Number of rows of objects that have the tag"/>
    <viewStatement>CREATE VIEW \qName AS (SELECT \colNames FROM kdb_remote.tags)</viewStatement>
  </table>

  <table id="positions" onDisk="True" primary="oid">
    <meta name="title">Knowledge database: annotated objects with positions</meta>
    <meta name="description">Annotated objects that are in the default release, with their
      positions there.</meta>
    <FEED source="links"/>
    <stc>Position ICRS "ra" "dec"</stc>
    <index columns="ra,dec" kind="spoint" method="GIST" metaOnly="True"
      >spoint(radians(ra),radians(dec))</index>
    <column original="objects.oid"/>
    <column name="ra" type="double precision" unit="deg" required="True"
      ucd="pos.eq.ra;meta.main" tablehead="RA" verbLevel="1" displayHint="sf=5"
      description="Right ascension of the source in the reference image, ICRS"/>
    <column name="dec" type="double precision" unit="deg" required="True"
      ucd="pos.eq.dec;meta.main" tablehead="Dec" verbLevel="1" displayHint="sf=5"
      description="Declination of the source in the reference image, ICRS"/>
    <column name="filter" type="text" required="True" ucd="meta.id;instr.filter"
      tablehead="Filter" verbLevel="10" description="Filter name: zg, zr or zi"/>
    <FEED source="record" tags="Tags given to the object, by the names they have now"/>
    <column original="objects.annotations"/>
    <viewStatement>CREATE VIEW \qName AS (
      SELECT \colNames FROM kdb_remote.objects JOIN ztf_store.objects USING (oid))</viewStatement>
  </table>

  <data id="records" auto="True">
    <make table="objects">
      <!-- The role of pages is one of the private cluster. -->
      <script type="postCreation" lang="SQL" name="let the site's own pages read them">
        CREATE SCHEMA IF NOT EXISTS kdb_pages;
        CREATE OR REPLACE VIEW kdb_pages.objects AS SELECT * FROM kdb_remote.objects;
        DO $$ BEGIN
          IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'ztfvo_pages') THEN
            GRANT USAGE ON SCHEMA kdb_pages TO ztfvo_pages;
            GRANT SELECT ON kdb_pages.objects TO ztfvo_pages;
          END IF;
        END $$
      </script>
    </make>
    <make table="history"/>
    <make table="tags"/>
    <publish sets="ivo_managed,local"/>
  </data>

  <data id="positions_of_default" auto="False">
    <make table="positions"/>
  </data>

  <service id="cone" allowed="form,scs.xml" defaultRenderer="form">
    <meta name="title">Annotated ZTF objects: cone search</meta>
    <meta name="shortName">ZTF KDB SCS</meta>
    <meta name="description">What experts recorded on objects around a position, with tags and
      remarks.  Positions are those of the site's default data release.</meta>
    <meta name="testQuery.ra">254.45755</meta>
    <meta name="testQuery.dec">35.34236</meta>
    <meta name="testQuery.sr">0.001</meta>
    <publish render="scs.xml" sets="ivo_managed"/>
    <publish render="form" sets="local,ivo_managed"/>
    <scsCore queriedTable="positions">
      <FEED source="ztf/cone#human"/>
      <FEED source="ztf/cone#protocol"/>
      <condDesc>
        <inputKey name="tag" type="text" multiplicity="single" tablehead="Tag" ucd="meta.code.class"
          description="A tag that the objects have, as in the table kdb.tags"/>
        <phraseMaker><code>
          yield "lower(%%(%s)s) = ANY(string_to_array(lower(tags), '#'))" % (
            base.getSQLKey("tag", inPars["tag"], outPars))
        </code></phraseMaker>
      </condDesc>
    </scsCore>
    <outputTable>
      <outputField original="_r"/>
      <outputField original="oid">
        <formatter>
          from ztfvo_dachs import links
          return T.a(href=links.page("ztf", data),
            title="Page about this light curve")[str(data)]
        </formatter>
      </outputField>
      <LOOP listItems="ra dec filter release tags description author changed_at annotations">
        <events passivate="True"><outputField original="\item"/></events>
      </LOOP>
    </outputTable>
  </service>
</resource>
