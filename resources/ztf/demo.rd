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
</resource>
