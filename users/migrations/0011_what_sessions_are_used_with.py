from django.db import migrations, models


class Migration(migrations.Migration):
    """The previous release stores sessions without these columns: their client and last use are unknown."""

    dependencies = [
        ("users", "0010_folded_names_of_old_people"),
    ]

    operations = [
        migrations.AddField(
            model_name="authsession",
            name="address",
            field=models.GenericIPAddressField(
                editable=False, null=True, verbose_name="network address"
            ),
        ),
        migrations.AddField(
            model_name="authsession",
            name="last_used_at",
            field=models.DateTimeField(editable=False, null=True, verbose_name="last use"),
        ),
        migrations.AddField(
            model_name="authsession",
            name="user_agent",
            field=models.CharField(db_default="", default="", editable=False, max_length=300),
        ),
    ]
