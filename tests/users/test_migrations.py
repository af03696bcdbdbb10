"""Migrations of existing rows, and of tables that processes of the previous release still use."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.operations.fields import FieldOperation
from django.utils import timezone

from tests.conftest import Client
from tests.factories import tokens_of
from users.models import AuthSession, User

ME = "/api/auth/users/me/"

pytestmark = pytest.mark.django_db(transaction=True)


def migrate(name: str) -> Any:
    """Migrate `users` forward or back to a migration, and return its models."""
    executor = MigrationExecutor(connection)
    executor.migrate([("users", name)])
    return executor.loader.project_state([("users", name)]).apps


@pytest.fixture
def before(transactional_db: None) -> Iterator[Any]:
    """The models before epochs existed. After the test, the database is migrated to the latest state."""
    yield migrate("0002_device_sign_ins")
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())


def test_epochs_keep_active_sessions_in_both_directions(before: Any, api: Client) -> None:
    old_user, old_session = (
        before.get_model("users", "User"),
        before.get_model("users", "AuthSession"),
    )
    bob = old_user.objects.create(email="bob@example.com", role="TRAINEE")
    later = timezone.now() + timedelta(days=1)
    old = old_session.objects.create(user=bob, user_email=bob.email, expires_at=later)

    migrate("0004_epochs_of_sessions")

    assert AuthSession.objects.alive().values_list("pk", flat=True).get() == old.pk
    migrate("0002_device_sign_ins")
    assert old_session.objects.get().pk == old.pk


def test_trainees_have_completed_onboarding_and_others_are_unchanged(before: Any) -> None:
    people = before.get_model("users", "User").objects
    people.create(email="bob@example.com", role="TRAINEE", onboarding_completed=False)
    people.create(email="alice@example.com", role="TRAINER", onboarding_completed=False)
    people.create(email="dora@example.com", role="TRAINER", onboarding_completed=True)

    migrate("0005_trainees_have_completed_onboarding")

    stored = User.objects.values_list("email", "onboarding_completed")
    assert dict(stored) == {
        "bob@example.com": True,
        "alice@example.com": False,
        "dora@example.com": True,
    }
    migrate("0004_epochs_of_sessions")


def test_process_of_the_previous_release_works_with_the_new_tables(
    before: Any, api: Client
) -> None:
    old_user, old_session = (
        before.get_model("users", "User"),
        before.get_model("users", "AuthSession"),
    )
    migrate("0012_languages")

    bob = old_user.objects.create(email="bob@example.com", role="TRAINEE")
    later = timezone.now() + timedelta(days=1)
    old_session.objects.create(user=bob, user_email=bob.email, expires_at=later)

    session = AuthSession.objects.alive().get()
    assert (session.address, session.user_agent, session.last_used_at) == (None, "", None)
    me = api.with_token(tokens_of(User.objects.get(pk=bob.pk)).access).get(ME).json()
    assert (me["onboarding_completed"], me["language"]) == (True, None)
    User.objects.get(pk=bob.pk).save()
    User.objects.filter(pk=bob.pk).update(is_active=False)
    User.objects.filter(pk=bob.pk).update(is_active=True)
    old_session.objects.create(user_id=bob.pk, user_email=bob.email, expires_at=later)
    assert not AuthSession.objects.alive().exists()


@pytest.mark.parametrize("app", ["users", "messaging", "trainer", "push"])
def test_migration_locks_one_table_at_a_time(app: str) -> None:
    """Otherwise, a request that reads the tables in the opposite order could deadlock with a migration."""
    migrations = MigrationExecutor(connection).loader.disk_migrations

    altered = {
        key: {each.model_name for each in migration.operations if isinstance(each, FieldOperation)}
        for key, migration in migrations.items()
        if key[0] == app
    }

    assert [key for key, tables in altered.items() if len(tables) > 1] == []


def test_old_names_are_cleaned_and_folded(before: Any) -> None:
    old = before.get_model("users", "User").objects
    names = {"first_name": "Jose\u0301\u202e", "last_name": "\u200b", "business_name": "Gym\u00ad"}
    old.create(email="jose@example.com", role="TRAINEE", **names)
    old.create(email="bob@example.com", role="TRAINEE", first_name="Bob")

    migrate("0012_languages")

    jose, bob = User.objects.order_by("-email")
    assert (jose.first_name, jose.last_name, jose.business_name) == ("José", "", "Gym")
    assert (jose.search_text, bob.search_text) == ("jose jose@example.com", "bob bob@example.com")
    migrate("0007_accounts_being_erased")
    assert old.get(email="jose@example.com").first_name == "José"


def test_previous_release_inserts_people_without_folded_names(before: Any) -> None:
    migrate("0012_languages")

    before.get_model("users", "User").objects.create(email="new@example.com", role="TRAINEE")

    assert User.objects.get().folded_from == ""
