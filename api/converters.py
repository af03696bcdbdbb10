"""The path converter for ids: `<id:name>`."""

from django.urls.converters import IntConverter

from api.fields import MAX_ID


class IdConverter(IntConverter):
    """An integer from 0 to `MAX_ID`. A path with a larger integer gets 404."""

    def to_python(self, value: str) -> int:
        number = int(value)
        if number > MAX_ID:
            raise ValueError(number)
        return number
