<resource schema="ztf_dr5" resdir=".">
  <meta name="title">ZTF DR5 light curves</meta>
  <meta name="creationDate">2026-11-22T12:00:00Z</meta>
  <meta name="schema-rank">50</meta>
  <meta name="description">Light curves of the 5th public data release of the Zwicky Transient
    Facility, from the bulk light-curve files of IRSA: those of its fields and
    readout channels that this site has loaded.  Its times are rounded to 1/256 d
    in the files, too coarse to distinguish exposures.</meta>

  <FEED source="ztf/release#release" store="dr5_store" label="ZTF DR5" shortName="ZTF DR5"/>

  <regSuite title="ZTF DR5">
    <regTest title="A star of field 250 has its file's values">
      <url parSet="TAP" QUERY="SELECT nobs, ngoodobs, hmjd_first, hmjd_last, ra, dec
        FROM ztf_dr5.objects WHERE oid = 250101100002875">/tap/sync</url>
      <code>
        self.assertEqual(self.getFirstVOTableRow(), {"nobs": 98, "ngoodobs": 86,
          "hmjd_first": 58348.48046875, "hmjd_last": 59233.15234375,
          "ra": 41.90908432006836, "dec": -27.03949546813965})
      </code>
    </regTest>
    <regTest title="The first epoch is as in the file">
      <url parSet="TAP" QUERY="SELECT TOP 1 hmjd, mag, magerr, clrcoeff, catflags
        FROM ztf_dr5.detections WHERE oid = 250101100002875 ORDER BY hmjd">/tap/sync</url>
      <code>
        self.assertEqual(self.getFirstVOTableRow(), {"hmjd": 58348.48046875,
          "mag": 13.892216682434082, "magerr": 0.01721631921827793,
          "clrcoeff": 0.0036014539655297995, "catflags": 32768})
      </code>
    </regTest>
    <regTest title="A cone finds it">
      <url RA="41.90908432006836" DEC="-27.03949546813965" SR="0.0001">cone/scs.xml</url>
      <code>self.assertIn("250101100002875", [row["oid"] for row in self.getVOTableRows()])</code>
    </regTest>
    <regTest title="A cone elsewhere is empty">
      <url RA="41.90908432006836" DEC="80" SR="0.01">cone/scs.xml</url>
      <code>self.assertEqual(self.getVOTableRows(), [])</code>
    </regTest>
  </regSuite>
</resource>
