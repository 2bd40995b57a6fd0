"""Notices that wait for a confirmed address; several replies in one mail."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("channels", "0001_initial"),
        ("inbox", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="notice",
            name="waits",
            field=models.BooleanField(default=False),
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(condition=models.Q(("waits", True)), fields=["id"], name="inbox_notice_waits"),
        ),
        migrations.AlterField(
            model_name="message",
            name="delivery",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="messages", to="channels.delivery"
            ),
        ),
    ]
