<resource schema="catalogs" resdir=".">
  <FEED source="catalogs/catalog#catalog" name="tns"/>
</resource>
