<resource schema="ztf_irsa" resdir=".">
  <meta name="title">ZTF light curves from IRSA's light-curve service</meta>
  <meta name="creationDate">2026-11-22T12:00:00Z</meta>
  <meta name="schema-rank">60</meta>
  <meta name="description">Light curves of the Zwicky Transient Facility around chosen positions, as
    IRSA's light-curve service answered for them.  Heliocentric times are rounded to
    five decimals as in the bulk files; starts and exposure times of the exposures
    are IRSA's own.</meta>

  <FEED source="ztf/release#release" store="irsa_store" label="ZTF (IRSA service)"
    shortName="ZTF IRSA"/>

  <regSuite title="ZTF by IRSA's light-curve service">
    <regTest title="The exposures of a star have IRSA's starts">
      <url parSet="TAP" QUERY="SELECT e.obsmjd, e.exptime, e.obsmjd_source, e.filefracday,
          d.hmjd, d.catflags
        FROM ztf_irsa.exposures AS e JOIN ztf_irsa.detections AS d
        ON d.hmjd BETWEEN e.mjd_mid - 0.006 AND e.mjd_mid + 0.006 AND d.clrcoeff = e.clrcoeff
        WHERE d.oid = 604103100006917 AND e.fieldid = 604 AND e.ccdid = 3 AND e.qid = 1
        AND e.filter = 'zg' AND e.filefracday = 20180627483032">/tap/sync</url>
      <code>
        row = self.getFirstVOTableRow()
        self.assertAlmostEqual(row["obsmjd"], 58296.483044, 6)
        self.assertAlmostEqual(row["hmjd"], 58296.48025, 6)
        self.assertEqual([row[n] for n in ("exptime", "obsmjd_source", "catflags")],
          [30, "observed", 0])
      </code>
    </regTest>
    <regTest title="A star has all epochs of the answers">
      <url parSet="TAP" QUERY="SELECT COUNT(*) AS n FROM ztf_irsa.detections
        WHERE oid = 604103100006917">/tap/sync</url>
      <code>self.assertEqual(self.getFirstVOTableRow()["n"], 593)</code>
    </regTest>
    <regTest title="A light curve is linked to its reference image and catalogue">
      <url ID="604103100006917">links/dlmeta</url>
      <code>
        self.assertEqual(
          {row["local_semantics"]: row["access_url"].partition("/archive/")[2]
            for row in self.datalinkBySemantics()["#progenitor"]}, {
          "reference-image":
            "ref/000/field000604/zg/ccd03/q1/ztf_000604_zg_c03_q1_refimg.fits",
          "reference-catalogue":
            "ref/000/field000604/zg/ccd03/q1/ztf_000604_zg_c03_q1_refpsfcat.fits"})
      </code>
    </regTest>
    <regTest title="A detection is linked to all that the archive has of its exposure">
      <url ID="604103100006917-58296.48025">images/dlmeta</url>
      <code>
        links = self.datalinkBySemantics()
        self.assertEqual({term: len(rows) for term, rows in links.items()}, {
          "#this": 1, "#derivation": 1, "#progenitor": 3, "#preview": 1, "#cutout": 2,
          "#coderived": 3, "#auxiliary": 4, "#documentation": 4})
        science, = [row for row in links["#progenitor"]
          if row["local_semantics"] == "science-image"]
        self.assertTrue(science["access_url"].endswith("/archive/sci/2018/0627/483032/"
          "ztf_20180627483032_000604_zg_c03_o_q1_sciimg.fits"), science["access_url"])
      </code>
    </regTest>
    <regTest title="A cone elsewhere is empty">
      <url RA="30" DEC="80" SR="0.01">cone/scs.xml</url>
      <code>self.assertEqual(self.getVOTableRows(), [])</code>
    </regTest>
  </regSuite>
</resource>
