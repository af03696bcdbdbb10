"""
Saves only what has changed since a row was loaded.

Django's `save()` writes every column. If the row has changed in the meantime, that undoes the change:
for example, `manage.py changepassword` loads a person, waits for the new password, and would reactivate
an account that was deactivated while it waited.
"""

from collections.abc import Collection, Iterable
from typing import Any, Self

from django.db import models
from django.db.models import QuerySet
from django.db.models.fields.files import FieldFile


class TracksChanges(models.Model):
    """A model whose `save()` without `update_fields` writes only the columns that have changed."""

    # A column that never changes. It is written if nothing else is, so that saving a deleted row fails.
    CONSTANT = "created_at"

    class Meta:
        abstract = True

    def save(self, *, update_fields: Iterable[str] | None = None, **options: Any) -> None:
        """Save the changed columns, or those in `update_fields`; raise DatabaseError if the row is gone."""
        if update_fields is None and "_stored" in vars(self) and not options.get("force_insert"):
            update_fields = self._changed() or [self.CONSTANT]
        names = None if update_fields is None else list(update_fields)
        super().save(update_fields=names, **options)
        self._remember(names)

    @classmethod
    def from_db(
        cls,
        db: str | None,
        field_names: Collection[str],
        values: Collection[Any],
        **options: Any,
    ) -> Self:
        instance = super().from_db(db, field_names, values, **options)
        instance._remember(None)
        return instance

    def refresh_from_db(
        self,
        using: str | None = None,
        fields: Iterable[str] | None = None,
        from_queryset: QuerySet[Any, Any] | None = None,
    ) -> None:
        names = None if fields is None else list(fields)
        super().refresh_from_db(using=using, fields=names, from_queryset=from_queryset)
        self._remember(names)

    def _changed(self) -> list[str]:
        stored = vars(self)["_stored"]
        columns = (each for each in self._meta.concrete_fields if each.attname in vars(self))
        return [
            each.name
            for each in columns
            if each.attname not in stored or getattr(self, each.attname) != stored[each.attname]
        ]

    def _remember(self, names: Collection[str] | None) -> None:
        """Store the values of these loaded columns (None: of all) as those in the database."""
        stored = vars(self).setdefault("_stored", {})
        for each in self._meta.concrete_fields:
            if each.attname in vars(self) and (names is None or each.name in names):
                value = vars(self)[each.attname]
                # A FieldFile is changed in place.
                stored[each.attname] = value.name if isinstance(value, FieldFile) else value
