<resource schema="ztf_irsa" resdir=".">
  <FEED source="ztf/release#release" name="irsa"/>
</resource>
