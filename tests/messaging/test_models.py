"""The names of rows, for logs and the admin."""

import pytest
from django.db.models import Model

from messaging.models import Attachment, MessageRevision, Reaction
from messaging.models.search import SearchEntry, SearchPending


@pytest.mark.parametrize(
    ("row", "name"),
    [
        (Reaction(pk=1), "Reaction 1"),
        (MessageRevision(message_id=2), "Revision of message 2"),
        (SearchEntry(message_id=3), "Search entry of message 3"),
        (SearchPending(message_id=4), "Message 4, to be indexed"),
        (Attachment(pk=5), "Attachment 5"),
    ],
)
def test_row_has_a_name_without_its_content(row: Model, name: str) -> None:
    assert str(row) == name
