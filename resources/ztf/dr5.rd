<resource schema="ztf_dr5" resdir=".">
  <meta name="title">ZTF DR5 light curves</meta>
  <meta name="creationDate">2026-11-22T12:00:00Z</meta>
  <meta name="schema-rank">50</meta>
  <meta name="description">Light curves of the 5th public data release of the Zwicky Transient
    Facility, from the bulk light-curve files of IRSA: those of its fields and
    readout channels that this site has loaded.  Its times are rounded to 1/256 d
    in the files, too coarse to tell exposures apart.</meta>

  <FEED source="ztf/release#release" store="dr5_store" label="ZTF DR5" shortName="ZTF DR5"/>
</resource>
