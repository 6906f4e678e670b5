<!-- What all releases share, as STREAMs: this RD builds nothing.
A release's RD names its schema and has one <FEED source="ztf/release#release" .../>;
all that differs is in inputs/ztf/RELEASE/release.toml. -->

<resource schema="ztf" resdir=".">
  <meta name="title">Parts of ZTF releases</meta>

  <STREAM id="origin">
    <doc>Who made the survey, and how to cite it.</doc>
    <meta name="creator.name">ZTF collaboration; Masci, F. J.</meta>
    <meta name="subject">light-curves</meta>
    <meta name="subject">variable-stars</meta>
    <meta name="subject">time-domain-astronomy</meta>
    <meta name="subject">surveys</meta>
    <meta name="facility">Palomar 48-inch Samuel Oschin Telescope</meta>
    <meta name="instrument">Zwicky Transient Facility camera</meta>
    <meta name="coverage.waveband">Optical</meta>
    <meta name="contentLevel">Research</meta>
    <meta name="type">Survey</meta>
    <meta name="source">2019PASP..131a8003M</meta>
    <meta name="referenceURL">https://irsa.ipac.caltech.edu/Missions/ztf.html</meta>
    <meta name="rights">The data of the public ZTF data releases may be used by anyone; please
      acknowledge the Zwicky Transient Facility project, supported by the National Science
      Foundation, and IRSA, which publishes the releases.</meta>
  </STREAM>

  <STREAM id="spatial"><spatial>\value</spatial></STREAM>
  <STREAM id="temporal"><temporal>\value</temporal></STREAM>
  <STREAM id="spectral"><spectral>\value</spectral></STREAM>

  <NXSTREAM id="tables">
    <doc>
      The five tables, the views behind them, and the coverage computed at
      ingest.  `label` starts the titles, `prefix` the descriptions; `times` ends those of
      heliocentric times; `radius` and `days` say how stars are found.
    </doc>
    <FEED source="ztf/sources#sources" store="\store" label="\label" prefix="\prefix"
      times="\times" radius="\radius" days="\days"/>
    <FEED source="ztf/tables#objects" store="\store" label="\label" prefix="\prefix"
      times="\times"/>
    <FEED source="ztf/features#features" store="\store" label="\label" prefix="\prefix"/>
    <FEED source="ztf/features#space" store="\store" label="\label" prefix="\prefix"/>
    <FEED source="ztf/exposures#exposures" store="\store" label="\label" prefix="\prefix"/>
    <FEED source="ztf/tables#detections" store="\store" label="\label" prefix="\prefix"
      times="\times"/>
    <FEED source="ztf/tables#lightcurves" store="\store" label="\label" prefix="\prefix"
      times="\times"/>
    <coverage>
      <LOOP source="ztf/release#spatial"><codeItems>
        from ztfvo_dachs import facts
        yield from facts.spatial("\store")
      </codeItems></LOOP>
      <LOOP source="ztf/release#temporal"><codeItems>
        from ztfvo_dachs import facts
        yield from facts.temporal("\store")
      </codeItems></LOOP>
      <LOOP source="ztf/release#spectral"><codeItems>
        from ztfvo_dachs import facts
        yield from facts.spectral("\store")
      </codeItems></LOOP>
    </coverage>
  </NXSTREAM>

  <STREAM id="sampler">
    <doc>
      The function behind TABLESAMPLE: a random share of the OIDs of the store
      schema that the SQL expression `schema_of_store` names.
    </doc>
    <script type="postCreation" lang="SQL" name="make the sampler">
      CREATE OR REPLACE FUNCTION \\schema.oid_sample(percent double precision)
        RETURNS SETOF bigint LANGUAGE plpgsql SECURITY DEFINER
        SET search_path = pg_catalog AS $sampler$
        BEGIN
          RETURN QUERY EXECUTE format('SELECT oid FROM %I.object TABLESAMPLE SYSTEM ($1)',
            \schema_of_store) USING percent;
        END $sampler$
    </script>
  </STREAM>

  <NXSTREAM id="release">
    <doc>
      A release: metadata, tables, cone search and links.  `name` is that of its
      folder in inputs/ztf/, whose release.toml is read.
    </doc>
    <LOOP source="ztf/release#declared"><codeItems>
      from ztfvo_dachs import facts
      yield facts.declaration("\name")
    </codeItems></LOOP>
  </NXSTREAM>

  <NXSTREAM id="declared">
    <doc>What is made of a release.toml.  `store` is the store schema.</doc>
    <meta name="title">\title</meta>
    <meta name="creationDate">\created</meta>
    <meta name="schema-rank">\rank</meta>
    <meta name="description">\description</meta>
    <FEED source="ztf/release#origin"/>
    <FEED source="ztf/release#tables" store="\store" label="\label" prefix="\prefix" times="\times"
      radius="\radius" days="\days"/>
    <data id="publish" auto="True">
      <make table="objects">
        <FEED source="ztf/release#sampler" schema_of_store="'\store'"/>
      </make>
      <make table="sources"/>
      <make table="features"/>
      <make table="feature_space"/>
      <make table="feature_scales"/>
      <make table="detections"/>
      <make table="lightcurves"/>
      <make table="exposures"/>
      <publish sets="ivo_managed,local"/>
    </data>
    <FEED source="ztf/cone#service" label="\label" shortName="\short_name" prefix="\prefix"/>
    <FEED source="ztf/sources#service" label="\label" shortName="\short_name" prefix="\prefix"/>
    <FEED source="ztf/datalink#services" store="\store" label="\label" shortName="\short_name"
      prefix="\prefix"/>
  </NXSTREAM>
</resource>
