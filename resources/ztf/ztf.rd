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
    <FEED source="ztf/release#tables" store="ztf_store" label="\label" prefix="\prefix"/>
    <FEED source="ztf/cone#service" label="\label" shortName="ZTF" prefix="\prefix"/>
    <FEED source="ztf/datalink#services" store="ztf_store" label="\label" shortName="ZTF"
      prefix="\prefix"/>
    <FEED source="ztf/ssa#series" prefix="\prefix"/>
    <FEED source="ztf/ssa#timeseries" label="\label" prefix="\prefix"/>
    <FEED source="ztf/ssa#service" label="\label" prefix="\prefix" datasource="\datasource"/>
  </NXSTREAM>

  <LOOP source="ztf/ztf#default"><codeItems>
    from ztfvo_dachs import facts
    yield facts.wording("ztf_store")
  </codeItems></LOOP>

  <FEED source="ztf/references#table"/>
  <FEED source="ztf/ssa#science-images"/>

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

  <FEED source="ztf/datalink#products"/>

  <data id="publish" auto="True">
    <make table="objects">
      <FEED source="ztf/release#sampler"
        schema_of_store="(SELECT name || '_store' FROM ztf_store.releases WHERE is_default)"/>
    </make>
    <make table="detections"/>
    <make table="lightcurves"/>
    <make table="exposures"/>
    <make table="reference_sources"/>
    <make table="series"/>
    <make table="timeseries"/>
    <make table="science_images">
      <FEED source="ztf/ssa#product-types"/>
    </make>
    <make table="releases"/>
    <make table="filters"/>
    <publish sets="ivo_managed,local"/>
  </data>

  <regSuite title="ZTF, default release">
    <regTest title="The filters are g, r and i of the AB system">
      <url parSet="TAP" QUERY="SELECT * FROM ztf.filters ORDER BY filterid">/tap/sync</url>
      <code>
        rows = self.getVOTableRows()
        self.assertEqual([(row["filterid"], row["filter"], row["svo_id"]) for row in rows],
          [(1, "zg", "Palomar/ZTF.g"), (2, "zr", "Palomar/ZTF.r"), (3, "zi", "Palomar/ZTF.i")])
        self.assertEqual({row["magsys"] for row in rows}, {"AB"})
        self.assertAlmostEqual(rows[0]["zeropoint_jy"], 10**3.56, 6)
        self.assertTrue(4e-7 &lt; rows[0]["wavelength_eff"] &lt; rows[2]["wavelength_eff"] &lt; 9e-7)
      </code>
    </regTest>
    <regTest title="One release is the default">
      <url parSet="TAP" QUERY="SELECT COUNT(*) AS n FROM ztf.releases
        WHERE is_default = 'True'">/tap/sync</url>
      <code>self.assertEqual(self.getFirstVOTableRow()["n"], 1)</code>
    </regTest>
    <regTest title="An unknown OID has no light curve">
      <url parSet="TAP"
        QUERY="SELECT * FROM ztf.lightcurves WHERE oid = 999113300005170">/tap/sync</url>
      <code>self.assertEqual(self.getVOTableRows(), [])</code>
    </regTest>
    <regTest title="Magnitudes become fluxes">
      <url parSet="TAP" QUERY="SELECT gavo_ab_flux(20.) AS f, gavo_ab_fluxerr(20., 0.1) AS e,
        gavo_ztf_field(1722207400009164) AS field, gavo_ztf_filter(1722207400009164) AS band,
        gavo_ztf_ccd(1722207400009164) AS ccd, gavo_ztf_quadrant(1722207400009164) AS q
        FROM ztf.filters WHERE filterid = 1">/tap/sync</url>
      <code>
        row = self.getFirstVOTableRow()
        self.assertAlmostEqual(row["f"]*1e5, 3.630781, 6)
        self.assertAlmostEqual(row["e"]*1e6, 3.344072, 6)
        self.assertEqual([row[n] for n in ("field", "band", "ccd", "q")], [1722, 2, 7, 4])
      </code>
    </regTest>
    <regTest title="Times and positions are declared in results">
      <url parSet="TAP" QUERY="SELECT TOP 1 oid, hmjd, mag FROM ztf.detections">/tap/sync</url>
      <code>
        self.assertXpath("//v:TIMESYS", {"refposition": "HELIOCENTER", "timescale": "UTC",
          "timeorigin": "2400000.5"})
        self.assertXpath("//v:GROUP[@name='photcal']/v:PARAM[@name='magnitudeSystem']",
          {"value": "AB"})
      </code>
    </regTest>
    <regTest title="A cone without radius is refused">
      <url RA="254.45755" DEC="35.34236">cone/scs.xml</url>
      <code>self.assertHasStrings('name="Error"', "SR is missing")</code>
    </regTest>
    <regTest title="JSON is valid">
      <url RA="254.45755" DEC="35.34236" SR="0.001" RESPONSEFORMAT="json">cone/scs.xml</url>
      <code>
        import json
        self.assertEqual(json.loads(self.data)["contains"], "table")
      </code>
    </regTest>
    <regTest title="The reference catalogue has the magnitudes of objects">
      <url parSet="TAP" QUERY="SELECT TOP 100 o.refmag - r.mag AS d, o.refmagerr - r.magerr AS e,
        r.fieldid - o.fieldid AS f FROM ztf.reference_sources AS r JOIN ztf.objects AS o
        ON o.oid = r.oid">/tap/sync</url>
      <code>
        for row in self.getVOTableRows():
          self.assertIn(row, ({"d": 0, "e": 0, "f": 0}, {"d": None, "e": None, "f": 0}))
      </code>
    </regTest>
    <regTest title="SSAP finds the light curves of HZ Her with their addresses">
      <url REQUEST="queryData" POS="254.45755,35.34236" SIZE="0.001">ssa/ssap.xml</url>
      <code>
        rows = sorted(self.getVOTableRows(), key=lambda row: row["oid"])
        self.assertEqual([row["oid"] for row in rows], [
          680113300005170, 680213300009232, 1722107400005560, 1722207400009164])
        for row in rows:
          self.assertTrue(row["accref"].endswith("/lc/%d.vot" % row["oid"]))
          self.assertEqual((row["mime"], row["ssa_dstype"]),
            ("application/x-votable+xml", "timeseries"))
        self.assertXpath("//v:RESOURCE[@utype='adhoc:service']/v:PARAM[@name='accessURL']",
          {"datatype": "char"})
      </code>
    </regTest>
    <regTest title="SSAP gives its metadata without rows">
      <url REQUEST="queryData" FORMAT="METADATA">ssa/ssap.xml</url>
      <code>
        self.assertHasStrings("INPUT:POS", "INPUT:SIZE", "INPUT:TIME", "ssa_pubDID")
        self.assertLacksStrings("TABLEDATA", "STREAM", "ERROR")
      </code>
    </regTest>
    <regTest title="SSAP refuses a place off the sky">
      <url REQUEST="queryData" POS="1,99">ssa/ssap.xml</url>
      <code>self.assertHasStrings('value="ERROR"', "POS=1,99 is no place on the sky")</code>
    </regTest>
    <regTest title="ObsCore has the same time series as SSAP">
      <url parSet="TAP" QUERY="SELECT o.obs_id, s.oid, o.dataproduct_type, o.em_min
        FROM ivoa.obscore AS o JOIN ztf.timeseries AS s ON s.ssa_pubdid = o.obs_publisher_did
        WHERE DISTANCE(s_ra, s_dec, 254.45755, 35.34236) &lt; 1/3600.">/tap/sync</url>
      <code>
        rows = self.getVOTableRows()
        self.assertEqual(len(rows), 4)
        for row in rows:
          self.assertEqual((row["obs_id"], row["dataproduct_type"]),
            (str(row["oid"]), "timeseries"))
          self.assertTrue(4e-7 &lt; row["em_min"] &lt; 6e-7)
      </code>
    </regTest>
    <regTest title="Where the default release is real, no simulated image is shown">
      <url parSet="TAP" QUERY="SELECT COUNT(*) AS n FROM ztf.science_images AS i
        JOIN ztf.releases AS r ON r.is_default = 'True' WHERE i.simulated = 'True'
        AND r.simulated = 'False'">/tap/sync</url>
      <code>self.assertEqual(self.getFirstVOTableRow()["n"], 0)</code>
    </regTest>
  </regSuite>
</resource>
