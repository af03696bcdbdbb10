from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone

from users.jobs import prune_admin_sessions


@pytest.mark.django_db
def test_expired_admin_sessions_are_deleted() -> None:
    now = timezone.now()
    for name, days in (("over", -1), ("open", 1)):
        Session.objects.create(session_key=name, expire_date=now + timedelta(days=days))

    prune_admin_sessions()

    assert [each.session_key for each in Session.objects.all()] == ["open"]
