"""Everybody who changed something in an announcement, its pictures included: none of them approves it."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("announce", "0004_asked_at"),
    ]

    operations = [
        migrations.AddField(
            model_name="announcement",
            name="hands",
            field=models.ManyToManyField(related_name="+", to=settings.AUTH_USER_MODEL),
        ),
    ]
