"""How ids stand in paths: `<id:name>`."""

from django.urls.converters import IntConverter

from api.fields import MAX_ID


class IdConverter(IntConverter):
    """An integer that can be the id of a row. A larger one fits no column, so its path is not found."""

    def to_python(self, value: str) -> int:
        number = int(value)
        if number > MAX_ID:
            raise ValueError(number)
        return number
