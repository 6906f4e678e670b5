<resource schema="ztf_demo" resdir=".">
  <meta name="title">ZTF demo release (simulated)</meta>
  <meta name="creationDate">2026-11-22T12:00:00Z</meta>
  <meta name="schema-rank">90</meta>
  <meta name="description">SIMULATED light curves in the format of the ZTF data releases: made
    by a seeded generator for trying out and testing this service, not observed.
    Identifiers and positions of some known stars are real; all magnitudes
    and times are not.</meta>

  <FEED source="ztf/release#release" store="demo_store" label="ZTF demo (simulated)"
    shortName="ZTF demo" prefix="SIMULATED data, not observed."/>

  <regSuite title="ZTF demo release">
    <regTest title="A cone on HZ Her gives its four light curves">
      <url RA="254.45755" DEC="35.34236" SR="0.00027778">cone/scs.xml</url>
      <code>
        rows = self.getVOTableRows()
        self.assertEqual(sorted(int(row["oid"]) for row in rows), [
          680113300005170, 680213300009232, 1722107400005560, 1722207400009164])
      </code>
    </regTest>
    <regTest title="A cone where nothing is gives no rows">
      <url RA="100" DEC="-80" SR="0.001">cone/scs.xml</url>
      <code>self.assertEqual(self.getVOTableRows(), [])</code>
    </regTest>
    <regTest title="A cone above the limit is refused with the value and the remedy">
      <url RA="254.45755" DEC="35.34236" SR="30">cone/scs.xml</url>
      <code>
        self.assertHasStrings('name="Error"', "SR=30 is above the limit", "TAP")
        self.assertLacksStrings("TABLEDATA", "BINARY", "Traceback")
      </code>
    </regTest>
    <regTest title="The form finds HZ Her and links its light curves">
      <url hscs_pos="254.45755 +35.34236" hscs_sr="1" __nevow_form__="genForm">cone/form</url>
      <code>
        self.assertHasStrings("680113300005170", "1722207400009164", "Matched: 4",
          "/demo/view/1722207400009164")
      </code>
    </regTest>
    <regTest title="An OID has its field, channel and filter">
      <url parSet="TAP" QUERY="SELECT fieldid, rcid, ccdid, qid, filterid, filter
        FROM ztf_demo.objects WHERE oid = 1722107400005560">/tap/sync</url>
      <code>
        self.assertEqual(self.getFirstVOTableRow(), {"fieldid": 1722, "rcid": 27, "ccdid": 7,
          "qid": 4, "filterid": 1, "filter": "zg"})
      </code>
    </regTest>
    <regTest title="An unknown OID has no detections">
      <url parSet="TAP"
        QUERY="SELECT * FROM ztf_demo.detections WHERE oid = 999113300005170">/tap/sync</url>
      <code>self.assertEqual(self.getVOTableRows(), [])</code>
    </regTest>
    <regTest title="Rows and arrays are the same epochs">
      <url parSet="TAP" QUERY="SELECT o.nobs, arr_min(l.mag) AS low, MIN(d.mag) AS low_row,
          COUNT(*) AS n
        FROM ztf_demo.objects AS o JOIN ztf_demo.lightcurves AS l ON l.oid = o.oid
        JOIN ztf_demo.detections AS d ON d.oid = o.oid
        WHERE o.oid = 680113300005170 GROUP BY o.nobs, l.mag">/tap/sync</url>
      <code>
        row = self.getFirstVOTableRow()
        self.assertEqual(row["n"], row["nobs"])
        self.assertAlmostEqual(row["low"], row["low_row"], 6)
      </code>
    </regTest>
    <regTest title="Each epoch of HZ Her has its exposure">
      <url parSet="TAP" QUERY="SELECT COUNT(*) AS n, MIN(e.mjd_mid - d.hmjd) AS low,
          MAX(e.mjd_mid - d.hmjd) AS high
        FROM ztf_demo.detections AS d JOIN ztf_demo.exposures AS e
        ON e.mjd_mid BETWEEN d.hmjd - 0.006 AND d.hmjd + 0.006
        WHERE d.oid = 680113300005170 AND e.fieldid = 680 AND e.rcid = 50
        AND e.filterid = 1 AND e.clrcoeff = d.clrcoeff">/tap/sync</url>
      <code>
        row = self.getFirstVOTableRow()
        self.assertTrue(row["n"] > 0)
        self.assertTrue(-0.0058 &lt; row["low"] and row["high"] &lt; 0.0058)
      </code>
    </regTest>
    <regTest title="A light curve of HZ Her has all its links and no other">
      <url ID="680113300005170">links/dlmeta</url>
      <code>
        links = self.datalinkBySemantics()
        self.assertEqual({term: len(rows) for term, rows in links.items()}, {
          "#this": 1, "#proc": 1, "#preview": 1, "#preview-plot": 1, "#derivation": 3,
          "#coderived": 3, "#documentation": 1, "#counterpart": 7})
        this, = links["#this"]
        self.assertEqual([this["content_type"], this["content_qualifier"]],
          ["application/x-votable+xml", "#timeseries"])
        self.assertTrue(this["description"].startswith("SIMULATED"))
        self.assertEqual(
          {(row["local_semantics"], row["access_url"][-20:]) for row in links["#coderived"]},
          {("other-band", "/680213300009232.vot"), ("other-field", "1722107400005560.vot"),
            ("other-band", "1722207400009164.vot")})
        self.assertXpath("//v:RESOURCE[@utype='adhoc:service']/v:GROUP/v:PARAM[@name='ID']",
          {"value": "680113300005170"})
      </code>
    </regTest>
    <regTest title="IDs that cannot be used have faults beside the links of others">
      <url><ID>680113300005170</ID><ID>999113300005170</ID><ID>HZ Her</ID>links/dlmeta</url>
      <code>
        rows = self.getVOTableRows()
        self.assertEqual(len([row for row in rows if row["ID"] == "680113300005170"]), 18)
        faults = {row["ID"]: row["error_message"].split(":")[0]
          for row in rows if row["error_message"]}
        self.assertEqual(faults,
          {"999113300005170": "NotFoundFault", "HZ Her": "UsageFault"})
      </code>
    </regTest>
    <regTest title="A detection whose images are not known has a fault">
      <url ID="680113300005170-58199.49176">images/dlmeta</url>
      <code>
        row = self.getFirstVOTableRow()
        self.assertEqual([row["ID"], row["semantics"]], ["680113300005170-58199.49176", "#this"])
        self.assertTrue(row["error_message"].startswith("NotFoundFault: "))
      </code>
    </regTest>
    <regTest title="Simulated data say so">
      <url parSet="TAP" QUERY="SELECT description FROM tap_schema.tables
        WHERE table_name = 'ztf_demo.objects'">/tap/sync</url>
      <code>
        self.assertTrue(self.getFirstVOTableRow()["description"].startswith("SIMULATED"))
      </code>
    </regTest>
  </regSuite>
</resource>
