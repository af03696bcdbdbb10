import re
from io import StringIO
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command

OWN = ("jobs", "users", "messaging", "push", "trainer")


@pytest.mark.django_db
def test_no_migration_is_missing() -> None:
    output = StringIO()

    call_command("makemigrations", check=True, dry_run=True, stdout=output)

    assert output.getvalue() == "No changes detected\n"


@pytest.mark.parametrize("app", OWN)
def test_migrations_are_named_after_what_they_do(app: str) -> None:
    folder = Path(apps.get_app_config(app).path) / "migrations"

    names = [path.stem for path in folder.glob("0*.py")]

    assert names
    assert not [each for each in names if re.search(r"_(auto|initial|alter_\w+_and_more)", each)]


@pytest.mark.django_db
@pytest.mark.parametrize("app", OWN)
def test_constraints_and_indexes_have_explicit_names(app: str) -> None:
    models = apps.get_app_config(app).get_models()
    named = [each for model in models for each in (*model._meta.constraints, *model._meta.indexes)]

    # Django's own names for indexes end in a hash.
    assert not [each.name for each in named if re.search(r"_[0-9a-f]{6}_idx$", each.name)]
