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
</resource>
