from django.db.models import Q, QuerySet
from django.utils import timezone

from privacy.models import DataExport
from users.models import User


def list_exports(user: User) -> QuerySet[DataExport]:
    """Return the exports that a person requested, except expired ones, newest first."""
    current = Q(expires_at=None) | Q(expires_at__gt=timezone.now())
    own = DataExport.objects.filter(current, user=user.pk, requested_by_email="")
    return own.select_related("user")
