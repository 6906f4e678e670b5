<resource schema="ztf_dr24" resdir=".">
  <FEED source="ztf/release#release" name="dr24"/>
</resource>
