from typing import Any

from django.db import migrations


def complete(apps: Any, schema_editor: Any) -> None:
    """Nobody has an account as a trainee without having joined."""
    trainees = apps.get_model("users", "User").objects.filter(role="TRAINEE")
    trainees.filter(onboarding_completed=False).update(onboarding_completed=True)


class Migration(migrations.Migration):
    """Going back changes nothing: which of them said otherwise is not known, nor was it ever true."""

    dependencies = [
        ("users", "0004_epochs_of_sessions"),
    ]

    operations = [migrations.RunPython(complete, migrations.RunPython.noop)]
