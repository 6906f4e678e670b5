<resource schema="ztf_dr24" resdir=".">
  <meta name="title">ZTF DR24 light curves</meta>
  <meta name="creationDate">2026-11-22T12:00:00Z</meta>
  <meta name="schema-rank">30</meta>
  <meta name="description">Light curves of the 24th public data release of the Zwicky Transient
    Facility, from the HATS partitions published by IRSA: those parts of
    the sky that this site has loaded.</meta>

  <FEED source="ztf/release#release" store="dr24_store" label="ZTF DR24" shortName="ZTF DR24"/>
</resource>
