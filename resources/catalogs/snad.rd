<resource schema="catalogs" resdir=".">
  <FEED source="catalogs/catalog#catalog" name="snad"/>
</resource>
