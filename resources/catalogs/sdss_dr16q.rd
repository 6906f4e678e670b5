<resource schema="catalogs" resdir=".">
  <FEED source="catalogs/catalog#catalog" name="sdss_dr16q"/>
</resource>
