"""How code and `manage.py createsuperuser` create users."""

import pytest
from django.core.management import call_command

from tests.factories import PASSWORD
from users.models import User

pytestmark = pytest.mark.django_db


def test_superuser_of_the_command_is_an_admin_who_may_do_everything(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", PASSWORD)

    call_command("createsuperuser", email="Root@Example.com", interactive=False, verbosity=0)

    root = User.objects.get()
    assert (root.email, root.role) == ("root@example.com", User.Role.ADMIN)
    assert (root.is_staff, root.is_superuser, root.is_active) == (True, True, True)
    assert root.check_password(PASSWORD)


def test_user_without_an_address_is_refused() -> None:
    with pytest.raises(ValueError, match="needs an email address"):
        User.objects.create_user("", PASSWORD)

    assert not User.objects.exists()
