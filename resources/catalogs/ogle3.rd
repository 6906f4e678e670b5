<resource schema="catalogs" resdir=".">
  <FEED source="catalogs/catalog#catalog" name="ogle3"/>
</resource>
