"""How rows are named on pages and in logs."""

import pytest
from django.db.models import Model

from notifications.models import (
    MailCursor,
    MailMark,
    NotificationPreferences,
    PushCursor,
    PushDelivery,
    PushMark,
    UnreadMail,
)
from privacy.models import DataExportPart

pytestmark = pytest.mark.without_servers


@pytest.mark.parametrize(
    ("row", "name"),
    [
        (NotificationPreferences(user_id=3), "Notification preferences of user 3"),
        (MailCursor(wait="hour", scanned_up_to=7), "hour: scanned up to message 7"),
        (MailMark(user_id=3, told_until="noon"), "User 3 was told until noon"),
        (UnreadMail(pk=9, recipient_id=3), "Email 9 to user 3: sending"),
        (PushCursor(scanned_up_to=7), "Scanned up to message 7"),
        (PushMark(recipient_id=3, conversation_id=4, up_to=5), "User 3 in conversation 4: 5"),
        (PushDelivery(conversation_id=4, device_id=6), "Conversation 4 to device 6"),
        (DataExportPart(number=2, export_id=8), "Part 2 of export 8"),
    ],
)
def test_row_is_named(row: Model, name: str) -> None:
    assert str(row) == name
