"""Lists the pages of the admin, for tests that open each of them."""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.contrib import admin
from django.contrib.sessions.models import Session
from django.db.models import Model
from django.urls import reverse

ROW_PAGES = ("change", "delete", "history")


def registered_models() -> list[type[Model]]:
    """Return every model in the admin, including those of libraries."""
    return [each for each in apps.get_models() if admin.site.is_registered(each)]


def url(model: type[Model], page: str, *args: object) -> str:
    name = f"{model._meta.app_label}_{model._meta.model_name}"
    return reverse(f"admin:{name}_{page}", args=args)


def row_urls(model: type[Model]) -> Iterator[str]:
    """Yield the URL of every page of every row of a model."""
    for row in admin.site.get_model_admin(model).model._default_manager.all():
        yield from (url(model, page, row.pk) for page in ROW_PAGES)
        if model._meta.model_name == "user":
            yield reverse("admin:auth_user_password_change", args=[row.pk])


def list_actions(model: type[Model]) -> list[str]:
    """Return the names of all actions of a model, including those that need a permission."""
    return [*map(str, admin.site.get_model_admin(model).actions or ()), "delete_selected"]


def offered_filters(model: type[Model]) -> list[str]:
    """Return the fields by which a list can be filtered."""
    model_admin = admin.site.get_model_admin(model)
    filters: list[Any] = [*model_admin.list_filter]
    return [each if isinstance(each, str) else each[0] for each in filters]


def snapshot() -> dict[str, list[dict[str, Any]]]:
    """Return every row of the database, except for Django's sessions."""
    models = apps.get_models(include_auto_created=True)
    return {
        each._meta.label: list(each._default_manager.order_by("pk").values())
        for each in models
        if each is not Session and not each._meta.proxy
    }
