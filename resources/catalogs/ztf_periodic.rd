<resource schema="catalogs" resdir=".">
  <FEED source="catalogs/catalog#catalog" name="ztf_periodic"/>
</resource>
