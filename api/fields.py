"""Serializer fields that are strict about JSON types."""

from functools import cache
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from text.names import HiddenCharacters, clean_name
from text.visible import has_visible, normalize

MAX_ID = 2**63 - 1
NFC_FACTOR = 4
"""NFC combines at most this number of characters into one, such as a Greek letter and three accents."""


class TextField(serializers.CharField):
    """
    A JSON string without NUL; DRF's own field also accepts numbers.

    A text that would be too long even in NFC is refused before subclasses normalize it, which takes seconds
    for megabytes.
    """

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        text = super().to_internal_value(data)
        if self.max_length and len(text) > NFC_FACTOR * self.max_length:
            self.fail("max_length", max_length=self.max_length)
        return text


class FlagField(serializers.BooleanField):
    """A JSON boolean; DRF's own field also accepts numbers and texts such as "yes"."""

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


class WrittenField(TextField):
    """A text for others to read, in NFC, which needs a visible character unless it may be blank."""

    default_error_messages = {
        "no_visible_character": _("This has no visible characters. Please write something.")
    }
    max_length: int

    def to_internal_value(self, data: Any) -> str:
        value = super().to_internal_value(data)
        if value and "\0" not in value and not has_visible(value):
            self.fail("no_visible_character")
        return normalize(value, limit=self.max_length)


class NameField(TextField):
    """The name of a person or a business, as `text.names.clean_name` stores it."""

    default_error_messages = {
        "hidden_characters": _("This has invisible characters. Please type it again.")
    }

    def to_internal_value(self, data: Any) -> str:
        name = super().to_internal_value(data)
        if "\0" in name:
            return name  # refused by a validator, which names the reason
        try:
            return clean_name(name)
        except HiddenCharacters:
            self.fail("hidden_characters")


class IdField(serializers.IntegerField):
    """
    A row id: a JSON integer, or a string of digits.

    Some existing clients send strings, because the fields of a form have no other type.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"min_value": 1, "max_value": MAX_ID, **kwargs})

    def to_internal_value(self, data: Any) -> int:
        is_digits = isinstance(data, str) and data.isascii() and data.isdigit()
        if isinstance(data, bool) or not (isinstance(data, int) or is_digits):
            self.fail("invalid")
        return super().to_internal_value(data)


class ClientIdField(serializers.UUIDField):
    """A UUID as a JSON string; DRF's own field also accepts integers."""

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, str):
            self.fail("invalid", value=data)
        return super().to_internal_value(data)


class FlatListField(serializers.ListField):
    """A list whose error is that of its first bad item; DRF's own has one for each item, by number."""

    def run_child_validation(self, data: list[Any]) -> list[Any]:
        try:
            found: list[Any] = super().run_child_validation(data)
        except serializers.ValidationError as error:
            by_number: Any = error.detail
            raise serializers.ValidationError(next(iter(by_number.values()))) from error
        return found


def validated(serializer: type[serializers.Serializer[Any]], data: Any) -> dict[str, Any]:
    """Return the validated `data`; raise DRF's ValidationError if a value is invalid."""
    try:
        return dict(_validator(serializer).run_validation(data))
    except serializers.ValidationError as error:
        if isinstance(error.detail, list):
            raise serializers.ValidationError({"non_field_errors": error.detail}) from error
        raise


@cache
def _validator(serializer: type[serializers.Serializer[Any]]) -> serializers.Serializer[Any]:
    """
    Return a serializer that all requests share, because creating one is slow.

    Validation does not modify the serializer.
    """
    return serializer()
