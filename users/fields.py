from typing import Any

from rest_framework import serializers

from text.visible import has_hidden
from users.models import normalize_email


class EmailAddressField(serializers.EmailField):
    """An email address. Its length is checked after normalization: the lower-case form can be longer."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=254, **kwargs)

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        if has_hidden(data.strip()):
            self.fail("invalid")
        return normalize_email(super().to_internal_value(data))
