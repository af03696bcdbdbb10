"""The JSON of requests, and its texts."""

import pytest
from rest_framework.exceptions import ParseError, ValidationError

from api.fields import NameField
from api.formats import MAX_JSON_LEVELS, parse_json

pytestmark = pytest.mark.without_servers


@pytest.mark.parametrize(("start", "end"), [("[", "]"), ('{"a":', "}")])
def test_json_with_too_many_levels_is_refused(start: str, end: str) -> None:
    def nested(levels: int) -> str:
        return start * levels + "1" + end * levels

    assert parse_json(nested(MAX_JSON_LEVELS))
    with pytest.raises(ParseError) as raised:
        parse_json(nested(MAX_JSON_LEVELS + 1))

    assert str(raised.value.detail) == "This JSON has too many levels."


@pytest.mark.parametrize(
    ("length", "code"), [(40, "hidden_characters"), (41, "max_length"), (6_000_000, "max_length")]
)
def test_name_that_is_far_too_long_is_not_cleaned(length: int, code: str) -> None:
    field = NameField(max_length=10)

    with pytest.raises(ValidationError) as raised:
        field.run_validation("\u202e" * length)

    assert raised.value.get_codes() == [code]
