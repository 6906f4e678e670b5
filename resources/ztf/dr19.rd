<resource schema="ztf_dr19" resdir=".">
  <FEED source="ztf/release#release" name="dr19"/>
</resource>
