<resource schema="catalogs" resdir=".">
  <FEED source="catalogs/catalog#catalog" name="atlas_var"/>
</resource>
