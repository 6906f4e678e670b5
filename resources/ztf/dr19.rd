<resource schema="ztf_dr19" resdir=".">
  <meta name="title">ZTF DR19 light curves</meta>
  <meta name="creationDate">2026-11-22T12:00:00Z</meta>
  <meta name="schema-rank">40</meta>
  <meta name="description">Light curves of the 19th public data release of the Zwicky Transient
    Facility, from the bulk light-curve files of IRSA: those of its fields and
    readout channels that this site has loaded.</meta>

  <FEED source="ztf/release#release" store="dr19_store" label="ZTF DR19" shortName="ZTF DR19"/>
</resource>
