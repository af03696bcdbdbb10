"""
Sends notifications to push services, without using the database.

It is imported with the first notification: its libraries take 20 MB, and most processes need none.
"""

from notifications.senders.dispatch import Senders

__all__ = ["Senders"]
