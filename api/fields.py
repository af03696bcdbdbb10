"""Serializer fields that are strict about JSON types."""

from functools import cache
from typing import Any

from rest_framework import serializers

MAX_ID = 2**63 - 1


class TextField(serializers.CharField):
    """A JSON string without NUL; DRF's own field also accepts numbers."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class FlagField(serializers.BooleanField):
    """A JSON boolean; DRF's own field also accepts numbers and texts such as "yes"."""

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


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
