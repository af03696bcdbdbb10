"""The path converter for ids: `<id:name>`."""

from django.urls.converters import IntConverter

from api.fields import MAX_ID


class IdConverter(IntConverter):
    """An integer in the range of row ids. A path with a larger one gets 404."""

    def to_python(self, value: str) -> int:
        number = int(value)
        if number > MAX_ID:
            raise ValueError(number)
        return number
