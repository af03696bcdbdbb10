from django.db import migrations, models


class Migration(migrations.Migration):
    """
    Every session gets epoch 0, which is that of its people, so it stays alive.

    Not one transaction with the column of people: each request reads a session and its user in one
    query, and deadlocks with a transaction that locks the table of users before that of sessions.

    A process of the release before leaves the columns to their default. A session that it begins for
    somebody whose epoch has grown is over for the new processes: that person signs in once more.
    """

    dependencies = [
        ("users", "0003_access_epochs"),
    ]

    operations = [
        migrations.AddField(
            model_name="authsession",
            name="user_epoch",
            field=models.PositiveIntegerField(db_default=0, default=0, editable=False),
        ),
        migrations.AddField(
            model_name="authsession",
            name="impersonator_epoch",
            field=models.PositiveIntegerField(db_default=0, default=0, editable=False),
        ),
    ]
