from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("messaging", "0007_removed_messages")]

    operations = [
        migrations.AlterModelOptions(
            name="message",
            options={"permissions": (("remove_message", "Can take down messages"),)},
        ),
    ]
