<resource schema="ztf_dr19" resdir=".">
  <meta name="title">ZTF DR19 light curves</meta>
  <meta name="creationDate">2026-11-22T12:00:00Z</meta>
  <meta name="schema-rank">40</meta>
  <meta name="description">Light curves of the 19th public data release of the Zwicky Transient
    Facility, from the bulk light-curve files of IRSA: those of its fields and
    readout channels that this site has loaded.</meta>

  <FEED source="ztf/release#release" store="dr19_store" label="ZTF DR19" shortName="ZTF DR19"/>

  <regSuite title="ZTF DR19">
    <regTest title="A star of field 202 has its file's values">
      <url parSet="TAP" QUERY="SELECT nobs, ngoodobs, hmjd_first, hmjd_last, ra, dec
        FROM ztf_dr19.objects WHERE oid = 202112100000166">/tap/sync</url>
      <code>
        self.assertEqual(self.getFirstVOTableRow(), {"nobs": 66, "ngoodobs": 54,
          "hmjd_first": 59128.31801, "hmjd_last": 59935.16951,
          "ra": 21.612319946289062, "dec": -29.654560089111328})
      </code>
    </regTest>
    <regTest title="The first epoch is as in the file">
      <url parSet="TAP" QUERY="SELECT TOP 1 hmjd, mag, magerr, clrcoeff, catflags
        FROM ztf_dr19.detections WHERE oid = 202112100000166 ORDER BY hmjd">/tap/sync</url>
      <code>
        self.assertEqual(self.getFirstVOTableRow(), {"hmjd": 59128.31801,
          "mag": 18.876964569091797, "magerr": 0.08148230612277985,
          "clrcoeff": -0.002361561404541135, "catflags": 0})
      </code>
    </regTest>
    <regTest title="A cone finds it">
      <url RA="21.612319946289062" DEC="-29.654560089111328" SR="0.0001">cone/scs.xml</url>
      <code>self.assertIn("202112100000166", [row["oid"] for row in self.getVOTableRows()])</code>
    </regTest>
    <regTest title="A cone elsewhere is empty">
      <url RA="21.612319946289062" DEC="80" SR="0.01">cone/scs.xml</url>
      <code>self.assertEqual(self.getVOTableRows(), [])</code>
    </regTest>
  </regSuite>
</resource>
