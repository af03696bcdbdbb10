from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.models import Group
from django.http import HttpRequest

from backoffice.pages import ClosedAdmin
from users.admin.staff import staff_of

admin.site.unregister(Group)


@admin.register(Group)
class GroupAdmin(ClosedAdmin, DjangoGroupAdmin):
    """Groups of permissions. Only superusers may change them: others could grant themselves rights."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return staff_of(request).is_superuser

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return staff_of(request).is_superuser

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return staff_of(request).is_superuser
