"""When an address was last signed up, and which sign-up that is."""

import django.utils.timezone
from django.db import migrations, models


def from_the_beginning(apps, _schema_editor):
    """Until now the row's own age was all that was known."""
    apps.get_model("announce", "Subscription").objects.update(asked_at=models.F("created_at"), asked=1)


class Migration(migrations.Migration):

    dependencies = [
        ("announce", "0003_one_form_one_draft"),
    ]

    operations = [
        migrations.AddField(
            model_name="subscription",
            name="asked_at",
            field=models.DateTimeField(default=django.utils.timezone.now),
        ),
        migrations.AddField(
            model_name="subscription",
            name="asked",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.RunPython(from_the_beginning, migrations.RunPython.noop, elidable=True),
    ]
