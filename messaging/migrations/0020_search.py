from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("messaging", "0019_index_of_replies")]

    operations = [
        migrations.CreateModel(
            name="SearchEntry",
            fields=[
                ("message_id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("conversation_id", models.BigIntegerField()),
                ("folded", models.TextField()),
            ],
            options={"default_permissions": ()},
        ),
        migrations.CreateModel(
            name="SearchPending",
            fields=[
                ("message_id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("conversation_id", models.BigIntegerField()),
            ],
            options={"default_permissions": ()},
        ),
    ]
