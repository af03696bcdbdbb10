"""The folded forms of a person's names, stored for searching and sorting."""

from typing import Any

from django.db import models
from django.db.models import F, Value
from django.db.models.functions import Concat

from text.folding import fold, sort_key

_SOURCES = ("first_name", "last_name", "email")
FOLDED = ("search_text", "sort_key", "folded_from")


class FoldedNames(models.Model):
    """
    A model with names and an email address, and columns for searching and sorting them on any database.

    `folded_from` has the values that the other two were made from. It differs from the current values if
    an UPDATE statement or a process of the previous release has changed them; a job then repairs the row.
    """

    search_text = models.TextField(default="", db_default="", editable=False)
    sort_key = models.BinaryField(default=b"", db_default=b"", editable=False)
    folded_from = models.TextField(default="", db_default="", editable=False)

    class Meta:
        abstract = True

    def save(self, **options: Any) -> None:
        """Save the row, with the folded forms if it has new names."""
        names = options.get("update_fields")
        if names is None or set(_SOURCES) & set(names):
            for field, value in fold_person(*(getattr(self, each) for each in _SOURCES)).items():
                setattr(self, field, value)
            if names is not None:
                options["update_fields"] = {*names, *FOLDED}
        super().save(**options)


def fold_person(first_name: str, last_name: str, email: str) -> dict[str, Any]:
    """Return the values of the folded columns. People without a name are sorted by their email address."""
    names = (first_name, last_name) if first_name or last_name else (email,)
    return {
        "search_text": fold(f"{first_name} {last_name} {email}"),
        "sort_key": sort_key(*names),
        "folded_from": "\n".join((first_name, last_name, email)),
    }


def current_source() -> Concat:
    """Return the SQL expression that `folded_from` equals if the folded columns are up to date."""
    line = Value("\n")
    parts = F("first_name"), line, F("last_name"), line, F("email")
    return Concat(*parts, output_field=models.TextField())
