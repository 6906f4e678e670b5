<!-- Science images and reference images, in ObsCore and by SIA 2, as STREAMs: this RD
builds nothing.  The views are those of ztfvo.store.discovery. -->

<resource schema="ztf" resdir=".">
  <meta name="title">Discovery of ZTF images</meta>

  <NXSTREAM id="science-images">
    <doc>The science images whose names are known, for ObsCore too.</doc>
    <table id="science_images" onDisk="True" adql="True" primary="image_id">
      <meta name="table-rank">80</meta>
      <meta name="title">ZTF: science images</meta>
      <meta name="description">One row per science image, of one readout channel and exposure, whose
        name in the archive is known here; far more exist.  Simulated ones are shown only while
        the default release is simulated, and their collection says so.</meta>
      <index columns="image_id" metaOnly="True"/>
      <index columns="publisher_did" metaOnly="True"/>
      <index columns="ra,dec" kind="spoint" method="GIST" metaOnly="True"
        >spoint(radians(ra),radians(dec))</index>
      <index columns="outline" method="GIST" metaOnly="True"/>
      <index columns="obsmjd" metaOnly="True"/>
      <index columns="endmjd" metaOnly="True"/>
      <stc>Position ICRS "ra" "dec"</stc>
      <stc>Polygon ICRS [outline]</stc>
      <FEED source="ztf/tables#topocentric" column="obsmjd"/>
      <FEED source="ztf/tables#topocentric" column="endmjd"/>
      <mixin dataproduct_type="'image'" calib_level="2" obs_collection="collection"
        obs_id="image_id" obs_publisher_did="publisher_did"
        obs_title="collection || ': ' || image_id"
        access_url="'\\getConfig{web}{serverURL}/archive/' || path"
        access_format="'image/fits'" access_estsize="36960" preview="NULL"
        s_ra="ra" s_dec="dec" s_fov="1.22" s_region="outline" s_resolution="2"
        s_pixel_scale="1.012" s_xel1="3072" s_xel2="3080"
        t_min="obsmjd" t_max="endmjd" t_exptime="exptime" t_resolution="exptime" t_xel="1"
        em_min="wavelength_min" em_max="wavelength_max" em_xel="1" em_ucd="'em.wl'"
        o_ucd="'phot.count;em.opt'" facility_name="'Palomar 48-inch'" instrument_name="'ZTF'"
        >//obscore#publish</mixin>

      <column name="image_id" type="text" required="True"
        ucd="meta.id;meta.main" tablehead="Image" verbLevel="1"
        description="Name of the image in the archive, without the kind of product"/>
      <column name="publisher_did" type="text" required="True"
        ucd="meta.ref.ivoid" tablehead="DID" verbLevel="25"
        description="Identifier of the image given by this site"/>
      <column name="collection" type="text" required="True"
        ucd="meta.title" tablehead="Collection" verbLevel="25"
        description="Collection in ivoa.obscore; says where the image is simulated"/>
      <FEED source="ztf/tables#detector-columns"/>
      <column name="filefracday" type="bigint" required="True"
        ucd="meta.id;meta.file" tablehead="File time" verbLevel="25"
        description="Date and fraction of day in the image's name (YYYYMMDDdddddd, UTC): at or some
          seconds before the start of the exposure"/>
      <column name="ra" type="double precision" unit="deg" required="True"
        ucd="pos.eq.ra;meta.main" tablehead="RA" verbLevel="1" displayHint="sf=4"
        description="Right ascension of the centre, ICRS: nominal, to some arcseconds"/>
      <column name="dec" type="double precision" unit="deg" required="True"
        ucd="pos.eq.dec;meta.main" tablehead="Dec" verbLevel="1" displayHint="sf=4"
        description="Declination of the centre, ICRS: nominal, to some arcseconds"/>
      <column name="outline" type="spoly"
        ucd="pos.outline;obs.field" tablehead="Outline" verbLevel="25"
        description="Outline of the image, ICRS: nominal, to some arcseconds"/>
      <column name="obsmjd" type="double precision" unit="d" required="True"
        ucd="time.start;obs.exposure" tablehead="Start" displayHint="sf=6"
        description="Modified Julian date (UTC, topocentric at Palomar) of the start of the
          exposure"/>
      <column name="endmjd" type="double precision" unit="d" required="True"
        ucd="time.end;obs.exposure" tablehead="End" displayHint="sf=6"
        description="Modified Julian date (UTC, topocentric at Palomar) of the end of the exposure"/>
      <column name="exptime" type="real" unit="s" required="True"
        ucd="time.duration;obs.exposure" tablehead="Exp. time" displayHint="sf=1"
        description="Exposure time"/>
      <column name="wavelength_min" type="double precision" unit="m" required="True"
        ucd="em.wl;stat.min" tablehead="From" verbLevel="25"
        description="Shortest wavelength of the filter, at 1 per cent of its highest transmission"/>
      <column name="wavelength_max" type="double precision" unit="m" required="True"
        ucd="em.wl;stat.max" tablehead="To" verbLevel="25"
        description="Longest wavelength of the filter, at 1 per cent of its highest transmission"/>
      <column name="path" type="text" required="True"
        ucd="meta.id;meta.file" tablehead="Path" verbLevel="25"
        description="Path below the archive's root, and below /archive/ at this site"/>
      <column name="simulated" type="boolean" required="True"
        ucd="meta.code" tablehead="Simulated"
        description="True where the exposure is simulated, not observed"/>
      <column name="source" type="text" required="True"
        ucd="meta.note" tablehead="Known by" verbLevel="25"
        description="How the name is known: 'metadata' or 'irsa' from image metadata, 'lightcurve'
          from light curves that state it, 'listing' from the archive's folders; then obsmjd and
          exptime are those of the light curves and may be estimates"/>
      <viewStatement>CREATE VIEW \\qName AS (
        SELECT \\colNames FROM ztf_store.science_images)</viewStatement>
    </table>
  </NXSTREAM>

  <NXSTREAM id="reference-images">
    <doc>The reference images of the default release, for ObsCore too.</doc>
    <table id="reference_images" onDisk="True" adql="True" primary="image_id">
      <meta name="table-rank">81</meta>
      <meta name="title">ZTF: reference images</meta>
      <meta name="description">One row per reference image: the sum of many exposures of one field,
        readout channel and filter, in which the sources of the default release were found.  A
        simulated release has none.</meta>
      <index columns="image_id" metaOnly="True"/>
      <index columns="publisher_did" metaOnly="True"/>
      <index columns="ra,dec" kind="spoint" method="GIST" metaOnly="True"
        >spoint(radians(ra),radians(dec))</index>
      <index columns="outline" method="GIST" metaOnly="True"/>
      <stc>Position ICRS "ra" "dec"</stc>
      <stc>Polygon ICRS [outline]</stc>
      <mixin dataproduct_type="'image'" calib_level="3" obs_collection="collection"
        obs_id="image_id" obs_publisher_did="publisher_did"
        obs_title="collection || ': ' || image_id"
        access_url="'\\getConfig{web}{serverURL}/archive/' || path"
        access_format="'image/fits'" access_estsize="36960" preview="NULL"
        s_ra="ra" s_dec="dec" s_fov="1.22" s_region="outline" s_resolution="2"
        s_pixel_scale="1.012" s_xel1="3072" s_xel2="3080"
        em_min="wavelength_min" em_max="wavelength_max" em_xel="1" em_ucd="'em.wl'"
        o_ucd="'phot.count;em.opt'" facility_name="'Palomar 48-inch'" instrument_name="'ZTF'"
        >//obscore#publish</mixin>

      <LOOP listItems="image_id publisher_did collection fieldid rcid ccdid qid filterid filter ra
        dec outline wavelength_min wavelength_max path"><events passivate="True">
        <column original="science_images.\\item"/>
      </events></LOOP>
      <viewStatement>CREATE VIEW \\qName AS (
        SELECT \\colNames FROM ztf_store.reference_images)</viewStatement>
    </table>
  </NXSTREAM>

  <STREAM id="product-types">
    <doc>
      States what ObsCore holds, for its registry record; DaCHS would read all
      of it to find out.
    </doc>
    <script type="postCreation" lang="SQL" name="declare product types">
      INSERT INTO dc.discrete_string_values (tablename, column_name, vals, freqs)
        VALUES ('ivoa.ObsCore', 'dataproduct_type', ARRAY['image', 'timeseries'], '{}')
        ON CONFLICT (tablename, column_name) DO UPDATE SET vals = excluded.vals
    </script>
  </STREAM>

  <STREAM id="conditions">
    <doc>
      The parameters of SIA 2, see ztfvo_dachs.imagequery; DaCHS' own do not
      take single numbers for intervals, nor ranges across a right ascension of 0.
    </doc>
    <LOOP>
      <codeItems>
        from ztfvo_dachs import sia
        yield from sia.parameters()
      </codeItems>
      <events passivate="True">
        <condDesc>
          <inputKey name="\name" type="\type" xtype="\xtype" unit="\unit" std="True"
            multiplicity="multiple" tablehead="\title" description="\text"/>
          <phraseMaker>
            <setup imports="ztfvo_dachs.sia"/>
            <code>yield from sia.phrases("\name", inPars, outPars)</code>
          </phraseMaker>
        </condDesc>
      </events>
    </LOOP>
  </STREAM>

  <NXSTREAM id="service">
    <doc>
      The service `sia` on the images in ivoa.obscore.  `label` and `prefix`
      start title and description.
    </doc>
    <service id="sia" allowed="siap2.xml">
      <meta name="title">\label: images by SIA 2</meta>
      <meta name="shortName">ZTF SIA2</meta>
      <meta name="description">\prefix Science images whose names are known here, and the reference
        images of the default release, by region, time, wavelength and identifier.</meta>
      <meta name="sia.type">Pointed</meta>
      <meta name="testQuery.pos.ra">254.45755</meta>
      <meta name="testQuery.pos.dec">35.34236</meta>
      <meta name="testQuery.size.ra">0.01</meta>
      <meta name="testQuery.size.dec">0.01</meta>
      <meta name="productType">image</meta>
      <publish render="siap2.xml" sets="ivo_managed"/>
      <dbCore queriedTable="//obscore#ObsCore">
        <FEED source="ztf/images#conditions"/>
        <condDesc combining="True">
          <phraseMaker><code>yield "dataproduct_type = 'image'"</code></phraseMaker>
        </condDesc>
      </dbCore>
    </service>
  </NXSTREAM>
</resource>
