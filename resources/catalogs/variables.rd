<!-- All variable stars of the hosted catalogs that are loaded, in one table. -->

<resource schema="catalogs" resdir=".">
  <meta name="title">Variable stars of all hosted catalogs</meta>
  <meta name="creationDate">2026-11-30T12:00:00Z</meta>
  <FEED source="catalogs/catalog#schema"/>
  <meta name="creator.name">The authors of the catalogs</meta>
  <meta name="subject">variable-stars</meta>
  <meta name="subject">catalogs</meta>
  <meta name="coverage.waveband">Optical</meta>
  <meta name="contentLevel">Research</meta>
  <meta name="type">Catalog</meta>
  <meta name="rights">Please cite the catalog of each row, which the column catalog_name names.</meta>

  <table id="variables" onDisk="True" adql="True">
    <meta name="table-rank">1</meta>
    <meta name="title">Variable stars of all hosted catalogs</meta>
    <meta name="description">Every variable star known to the catalogs of variable stars here, with
      name, type and period as its catalog has them: one row for each star of each catalog, so that
      a star may have several.  Types are in the words of each catalog.</meta>
    <FEED source="catalogs/catalog#position" table="variables"/>
    <publish sets="ivo_managed,local"/>
  </table>

  <coverage>
    <LOOP source="catalogs/catalog#spatial"><codeItems>
      from ztfvo_dachs import catalogs
      yield from catalogs.spatial_of_variables()
    </codeItems></LOOP>
  </coverage>

  <data id="publish" auto="True">
    <make table="variables"/>
  </data>

  <service id="cone" allowed="form,scs.xml" defaultRenderer="form">
    <meta name="title">Variable stars of all hosted catalogs: cone search</meta>
    <meta name="shortName">Variables SCS</meta>
    <meta name="description">Variable stars around a position that any of the hosted catalogs
      of variable stars knows.</meta>
    <meta name="testQuery.ra">254.45755</meta>
    <meta name="testQuery.dec">35.34236</meta>
    <meta name="testQuery.sr">0.001</meta>
    <publish render="scs.xml" sets="ivo_managed"/>
    <publish render="form" sets="local,ivo_managed"/>
    <FEED source="catalogs/catalog#cone" table="variables"/>
  </service>
</resource>
