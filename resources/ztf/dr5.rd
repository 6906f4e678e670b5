<resource schema="ztf_dr5" resdir=".">
  <FEED source="ztf/release#release" name="dr5"/>
</resource>
