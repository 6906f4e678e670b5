<resource schema="ztf_demo" resdir=".">
  <FEED source="ztf/release#release" name="demo"/>
</resource>
