from django.db import migrations, models


class Migration(migrations.Migration):
    """
    All sessions get epoch 0, which is that of their users, so they remain valid.

    This is not in one transaction with the column of users: each request reads a session and its user
    with one query, and would deadlock with a transaction that locks the users' table first.

    Processes of the previous release leave the columns to their default. If they begin a session for a
    user whose epoch has increased, new processes reject it, and the user has to sign in again.
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
