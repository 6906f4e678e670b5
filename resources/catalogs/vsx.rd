<resource schema="catalogs" resdir=".">
  <FEED source="catalogs/catalog#catalog" name="vsx"/>
</resource>
