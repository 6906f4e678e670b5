"""Which OIDs are of one star is known from the releases' tables of sources."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """No table of sources here, and of each answer whether it is from one."""

    dependencies = (("annotations", "0004_rows_by_key"),)
    operations = (
        migrations.DeleteModel("Source"),
        migrations.AddField("Neighbours", "by_source", models.BooleanField(default=False)),
    )
